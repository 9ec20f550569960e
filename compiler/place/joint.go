package place

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// joint is a partition and a placement of its cores together: which cores read
// each net, what the ways between cores cost, and what each core holds.
type joint struct {
	p     *partition.Problem
	core  []int32 // of each vertex
	cores int     // the host is numbered so
	// apart[a*(cores+1)+b] is what a packet from core a to core b costs.
	apart []int32
	// readers[i*cores+c] is how many vertices in core c read net i, and
	// synapses how many they have of it; nil where words have no limit.
	readers  []uint16
	synapses []int32
	// reach lists the cores that read net i, in no order:
	// reach[first[i]:first[i]+count[i]]; listed is where core c is there.
	reach  []int32
	listed []uint16
	first  []int64
	count  []int32
	// outs lists the nets of each vertex, ends its sends.
	outs [][]int32
	ends [][]end
	load []held
	// most is the axons that each core may have: those that its spot holds, or as many
	// as it has already.
	most []int
}

// end is a send as one of its vertices sees it: the other one, or Host, and
// whether packets go there.
type end struct {
	other   int32
	out     bool
	packets int64
}

// held is how much of a core's limits is taken.
type held struct {
	vertices, slots, axons, words, out int
}

// Bounds of what is refined: cores of so many vertices, as many of them, and tables of
// so many bytes.
const (
	mostReaders = 1<<16 - 1
	mostTables  = 1 << 29
)

// tabled reports whether the tables of a partition are not too large.
func tabled(p *partition.Problem, core []int32, cores int) bool {
	pin := 4
	if p.Words > 0 {
		pin += 4
	}
	if cores > mostReaders || int64(cores)*(int64(len(p.Home)*pin)+int64(cores*4)) > mostTables {
		return false
	}
	vertices := make([]int, cores)
	for _, c := range core {
		vertices[c]++
	}
	return cores == 0 || slices.Max(vertices) <= mostReaders
}

func newJoint(p *partition.Problem, o RefineOptions, g *grid, core, spots []int32) *joint {
	cores, nets := len(spots), len(p.Home)
	j := &joint{
		p: p, core: core, cores: cores, apart: ways(g, spots, int32(max(o.Apart, 0))),
		readers: make([]uint16, cores*nets), listed: make([]uint16, cores*nets), first: make([]int64, nets+1), count: make([]int32, nets),
		outs: make([][]int32, len(core)), ends: make([][]end, len(core)), load: make([]held, cores),
	}
	if p.Words > 0 {
		j.synapses = make([]int32, cores*nets)
	}
	for _, i := range p.In {
		j.first[i+1]++
	}
	for i, home := range p.Home {
		// A net has no more cores than readers.
		j.first[i+1] = j.first[i] + min(j.first[i+1], int64(cores))
		if home >= 0 {
			j.outs[home] = append(j.outs[home], int32(i))
		}
	}
	j.reach = make([]int32, j.first[nets])
	for _, s := range o.Sends {
		j.ends[s.From] = append(j.ends[s.From], end{s.To, true, s.Packets})
		if s.To != Host {
			j.ends[s.To] = append(j.ends[s.To], end{s.From, false, s.Packets})
		}
	}
	for v, c := range core {
		j.enter(int32(v), c)
	}
	j.most = slices.Repeat([]int{p.Axons}, cores)
	if g.holds != nil {
		for c, s := range spots {
			j.most[c] = max(min(p.Axons, int(g.holds[s])), j.load[c].axons)
		}
	}
	return j
}

// ways returns what packets between cores cost, the host the last of them: the way,
// and more if they leave a core. It is negative where there is no way.
func ways(g *grid, spots []int32, more int32) []int32 {
	spots = append(slices.Clip(spots), 0)
	apart := make([]int32, 0, len(spots)*len(spots))
	for i, a := range spots {
		for k, b := range spots {
			d := g.way(a, b)
			if i != k && d >= 0 {
				d += more
			}
			apart = append(apart, d)
		}
	}
	return apart
}

// way returns what a packet from core a to core b costs, negative if it has no way.
func (j *joint) way(a, b int32) int64 { return int64(j.apart[int(a)*(j.cores+1)+int(b)]) }

// coreOf returns the core of a vertex, or of the host.
func (j *joint) coreOf(v int32) int32 {
	if v < 0 {
		return int32(j.cores)
	}
	return j.core[v]
}

// reached returns the cores that read net i.
func (j *joint) reached(i int32) []int32 { return j.reach[j.first[i] : j.first[i]+int64(j.count[i])] }

