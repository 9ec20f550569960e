// Package defect is the only part of the compiler that knows what of a chip is
// dead: how much room that leaves, and how the axons and neurons of a core stand
// in a crossbar some of whose rows and cells are dead.
package defect

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Arrange returns an image that uses nothing of what is dead, and goes around
// dead links. Each core stays where it is if it can be arranged there, or else
// goes to the nearest free place where it can. The image's neurons keep their
// numbers, and so do what they did.
//
// The error is a *diag.Error with all that does not fit, and by how much.
func Arrange(im *image.Image, d *targets.Defects) (*image.Image, error) {
	if d == nil {
		return im, nil
	}
	out, m := arrange(im, NewRoom(d))
	if m != nil {
		return nil, m.err
	}
	return out, nil
}

// misfit is why an image is not to be arranged.
type misfit struct {
	// cores is how many the image has.
	cores int
	// axons and neurons are the most of a core without a place, and short by how many
	// axons such a core has too many, the worst of them; all are 0 where there are not
	// enough cores.
	axons, neurons, short int
	err                   error
}

// arrange is Arrange, with what Fit wants to know where it fails.
func arrange(im *image.Image, room *Room) (*image.Image, *misfit) {
	if len(im.Cores) > room.Cores {
		return nil, &misfit{cores: len(im.Cores), err: room.CoresMissing(len(im.Cores), "")}
	}
	a := arranger{
		in: im, room: room, taken: make([]bool, len(room.Usable)), places: make([]place, len(im.Cores)),
		budget: len(im.Cores) * DefaultBudget,
	}
	var homeless []int
	for k := range im.Cores {
		if !a.try(k, im.Router(int32(k))) {
			homeless = append(homeless, k)
		}
	}
	slices.SortStableFunc(homeless, func(x, y int) int { return im.Cores[y].Rows.Len() - im.Cores[x].Rows.Len() })
	a.budget = moveBudget
	worst, without := 0, 0
	m := misfit{cores: len(im.Cores)}
	for _, k := range homeless {
		if slices.ContainsFunc(a.nearest(im.Router(int32(k))), func(router int32) bool { return a.try(k, router) }) {
			continue
		}
		without++
		c := &im.Cores[k]
		m.axons, m.neurons = max(m.axons, c.Rows.Len()), max(m.neurons, len(c.Neurons))
		// Of one that was not tried, the budget being spent, nothing is known.
		if over := c.Rows.Len() - a.places[k].most; over > m.short && a.places[k].tried > 0 {
			worst, m.short = k, over
		}
	}
	if without > 0 {
		m.err = a.homeless(without, worst)
		return nil, &m
	}
	return a.image(), nil
}

// moveBudget is what all cores together may spend on looking for another place.
const moveBudget = 16 * DefaultBudget

// place is where a core of the image stands, and how: with rows and slots as they
// are in the image if Rows is nil.
type place struct {
	router int32
	Assignment
	// most and where are the best that was found for a core without a place.
	most  int
	where int32
	tried int
}

type arranger struct {
	in     *image.Image
	room   *Room
	taken  []bool
	places []place
	budget int
}

// try arranges core k at a router, and reports whether it is met there.
func (a *arranger) try(k int, router int32) bool {
	if !a.room.Usable[router] || a.taken[router] || a.budget < 0 {
		return false
	}
	p := &a.places[k]
	x := a.room.Crossbar(router, a.in.Manifest.Arch.Axons)
	var got Assignment
	if len(x.DeadAxons)+len(x.DeadCells) > 0 {
		got = Assign(NeedOf(a.in, k), x, DefaultBudget)
	}
	a.budget -= got.Spent
	p.tried++
	if !got.Met() {
		if p.tried == 1 || got.Placed > p.most {
			p.most, p.where = got.Placed, router
		}
		return false
	}
	p.router, p.Assignment = router, got
	a.taken[router] = true
	return true
}

// row and slot return where an axon and a neuron of the image are.
func (p *place) row(axon int32) int32 {
	if p.Rows == nil {
		return axon
	}
	return p.Rows[axon]
}

func (p *place) slot(neuron int32) int32 {
	if p.Rows == nil {
		return neuron
	}
	return p.Slots[neuron]
}

// nearest lists the other usable places that are free, those with the shortest way
// from a router first.
func (a *arranger) nearest(router int32) (out []int32) {
	w := int32(a.room.Mesh.Width())
	away := func(r int32) int32 {
		dx, dy := r%w-router%w, r/w-router/w
		return max(dx, -dx) + max(dy, -dy)
	}
	for r, usable := range a.room.Usable {
		if usable && !a.taken[r] && int32(r) != router {
			out = append(out, int32(r))
		}
	}
	slices.SortFunc(out, func(x, y int32) int { return cmp.Or(cmp.Compare(away(x), away(y)), cmp.Compare(x, y)) })
	return out
}

