package stimulus

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// rateSlack lets the sum of rounded steps reach a whole number: 65,535 steps
// are wrong by less than 1e-11 in sum.
const rateSlack = 1e-9

// Rate replaces t by spikes at evenly spread ticks: value x of neuron first+i
// gives round(x·ticks) of them, by error diffusion from one half. It returns
// how many values were outside [0, 1] and so were clamped.
func Rate(values []float64, first int32, ticks int, t *Train) (clamped int) {
	t.reset(ticks)
	for i, x := range values {
		p, ok := probability(x)
		if !ok {
			clamped++
		}
		if p == 0 {
			continue
		}
		acc := 0.5
		for tick := range ticks {
			if acc += p; acc >= 1-rateSlack {
				t.Spikes[tick] = append(t.Spikes[tick], first+int32(i))
				acc--
			}
		}
	}
	return clamped
}

// Poisson replaces t by a Bernoulli process: at each tick neuron first+i spikes
// with probability x. The random stream belongs to seed and sample, so that the
// order in which samples are encoded does not matter; every neuron draws once a
// tick, so that one value does not shift the draws of the others and a longer
// train begins with the shorter one. It returns how many values were clamped.
func Poisson(values []float64, first int32, ticks int, seed uint64, sample int, t *Train) (clamped int) {
	t.reset(ticks)
	for _, x := range values {
		if _, ok := probability(x); !ok {
			clamped++
		}
	}
	var stream rand.PCG
	stream.Seed(seed, uint64(sample))
	for tick := range ticks {
		ids := t.Spikes[tick]
		for i, x := range values {
			// A uniform number in [0, 1), of 53 bits.
			u := float64(stream.Uint64()>>11) / (1 << 53)
			if u < x {
				ids = append(ids, first+int32(i))
			}
		}
		t.Spikes[tick] = ids
	}
	return clamped
}

// Latency replaces t by one spike for each value x above 0, the earlier the
// larger x is: at tick 1 + round((1−x)·(ticks−1)). It returns how many values
// were clamped.
func Latency(values []float64, first int32, ticks int, t *Train) (clamped int) {
	t.reset(ticks)
	for i, x := range values {
		p, ok := probability(x)
		if !ok {
			clamped++
		}
		if p == 0 || ticks == 0 {
			continue
		}
		tick := int(math.Round((1 - p) * float64(ticks-1)))
		t.Spikes[tick] = append(t.Spikes[tick], first+int32(i))
	}
	return clamped
}

// Events replaces t by events, each a time in microseconds from the beginning and a
// neuron counted from first: bin seconds make a tick, the first of them tick 1.
// Those behind the last tick are left out, and late is how many these are. A neuron
// spikes once a tick however many events it has there; merged is how many more there
// were.
func Events(events iter.Seq2[uint32, int32], first int32, ticks int, bin float64, t *Train) (merged, late int) {
	t.reset(ticks)
	width := microseconds(bin)
	for time, neuron := range events {
		if tick := float64(time) / width; tick < float64(ticks) {
			t.Spikes[int(tick)] = append(t.Spikes[int(tick)], first+neuron)
		} else {
			late++
		}
	}
	for k, ids := range t.Spikes {
		slices.Sort(ids)
		t.Spikes[k] = slices.Compact(ids)
		merged += len(ids) - len(t.Spikes[k])
	}
	return merged, late
}

// microseconds returns a duration in seconds in microseconds, to the nanosecond: 1e6
// times 1.1e-3 is a little more than 1100, and an event of 1100 µs is to be in the
// second tick.
func microseconds(seconds float64) float64 { return max(math.Round(seconds*1e9), 1) / 1e3 }

// probability clamps x to [0, 1] and reports whether it was inside; NaN is 0.
func probability(x float64) (float64, bool) {
	switch {
	case x >= 0 && x <= 1:
		return x, true
	case x > 1:
		return 1, false
	}
	return 0, false
}