// pin returns where net i and core c are in the tables.
func (j *joint) pin(i, c int32) int { return int(i)*j.cores + int(c) }

// enter counts vertex v in at core c.
func (j *joint) enter(v, c int32) {
	l := &j.load[c]
	j.core[v] = c
	l.vertices++
	l.slots += int(j.p.SlotsOf(int(v)))
	l.out += int(j.p.OutOf(int(v)))
	for k := j.p.Off[v]; k < j.p.Off[v+1]; k++ {
		i := j.p.In[k]
		at := j.pin(i, c)
		if j.readers[at] == 0 {
			j.reach[j.first[i]+int64(j.count[i])] = c
			j.listed[at] = uint16(j.count[i])
			j.count[i]++
			l.axons++
		}
		j.readers[at]++
		if j.synapses != nil {
			before := j.p.WordsFor(j.synapses[at])
			j.synapses[at] += j.p.SynapsesOf(k)
			l.words += int(j.p.WordsFor(j.synapses[at]) - before)
		}
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
		at := j.pin(i, c)
		j.readers[at]--
		if j.readers[at] == 0 {
			j.count[i]--
			last, gap := j.reach[j.first[i]+int64(j.count[i])], j.listed[at]
			j.reach[j.first[i]+int64(gap)], j.listed[j.pin(i, last)] = last, gap
			l.axons--
		}
		if j.synapses != nil {
			before := j.p.WordsFor(j.synapses[at])
			j.synapses[at] -= j.p.SynapsesOf(k)
			l.words += int(j.p.WordsFor(j.synapses[at]) - before)
		}
	}
}

// shift puts vertex v into core c.
func (j *joint) shift(v, c int32) {
	j.leave(v)
	j.enter(v, c)
}

// change is what a move would do: to the cost, to the axons of the core that is
// left and to those of the core that is entered.
type change struct {
	cost       int64
	less, more int
}

// try returns what moving v into core c, which is not its own, would do.
func (j *joint) try(v, c int32) change {
	var d change
	a := j.core[v]
	for _, i := range j.p.In[j.p.Off[v]:j.p.Off[v+1]] {
		at := j.readers[j.pin(i, 0):j.pin(i+1, 0)]
		home, weight := j.p.Home[i], j.p.WeightOf(i)
		from := j.coreOf(home)
		if at[a] == 1 {
			d.less++
			if home == v {
				from = c // as the net's source, v makes this way, to nobody
			}
			d.cost -= weight * j.way(from, a)
		}
		if at[c] == 0 {
			d.more++
			if home != v {
				d.cost += weight * j.way(from, c)
			}
		}
	}
	for _, i := range j.outs[v] {
		var further int64
		for _, at := range j.reached(i) {
			further += j.way(c, at) - j.way(a, at)
		}
		d.cost += j.p.WeightOf(i) * further
	}
	for _, e := range j.ends[v] {
		switch at := j.coreOf(e.other); {
		case e.other == v:
		case e.out:
			d.cost += e.packets * (j.way(c, at) - j.way(a, at))
		default:
			d.cost += e.packets * (j.way(at, c) - j.way(at, a))
		}
	}
	return d
}

// plus returns l with n times v, 1 or −1, and so many axons more; words are as
// they were.
func (j *joint) plus(l held, v int32, n, axons int) held {
	return held{
		vertices: l.vertices + n, slots: l.slots + n*int(j.p.SlotsOf(int(v))),
		axons: l.axons + axons, words: l.words, out: l.out + n*int(j.p.OutOf(int(v))),
	}
}

// fits reports whether core c, if it holds l, keeps the limits, and has a vertex.
func (j *joint) fits(c int32, l held) bool {
	p := j.p
	within := func(has, limit int) bool { return limit == 0 || has <= limit }
	return l.vertices > 0 && l.vertices <= mostReaders && l.slots <= p.Neurons && l.axons <= j.most[c] &&
		within(l.words, p.Words) && within(l.out, p.FanOut)
}

// total returns what all nets and sends cost.
func (j *joint) total() int64 {
	var sum int64
	for i, home := range j.p.Home {
		var far int64
		for _, at := range j.reached(int32(i)) {
			far += j.way(j.coreOf(home), at)
		}
		sum += far * j.p.WeightOf(int32(i))
	}
	for v, ends := range j.ends {
		for _, e := range ends {
			if e.out {
				sum += e.packets * j.way(j.core[v], j.coreOf(e.other))
			}
		}
	}
	return sum
}
