package benchnet

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/isa/image"
)

// Limits of a run.
const (
	MaxTicks   = stimulus.MaxTicks
	MaxCount   = 1000
	MaxWorkers = 1 << 10
)

// Options are how a workload is run.
type Options struct {
	Seed uint64
	// Ticks is the length of a run, Count how many there are, each from the initial
	// state: both at least 1.
	Ticks, Count int
	Mode         emulator.Mode
	Way          emulator.Way
	// Workers is how many processors there are for all of it, at least 1: a tick's
	// cores are shared out over as many.
	Workers int
	// Target is a built-in name or a file; empty is the family's own.
	Target string
	// Progress, where not nil, is told how far a phase is.
	Progress func(phase string, done, total int)
}

// Result is what a workload did and took.
type Result struct {
	Name     string `json:"name"`
	Family   string `json:"family"`
	Target   string `json:"target"`
	Timing   string `json:"timing"`
	Way      string `json:"way"`
	Cores    int    `json:"cores"`
	Neurons  int    `json:"neurons"`
	Synapses int64  `json:"synapses"`
	Leak     int    `json:"leak,omitempty"`
	Seed     uint64 `json:"seed"`
	Ticks    int    `json:"ticks"`
	Workers  int    `json:"workers"`

	// The phases' seconds. Load makes the chip and its machine out of the image; Run
	// is the median of RunSeconds, CPU that of the processor time of the ticks, 0
	// where the system does not tell.
	GenerateSeconds float64   `json:"generate_seconds"`
	CompileSeconds  float64   `json:"compile_seconds"`
	LoadSeconds     float64   `json:"load_seconds"`
	RunSeconds      float64   `json:"run_seconds"`
	CPUSeconds      float64   `json:"run_cpu_seconds"`
	Runs            []Seconds `json:"runs"`

	Spikes         int64  `json:"spikes"`
	SynapticEvents int64  `json:"synaptic_events"`
	NeuronUpdates  int64  `json:"neuron_updates"`
	Cycles         int64  `json:"cycles"`
	SpikeHash      string `json:"spike_hash"`

	// Rates are by Run. RealTimeFactor is how many times faster than the network's
	// own time that is.
	SynapticEventsPerSecond float64 `json:"synaptic_events_per_second"`
	NeuronUpdatesPerSecond  float64 `json:"neuron_updates_per_second"`
	RealTimeFactor          float64 `json:"real_time_factor"`

	// ImageBytes are those of the image in memory, LoadedBytes of image and machine
	// together, PeakBytes the most that the process has had at any time.
	ImageBytes           int64   `json:"image_bytes"`
	LoadedBytes          int64   `json:"loaded_bytes"`
	PeakBytes            int64   `json:"peak_bytes"`
	ImageBytesPerSynapse float64 `json:"image_bytes_per_synapse"`
	PeakBytesPerSynapse  float64 `json:"peak_bytes_per_synapse"`
}

// Seconds are those of one run.
type Seconds struct {
	Wall float64 `json:"seconds"`
	CPU  float64 `json:"cpu_seconds"`
}

// Run builds the workload and runs it. Mistakes of the user are a *diag.Error.
func (w *Workload) Run(ctx context.Context, opt Options) (*Result, error) {
	if opt.Progress == nil {
		opt.Progress = func(string, int, int) {}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(opt.Workers))
	before := heap()
	b, err := w.build(ctx, opt.Seed, opt.Target, func(done, total int) { opt.Progress("cores", done, total) })
	if err != nil {
		return nil, err
	}
	r := &Result{
		Name: w.Name, Family: w.family.name, Target: b.target.Name, Timing: opt.Mode.String(), Way: opt.Way.String(), Cores: len(b.image.Cores),
		Neurons: b.image.Neurons(), Synapses: b.synapses, Leak: w.Leak, Seed: opt.Seed, Ticks: opt.Ticks, Workers: opt.Workers,
		GenerateSeconds: b.generate, CompileSeconds: b.compile, ImageBytes: heap() - before,
	}
	start := time.Now()
	m, err := load(b, opt)
	if err != nil {
		return nil, err
	}
	r.LoadSeconds = time.Since(start).Seconds()
	r.LoadedBytes = heap() - before
	for k := range opt.Count {
		phase := "ticks"
		if opt.Count > 1 {
			phase = fmt.Sprintf("run %d of %d", k+1, opt.Count)
		}
		if err := r.run(ctx, m, b.image, func(done int) { opt.Progress(phase, done, opt.Ticks) }); err != nil {
			return nil, err
		}
	}
	runtime.KeepAlive(b)
	r.sum(b.image.Manifest.TickSeconds)
	return r, nil
}

