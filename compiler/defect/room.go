package defect

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// Room is what defects leave of a chip's cores.
type Room struct {
	Defects *targets.Defects
	// Usable says of each router whether its core can be used: it is not dead, and
	// packets can go between it and the I/O port.
	Usable []bool
	// Cores counts the usable ones, Dead the dead ones, and CutOff those that are
	// not dead and that dead links cut off from the I/O port.
	Cores, Dead, CutOff int
	// Mesh has the ways of packets around dead links.
	Mesh *mesh.Mesh
}

// NewRoom looks at what defects leave.
func NewRoom(d *targets.Defects) *Room {
	r := &Room{Defects: d, Usable: make([]bool, len(d.Cores)), Mesh: d.Mesh()}
	for k := range r.Usable {
		router := int32(k)
		switch {
		case d.DeadCore(router):
			r.Dead++
		case !r.Mesh.Connected(mesh.Host, router):
			r.CutOff++
		default:
			r.Usable[k] = true
			r.Cores++
		}
	}
	return r
}

// Crossbar returns what the core of a router has, on a chip whose cores have some
// axons each.
func (r *Room) Crossbar(router int32, axons int) *Crossbar {
	return &Crossbar{Axons: axons, DeadAxons: r.Defects.DeadAxons(router), DeadCells: r.Defects.DeadSynapses(router)}
}

// Axons returns how many axons work at each router, on a chip whose cores have some
// each; nil where all do.
func (r *Room) Axons(each int) []int32 {
	out, dead := make([]int32, len(r.Usable)), 0
	for k := range out {
		n := len(r.Defects.DeadAxons(int32(k)))
		out[k] = int32(each - n)
		dead += n
	}
	if dead == 0 {
		return nil
	}
	return out
}

// CoresMissing is the *diag.Error of a network that does not fit the usable cores: how
// many it needs, by how many that is too much, and why there are not more. Where the
// number is a bound, argument proves it; else it is empty.
func (r *Room) CoresMissing(need int, argument string) error {
	have := len(r.Usable)
	least := ""
	if argument != "" {
		least, argument = "at least ", " ("+argument+")"
	}
	s := fmt.Sprintf("the network needs %s%s%s, %d more than the %d that %s leaves of the target's %d: %s dead",
		least, diag.Plural(need, "core"), argument, need-r.Cores, r.Cores, r.Defects.Name, have, diag.Counted(r.Dead, "is", "are"))
	if r.CutOff > 0 {
		s += fmt.Sprintf(", and %s cut off from the I/O port by dead links", diag.Counted(r.CutOff, "is", "are"))
	}
	switch {
	case need > have:
		s += "; it would not fit a chip without defects either: choose a larger target, or a smaller network"
	case least != "":
		s += "; choose a chip with fewer defects, a larger target, or a smaller network"
	default:
		s += "; without these defects it would fit: choose a chip with fewer, a larger target, or a smaller network"
	}
	return diag.One(diag.Pos{File: r.Defects.File}, diag.DoesNotFit, "%s", s)
}

// place names where a router is.
func (r *Room) place(router int32) string {
	w := int32(r.Mesh.Width())
	return fmt.Sprintf("[%d, %d]", router%w, router/w)
}
