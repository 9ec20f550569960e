// Package activity is the books of a run: how often each event happened, core
// by core. They are kept in integers; prices come at the end, in report.
package activity

import "github.com/weft-toolchain/weft/targets"

// Counts is how often each event happened.
type Counts [targets.NumEvents]int64

// Packets adds n packets of a kind, and the links that they cross.
func (c *Counts) Packets(kind targets.Event, n, hopX, hopY, chipHop int64) {
	c[kind] += n
	c[targets.HopX] += hopX
	c[targets.HopY] += hopY
	c[targets.ChipHop] += chipHop
}

// Add adds other to c, event by event.
func (c *Counts) Add(other *Counts) {
	for k := range c {
		c[k] += other[k]
	}
}

// Activity is the books of one run, or of many added up.
type Activity struct {
	// Cores holds each core's events. Hops are on the books of the core that
	// sent the packet.
	Cores []Counts
	// Chip holds what is no core's: the I/O port and what came through it, and
	// the clock.
	Chip Counts
	// Ticks and Cycles are the length of the run. Cycles is zero in functional
	// mode, which keeps no time.
	Ticks, Cycles int64
	// SynapticEvents counts the synapses that spikes were sent over, those of
	// weight zero and those still under way at the end included: a property of
	// the network, the same on every chip.
	SynapticEvents int64
	// Saturations counts state words that did not fit and were clipped, by
	// population.
	Saturations []int64
	// Spikes counts spikes by population.
	Spikes []int64
	// Stalls counts cycles that cores and the I/O port stood still because the
	// mesh was full.
	Stalls int64
	// Late counts ticks of a fixed length whose work was not done at their end:
	// they lasted until it was.
	Late int64
	// Lost counts packets that came to nothing because something is dead.
	Lost Lost
}

// Lost is how many packets were sent over dead links that their routes do not go
// around, reached dead cores, and were for dead axons.
type Lost struct{ Links, Cores, Axons int64 }

// Add adds other to l.
func (l *Lost) Add(other Lost) {
	l.Links += other.Links
	l.Cores += other.Cores
	l.Axons += other.Axons
}

// New returns empty books for some cores and populations.
func New(cores, populations int) *Activity {
	return &Activity{Cores: make([]Counts, cores), Saturations: make([]int64, populations), Spikes: make([]int64, populations)}
}

// Clear empties the books.
func (a *Activity) Clear() {
	clear(a.Cores)
	clear(a.Saturations)
	clear(a.Spikes)
	*a = Activity{Cores: a.Cores, Saturations: a.Saturations, Spikes: a.Spikes}
}

// Add adds other, books of the same image, to a.
func (a *Activity) Add(other *Activity) {
	for k := range a.Cores {
		a.Cores[k].Add(&other.Cores[k])
	}
	a.Chip.Add(&other.Chip)
	a.Ticks += other.Ticks
	a.Cycles += other.Cycles
	a.SynapticEvents += other.SynapticEvents
	a.Stalls += other.Stalls
	a.Late += other.Late
	a.Lost.Add(other.Lost)
	for k := range a.Saturations {
		a.Saturations[k] += other.Saturations[k]
		a.Spikes[k] += other.Spikes[k]
	}
}

// Total returns the events of all cores and of the chip.
func (a *Activity) Total() Counts {
	t := a.Chip
	for k := range a.Cores {
		t.Add(&a.Cores[k])
	}
	return t
}
