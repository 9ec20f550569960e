// Package eval runs the samples of an experiment on emulated chips and counts
// right answers. Samples are independent: each runs on a machine in its initial
// state, so any number of workers gives the same result.
package eval

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/targets"
)

// Config is an experiment that is ready to run: parsed, checked, compiled.
type Config struct {
	Experiment *experiment.Experiment
	Network    *network.Network
	Data       *dataset.Set
	Chip       *emulator.Chip
	Target     *targets.Target
	// Functional leaves out the mesh and the clock.
	Functional bool
	// Workers is how many machines run at once; 0 means one a processor.
	Workers int
	// Progress, where not nil, is called with the number of samples done; it is
	// never called by two goroutines at once.
	Progress func(done int)
}

// Result is what an evaluation found, with the report of all samples together.
type Result struct {
	*report.Report
	Experiment string `json:"experiment"`
	// TicksPerSample is the ticks of the input and the drain after them.
	TicksPerSample TicksPerSample `json:"ticks_per_sample"`
	Samples        int            `json:"samples"`
	Correct        int            `json:"correct"`
	Accuracy       float64        `json:"accuracy"`
	// Undecided counts samples whose read-out population never fired, where the
	// read-out is by spikes; they count as wrong.
	Undecided int     `json:"undecided"`
	Latency   Latency `json:"latency"`
	// EnergyPerInference is in joules.
	EnergyPerInference float64 `json:"energy_per_inference_joules"`
	// Clamped counts values that the encoding clipped to 0…1, and events beyond the
	// first of a place in a tick.
	Clamped int64 `json:"clamped_values"`
	// Events says that the samples are events, and not values.
	Events bool `json:"-"`
	// Predictions are the answers, by sample; −1 is undecided.
	Predictions []int `json:"-"`
}

// TicksPerSample says how long a sample runs.
type TicksPerSample struct {
	Input int `json:"input"`
	Drain int `json:"drain"`
}

// Latency is the time from a sample's first tick to its answer.
type Latency struct {
	Ticks   Distribution `json:"ticks"`
	Cycles  Distribution `json:"cycles"`
	Seconds Distribution `json:"seconds"`
}

// sample is what one run gave.
type sample struct {
	prediction, clamped int
	events              report.InputEvents
	ticks, cycles       int64
	hash                report.Hash
}

// Run runs all samples. Cancelling the context ends it with the context's
// error.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	plan := newPlan(&cfg)
	workers := cfg.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, cfg.Data.N))
	samples := make([]sample, cfg.Data.N)
	im := cfg.Chip.Image()
	total := activity.New(len(im.Cores), len(im.Manifest.Populations))
	var (
		next atomic.Int64
		done int
		mu   sync.Mutex // of done, total and Progress
		wg   sync.WaitGroup
	)
	for range workers {
		wg.Go(func() {
			w := newWorker(plan)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(samples) {
					break
				}
				samples[i] = w.run(i)
				if cfg.Progress != nil {
					mu.Lock()
					done++
					cfg.Progress(done)
					mu.Unlock()
				}
			}
			mu.Lock()
			total.Add(w.act) // sums of integers: the order of workers does not matter
			mu.Unlock()
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	return plan.result(samples, total), nil
}

// plan is what the workers share.
type plan struct {
	*Config
	// input and population are indices of the manifest.
	input, population int
	first, drain      int
}

func newPlan(cfg *Config) *plan {
	p := &plan{
		Config: cfg,
		input:  cfg.Experiment.Input(cfg.Network), population: cfg.Experiment.Population(cfg.Network),
		drain: cfg.Experiment.Encode.Drain,
	}
	im := cfg.Chip.Image()
	p.first = im.Manifest.Inputs[p.input].First
	if p.drain == experiment.AutoDrain {
		spikes, direct := emulator.Depth(im, p.input, p.population)
		p.drain = spikes
		if cfg.Experiment.Encode.Kind == experiment.Direct {
			p.drain = direct
		}
	}
	return p
}

// worker runs samples one after another on a machine of its own.
type worker struct {
	*plan
	machine *emulator.Machine
	act     *activity.Activity
	values  []float64
	train   stimulus.Train
}

func newWorker(p *plan) *worker {
	im := p.Chip.Image()
	return &worker{
		plan: p, machine: emulator.New(p.Chip), values: make([]float64, p.Data.Size()),
		act: activity.New(len(im.Cores), len(im.Manifest.Populations)),
	}
}

// run runs sample i.
func (w *worker) run(i int) sample {
	enc := &w.Experiment.Encode
	w.machine.Reset()
	w.machine.SetRun(w.Experiment.Dataset.First + i)
	if enc.Kind != experiment.Events {
		w.Data.Sample(i, w.values)
		for k := range w.values {
			w.values[k] *= enc.Gain
		}
	}
	s := sample{hash: report.NewHash()}
	w.train = stimulus.Train{Spikes: w.train.Spikes[:0]}
	switch enc.Kind {
	case experiment.Rate:
		s.clamped = stimulus.Rate(w.values, int32(w.first), enc.Ticks, &w.train)
	case experiment.Poisson:
		s.clamped = stimulus.Poisson(w.values, int32(w.first), enc.Ticks, enc.Seed, w.Experiment.Dataset.First+i, &w.train)
	case experiment.Latency:
		s.clamped = stimulus.Latency(w.values, int32(w.first), enc.Ticks, &w.train)
	case experiment.Events:
		bin := cmp.Or(enc.Bin, w.Network.Tick)
		merged, late := stimulus.Events(w.Data.Events(i), int32(w.first), enc.Ticks, bin, &w.train)
		cropped := w.Data.Cropped(i)
		s.clamped = merged
		s.events = report.InputEvents{Read: int64(w.train.Count() + merged + late + cropped), Cropped: int64(cropped), Merged: int64(merged), Late: int64(late)}
	case experiment.Direct:
		w.machine.SetCurrent(w.Chip.Current(w.values, w.first))
	}
	read := newReader(w)
	for t := 1; t <= enc.Ticks+w.drain; t++ {
		if t == enc.Ticks+1 {
			w.machine.SetCurrent(nil)
		}
		fired := w.machine.Tick(w.train.At(t))
		s.hash.Spikes(int64(t), fired)
		s.ticks = int64(t)
		if read.tick(fired) {
			break
		}
	}
	s.cycles = w.machine.Cycles()
	s.prediction = read.answer()
	w.machine.Activity(w.act)
	return s
}
