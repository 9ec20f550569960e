package partition

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/splitmix"
)

// What a vertex is to a net: bits, so that those of merged vertices can be or-ed.
// A vertex counts kindHome + kindRead towards a table's cell (see state), which
// is why reading weighs two.
const (
	kindHome = 1
	kindRead = 2
)

// A tie joins a vertex and a net: what is at the other end, and the kind.
type tie uint32

func newTie(other, kind int32) tie { return tie(other)<<2 | tie(kind) }
func (t tie) other() int32         { return int32(t >> 2) }
func (t tie) kind() int32          { return int32(t & 3) }
func (t tie) reads() bool          { return t&kindRead != 0 }

// ifReads returns n if the tie reads, or else 0, without a jump.
func (t tie) ifReads(n int32) int32 { return n & -(t.kind() >> 1) }

// mostTied is how many vertices or nets a tie can name.
const mostTied = 1 << 30

// use is what vertices take of a core's four limits.
type use struct {
	slots, axons, words, out int32
}

func (u use) plus(v use) use {
	return use{u.slots + v.slots, u.axons + v.axons, u.words + v.words, u.out + v.out}
}

func (u use) minus(v use) use {
	return use{u.slots - v.slots, u.axons - v.axons, u.words - v.words, u.out - v.out}
}

func (u use) within(limit use) bool {
	return u.slots <= limit.slots && u.axons <= limit.axons && u.words <= limit.words && u.out <= limit.out
}

// A graph is a problem as the algorithms see it, at one level of coarseness:
// every vertex stands for some of the level below, and every net for one or
// several that are tied to the same vertices. A net of which only one vertex is
// left is no net: its axons and words are the vertex's own.
type graph struct {
	off  []int64 // nets of vertex v: pins[off[v]:off[v+1]]
	pins []tie
	syn  []int32 // synapses of each pin; nil if words have no limit

	netOff []int64 // vertices of net e: ends[netOff[e]:netOff[e+1]], ascending
	ends   []tie
	weight []int64
	axons  []int32 // how many axons each net takes where it is read

	own   []use // what each vertex takes by itself
	class []int32
	limit use
	// wordSynapses is how many synapses a word holds; 0 if words have no limit.
	wordSynapses int32
	// spread is that of the problem, where cores have a limit of that.
	spread bool
}

func (g *graph) vertices() int { return len(g.own) }
func (g *graph) nets() int     { return len(g.weight) }

func (g *graph) pinsOf(v int32) []tie { return g.pins[g.off[v]:g.off[v+1]] }
func (g *graph) endsOf(e int32) []tie { return g.ends[g.netOff[e]:g.netOff[e+1]] }

func (g *graph) words(syn int32) int32 { return wordsFor(syn, g.wordSynapses) }

// size is what v takes of an empty core.
func (g *graph) size(v int32) use {
	u := g.own[v]
	for i := g.off[v]; i < g.off[v+1]; i++ {
		if p := g.pins[i]; p.reads() {
			u.axons += g.axons[p.other()]
			if g.syn != nil {
				u.words += g.words(g.syn[i])
			}
		}
	}
	return u
}

// builder makes a graph vertex by vertex.
type builder struct {
	g    *graph
	last []int32 // last vertex with a pin at the net
	at   []int64 // and where that pin is, so that a second one is added to it
}

func newBuilder(like *graph, nets int) *builder {
	b := &builder{
		g:    &graph{limit: like.limit, wordSynapses: like.wordSynapses, off: []int64{0}},
		last: make([]int32, nets), at: make([]int64, nets),
	}
	for e := range b.last {
		b.last[e] = -1
	}
	if like.wordSynapses > 0 {
		b.g.syn = []int32{}
	}
	return b
}

// reserve makes room for n pins in all.
func (b *builder) reserve(n int64) {
	b.g.pins = make([]tie, 0, n)
	if b.g.syn != nil {
		b.g.syn = make([]int32, 0, n)
	}
}

