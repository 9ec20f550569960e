package partition

import "slices"

// mergedShare is the largest part of a core, one in so many, that vertices with
// the same nets are merged to: small enough that what is left of a core is filled.
const mergedShare = 8

// Few is up to how many vertices nothing is merged.
const Few = 64

// reduced is the problem with vertices that read the same nets merged.
type reduced struct {
	*graph
	off, members []int32 // the vertices of the problem that each vertex is
}

// reduce returns the graph of p. Vertices of one class that read the same nets
// are merged, up to a share of a core: no core needs an axon more for having
// both.
func (p *Problem) reduce() *reduced {
	off, members := p.alike()
	r := &reduced{off: off, members: members}
	like := &graph{limit: use{int32(p.Neurons), int32(p.Axons), int32(p.Words), int32(p.FanOut)}}
	if p.Words > 0 {
		like.wordSynapses = int32(p.WordSynapses)
	}
	homes := newHomes(p)
	b := newBuilder(like, p.nets())
	b.reserve(p.pins(off, members))
	for i := range len(off) - 1 {
		var own use
		for _, v := range members[off[i]:off[i+1]] {
			own.slots += p.SlotsOf(int(v))
			if p.FanOut > 0 {
				own.out += p.OutOf(int(v))
			}
			// What all read alike is read once, unless synapses are counted.
			if v == members[off[i]] || p.Words > 0 {
				for j := p.Off[v]; j < p.Off[v+1]; j++ {
					b.pin(p.In[j], kindRead, p.SynapsesOf(j))
				}
			}
			for _, e := range homes.of(v) {
				b.pin(e, kindHome, 0)
			}
		}
		b.end(own, p.class(int(members[off[i]])))
	}
	r.graph = b.finish(p.WeightOf, func(int32) int32 { return 1 }).tieNets()
	r.spread = p.Spread && p.FanOut > 0
	return r
}

// pins returns how many pins the groups of vertices have, at most.
func (p *Problem) pins(off, members []int32) int64 {
	if p.Words > 0 {
		return int64(len(p.In) + p.nets())
	}
	n := int64(p.nets())
	for i := range len(off) - 1 {
		v := members[off[i]]
		n += p.Off[v+1] - p.Off[v]
	}
	return n
}

// homes lists the nets that have their source at each vertex.
type homes struct{ off, nets []int32 }

func newHomes(p *Problem) homes {
	keys := make([]int32, p.nets())
	for e, v := range p.Home {
		keys[e] = v + 1
	}
	off, nets := groupByKey(keys, p.vertices()+1)
	return homes{off, nets}
}

func (h homes) of(v int32) []int32 { return h.nets[h.off[v+1]:h.off[v+2]] }

// alike groups the vertices of p, in order of the first of each group.
func (p *Problem) alike() (off, members []int32) {
	n, groups := p.vertices(), 0
	group := make([]int32, n)
	if n <= Few {
		for v := range group {
			group[v] = int32(v)
		}
		return groupByKey(group, n)
	}
	limit := use{
		int32(max(p.Neurons/mergedShare, 1)), 1,
		int32(max(p.Words/mergedShare, 1)), int32(max(p.FanOut/mergedShare, 1)),
	}
	type open struct {
		first int32
		group int32
		used  use
	}
	byHash := make(map[uint64]int32, n/4) // to the open group of these nets
	var opens []open
	for v := range int32(n) {
		in := p.In[p.Off[v]:p.Off[v+1]]
		hash := fingerprint(in) + mix(uint64(p.class(int(v))))
		takes := use{slots: p.SlotsOf(int(v))}
		if p.FanOut > 0 {
			takes.out = p.OutOf(int(v))
		}
		if p.Words > 0 {
			for j := p.Off[v]; j < p.Off[v+1]; j++ {
				takes.words += p.WordsFor(p.SynapsesOf(j))
			}
		}
		i, ok := byHash[hash]
		if ok {
			o := &opens[i]
			same := p.class(int(o.first)) == p.class(int(v)) && slices.Equal(in, p.In[p.Off[o.first]:p.Off[o.first+1]])
			if sum := o.used.plus(takes); same && sum.within(limit) {
				o.used = sum
				group[v] = o.group
				continue
			}
		} else {
			i = int32(len(opens))
			opens = append(opens, open{})
			byHash[hash] = i
		}
		opens[i] = open{first: v, group: int32(groups), used: takes}
		group[v] = int32(groups)
		groups++
	}
	return groupByKey(group, groups)
}

// fingerprint is a hash of a list of nets.
func fingerprint(nets []int32) uint64 {
	// Two interleaved multiplicative hashes: one alone would wait for itself.
	var a, b uint64 = 1, 2
	for len(nets) >= 2 {
		a = (a ^ uint64(nets[0])) * 0x9E3779B97F4A7C15
		b = (b ^ uint64(nets[1])) * 0xD1342543DE82EF95
		a ^= a >> 29
		b ^= b >> 31
		nets = nets[2:]
	}
	for _, e := range nets {
		a = (a ^ uint64(e)) * 0x9E3779B97F4A7C15
	}
	return mix(a ^ mix(b))
}
