package approx

import (
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/targets"
)

// parts makes the parts of the neurons with relays. Where all neurons of a population
// are parted alike, their relays share cores, whose axons are those of all of
// them: their weights are of more types, and of both signs. Where a chip has the
// room, each neuron is parted by itself, and has fewer parts.
func (w *work) parts() {
	shared := w.rowCosts()
	cores, dests := 0, map[int32]int{}
	var own []neuron
	for n, has := range w.relayed {
		if !has {
			continue
		}
		x := neuron{index: n, unit: w.coded.units[n]}
		for _, sign := range []int{1, -1} {
			list, loads := w.inputsOf(n, sign)
			for k, i := range list {
				if source := w.in.of(n)[i].source; source >= w.in.inputs {
					dests[source] += loads[k].axons
				}
			}
			x.parts = append(x.parts, w.cut(n, sign, list, loads)...)
		}
		cores += len(x.parts)
		own = append(own, x)
	}
	w.neurons = own
	if ownShare*cores <= w.arch.Cores() && w.reaches(dests) {
		return
	}
	for k := range own {
		own[k].parts = w.alike(own[k].index, shared)
	}
}

// reaches reports whether neurons can have so many destinations: where one has few,
// others stand by it, as many as a core holds of those that have but one source.
func (w *work) reaches(dests map[int32]int) bool {
	if w.arch.NeuronFanOut == 0 {
		return true
	}
	most := 0
	for _, n := range dests {
		most = max(most, n)
	}
	return most <= w.arch.Neurons
}

// rowCosts returns the axons that the rows take which all neurons read.
func (w *work) rowCosts() []int {
	types := make([]uint32, w.in.rows)
	for n, has := range w.relayed {
		if !has {
			continue
		}
		for _, x := range w.in.of(n) {
			if u := w.coded.of(n, magnitude(x.weight)); u > 0 {
				types[x.row] |= w.coded.types(u)
			}
		}
	}
	costs := make([]int, len(types))
	for k, t := range types {
		costs[k] = axons(t)
	}
	return costs
}

// load is what an input takes of a part: axons of a core, and of the word in which
// its relays sum.
type load struct{ axons, units int }

func (l load) plus(x load) load { return load{l.axons + x.axons, l.units + x.units} }

func (l load) in(room load) bool { return l.axons <= room.axons && l.units <= room.units }

// room is what a part may take: a relay holds less than two parts' sums, and gets
// one more in a tick.
func (w *work) room() load {
	_, hi := fixed.Limits(w.arch.StateBits)
	return load{w.arch.Axons, int(hi) / 3}
}

// inputsOf lists the inputs of a neuron of one sign, or of both where it is 0, that
// still weigh something, and what they take.
func (w *work) inputsOf(n, sign int) (list []int32, loads []load) {
	for i, x := range w.in.of(n) {
		u := w.coded.of(n, magnitude(x.weight))
		if u == 0 || sign*int(x.weight) < 0 {
			continue
		}
		list, loads = append(list, int32(i)), append(loads, load{axons(w.coded.types(u)), u})
	}
	return list, loads
}

// cut makes a neuron's parts of one sign, with the inputs in order.
func (w *work) cut(n, sign int, list []int32, loads []load) []part {
	var out []part
	for _, piece := range pieces(loads, w.room()) {
		out = append(out, w.part(n, sign, list[piece[0]:piece[1]]))
	}
	return out
}

// alike makes a neuron's parts of both signs, with the axons of rows that are
// everybody's.
func (w *work) alike(n int, rows []int) []part {
	list, loads := w.inputsOf(n, 0)
	for k, i := range list {
		loads[k].axons = rows[w.in.of(n)[i].row]
	}
	var out []part
	for _, piece := range pieces(loads, w.room()) {
		for _, sign := range []int{1, -1} {
			var mine []int32
			for _, i := range list[piece[0]:piece[1]] {
				if sign*int(w.in.of(n)[i].weight) > 0 {
					mine = append(mine, i)
				}
			}
			if len(mine) > 0 {
				out = append(out, w.part(n, sign, mine))
			}
		}
	}
	return out
}

func (w *work) part(n, sign int, inputs []int32) part {
	p := part{sign: sign, inputs: inputs}
	for _, i := range inputs {
		u := w.coded.of(n, magnitude(w.in.of(n)[i].weight))
		p.sum += u
		p.largest = max(p.largest, u)
	}
	return p
}

// pieces cuts a list into the fewest runs whose loads are in room, each of which is
// so by itself, and of these those whose largest has the fewest axons. It returns where
// each begins and ends.
func pieces(loads []load, room load) [][2]int {
	if len(loads) == 0 {
		return nil
	}
	cut := func(axons int) [][2]int {
		var out [][2]int
		from, sum := 0, load{}
		for i, x := range loads {
			if i > from && !sum.plus(x).in(load{axons, room.units}) {
				out = append(out, [2]int{from, i})
				from, sum = i, load{}
			}
			sum = sum.plus(x)
		}
		return append(out, [2]int{from, len(loads)})
	}
	fewest := len(cut(room.axons))
	// With more room there are no more pieces.
	lo, hi := min(targets.AxonTypes, room.axons), room.axons
	for lo < hi {
		if mid := (lo + hi) / 2; len(cut(mid)) > fewest {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return cut(lo)
}
