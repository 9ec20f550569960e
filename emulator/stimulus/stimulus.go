// Package stimulus makes and reads the spikes that go into a machine, and
// writes those that come out: encoders from numbers to spike trains, and the
// spike files. It is the only one to know both.
package stimulus

import "slices"

// Limits of what is read.
const (
	// MaxTicks is the last tick of a spike file.
	MaxTicks = 1 << 24
	// MaxSpikes bounds the spikes of a file.
	MaxSpikes = 1 << 26
)

// Train is the input of a run: who spikes when. Its zero value is empty, and
// the encoders reuse what it has allocated.
type Train struct {
	// Ticks is the number of ticks.
	Ticks int
	// Before has the inputs that spike in tick 0, before the run: what they send
	// with a delay of 1 is there in tick 1.
	Before []int32
	// Spikes[t-1] has the input neurons that spike at tick t, which counts from
	// 1: sorted, each once. Neurons are numbered over all inputs in the order of
	// their declaration.
	Spikes [][]int32
}

// Count returns the number of spikes.
func (t *Train) Count() int {
	n := len(t.Before)
	for _, ids := range t.Spikes {
		n += len(ids)
	}
	return n
}

// At returns who spikes at a tick, 0 or later.
func (t *Train) At(tick int) []int32 {
	switch {
	case tick == 0:
		return t.Before
	case tick <= len(t.Spikes):
		return t.Spikes[tick-1]
	}
	return nil
}

// reset makes t an empty train of ticks, keeping its memory.
func (t *Train) reset(ticks int) {
	t.Ticks = ticks
	t.Spikes = slices.Grow(t.Spikes[:0], ticks)[:ticks]
	for i := range t.Spikes {
		t.Spikes[i] = t.Spikes[i][:0]
	}
}

// Group is a named range of neurons: an input, or a population.
type Group struct {
	Name string
	// Shape is what recordings of events are laid out in; others do without.
	Shape []int
	// First is the number of its first neuron, N how many it has.
	First int32
	N     int
}

// Spike is one neuron at one tick, which counts from 1.
type Spike struct {
	Tick   int32
	Neuron int32
}
