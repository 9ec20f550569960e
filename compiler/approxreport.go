package compiler

import (
	"fmt"
	"math"

	"github.com/weft-toolchain/weft/compiler/approx"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
)

// ApproximationReport says what differs from the network that was to be compiled.
type ApproximationReport struct {
	// Share is that of the options.
	Share       float64                  `json:"share"`
	Populations []ApproximatedPopulation `json:"populations"`
}

// ApproximatedPopulation says what differs in a population.
type ApproximatedPopulation struct {
	Population string `json:"population"`
	// Neurons counts those that differ; one of them needed Axons of AxonLimit.
	Neurons   int `json:"neurons"`
	Axons     int `json:"axons"`
	AxonLimit int `json:"axon_limit"`
	// Relays stand before them, on Levels, in Parts a neuron at most, and Splitters
	// behind.
	Levels    int `json:"levels"`
	Relays    int `json:"relays"`
	Parts     int `json:"parts"`
	Theta     int `json:"theta"`
	Splitters int `json:"splitters"`
	// Latency is how many ticks later their input is, and FanOutLatency how many later
	// than that what they send.
	Latency       int `json:"latency"`
	FanOutLatency int `json:"fan_out_latency"`
	// Bound is the most that what a neuron has received differs, in the file's unit,
	// for certain while no part has more of its weights in a tick than Share. Threshold
	// is the lowest of the population, to compare it with, where there is one.
	Bound     float64  `json:"bound"`
	Share     float64  `json:"share"`
	Threshold *float64 `json:"threshold"`
	// WeightsChanged of Weights are not what they were, by up to WeightErrorMax. SQNRdB
	// is null where all are.
	Weights         int      `json:"weights"`
	WeightsChanged  int      `json:"weights_changed"`
	WeightErrorMax  float64  `json:"weight_error_max"`
	WeightErrorMean float64  `json:"weight_error_mean"`
	SQNRdB          *float64 `json:"sqnr_db"`
}

// Differences says of each population that is not exact what differs.
func (r *Result) Differences() []string {
	var out []string
	for _, p := range r.Approximated {
		a := r.approximated(&p)
		out = append(out, a.differs())
	}
	return out
}

// approximation reports what differs.
func (r *Result) approximation() *ApproximationReport {
	if r.Approximate == 0 {
		return nil
	}
	out := &ApproximationReport{Share: r.Approximate, Populations: []ApproximatedPopulation{}}
	for _, p := range r.Approximated {
		out.Populations = append(out.Populations, r.approximated(&p))
	}
	return out
}

func (r *Result) approximated(p *approx.Population) ApproximatedPopulation {
	q := &r.Quantized.Pops[p.Index]
	out := ApproximatedPopulation{
		Population: r.Quantized.Populations[p.Index].Name, Neurons: p.Neurons, Axons: p.Axons, AxonLimit: r.Mapped.Arch.Axons,
		Levels: p.Levels, Relays: p.Relays, Parts: p.Parts, Theta: p.Theta, Splitters: p.Splitters,
		Latency: p.Latency, FanOutLatency: p.Later, Bound: p.BoundFile, Share: p.Share,
		Weights: p.Weights.Count, WeightsChanged: p.Weights.Changed, WeightErrorMax: float64(p.Weights.Max), WeightErrorMean: p.Weights.Mean(),
	}
	if p.Weights.Changed > 0 {
		sqnr := p.Weights.SQNR()
		out.SQNRdB = &sqnr
	}
	if thresholds := q.Params["threshold"]; thresholds != nil {
		least := math.Inf(1)
		for i := range max(len(thresholds), len(q.Scale)) {
			least = min(least, float64(ir.At(thresholds, i))/ir.At(q.Scale, i)/float64(int(1)<<q.Frac))
		}
		out.Threshold = &least
	}
	return out
}

// differs says in a sentence what differs.
func (p *ApproximatedPopulation) differs() string {
	text := fmt.Sprintf("population %q is not exact: ", p.Population)
	if p.Levels > 0 {
		text += fmt.Sprintf("%d of its neurons, of which one needs %d axons and a core has %d, get their input through %d relays, %s later", p.Neurons, p.Axons, p.AxonLimit, p.Relays, diag.Plural(p.Latency, "tick"))
		if p.Splitters > 0 {
			text += fmt.Sprintf(", and send through %d splitters, %s later", p.Splitters, diag.Plural(p.FanOutLatency, "tick"))
		}
		text += fmt.Sprintf("; what a neuron has received differs by at most %.6g", p.Bound)
		if p.Threshold != nil {
			text += fmt.Sprintf(" (the lowest threshold is %.6g)", *p.Threshold)
		}
		switch {
		case p.Share == 0:
			text += ", while no spike waits in relays, which may be at any activity"
		case p.Share < 1:
			text += fmt.Sprintf(", as long as no more than %.1f %% of the weights of a relay's inputs come in one tick: what is beyond that waits there", 100*p.Share)
		}
	}
	if p.WeightsChanged > 0 {
		if p.Levels > 0 {
			text += "; besides, "
		}
		text += fmt.Sprintf("%d of %d weights are rounded, by up to %.6g, %.4g on average (SQNR %.1f dB)", p.WeightsChanged, p.Weights, p.WeightErrorMax, p.WeightErrorMean, *p.SQNRdB)
	}
	return text
}
