package place

import (
	"cmp"
	"fmt"
	"slices"
)

// group is cores that talk, directly or through others, and so must be where
// there are ways between them.
type group struct {
	cores []int32
	host  bool // talks to the host
}

// groups returns the cores in groups, the ones with the host and then the
// largest first.
func (m *model) groups() []group {
	of := make([]int32, m.cores+1) // a forest: each core's parent
	for c := range of {
		of[c] = int32(c)
	}
	root := func(c int32) int32 {
		for of[c] != c {
			of[c] = of[of[c]]
			c = of[c]
		}
		return c
	}
	join := func(a, b int32) {
		a, b = root(a), root(b)
		of[max(a, b)] = min(a, b)
	}
	for c := range int32(m.cores) {
		for _, l := range m.of(c) {
			join(c, l.core)
		}
	}
	for _, t := range m.trees {
		for _, to := range t.to {
			join(t.from, to)
		}
	}
	index := map[int32]int{}
	var all []group
	for c := range int32(m.cores) {
		r := root(c)
		if _, ok := index[r]; !ok {
			index[r] = len(all)
			all = append(all, group{host: r == root(int32(m.cores))})
		}
		g := &all[index[r]]
		g.cores = append(g.cores, c)
	}
	slices.SortStableFunc(all, func(a, b group) int {
		if a.host != b.host {
			if a.host {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.cores), len(a.cores))
	})
	return all
}

// site is a part of the mesh and the cores that go there.
type site struct {
	spots []int32 // all that may be used, in order
	cores []int32
}

// sites shares the cores out to the parts of the mesh: a group goes into one,
// those that talk to the host into that of spot 0, others into the first that
// has room.
func (m *model) sites(p *Problem) ([]site, error) {
	sites := make([]site, slices.Max(m.part)+1)
	atPort := make([]bool, len(sites))
	for s, k := range m.part {
		if k >= 0 {
			sites[k].spots = append(sites[k].spots, int32(s))
			atPort[k] = atPort[k] || m.joined(int32(s), 0)
		}
	}
	for _, g := range m.groups() {
		k := slices.IndexFunc(sites, func(s site) bool { return len(s.spots)-len(s.cores) >= len(g.cores) })
		if g.host {
			k = slices.Index(atPort, true)
			if k >= 0 && len(sites[k].spots)-len(sites[k].cores) < len(g.cores) {
				k = -1
			}
		}
		if k < 0 {
			return nil, m.noRoom(p, g)
		}
		sites[k].cores = append(sites[k].cores, g.cores...)
	}
	return sites, nil
}

// noRoom says which two cores of a group no part of the mesh holds with all that
// they talk to.
func (m *model) noRoom(p *Problem, g group) error {
	a := g.cores[0]
	b := int32(m.cores)
	if links := m.of(a); len(links) > 0 {
		b = links[0].core
	} else if n := m.treeFirst[a]; n < m.treeFirst[a+1] {
		t := m.trees[m.treesOf[n]]
		if b = t.from; b == a {
			b = t.to[0]
		}
	}
	return fmt.Errorf("%s and %s talk: no part of the mesh has ways between all the %d cores that talk with them, and room",
		p.name(a), p.name(b), len(g.cores))
}
