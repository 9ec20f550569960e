package names

import (
	"fmt"
	"strconv"

	"github.com/weft-toolchain/weft/isa/image"
)

// Of returns the name of a neuron or input by its number: POPULATION[INDEX].
func Of(symbols []image.Symbol, n int) string {
	for _, s := range symbols {
		if n < s.First+s.N {
			return fmt.Sprintf("%s[%d]", s.Name, n-s.First)
		}
	}
	return strconv.Itoa(n)
}

// Drivers returns for each axon of a core what drives it, by population and
// index or as the relay in a slot, CORE:SLOT, and the span of the delays on the way.
func Drivers(im *image.Image, core int) (from [][]string, delays [][2]int) {
	rows := im.Cores[core].Rows.Len()
	from, delays = make([][]string, rows), make([][2]int, rows)
	add := func(name func() string, dests []image.Dest) {
		for _, d := range dests {
			if int(d.Core) != core || d.Axon < 0 {
				continue
			}
			span := &delays[d.Axon]
			if len(from[d.Axon]) == 0 {
				*span = [2]int{int(d.Delay), int(d.Delay)}
			}
			span[0], span[1] = min(span[0], int(d.Delay)), max(span[1], int(d.Delay))
			from[d.Axon] = append(from[d.Axon], name())
		}
	}
	for n, dests := range im.InputDests {
		add(func() string { return Of(im.Manifest.Inputs, n) }, dests)
	}
	for k := range im.Cores {
		for slot, dests := range im.Cores[k].Dests {
			n := im.Cores[k].Neurons[slot]
			add(func() string {
				if n == image.NoNeuron {
					return fmt.Sprintf("relay %d:%d", k, slot)
				}
				return Of(im.Manifest.Populations, int(n))
			}, dests)
		}
	}
	return from, delays
}
