package mapping

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/targets"
)

// partition returns the neurons of each core, in slot order. Of the orders it
// tries, the one with the fewest cores wins, then the earlier.
func (f *fanIn) partition() [][]int32 {
	best := f.fill(f.indexOrder())
	if tiles := f.tileOrder(); tiles != nil {
		if other := f.fill(tiles); len(other) < len(best) {
			best = other
		}
	}
	for _, neurons := range best {
		slices.Sort(neurons)
	}
	return best
}

func (f *fanIn) indexOrder() []int32 {
	order := make([]int32, f.group.N)
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// tileOrder walks the places of a population that a window feeds in square
// tiles, all channels of a place together, so that neighbours share axons. It
// is nil for other populations.
func (f *fanIn) tileOrder() []int32 {
	var w *network.Window
	for k := range f.q.Projections {
		p := &f.q.Projections[k]
		if win := f.q.Net.Projections[p.Index].Connect.Window; p.To == f.pop && win != nil {
			w = win
		}
	}
	if w == nil {
		return nil
	}
	side := 1
	for (side+1)*(side+1)*w.OutChannels <= f.arch.Neurons {
		side++
	}
	var order []int32
	for ty := 0; ty < w.Out[0]; ty += side {
		for tx := 0; tx < w.Out[1]; tx += side {
			for y := ty; y < min(ty+side, w.Out[0]); y++ {
				for x := tx; x < min(tx+side, w.Out[1]); x++ {
					for c := range w.OutChannels {
						order = append(order, int32(w.OutIndex(c, y, x)))
					}
				}
			}
		}
	}
	return order
}

// fill puts neurons into cores in the order given; a neuron that does not fit
// the open core opens the next.
func (f *fanIn) fill(order []int32) [][]int32 {
	var cores [][]int32
	var open []int32
	rows := map[axonKey]int{} // synapses in each row of the open core
	words, dests := 0, 0
	for _, i := range order {
		fresh, more := f.cost(int(i), rows)
		out := 0
		if f.fanOut != nil {
			out = f.fanOut[i]
		}
		if len(open) > 0 && (len(open) == f.arch.Neurons || len(rows)+fresh > f.arch.Axons || !f.roomFor(words+more) || dests+out > f.arch.FanOut) {
			cores = append(cores, open)
			open, words, dests = nil, 0, 0
			clear(rows)
			_, more = f.cost(int(i), rows)
		}
		for _, a := range f.of(int(i)) {
			rows[a.key]++
		}
		words += more
		dests += out
		open = append(open, i+int32(f.group.First))
	}
	return append(cores, open)
}

func (f *fanIn) roomFor(words int) bool {
	return f.arch.SynapseFormat == targets.Dense || words <= f.arch.SynapseWords
}

// cost returns the new axons and the further synapse words that neuron i would
// take in a core with these rows.
func (f *fanIn) cost(i int, rows map[axonKey]int) (axons, words int) {
	list := f.of(i)
	for k := 0; k < len(list); {
		run := 1
		for k+run < len(list) && list[k+run].key == list[k].key {
			run++
		}
		have := rows[list[k].key]
		if have == 0 {
			axons++
		}
		if f.arch.SynapseFormat == targets.Sparse {
			words += ir.SynapseWords(f.arch, have+run) - ir.SynapseWords(f.arch, have)
		}
		k += run
	}
	return axons, words
}
