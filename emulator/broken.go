package emulator

import (
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// fate is what becomes of a packet.
type fate uint8

const (
	arrives fate = iota
	// lostAtLink: its route goes over a dead link.
	lostAtLink
	// lostAtCore: the core that it is for is dead.
	lostAtCore
)

// broken is what of a chip is dead, as far as an image has to do with it, and the
// ways that the image's packets take. It is immutable.
type broken struct {
	defects *targets.Defects
	// cores says which of the image's cores are dead.
	cores  []bool
	routes *mesh.Mesh
	chips  mesh.Chips
	// severed are the dead links that the routes do not go around.
	severed []mesh.Link
	// lossy has the severed links too.
	lossy map[mesh.Link]bool
	use   DeadUse
}

// DeadUse is what an image uses of what is dead; all zero where it was compiled
// around the chip's defects.
type DeadUse struct {
	// Cores counts dead cores that the image has neurons in.
	Cores int `json:"cores"`
	// Destinations counts destinations of neurons and inputs, the ways to which go
	// over dead links.
	Destinations int `json:"destinations"`
	// Axons counts dead axons with synapses, and Synapses dead synapses whose weight
	// is not 0 or learns, both of cores that are not dead.
	Axons    int `json:"axons"`
	Synapses int `json:"synapses"`
}

// DeadUse returns what the chip's image uses of what is dead.
func (c *Chip) DeadUse() DeadUse { return c.broken.use }

// newBroken looks at what is dead, d, with the eyes of an image.
func newBroken(im *image.Image, d *targets.Defects) broken {
	b := broken{defects: d, cores: make([]bool, len(im.Cores)), routes: im.Mesh(), chips: im.Manifest.Arch.Chips(), lossy: map[mesh.Link]bool{}}
	if d == nil {
		return b
	}
	for k := range b.cores {
		if b.cores[k] = d.DeadCore(im.Router(int32(k))); b.cores[k] {
			b.use.Cores++
		}
	}
	for _, l := range d.Links {
		if !b.routes.IsDead(l) {
			b.severed, b.lossy[l] = append(b.severed, l), true
		}
	}
	return b
}

// count counts what a core of an image uses of dead axons and synapses.
func (b *broken) count(im *image.Image, k int) {
	axons, cells := b.dead(im, k)
	rows := &im.Cores[k].Rows
	for _, axon := range axons {
		if int(axon) < rows.Len() && rows.Synapses(int(axon)) > 0 {
			b.use.Axons++
		}
	}
	if len(cells) == 0 {
		return
	}
	unpacked := rows.Unpack()
	for _, c := range cells {
		if int(c.Axon) >= len(unpacked) {
			continue
		}
		r := &unpacked[c.Axon]
		for i, slot := range r.Slots {
			if int32(slot) == c.Slot && (r.Weights[i] != 0 || r.Plastic) {
				b.use.Synapses++
			}
		}
	}
}

// dead returns the dead axons and synapses of a core that is not dead.
func (b *broken) dead(im *image.Image, k int) (axons []int32, cells []targets.Cell) {
	if b.defects == nil || b.cores[k] {
		return nil, nil
	}
	router := im.Router(int32(k))
	return b.defects.DeadAxons(router), b.defects.DeadSynapses(router)
}

// spec returns a core of an image as it is with its dead axons and synapses.
func (b *broken) spec(im *image.Image, k int, s *core.Spec) *core.Spec {
	axons, cells := b.dead(im, k)
	if len(axons)+len(cells) == 0 {
		return s
	}
	return s.Broken(axons, cells)
}

// trip is the links that a packet crosses, along x and along y, how many of them are
// between chips, and what becomes of it.
type trip struct {
	hopX, hopY, chipHop int
	end                 fate
}

// trip returns that of a packet from a router, or from noc.Host, to a core.
func (b *broken) trip(from, dest, to int32) trip {
	if len(b.severed) > 0 {
		return b.tripAcross(from, dest, to)
	}
	dx, dy, _ := b.routes.Hops(from, to)
	return trip{dx, dy, b.chips.Crossings(b.routes, from, to), b.at(dest)}
}

// at returns what becomes of a packet that reached the router of its core.
func (b *broken) at(dest int32) fate {
	if dest != image.Host && b.cores[dest] {
		return lostAtCore
	}
	return arrives
}

// tripAcross is trip where links are severed: it ends before the first of them.
func (b *broken) tripAcross(from, dest, to int32) (t trip) {
	hops, _ := b.routes.Route(from, to)
	for _, h := range hops {
		if l, _ := b.routes.Across(h); b.lossy[l] {
			b.use.Destinations++
			t.end = lostAtLink
			return t
		}
		if h.Side == mesh.East || h.Side == mesh.West {
			t.hopX++
		} else {
			t.hopY++
		}
		if b.chips.Crosses(b.routes, h) {
			t.chipHop++
		}
	}
	t.end = b.at(dest)
	return t
}

// end notes what becomes of the packet to destination k of a fan.
func (f *fan) end(k int, end fate) {
	if end == arrives {
		return
	}
	if f.losses == nil {
		f.losses = &losses{fates: make([]fate, len(f.dests))}
	}
	f.losses.fates[k] = end
	if end == lostAtLink {
		f.losses.lost.Links++
	} else {
		f.losses.lost.Cores++
	}
}

// fate returns what becomes of the packet to destination k.
func (f *fan) fate(k int) fate {
	if f.losses == nil {
		return arrives
	}
	return f.losses.fates[k]
}
