package place

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// joint is a partition and a placement of its cores together: what each net
// costs on the mesh, and what each core holds.
type joint struct {
	p        *partition.Problem
	core     []int32 // of each vertex
	spot     []int32 // of each core, that of the host, spot 0, last
	grid     *grid
	brancher brancher
	trees    bool // nets branch on the way
	// pins lists the cores that read each net, those of net i from first[i],
	// count[i] of them, in no order.
	pins    []pin
	first   []int64
	count   []int32
	cost    []int64
	outs    [][]int32 // the nets of each vertex
	load    []held
	scratch tree
	touched []int32 // nets whose cost the last shift changed, perhaps
	mark    []int32
	look    int32
}

// pin is a core that reads a net.
type pin struct {
	core, vertices, synapses int32
}

// held is how much of a core's limits is taken.
type held struct {
	vertices, slots, axons, words, out int
}

func newJoint(p *partition.Problem, g *grid, core, spots []int32, trees bool) *joint {
	j := &joint{
		p: p, core: core, spot: append(slices.Clip(spots), 0),
		grid: g, brancher: newBrancher(g), trees: trees,
		first: make([]int64, len(p.Home)+1), count: make([]int32, len(p.Home)),
		cost: make([]int64, len(p.Home)), outs: make([][]int32, len(core)),
		load: make([]held, len(spots)), mark: make([]int32, len(p.Home)),
	}
	for _, i := range p.In {
		j.first[i+1]++
	}
	for i, home := range p.Home {
		// A net has no more pins than readers, nor than cores.
		j.first[i+1] = j.first[i] + min(j.first[i+1], int64(len(spots)))
		if home >= 0 {
			j.outs[home] = append(j.outs[home], int32(i))
		}
	}
	j.pins = make([]pin, j.first[len(p.Home)])
	for v, c := range core {
		j.enter(int32(v), c)
	}
	for i := range j.cost {
		j.cost[i] = j.netCost(int32(i))
	}
	return j
}

// pinsOf returns the cores that read net i.
func (j *joint) pinsOf(i int32) []pin {
	return j.pins[j.first[i] : j.first[i]+int64(j.count[i])]
}

// netCost returns what net i costs now.
func (j *joint) netCost(i int32) int64 {
	weight := j.p.WeightOf(i)
	from := int32(len(j.load))
	if home := j.p.Home[i]; home >= 0 {
		from = j.core[home]
	}
	if !j.trees {
		var sum int64
		for _, at := range j.pinsOf(i) {
			sum += int64(j.grid.way(j.spot[from], j.spot[at.core]))
		}
		return weight * sum
	}
	j.scratch.from, j.scratch.weight, j.scratch.to = from, weight, j.scratch.to[:0]
	for _, at := range j.pinsOf(i) {
		j.scratch.to = append(j.scratch.to, at.core)
	}
	return j.brancher.cost(&j.scratch, j.spot)
}

// enter counts vertex v in at core c.
func (j *joint) enter(v, c int32) {
	l := &j.load[c]
	j.core[v] = c
	l.vertices++
	l.slots += int(j.p.SlotsOf(int(v)))
	l.out += int(j.p.OutOf(int(v)))
	for k := j.p.Off[v]; k < j.p.Off[v+1]; k++ {
		i := j.p.In[k]
		at := j.pinOf(i, c)
		if at == nil {
			j.count[i]++
			at = &j.pins[j.first[i]+int64(j.count[i])-1]
			*at = pin{core: c}
			l.axons++
			j.touch(i)
		}
		before := j.p.WordsFor(at.synapses)
		at.vertices++
		at.synapses += j.p.SynapsesOf(k)
		l.words += int(j.p.WordsFor(at.synapses) - before)
	}
}

// leave counts vertex v out of its core.
func (j *joint) leave(v int32) {
	c := j.core[v]
	l := &j.load[c]
	l.vertices--
	l.slots -= int(j.p.SlotsOf(int(v)))
	l.out -= int(j.p.OutOf(int(v)))
	for k := j.p.Off[v]; k < j.p.Off[v+1]; k++ {
		i := j.p.In[k]
		at := j.pinOf(i, c)
		before := j.p.WordsFor(at.synapses)
		at.vertices--
		at.synapses -= j.p.SynapsesOf(k)
		l.words += int(j.p.WordsFor(at.synapses) - before)
		if at.vertices == 0 {
			pins := j.pinsOf(i)
			*at = pins[len(pins)-1]
			j.count[i]--
			l.axons--
			j.touch(i)
		}
	}
}

func (j *joint) pinOf(i, c int32) *pin {
	pins := j.pinsOf(i)
	for k := range pins {
		if pins[k].core == c {
			return &pins[k]
		}
	}
	return nil
}

func (j *joint) touch(i int32) {
	if j.mark[i] != j.look {
		j.mark[i] = j.look
		j.touched = append(j.touched, i)
	}
}

// begin forgets which nets were touched.
func (j *joint) begin() {
	j.look++
	j.touched = j.touched[:0]
}

// shift puts vertex v into core c; the costs stay as they are noted.
func (j *joint) shift(v, c int32) {
	j.leave(v)
	j.enter(v, c)
	for _, i := range j.outs[v] {
		j.touch(i)
	}
}

// change returns by how much the touched nets cost more than is noted.
func (j *joint) change() int64 {
	var d int64
	for _, i := range j.touched {
		d += j.netCost(i) - j.cost[i]
	}
	return d
}

// settle notes what the touched nets cost.
func (j *joint) settle() {
	for _, i := range j.touched {
		j.cost[i] = j.netCost(i)
	}
}

// fits reports whether core c keeps the limits, and has a vertex.
func (j *joint) fits(c int32) bool {
	l, p := &j.load[c], j.p
	within := func(has, limit int) bool { return limit == 0 || has <= limit }
	return l.vertices > 0 && l.slots <= p.Neurons && l.axons <= p.Axons &&
		within(l.words, p.Words) && within(l.out, p.FanOut)
}

// total returns what all nets cost, as noted.
func (j *joint) total() int64 {
	var sum int64
	for _, c := range j.cost {
		sum += c
	}
	return sum
}
