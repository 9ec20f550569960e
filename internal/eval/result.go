package eval

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
)

// Distribution sums up a number over the samples.
type Distribution struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
	// Histogram is of whole numbers.
	Histogram *report.Histogram `json:"histogram,omitempty"`
}

// distribution returns the mean, the nearest-rank percentiles and the maximum.
func distribution(values []int64) Distribution {
	if len(values) == 0 {
		return Distribution{}
	}
	sorted := slices.Sorted(slices.Values(values))
	sum, tally := int64(0), report.Tally{}
	for _, v := range sorted {
		sum += v
		tally[v]++
	}
	rank := func(percent int) float64 { return float64(sorted[(len(sorted)*percent+99)/100-1]) }
	return Distribution{
		Mean: float64(sum) / float64(len(sorted)), P50: rank(50), P99: rank(99),
		Max: float64(sorted[len(sorted)-1]), Histogram: tally.Histogram(),
	}
}

func (d Distribution) times(x float64) Distribution {
	return Distribution{Mean: d.Mean * x, P50: d.P50 * x, P99: d.P99 * x, Max: d.Max * x}
}

// result puts the samples and the books together. The spike hash is that of the
// samples' hashes, in order.
func (p *plan) result(samples []sample, act *activity.Activity) *Result {
	r := &Result{
		Experiment:     p.Experiment.Name,
		TicksPerSample: TicksPerSample{Input: p.Experiment.Encode.Ticks, Drain: p.drain},
		Samples:        len(samples), Predictions: make([]int, len(samples)), Events: p.Data.Timed(),
	}
	hash, events := report.NewHash(), report.InputEvents{}
	ticks, cycles := make([]int64, len(samples)), make([]int64, len(samples))
	for i, s := range samples {
		r.Predictions[i] = s.prediction
		switch s.prediction {
		case p.Data.Labels[i]:
			r.Correct++
		case -1:
			r.Undecided++
		}
		hash.Word(uint64(s.hash))
		ticks[i], cycles[i] = s.ticks, s.cycles
		r.Clamped += int64(s.clamped)
		events.Add(s.events)
	}
	r.Report = report.New(p.Chip.Image(), p.Target, p.Functional, act, hash.String())
	if r.Events {
		r.InputEvents = &events
	}
	if n := len(samples); n > 0 {
		r.Accuracy = float64(r.Correct) / float64(n)
		r.EnergyPerInference = r.EnergyJoules / float64(n)
	}
	r.Latency = Latency{Ticks: distribution(ticks), Cycles: distribution(cycles)}
	r.Latency.Seconds = r.Latency.Cycles.times(1 / p.Target.Timing.Clock)
	return r
}
