package compiler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// Report says what went where, how full it is, and what quantisation cost.
type Report struct {
	Network string `json:"network"`
	Target  string `json:"target"`
	// Cores, Neurons, Axons and Synapses are what is used, of how much.
	Cores    int `json:"cores"`
	Neurons  int `json:"neurons"`
	Axons    int `json:"axons"`
	Synapses int `json:"synapses"`
	// MaxCores is how many cores the target has.
	MaxCores    int         `json:"max_cores"`
	Utilisation Utilisation `json:"utilisation"`
	// Relays counts neurons that the compiler added; it adds none yet.
	Relays int `json:"relays"`
	// Cut counts the deliveries to cores other than the source's own, for one
	// spike of every source; an input's first core is free.
	Cut Weighted `json:"cut"`
	// Hops counts the links that one spike of every source crosses.
	Hops         Weighted           `json:"hops"`
	Populations  []PopulationReport `json:"populations"`
	Quantisation []QuantReport      `json:"quantisation"`
	CoreList     []CoreReport       `json:"core_list"`
	// Notes are things to look at before the image is trusted.
	Notes []string `json:"notes"`
	// Seconds is the time of each pass, and the only part of a report that is
	// not the same every time.
	Seconds     map[string]float64 `json:"seconds"`
	ImageBytes  int                `json:"image_bytes"`
	ImageSHA256 string             `json:"image_sha256"`
}

// Utilisation is the used share of the cores in use, from 0 to 1. Synapses
// counts a sparse core's memory words, or a dense core's crossbar points.
type Utilisation struct {
	Cores    float64 `json:"cores"`
	Neurons  float64 `json:"neurons"`
	Axons    float64 `json:"axons"`
	Synapses float64 `json:"synapses"`
}

// Weighted is a sum over sources, and the same weighted by their spikes. Without
// a profile every source counts one spike, and the two are equal.
type Weighted struct {
	Unweighted int64 `json:"unweighted"`
	Weighted   int64 `json:"weighted"`
}

// PopulationReport is a population's share.
type PopulationReport struct {
	Name    string `json:"name"`
	Model   string `json:"model"`
	Neurons int    `json:"neurons"`
	Cores   int    `json:"cores"`
	// FanInMax is the largest number of synapses of a neuron.
	FanInMax int `json:"fan_in_max"`
	// Instructions is the length of its program.
	Instructions int  `json:"instructions"`
	Exact        bool `json:"exact"`
	FracBits     int  `json:"frac_bits"`
	// SaturatedParams counts parameters that did not fit a state word.
	SaturatedParams int `json:"saturated_params"`
}

// QuantReport says what quantisation cost a projection. SQNRdB is null where
// nothing was lost.
type QuantReport struct {
	Projection string   `json:"projection"`
	Synapses   int      `json:"synapses"`
	Bits       int      `json:"bits"`
	Scale      float64  `json:"scale"`
	ScaleMax   float64  `json:"scale_max"`
	Clip       float64  `json:"clip"`
	SQNRdB     *float64 `json:"sqnr_db"`
	Exact      bool     `json:"exact"`
	Clipped    int      `json:"clipped"`
	Zeroed     int      `json:"zeroed"`
}

// CoreReport is one core's fill.
type CoreReport struct {
	Core         int    `json:"core"`
	X            int    `json:"x"`
	Y            int    `json:"y"`
	Population   string `json:"population"`
	Neurons      int    `json:"neurons"`
	Axons        int    `json:"axons"`
	Synapses     int    `json:"synapses"`
	SynapseWords int    `json:"synapse_words"`
	FanOut       int    `json:"fan_out"`
	// Limit names what of the core is fullest.
	Limit string `json:"limit"`
}

// zeroedShare is one over the share of a projection's weights that may become
// zero without a note.
const zeroedShare = 2

// Report sums up a compilation; image is the image's bytes.
func (r *Result) Report(image []byte) *Report {
	m := r.Mapped
	sum := sha256.Sum256(image)
	out := &Report{
		Network: m.Net.Name, Target: r.Image.Manifest.Target,
		Cores: len(m.Cores), MaxCores: m.Arch.Cores(), Neurons: m.Neurons(), Synapses: m.SynapseCount(),
		Quantisation: []QuantReport{}, Notes: []string{}, Seconds: map[string]float64{},
		ImageBytes: len(image), ImageSHA256: hex.EncodeToString(sum[:]),
	}
	for _, p := range r.Passes {
		out.Seconds[p.Name] = p.Seconds
	}
	words := 0
	for k := range m.Cores {
		c := coreReport(m, k)
		out.Axons += c.Axons
		words += c.SynapseWords
		out.CoreList = append(out.CoreList, c)
	}
	out.Utilisation = utilisation(out, m.Arch, words)
	out.Cut, out.Hops = distances(m)
	for k := range m.Populations {
		out.Populations = append(out.Populations, populationReport(r, k))
	}
	for _, s := range m.Stats {
		out.Quantisation = append(out.Quantisation, quantReport(s))
		if s.Zeroed > 0 && s.Zeroed*zeroedShare >= s.Synapses {
			out.Notes = append(out.Notes, fmt.Sprintf("projection %q: %d of %d weights became zero, since its population's scale is set by larger numbers: see the column SQNR", s.Projection, s.Zeroed, s.Synapses))
		}
	}
	for _, p := range out.Populations {
		if p.SaturatedParams > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("population %q: %d parameters do not fit the target's state word and were clipped", p.Name, p.SaturatedParams))
		}
	}
	return out
}