// homeless says that so many cores have no place, and of the worst why.
func (a *arranger) homeless(cores, worst int) error {
	d, c, p := a.room.Defects, &a.in.Cores[worst], &a.places[worst]
	need := c.Rows.Len()
	x := a.room.Crossbar(p.where, a.in.Manifest.Arch.Axons)
	alive := x.Axons - len(x.DeadAxons)
	population := a.in.Manifest.Populations[c.Population].Name
	size := diag.Plural(len(c.Neurons), "neuron") + " and " + diag.Plural(need, "axon")
	msg := fmt.Sprintf("population %q: a core of %s has no place on the cores that %s leaves (%d tried); ", population, size, d.Name, p.tried)
	if cores > 1 {
		msg = fmt.Sprintf("%d of %d cores have no place on the cores that %s leaves, the worst of them one of population %q with %s (%d tried); ", cores, len(a.in.Cores), d.Name, population, size, p.tried)
	}
	if need > alive {
		msg += fmt.Sprintf("at %s, which comes nearest, %s of %d can be used, %d too few", a.room.place(p.where), diag.Plural(alive, "axon"), x.Axons, need-alive)
	} else {
		msg += fmt.Sprintf("at %s, which comes nearest, %d of the axons find no row whose dead synapses they do not need; %s and %s are dead there",
			a.room.place(p.where), need-p.most, diag.Plural(len(x.DeadCells), "synapse"), diag.Plural(len(x.DeadAxons), "axon"))
	}
	return diag.One(diag.Pos{File: d.File}, diag.DoesNotFit, "%s; choose a chip with fewer dead axons and synapses, or a sparser or smaller network", msg)
}

// NeedOf returns what core k of an image asks of a crossbar: synapses that weigh
// something, or learn.
func NeedOf(im *image.Image, k int) *Need {
	c := &im.Cores[k]
	p := &im.Programs[c.Program]
	n := &Need{Rows: make([][]int32, c.Rows.Len()), Slots: len(c.Neurons), Group: max(p.Compartments, 1)}
	program, err := isa.DecodeAll(p.Words)
	if err != nil {
		panic("defect: program of a verified image: " + err.Error())
	}
	n.Fixed = isa.LooksAcross(program)
	for r, row := range c.Rows.All() {
		for i, slot := range row.Slots {
			if row.Weights[i] != 0 || row.Plastic {
				n.Rows[r] = append(n.Rows[r], int32(slot))
			}
		}
	}
	return n
}

// image returns the image with all cores as they are placed.
func (a *arranger) image() *image.Image {
	out := *a.in
	out.Manifest.Defects = image.NewDefects(a.room.Defects)
	out.Cores = slices.Clone(a.in.Cores)
	w := int32(a.in.Manifest.Arch.MeshWidth)
	for k := range out.Cores {
		c, p := &out.Cores[k], &a.places[k]
		c.X, c.Y = p.router%w, p.router/w
		if p.Rows != nil {
			moveRows(c, p)
			a.moveSlots(c, p)
		}
		c.Dests = a.moveDests(c.Dests)
	}
	out.InputDests = a.moveDests(a.in.InputDests)
	return &out
}

// moveRows gives each axon its row; rows between are empty.
func moveRows(c *image.Core, p *place) {
	last := int32(-1)
	for axon := range c.Rows.Len() {
		last = max(last, p.Rows[axon])
	}
	rows := make([]image.Row, last+1)
	for axon, row := range c.Rows.All() {
		order := make([]int, len(row.Slots))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int {
			return cmp.Compare(p.Slots[row.Slots[i]], p.Slots[row.Slots[j]])
		})
		moved := image.Row{Marks: row.Marks, Slots: make([]uint16, len(order)), Weights: make([]int16, len(order))}
		if row.Delays != nil {
			moved.Delays = make([]uint16, len(order))
		}
		for to, from := range order {
			moved.Slots[to] = uint16(p.Slots[row.Slots[from]])
			moved.Weights[to] = row.Weights[from]
			if row.Delays != nil {
				moved.Delays[to] = row.Delays[from]
			}
		}
		rows[p.Rows[axon]] = moved
	}
	c.Rows = image.PackRows(rows...)
}

// moveSlots gives each neuron its slot.
func (a *arranger) moveSlots(c *image.Core, p *place) {
	state, params := a.in.StateWords(c), int(c.ParamWords)
	neurons, dests := make([]int32, len(c.Neurons)), make([][]image.Dest, len(c.Neurons))
	states, words := make([]int32, len(c.State)), make([]int32, len(c.Params))
	var copies []bool
	if c.Copies != nil {
		copies = make([]bool, len(c.Copies))
	}
	for from, to := range p.Slots {
		if copies != nil {
			copies[to] = c.Copies[from]
		}
		neurons[to], dests[to] = c.Neurons[from], c.Dests[from]
		copy(states[int(to)*state:], c.State[from*state:][:state])
		copy(words[int(to)*params:], c.Params[from*params:][:params])
	}
	c.Neurons, c.Copies, c.Dests, c.State, c.Params = neurons, copies, dests, states, words
}

// moveDests sends spikes to where axons and neurons are now.
func (a *arranger) moveDests(lists [][]image.Dest) [][]image.Dest {
	out := make([][]image.Dest, len(lists))
	for k, list := range lists {
		out[k] = slices.Clone(list)
		for i, d := range list {
			if d.Core == image.Host {
				continue
			}
			p := &a.places[d.Core]
			if slot, ok := d.Slot(); ok {
				out[k][i].Axon = -1 - p.slot(slot)
			} else {
				out[k][i].Axon = p.row(d.Axon)
			}
		}
	}
	return out
}
