package approx

import (
	"math/bits"
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// coding says how the magnitudes of a population's weights become weights of relays,
// in units of their neuron: on a chip with typed axons, one of as many numbers as
// there are types, or a sum of as many binary digits.
type coding struct {
	// units are those of the neurons, by place in the population.
	units []int
	// values, where set, are the numbers, and digits says that there are digits;
	// neither is set where a synapse has a weight of its own. top is the largest weight.
	values []int
	digits bool
	top    int
}

// topDigits is the largest number of as many binary digits as there are types.
const topDigits = 1<<targets.AxonTypes - 1

// of returns a magnitude in the units of a neuron.
func (c *coding) of(n, magnitude int) int {
	if unit := c.units[n]; unit > 1 {
		return min((magnitude+unit/2)/unit, c.top)
	}
	return min(magnitude, c.top)
}

// types returns the types that a weight of so many units is of, a bit each.
func (c *coding) types(units int) uint32 {
	switch {
	case c.digits:
		return uint32(units)
	case c.values != nil:
		return 1 << slices.Index(c.values, units)
	}
	return 1
}

// code chooses the units of the neurons with relays.
func (w *work) code() coding {
	_, most := w.arch.WeightLimits()
	top := min(int(most), w.room().units)
	c := coding{units: make([]int, len(w.relayed)), top: top}
	for n := range c.units {
		c.units[n] = 1
	}
	if w.arch.WeightFormat == targets.Typed {
		if c.values = w.values(top); c.values == nil {
			c.digits, c.top = true, topDigits
			for n := range w.relayed {
				if w.relayed[n] {
					c.units[n] = unit(w.in.of(n))
				}
			}
		}
	}
	return c
}

// values lists the magnitudes of all weights, where they are no more than the types.
func (w *work) values(top int) []int {
	var out []int
	for n := range w.relayed {
		if !w.relayed[n] {
			continue
		}
		for _, x := range w.in.of(n) {
			m := magnitude(x.weight)
			if slices.Contains(out, m) {
				continue
			}
			if out = append(out, m); len(out) > targets.AxonTypes || m > top {
				return nil
			}
		}
	}
	slices.Sort(out)
	return out
}

func magnitude(w int16) int { return max(int(w), -int(w)) }

// unit returns the whole number in which the weights of a neuron, as numbers of four
// digits, have the least squared error; the largest of those that are as good.
func unit(list []input) int {
	count := map[int]int{}
	common, most := 0, 0
	for _, x := range list {
		m := magnitude(x.weight)
		count[m]++
		most = max(most, m)
		common = gcd(common, m)
	}
	if common > 0 && most/common <= topDigits {
		return common
	}
	magnitudes := make([]int, 0, len(count))
	for m := range count {
		magnitudes = append(magnitudes, m)
	}
	slices.Sort(magnitudes)
	best, least := 1, -1
	for u := 1; u <= most; u++ {
		c := coding{units: []int{u}, top: topDigits}
		sum := 0
		for _, m := range magnitudes {
			d := m - u*c.of(0, m)
			sum += count[m] * d * d
		}
		if least < 0 || sum <= least {
			best, least = u, sum
		}
	}
	return best
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// axons returns how many axons a row of some types takes.
func axons(types uint32) int { return bits.OnesCount32(types) }