func utilisation(r *Report, a *targets.Arch, words int) Utilisation {
	n := float64(max(r.Cores, 1))
	u := Utilisation{
		Cores:   float64(r.Cores) / float64(a.Cores()),
		Neurons: float64(r.Neurons) / n / float64(a.Neurons),
		Axons:   float64(r.Axons) / n / float64(a.Axons),
	}
	if a.SynapseFormat == targets.Dense {
		u.Synapses = float64(r.Synapses) / n / float64(a.Axons*a.Neurons)
	} else {
		u.Synapses = float64(words) / n / float64(a.SynapseWords)
	}
	return u
}

func coreReport(m *ir.Mapped, k int) CoreReport {
	c := &m.Cores[k]
	out := CoreReport{Core: k, X: c.X, Y: c.Y, Population: m.Populations[c.Population].Name, Neurons: len(c.Neurons), Axons: len(c.Axons)}
	for _, a := range c.Axons {
		out.Synapses += len(a.Synapses)
		out.SynapseWords += ir.SynapseWords(m.Arch, len(a.Synapses))
	}
	for _, n := range c.Neurons {
		out.FanOut += len(m.Dests[n])
	}
	shares := []struct {
		name  string
		share float64
	}{
		{"neurons", float64(out.Neurons) / float64(m.Arch.Neurons)},
		{"axons", float64(out.Axons) / float64(m.Arch.Axons)},
		{"fan-out", float64(out.FanOut) / float64(m.Arch.FanOut)},
	}
	if m.Arch.SynapseFormat == targets.Sparse {
		shares = append(shares, struct {
			name  string
			share float64
		}{"synapses", float64(out.SynapseWords) / float64(m.Arch.SynapseWords)})
	}
	best := shares[0]
	for _, s := range shares {
		if s.share > best.share {
			best = s
		}
	}
	out.Limit = best.name
	return out
}

func populationReport(r *Result, k int) PopulationReport {
	m := r.Mapped
	p := &m.Pops[k]
	out := PopulationReport{
		Name: m.Populations[k].Name, Model: string(p.Model), Neurons: m.Populations[k].N,
		Exact: p.Exact, FracBits: p.Frac, SaturatedParams: p.Saturated,
	}
	fan := make([]int, out.Neurons)
	for i := range m.Projections {
		if m.Projections[i].To == k {
			for _, j := range m.Projections[i].Post {
				fan[j]++
			}
		}
	}
	for _, n := range fan {
		out.FanInMax = max(out.FanInMax, n)
	}
	for c := range r.Image.Cores {
		if int(r.Image.Cores[c].Population) == k {
			out.Cores++
			out.Instructions = len(r.Image.Programs[r.Image.Cores[c].Program].Words)
		}
	}
	return out
}

func quantReport(s ir.QuantStats) QuantReport {
	out := QuantReport{
		Projection: s.Projection, Synapses: s.Synapses, Bits: s.Bits, Scale: s.ScaleMin, ScaleMax: s.ScaleMax,
		Clip: s.Clip, Exact: s.Exact, Clipped: s.Clipped, Zeroed: s.Zeroed,
	}
	if !s.Exact && !math.IsInf(s.SQNR, 0) && !math.IsNaN(s.SQNR) {
		out.SQNRdB = &s.SQNR
	}
	return out
}

// distances counts deliveries between cores and hops, for a spike of every
// source.
func distances(m *ir.Mapped) (cut, hops Weighted) {
	count := func(x, y int, own int32, dests []ir.Dest) {
		reached := map[int32]bool{own: true}
		for _, d := range dests {
			dx, dy := x, y
			if d.Core != ir.Host {
				c := &m.Cores[d.Core]
				dx, dy = c.X-x, c.Y-y
				if !reached[d.Core] {
					reached[d.Core] = true
					cut.Unweighted++
				}
			}
			hops.Unweighted += int64(max(dx, -dx) + max(dy, -dy))
		}
	}
	for n, dests := range m.Dests {
		own := m.Place[n].Core
		count(m.Cores[own].X, m.Cores[own].Y, own, dests)
	}
	for _, dests := range m.InputDests {
		if len(dests) > 0 {
			count(0, 0, dests[0].Core, dests)
		}
	}
	cut.Weighted, hops.Weighted = cut.Unweighted, hops.Unweighted
	return cut, hops
}
