package emulator

import "github.com/weft-toolchain/weft/isa/image"

// doubles lists the neurons that each neuron stands for: those of n are
// list[off[n]:off[n+1]]. Both are nil where no neuron stands for another.
type doubles struct{ off, list []int32 }

func newDoubles(im *image.Image) doubles {
	count, _ := im.WithoutSlot()
	if count == 0 {
		return doubles{}
	}
	d := doubles{off: make([]int32, len(im.SameAs)+1), list: make([]int32, count)}
	each := func(visit func(double, stand int32)) {
		for n, s := range im.SameAs {
			if s != image.NoNeuron && int(s) != n {
				visit(int32(n), s)
			}
		}
	}
	each(func(_, stand int32) { d.off[stand+1]++ })
	for n := range len(im.SameAs) {
		d.off[n+1] += d.off[n]
	}
	next := append([]int32(nil), d.off...)
	each(func(double, stand int32) {
		d.list[next[stand]] = double
		next[stand]++
	})
	return d
}

// of returns the neurons that n stands for.
func (d *doubles) of(n int32) []int32 { return d.list[d.off[n]:d.off[n+1]] }

// tellDoubles adds the neurons that those which fired stand for.
func (m *Machine) tellDoubles() {
	d := &m.chip.doubles
	if d.off == nil {
		return
	}
	for _, n := range m.fired {
		same := d.of(n)
		if len(same) == 0 {
			continue
		}
		at := m.chip.place[n]
		m.spikes[m.chip.populations[at.core][at.slot]] += int64(len(same))
		m.fired = append(m.fired, same...)
	}
}
