// Package outcome is what a network came to on a chip, in the figures that are
// compared, and tables of such outcomes as text, csv and a page: the rows of
// weft compare and of a sweep.
package outcome

import (
	"fmt"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/targets"
)

// Outcome is what one network, or the samples of an experiment, came to on one
// chip. Ticks to Energy, and SynapticEvents, are of a run, or the mean of an
// inference.
type Outcome struct {
	Target string `json:"target"`
	// Timing is "cycle" or "functional"; the latter keeps no time.
	Timing string `json:"timing"`
	Cores  int    `json:"cores"`
	// Samples, Correct and Accuracy are of an experiment.
	Samples  int      `json:"samples,omitempty"`
	Correct  int      `json:"correct,omitempty"`
	Accuracy *float64 `json:"accuracy,omitempty"`
	Ticks    float64  `json:"ticks"`
	Cycles   float64  `json:"cycles"`
	Seconds  float64  `json:"seconds"`
	// EnergyJoules is the sum of Energy.
	EnergyJoules   float64                       `json:"energy_joules"`
	Energy         map[targets.Component]float64 `json:"energy"`
	SynapticEvents float64                       `json:"synaptic_events"`
	// Neurons, Synapses and Hops are of the image; the hops are those of one spike of
	// every source, or of the spikes of a profile.
	Neurons  int   `json:"neurons"`
	Synapses int   `json:"synapses"`
	Hops     int64 `json:"hops"`
	// Saturations counts state words that were clipped, in all samples together.
	Saturations int64 `json:"saturations"`
	// AreaMM2 is of the chip; nil where its target does not say.
	AreaMM2   *float64 `json:"area_mm2,omitempty"`
	SpikeHash string   `json:"spike_hash"`
	// Approximated says, a sentence each, where the chip computes something else
	// than the network's real numbers say.
	Approximated []string `json:"approximated"`
}

// OfRun is what one run came to of what was compiled for a target.
func OfRun(r *report.Report, c *compiler.Report, t *targets.Target) Outcome {
	o := Outcome{
		Target: r.Target, Timing: r.Timing, Cores: c.Cores, Ticks: float64(r.Ticks), Cycles: float64(r.Cycles), Seconds: r.Seconds,
		EnergyJoules: r.EnergyJoules, Energy: r.Energy, SynapticEvents: float64(r.SynapticEvents),
		Neurons: c.Neurons, Synapses: c.Synapses, Hops: c.Hops.Weighted,
		SpikeHash: r.SpikeHash, Approximated: append(rounded(c), c.Notes...),
	}
	if t.AreaMM2 > 0 {
		o.AreaMM2 = &t.AreaMM2
	}
	if r.InputEvents != nil {
		for _, lost := range r.InputEvents.Lost() {
			o.Approximated = append(o.Approximated, fmt.Sprintf("of %s of the recordings %s", diag.Plural(int(r.InputEvents.Read), "event"), lost))
		}
	}
	for _, n := range r.Saturations {
		o.Saturations += n
	}
	if o.Saturations > 0 {
		o.Approximated = append(o.Approximated, fmt.Sprintf("%s clipped to the width of a state word", diag.Plural(int(o.Saturations), "potential")))
	}
	return o
}

// OfEval is what the samples of an experiment came to, per inference.
func OfEval(r *eval.Result, c *compiler.Report, t *targets.Target) Outcome {
	o := OfRun(r.Report, c, t)
	n := float64(max(r.Samples, 1))
	o.Samples, o.Correct, o.Accuracy = r.Samples, r.Correct, &r.Accuracy
	o.Ticks, o.Cycles, o.Seconds = r.Latency.Ticks.Mean, r.Latency.Cycles.Mean, r.Latency.Seconds.Mean
	o.EnergyJoules = r.EnergyPerInference
	o.SynapticEvents /= n
	o.Energy = map[targets.Component]float64{}
	for k, e := range r.Energy {
		o.Energy[k] = e / n
	}
	if r.Clamped > 0 && !r.Events {
		o.Approximated = append(o.Approximated, fmt.Sprintf("%s of the data clamped to 0…1 by the encoding", diag.Plural(int(r.Clamped), "value")))
	}
	return o
}

// rounded says how far weights are rounded, of the projection that is worst.
func rounded(c *compiler.Report) []string {
	worst := -1
	for k, q := range c.Quantisation {
		if q.SQNRdB != nil && (worst < 0 || *q.SQNRdB < *c.Quantisation[worst].SQNRdB) {
			worst = k
		}
	}
	if worst < 0 {
		return []string{}
	}
	q := c.Quantisation[worst]
	return []string{fmt.Sprintf("weights rounded to %d bits: signal to noise %.1f dB or better (%s)", q.Bits, *q.SQNRdB, q.Projection)}
}

// per says what the figures of a row are of.
func (o *Outcome) per() string {
	if o.Samples == 0 {
		return "run"
	}
	return fmt.Sprintf("inference, mean of %d", o.Samples)
}

// Per says what the figures of outcomes are of: what all of them say, or that
// they differ.
func Per(all []*Outcome) string {
	per, functional := "", false
	for _, o := range all {
		if p := o.per(); per == "" || p == per {
			per = p
		} else {
			per = "inference, the mean of each row's samples"
		}
		functional = functional || o.Timing == report.Functional
	}
	if functional {
		per += "; functional: no time is kept, and no leakage"
	}
	return per
}
