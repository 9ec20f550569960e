// Package report turns the books of a run into what people read: energy,
// latency, counts. It is the only place where counts meet prices and cycles
// meet seconds.
package report

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Functional is the Timing of a run without mesh and clock.
const Functional = "functional"

// Report is what a run did and cost.
type Report struct {
	Network string `json:"network"`
	Target  string `json:"target"`
	// Timing is "cycle" or "functional"; the latter keeps no time, so that
	// cycles, seconds, power and leakage are zero.
	Timing  string  `json:"timing"`
	Ticks   int64   `json:"ticks"`
	Cycles  int64   `json:"cycles"`
	Seconds float64 `json:"seconds"`
	// EnergyJoules is the sum of Energy, which is by component.
	EnergyJoules float64                       `json:"energy_joules"`
	PowerWatts   float64                       `json:"power_watts"`
	Energy       map[targets.Component]float64 `json:"energy"`
	// EnergyByPopulation has each population's cores, and of those that it shares
	// its share of the slots; what is the chip's is under "chip", or "_chip" where
	// a population has that name.
	EnergyByPopulation map[string]float64 `json:"energy_by_population"`
	EnergyByCore       []float64          `json:"energy_by_core"`
	Counts             map[string]int64   `json:"counts"`
	Spikes             map[string]int64   `json:"spikes"`
	SynapticEvents     int64              `json:"synaptic_events"`
	// Saturations counts state words that were clipped, by population.
	Saturations map[string]int64 `json:"saturations"`
	// StallCycles counts cycles that cores and the I/O port stood still because
	// the mesh was full.
	StallCycles int64 `json:"stall_cycles"`
	// LateTicks counts ticks that lasted longer than a chip of fixed ticks has.
	LateTicks int64  `json:"late_ticks"`
	SpikeHash string `json:"spike_hash"`
	// InputEvents is nil where the input was no recording of events.
	InputEvents *InputEvents `json:"input_events,omitempty"`
	// Defects says what came of the chip's; nil where it has none.
	Defects *Defects `json:"defects,omitempty"`
	// populations are the names in the order declared.
	populations []string
	lost        activity.Lost
}

// chipName returns the key of what belongs to no population: "chip", unless one
// has that name.
func chipName(spikes map[string]int64) string {
	name := "chip"
	for {
		if _, taken := spikes[name]; !taken {
			return name
		}
		name = "_" + name
	}
}

// New prices a run of im on a target. hash is its spike hash.
func New(im *image.Image, t *targets.Target, functional bool, act *activity.Activity, hash string) *Report {
	r := &Report{
		Network: im.Manifest.Network, Target: t.Name, Timing: "cycle",
		Ticks: act.Ticks, Cycles: act.Cycles, Seconds: float64(act.Cycles) / t.Timing.Clock,
		Energy: map[targets.Component]float64{}, EnergyByPopulation: map[string]float64{},
		EnergyByCore: make([]float64, len(act.Cores)), Counts: map[string]int64{},
		Spikes: map[string]int64{}, Saturations: map[string]int64{},
		SynapticEvents: act.SynapticEvents, StallCycles: act.Stalls, LateTicks: act.Late, SpikeHash: hash,
		lost: act.Lost,
	}
	if functional {
		r.Timing = Functional
	}
	total := act.Total()
	for _, c := range targets.Components {
		r.Energy[c] = 0
	}
	for e, info := range targets.Events {
		r.Counts[info.Name] = total[e]
		r.Energy[info.Component] += float64(float64(total[e]) * t.Prices.Energy[e])
	}
	leakCores := t.Prices.LeakageCore * r.Seconds
	leakChip := t.Prices.LeakageChip * r.Seconds
	r.Energy[targets.Leakage] = leakChip + float64(leakCores*float64(len(act.Cores)))
	for _, c := range targets.Components {
		r.EnergyJoules += r.Energy[c]
	}
	if r.Seconds > 0 {
		r.PowerWatts = r.EnergyJoules / r.Seconds
	}
	pops := im.Manifest.Populations
	for k := range pops {
		r.populations = append(r.populations, pops[k].Name)
		r.EnergyByPopulation[pops[k].Name] = 0
		r.Spikes[pops[k].Name] = act.Spikes[k]
		r.Saturations[pops[k].Name] = act.Saturations[k]
	}
	for k := range act.Cores {
		e := price(&act.Cores[k], &t.Prices) + leakCores
		r.EnergyByCore[k] = e
		for _, s := range shares(im, &im.Cores[k]) {
			r.EnergyByPopulation[pops[s.population].Name] += float64(e * s.of)
		}
	}
	r.EnergyByPopulation[chipName(r.Spikes)] = price(&act.Chip, &t.Prices) + leakChip
	return r
}

// share is a population's part of a core.
type share struct {
	population int32
	of         float64
}

// shares parts a core among its populations by their slots: those of neurons, of
// their copies and their parts. Relays are the core's own.
func shares(im *image.Image, c *image.Core) []share {
	if len(c.Neurons) == 0 {
		return []share{{c.Population, 1}}
	}
	slots := im.PopulationsOf(c)
	slices.Sort(slots)
	var out []share
	for len(slots) > 0 {
		n, _ := slices.BinarySearch(slots, slots[0]+1)
		out = append(out, share{slots[0], float64(n) / float64(len(c.Neurons))})
		slots = slots[n:]
	}
	return out
}

func price(c *activity.Counts, p *targets.Prices) float64 {
	sum := 0.0
	for e, n := range c {
		sum += float64(float64(n) * p.Energy[e])
	}
	return sum
}
