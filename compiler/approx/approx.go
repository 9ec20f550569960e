// Package approx makes networks fit that do not fit exactly, and says what that
// changes.
//
//	Relay  a neuron with more inputs than a core has axons gets them through relays
//	Draws  a neuron with more kinds of drawn weight than axons have types gets fewer
//
// Both return a quantised network, which is what oracle and chip run from there on:
// nothing after them knows that it was another. What is returned beside it bounds the
// difference between the two.
//
// # Relays
//
// The inputs of a neuron are parted into groups that a core's axons hold, and into
// those that excite and those that inhibit. Each such part has relays: neurons
// that add up their inputs, fire at a threshold, and keep what was beyond it. A part
// with k relays, all of which read all of it, has the threshold k·θ and relays that
// begin θ apart, so that together they fire once for each θ of their sum (Hermite's
// identity: ⌊s/θ⌋ = Σᵢ ⌊(s + i·θ)/kθ⌋), k times in a tick at most. Each spike adds
// θ to the neuron, or takes it away.
//
// Sums of one sign only grow, so that what a part still holds back, or has sent too
// early, is never more than half of θ (it begins at half of θ), as long as
// no more than k·θ comes in a tick. That is the bound: the number of parts times
// ⌊θ/2⌋ on the difference in what the neuron has received since tick 1, one tick
// later than it would have. In a potential that leaks it is at most twice as much (by
// Abel's summation). What comes in faster waits in the relays, whose words are wide.
package approx

import (
	"math"
	"slices"
)

// DefaultShare is the share of their inputs whose spikes in one tick relays keep up
// with, where nobody says: whatever comes, nothing waits.
const DefaultShare = 1

// Population says what differs in a population.
type Population struct {
	// Index is the population's.
	Index int
	// Neurons counts those that are not exact, of which the largest need was Axons.
	Neurons int
	Axons   int
	// Levels is how many relays a spike passes, Relays how many there are, Parts the
	// largest number of parts of a neuron at the first level.
	Levels, Relays, Parts int
	// Theta is the largest weight of a relay's spike.
	Theta int
	// Latency is how many ticks later the population's input is.
	Latency int
	// Splitters is how many neurons pass on what neurons with relays fire, Later how many
	// ticks that takes longer than it would.
	Splitters, Later int
	// Bound is the most that what a neuron has received since tick 1 differs, while
	// relays keep up: for certain as long as no part has more in a tick than Share of all
	// its weights together. Both are over all neurons. Bound is in the unit of the integer
	// weights, and in the file's.
	Bound     int
	BoundFile float64
	Share     float64
	// Weights says what became of the weights.
	Weights WeightError
}

// WeightError sums up the errors of weights, in integers of the synapses.
type WeightError struct {
	// Count is how many weights there are, Changed how many are not what they were.
	Count, Changed int
	// Max is the largest error, Sum that of their magnitudes.
	Max int
	Sum int64
	// Signal and Noise are the sums of the squares of weights and errors.
	Signal, Noise float64
}

// add takes in a weight that became another.
func (e *WeightError) add(was, is int) {
	d := max(was-is, is-was)
	e.Count++
	if d > 0 {
		e.Changed++
	}
	e.Max = max(e.Max, d)
	e.Sum += int64(d)
	e.Signal += float64(was * was)
	e.Noise += float64(d * d)
}

// Mean returns the mean magnitude of the errors.
func (e *WeightError) Mean() float64 { return float64(e.Sum) / float64(max(e.Count, 1)) }

// SQNR returns the ratio of signal to noise in decibels; +Inf where nothing was lost.
func (e *WeightError) SQNR() float64 { return 10 * math.Log10(e.Signal/e.Noise) }

// plus returns a with what a further level of relays adds to it.
func (a Population) plus(b Population) Population {
	a.Neurons, a.Axons = max(a.Neurons, b.Neurons), max(a.Axons, b.Axons)
	a.Levels += b.Levels
	a.Relays += b.Relays
	a.Parts = max(a.Parts, b.Parts)
	a.Theta = max(a.Theta, b.Theta)
	a.Latency += b.Latency
	a.Splitters += b.Splitters
	a.Later += b.Later
	a.Bound += b.Bound
	a.BoundFile += b.BoundFile
	if b.Share < 1 { // the relays before them may all fire in one tick, whatever they get
		a.Share = 0
	}
	return a
}

// Merge adds what a pass did to what those before it did.
func Merge(before, more []Population) []Population {
	out := slices.Clone(before)
	for _, b := range more {
		if k := slices.IndexFunc(out, func(a Population) bool { return a.Index == b.Index }); k >= 0 {
			out[k] = out[k].plus(b)
		} else {
			out = append(out, b)
		}
	}
	return out
}