// pin adds a pin to the vertex that end will close.
func (b *builder) pin(e, kind, syn int32) {
	g := b.g
	v := int32(len(g.own))
	if b.last[e] == v {
		g.pins[b.at[e]] |= tie(kind)
		if g.syn != nil {
			g.syn[b.at[e]] += syn
		}
		return
	}
	b.last[e], b.at[e] = v, int64(len(g.pins))
	g.pins = append(g.pins, newTie(e, kind))
	if g.syn != nil {
		g.syn = append(g.syn, syn)
	}
}

func (b *builder) end(own use, class int32) {
	b.g.own = append(b.g.own, own)
	b.g.class = append(b.g.class, class)
	b.g.off = append(b.g.off, int64(len(b.g.pins)))
}

// finish drops the nets that tie nothing, and lists the vertices of the others.
// weight and axons are those of the nets that pin was called with.
func (b *builder) finish(weight func(e int32) int64, axons func(e int32) int32) *graph {
	g := b.g
	count := b.at
	clear(count)
	for _, p := range g.pins {
		count[p.other()]++
	}
	number := b.last
	g.netOff = []int64{0}
	for e, n := range count {
		number[e] = -1
		if n > 1 {
			number[e] = int32(len(g.weight))
			g.weight = append(g.weight, weight(int32(e)))
			g.axons = append(g.axons, axons(int32(e)))
			g.netOff = append(g.netOff, g.netOff[len(g.netOff)-1]+n)
		}
	}
	g.ends = make([]tie, g.netOff[len(g.netOff)-1])
	fill := append([]int64(nil), g.netOff...)
	to := int64(0)
	for v := range int32(g.vertices()) {
		from := g.off[v]
		g.off[v] = to
		for i := from; i < g.off[v+1]; i++ {
			p := g.pins[i]
			switch e := number[p.other()]; {
			case e >= 0:
				g.pins[to] = newTie(e, p.kind())
				if g.syn != nil {
					g.syn[to] = g.syn[i]
				}
				to++
				g.ends[fill[e]] = newTie(v, p.kind())
				fill[e]++
			case p.reads():
				g.own[v].axons += axons(p.other())
				if g.syn != nil {
					g.own[v].words += g.words(g.syn[i])
				}
			}
		}
	}
	g.off[g.vertices()] = to
	g.pins = g.pins[:to]
	if g.syn != nil {
		g.syn = g.syn[:to]
	}
	return g
}

// tieNets makes nets with the same pins one net, if words have no limit.
func (g *graph) tieNets() *graph {
	if g.syn != nil || g.nets() == 0 {
		return g
	}
	// A net's fingerprint is the sum of those of its pins.
	hash := make([]uint64, g.nets())
	for v := range int32(g.vertices()) {
		for _, p := range g.pinsOf(v) {
			hash[p.other()] += mix(uint64(v)<<2 | uint64(p.kind()))
		}
	}
	first := make(map[uint64]int32, g.nets())
	number := make([]int32, g.nets())
	weight := g.weight[:0:0]
	var axons []int32
	netOff := []int64{0}
	ends := g.ends[:0]
	for e := range int32(g.nets()) {
		if f, ok := first[hash[e]]; ok && slices.Equal(g.endsOf(f), g.endsOf(e)) {
			number[e] = ^number[f]
			weight[number[f]] += g.weight[e]
			axons[number[f]] += g.axons[e]
			continue
		}
		first[hash[e]] = e
		number[e] = int32(len(weight))
		weight = append(weight, g.weight[e])
		axons = append(axons, g.axons[e])
	}
	if len(weight) == g.nets() {
		return g
	}
	for e := range int32(g.nets()) {
		if number[e] >= 0 {
			ends = append(ends, g.endsOf(e)...)
			netOff = append(netOff, int64(len(ends)))
		}
	}
	to := int64(0)
	for v := range g.own {
		from := g.off[v]
		g.off[v] = to
		for i := from; i < g.off[v+1]; i++ {
			if e := number[g.pins[i].other()]; e >= 0 {
				g.pins[to] = newTie(e, g.pins[i].kind())
				to++
			}
		}
	}
	g.off[len(g.own)] = to
	g.pins = g.pins[:to]
	g.weight, g.axons, g.netOff, g.ends = weight, axons, netOff, ends
	return g
}

// mix is a hash of a number.
func mix(z uint64) uint64 { return splitmix.Hash(z) }
