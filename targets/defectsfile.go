package targets

import (
	"fmt"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// LoadDefects reads a defects file, whose grammar is in DEFECTS.md, for a chip of
// an Arch. All mistakes are in one *diag.Error.
func LoadDefects(path string, a *Arch) (*Defects, error) {
	var diags diag.List
	return newDefects(yamldoc.Load(path, &diags), path, a, &diags)
}

// ParseDefects is LoadDefects for a file with a text.
func ParseDefects(file string, src []byte, a *Arch) (*Defects, error) {
	var diags diag.List
	return newDefects(yamldoc.Parse(file, src, &diags), file, a, &diags)
}

func newDefects(root *yamldoc.Node, file string, a *Arch, diags *diag.List) (*Defects, error) {
	d := readDefects(root, a, diags)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	d.File = file
	d.draw()
	return d, nil
}

var (
	defectsKeys = []string{"defects", "cores", "links", "axons", "synapses", "random"}
	// randomShares are what may be dead by chance.
	randomShares = []string{"cores", "links", "axons", "synapses"}
	randomKeys   = append([]string{"seed"}, randomShares...)
)

// cellKeys are the keys of an element of a list, axons or synapses.
func cellKeys(list string) []string { return []string{"core", list} }

// defectsReader reads a file's lists of what is dead.
type defectsReader struct {
	yamldoc.Reader
	d *Defects
	// seen is where each thing was listed first.
	seen map[string]diag.Pos
}

func readDefects(root *yamldoc.Node, a *Arch, diags *diag.List) *Defects {
	d := &Defects{
		Cores: make([]bool, a.Cores()), width: a.MeshWidth, height: a.MeshHeight, neurons: a.Neurons, axons: a.Axons,
		deadAxons: map[int32][]int32{}, deadSynapses: map[int32][]Cell{},
	}
	r := defectsReader{Reader: yamldoc.Reader{Diags: diags}, d: d, seen: map[string]diag.Pos{}}
	if !r.Mapping(root, "defects file", defectsKeys...) {
		return d
	}
	if a.Controller.EventDriven() {
		diags.Add(root.Pos, diag.Unsupported, "the target is a chip of one core without ticks, whose defects are not emulated; choose a target with cores on a mesh")
	}
	if n := r.Require(root, "defects file", "defects"); n != nil {
		d.Name = r.String(n, "defects")
	}
	r.each(root, "cores", func(n *yamldoc.Node) {
		if router, ok := r.place(n, "cores"); ok && r.once(n, fmt.Sprintf("core %s", r.at(router))) {
			d.Cores[router] = true
		}
	})
	r.each(root, "links", r.link)
	r.each(root, "axons", r.axons)
	r.each(root, "synapses", r.synapses)
	if n := root.Get("random"); n != nil {
		r.readRandom(n)
	}
	for router := range int32(len(d.Cores)) {
		slices.Sort(d.deadAxons[router])
		slices.SortFunc(d.deadSynapses[router], Cell.compare)
	}
	return d
}

// each reads the elements of a list, which may be left out.
func (r *defectsReader) each(n *yamldoc.Node, key string, read func(*yamldoc.Node)) {
	list := n.Get(key)
	if list == nil || !r.Sequence(list, key) {
		return
	}
	for _, item := range list.Items {
		read(item)
	}
}

// pair reads a list of two.
func (r *defectsReader) pair(n *yamldoc.Node, what, want string) bool {
	if n == nil {
		return false
	}
	if n.Kind != yamldoc.Sequence || len(n.Items) != 2 {
		have := n.Describe()
		if n.Kind == yamldoc.Sequence {
			have = fmt.Sprintf("a list of %d", len(n.Items))
		}
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want %s, have %s", what, want, have)
		return false
	}
	return true
}

// place reads [x, y] and returns the router there.
func (r *defectsReader) place(n *yamldoc.Node, what string) (router int32, ok bool) {
	before := r.Diags.Len()
	if !r.pair(n, what, "a place [x, y]") {
		return 0, false
	}
	x := r.Int(n.Items[0], what+": x", 0, int64(r.d.width)-1)
	y := r.Int(n.Items[1], what+": y", 0, int64(r.d.height)-1)
	return int32(y*int64(r.d.width) + x), r.Diags.Len() == before
}

// at names the place of a router.
func (r *defectsReader) at(router int32) string {
	return fmt.Sprintf("[%d, %d]", int(router)%r.d.width, int(router)/r.d.width)
}

// once reports whether a thing was not listed before; if it was, it says where.
func (r *defectsReader) once(n *yamldoc.Node, what string) bool {
	first, twice := r.seen[what]
	if twice {
		r.Diags.Append(diag.Diagnostic{
			Pos: n.Pos, Code: diag.DuplicateField, Message: what + " is listed twice",
			Notes: []diag.Note{{Pos: first, Message: "first listed here"}},
		})
		return false
	}
	r.seen[what] = n.Pos
	return true
}

// link reads [[x, y], [x2, y2]].
func (r *defectsReader) link(n *yamldoc.Node) {
	const want = "two places [[x, y], [x2, y2]]"
	if !r.pair(n, "links", want) {
		return
	}
	a, okA := r.place(n.Items[0], "links")
	b, okB := r.place(n.Items[1], "links")
	if !okA || !okB {
		return
	}
	if !mesh.New(r.d.width, r.d.height, nil).Neighbours(a, b) {
		r.Diags.Add(n.Pos, diag.OutOfRange, "links: %s and %s are not side by side, so no link is between them", r.at(a), r.at(b))
		return
	}
	l := mesh.LinkOf(a, b)
	if r.once(n, fmt.Sprintf("the link between %s and %s", r.at(l[0]), r.at(l[1]))) {
		r.d.Links = append(r.d.Links, l)
	}
}

// axons reads {core: [x, y], axons: [3, 7]}.
func (r *defectsReader) axons(n *yamldoc.Node) {
	core, ok := r.core(n, "axons")
	if !ok {
		return
	}
	r.each(n, "axons", func(item *yamldoc.Node) {
		before := r.Diags.Len()
		axon := int32(r.Int(item, "axons", 0, int64(r.d.axons)-1))
		if r.Diags.Len() == before && r.once(item, fmt.Sprintf("axon %d of core %s", axon, r.at(core))) {
			r.d.deadAxons[core] = append(r.d.deadAxons[core], axon)
		}
	})
}

// synapses reads {core: [x, y], synapses: [[axon, neuron], …]}.
func (r *defectsReader) synapses(n *yamldoc.Node) {
	core, ok := r.core(n, "synapses")
	if !ok {
		return
	}
	r.each(n, "synapses", func(item *yamldoc.Node) {
		before := r.Diags.Len()
		if !r.pair(item, "synapses", "a synapse [axon, neuron]") {
			return
		}
		s := Cell{
			int32(r.Int(item.Items[0], "synapses: axon", 0, int64(r.d.axons)-1)),
			int32(r.Int(item.Items[1], "synapses: neuron", 0, int64(r.d.neurons)-1)),
		}
		if r.Diags.Len() == before && r.once(item, fmt.Sprintf("synapse [%d, %d] of core %s", s.Axon, s.Slot, r.at(core))) {
			r.d.deadSynapses[core] = append(r.d.deadSynapses[core], s)
		}
	})
}

// core reads the core of an element of axons or synapses.
func (r *defectsReader) core(n *yamldoc.Node, list string) (router int32, ok bool) {
	if !r.Mapping(n, list, cellKeys(list)...) {
		return 0, false
	}
	r.Require(n, list, list)
	return r.place(r.Require(n, list, "core"), list+": core")
}

// readRandom reads the block of what is dead by chance.
func (r *defectsReader) readRandom(n *yamldoc.Node) {
	d := &r.d.random
	d.seed = 1
	shares := map[string]*float64{"cores": &d.cores, "links": &d.links, "axons": &d.axons, "synapses": &d.synapses}
	if !r.Mapping(n, "random", randomKeys...) {
		return
	}
	if seed := n.Get("seed"); seed != nil {
		d.seed = uint64(r.Int(seed, "random.seed", 0, math.MaxInt64))
	}
	for _, name := range randomShares {
		if v := n.Get(name); v != nil {
			*shares[name] = r.FloatRange(v, "random."+name, 0, 1)
		}
	}
	if cells := r.d.axons * r.d.neurons; d.synapses > 0 && cells > maxCells {
		r.Diags.Add(n.Get("synapses").Pos, diag.TooLarge, "random.synapses: a core of the target has %d axons × %d neurons, and chance is for %d at most; list those that are dead", r.d.axons, r.d.neurons, maxCells)
	}
}

// maxCells is how many cells of a core may be dead by chance: each is drawn for.
const maxCells = 1 << 24
