package emulator

import (
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// way leads to a population, after a delay at most.
type way struct {
	population int32
	delay      int
}

// ways finds where the packets of an image lead to, through relays and parts.
type ways struct {
	im          *image.Image
	roles       [][]image.Role
	populations [][]int32
	// axons and slots are what was found: of each axon of each core, and of the
	// relays and parts among the slots. One that is at work is there, without a
	// way: what goes round a loop leads nowhere.
	axons, slots map[[2]int32][]way
	// deep is how many relays and parts lie before the one at work.
	deep int
}

// maxBetween is how many relays and parts are followed, one behind the other.
const maxBetween = 1 << 12

func newWays(im *image.Image) *ways {
	w := &ways{im: im, axons: map[[2]int32][]way{}, slots: map[[2]int32][]way{}}
	for k := range im.Cores {
		w.roles, w.populations = append(w.roles, im.Roles(&im.Cores[k])), append(w.populations, im.PopulationsOf(&im.Cores[k]))
	}
	return w
}

// between reports whether a slot is of a relay or a part.
func (w *ways) between(core, slot int) bool {
	r := w.roles[core]
	return r != nil && (r[slot] == image.Relay || r[slot] == image.Part)
}

// dest returns the ways of a packet to a destination, one for each population.
func (w *ways) dest(d image.Dest) []way {
	if d.Core == image.Host {
		return nil
	}
	slot, isPart := d.Slot()
	switch {
	case isPart:
		return later(w.slot(d.Core, slot), int(d.Delay))
	case w.im.Manifest.Arch.DelayPlace == targets.DelaySynapse:
		return w.axon(d.Core, d.Axon)
	}
	return later(w.axon(d.Core, d.Axon), int(d.Delay))
}

// axon returns the ways of a spike at an axon.
func (w *ways) axon(core, axon int32) []way {
	at := [2]int32{core, axon}
	if list, ok := w.axons[at]; ok {
		return list
	}
	w.axons[at] = nil
	c := &w.im.Cores[core]
	row := c.Rows.Row(int(axon))
	var list []way
	if len(row.Slots) == 0 && w.im.Manifest.Arch.DelayPlace == targets.DelayAxon {
		list = []way{{population: c.Population}}
	}
	for k, slot := range row.Slots {
		delay := 0
		if row.Delays != nil {
			delay = int(row.Delays[k])
		}
		if !w.between(int(core), int(slot)) {
			list = merge(list, way{w.populations[core][slot], delay})
			continue
		}
		for _, x := range w.slot(core, int32(slot)) {
			list = merge(list, way{x.population, x.delay + delay})
		}
	}
	w.axons[at] = list
	return list
}

// slot returns the ways of what is added to a slot's sum.
func (w *ways) slot(core, slot int32) []way {
	if !w.between(int(core), int(slot)) {
		return []way{{population: w.populations[core][slot]}}
	}
	at := [2]int32{core, slot}
	if list, ok := w.slots[at]; ok || w.deep == maxBetween {
		return list
	}
	w.slots[at] = nil
	w.deep++
	var list []way
	for _, d := range w.im.Cores[core].Dests[slot] {
		for _, x := range w.dest(d) {
			list = merge(list, x)
		}
	}
	w.deep--
	w.slots[at] = list
	return list
}

// later returns ways that begin after a delay.
func later(list []way, delay int) []way {
	if delay == 0 {
		return list
	}
	out := make([]way, len(list))
	for k, x := range list {
		out[k] = way{x.population, x.delay + delay}
	}
	return out
}

// merge adds a way to a list, of which that to each population is the longest.
func merge(list []way, x way) []way {
	for k := range list {
		if list[k].population == x.population {
			list[k].delay = max(list[k].delay, x.delay)
			return list
		}
	}
	return append(list, x)
}