// whileLaying is how much garbage, in percent of what is used, is left lying about
// while images are laid out and loaded: what is made then stays, and is large.
const whileLaying = 5

// load makes a machine of an image.
func load(b *built, opt Options) (*emulator.Machine, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(whileLaying))
	chip, err := emulator.NewChipOn(b.image, b.target, opt.Mode)
	if err != nil {
		return nil, err
	}
	m := emulator.New(chip.In(opt.Way))
	m.SetWorkers(opt.Workers)
	return m, nil
}

// run runs the ticks from the initial state.
func (r *Result) run(ctx context.Context, m *emulator.Machine, im *image.Image, progress func(done int)) error {
	m.Reset()
	hash := report.NewHash()
	start, cpu := time.Now(), cpuSeconds()
	step := max(r.Ticks/100, 1)
	for from := 0; from < r.Ticks; from += step {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("run: %w", err)
		}
		to := min(from+step, r.Ticks)
		for t := from + 1; t <= to; t++ {
			hash.Spikes(int64(t), m.Tick(nil))
		}
		progress(to)
	}
	r.Runs = append(r.Runs, Seconds{time.Since(start).Seconds(), cpuSeconds() - cpu})
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	spikes := int64(0)
	for _, n := range act.Spikes {
		spikes += n
	}
	if n := len(r.Runs); n > 1 && (hash.String() != r.SpikeHash || act.Cycles != r.Cycles) {
		panic(fmt.Sprintf("benchnet: run %d had spike hash %s after %d cycles, and the one before %s after %d", n, hash, act.Cycles, r.SpikeHash, r.Cycles))
	}
	r.Spikes, r.SynapticEvents, r.Cycles, r.SpikeHash = spikes, act.SynapticEvents, act.Cycles, hash.String()
	return nil
}

// sum works out what follows from the runs.
func (r *Result) sum(tickSeconds float64) {
	r.NeuronUpdates = int64(r.Neurons) * int64(r.Ticks)
	r.RunSeconds = median(r.Runs, func(s Seconds) float64 { return s.Wall })
	r.CPUSeconds = median(r.Runs, func(s Seconds) float64 { return s.CPU })
	r.SynapticEventsPerSecond = rate(float64(r.SynapticEvents), r.RunSeconds)
	r.NeuronUpdatesPerSecond = rate(float64(r.NeuronUpdates), r.RunSeconds)
	r.RealTimeFactor = rate(float64(r.Ticks)*tickSeconds, r.RunSeconds)
	r.PeakBytes = peakBytes()
	if r.Synapses > 0 {
		r.ImageBytesPerSynapse = float64(r.ImageBytes) / float64(r.Synapses)
		r.PeakBytesPerSynapse = float64(r.PeakBytes) / float64(r.Synapses)
	}
}

func median(runs []Seconds, of func(Seconds) float64) float64 {
	x := make([]float64, len(runs))
	for k, s := range runs {
		x[k] = of(s)
	}
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// rate is n a second; a clock that did not move is one that ticks every
// nanosecond.
func rate(n, seconds float64) float64 { return n / math.Max(seconds, 1e-9) }

// heap returns the bytes of the heap that are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
