package place

import (
	"cmp"
	"math"
	"slices"
)

// model is a problem as the search needs it: what each core exchanges with
// which, and the nets that branch.
type model struct {
	*grid
	cores int
	needs []int32 // those of the Problem
	// links lists what core c exchanges with others, links[first[c]:first[c+1]],
	// by their numbers; the core numbered cores is the host.
	links []link
	first []int32
	// pairs has the packets of links, both ways together; nil where some are too many.
	pairs []pair
	// trees are the nets to more than one core, those with the same ends
	// together; treesOf lists those of core c, treesOf[treeFirst[c]:].
	trees     []tree
	treesOf   []int32
	treeFirst []int32
}

// link is the packets between a core and another one.
type link struct {
	core    int32
	out, in int64 // to the other core, and from it
}

// pair is a link in a third of the memory: a search goes over them again and again.
type pair struct {
	core, packets int32
}

// tree is a net, its ends numbered as in links.
type tree struct {
	from   int32
	to     []int32
	weight int64
}

func newModel(p *Problem, g *grid) *model {
	m := &model{grid: g, cores: p.Cores, needs: p.Needs}
	flows := slices.Clone(p.Flows)
	for _, t := range m.merge(p.Nets) {
		if len(t.to) > 1 {
			m.trees = append(m.trees, t)
		} else {
			flows = append(flows, Flow{From: t.from, To: t.to[0], Weight: t.weight})
		}
	}
	m.setLinks(flows)
	m.listTrees()
	return m
}

// holding reports whether spot s has what core c needs.
func (m *model) holding(s, c int32) bool { return m.needs == nil || m.holds[s] >= m.needs[c] }

// end numbers one end of a flow.
func (m *model) end(c int32) int32 {
	if c == Host {
		return int32(m.cores)
	}
	return c
}

// merge returns the nets with packets and other ends than their own core, those
// with the same ends added up, in order of their ends.
func (m *model) merge(nets []Net) []tree {
	var trees []tree
	for _, n := range nets {
		t := tree{from: m.end(n.From), weight: n.Weight}
		for _, to := range n.To {
			if to != n.From {
				t.to = append(t.to, m.end(to))
			}
		}
		slices.Sort(t.to)
		t.to = slices.Compact(t.to)
		if len(t.to) > 0 {
			trees = append(trees, t)
		}
	}
	slices.SortFunc(trees, func(a, b tree) int {
		return cmp.Or(cmp.Compare(a.from, b.from), slices.Compare(a.to, b.to))
	})
	kept := trees[:0]
	for _, t := range trees {
		if n := len(kept); n > 0 && kept[n-1].from == t.from && slices.Equal(kept[n-1].to, t.to) {
			kept[n-1].weight += t.weight
		} else {
			kept = append(kept, t)
		}
	}
	return kept
}

// setLinks adds the flows up by pairs of cores.
func (m *model) setLinks(flows []Flow) {
	type half struct {
		core int32
		link
	}
	halves := make([]half, 0, 2*len(flows))
	for _, f := range flows {
		from, to := m.end(f.From), m.end(f.To)
		if from != to {
			halves = append(halves, half{from, link{core: to, out: f.Weight}}, half{to, link{core: from, in: f.Weight}})
		}
	}
	slices.SortFunc(halves, func(a, b half) int {
		return cmp.Or(cmp.Compare(a.core, b.core), cmp.Compare(a.link.core, b.link.core))
	})
	m.first = make([]int32, m.cores+2)
	for i, h := range halves {
		if i > 0 && halves[i-1].core == h.core && halves[i-1].link.core == h.link.core {
			last := &m.links[len(m.links)-1]
			last.out += h.out
			last.in += h.in
			continue
		}
		m.links = append(m.links, h.link)
		m.first[h.core+1]++
	}
	for c := range m.cores + 1 {
		m.first[c+1] += m.first[c]
	}
	m.pairs = pairsOf(m.links)
}

func pairsOf(links []link) []pair {
	pairs := make([]pair, len(links))
	for k, l := range links {
		if l.out > math.MaxInt32-l.in {
			return nil
		}
		pairs[k] = pair{l.core, int32(l.out + l.in)}
	}
	return pairs
}

// of returns what core c exchanges with others.
func (m *model) of(c int32) []link { return m.links[m.first[c]:m.first[c+1]] }

func (m *model) listTrees() {
	count := make([]int32, m.cores+2)
	each := func(visit func(c, tree int32)) {
		for i, t := range m.trees {
			visit(t.from, int32(i))
			for _, c := range t.to {
				visit(c, int32(i))
			}
		}
	}
	each(func(c, _ int32) { count[c+1]++ })
	for c := range m.cores + 1 {
		count[c+1] += count[c]
	}
	m.treeFirst = slices.Clone(count)
	m.treesOf = make([]int32, count[m.cores+1])
	each(func(c, tree int32) {
		m.treesOf[count[c]] = tree
		count[c]++
	})
}

// starred returns the model with every tree taken for a flow to each of its
// ends: quicker to search, and near the truth where trees are small.
func (m *model) starred() *model {
	s := &model{grid: m.grid, cores: m.cores, needs: m.needs, treeFirst: make([]int32, m.cores+2)}
	var flows []Flow
	for c := range int32(m.cores + 1) {
		for _, l := range m.of(c) {
			if l.out > 0 {
				flows = append(flows, Flow{From: c, To: l.core, Weight: l.out})
			}
		}
	}
	for _, t := range m.trees {
		for _, to := range t.to {
			flows = append(flows, Flow{From: t.from, To: to, Weight: t.weight})
		}
	}
	s.setLinks(flows)
	return s
}
