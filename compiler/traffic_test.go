package compiler

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// small is a network of two inputs and three neurons on a mesh of 3 × 2, placed
// by hand:
//
//	port ─▶ core 0, neurons 0, 1      ·             core 1, neuron 2
//	        ·                         ·             ·
//
// Input 0 goes to both cores, input 1 to core 1; neuron 0 to core 1 by two axons
// and to its own core, neuron 2 to core 0 and to the host.
func small() *ir.Mapped {
	return &ir.Mapped{
		Quantized: &ir.Quantized{
			Graph: &ir.Graph{
				Net:         &network.Network{Outputs: []int{1}},
				Inputs:      []ir.Group{{Name: "in", N: 2}},
				Populations: []ir.Group{{Name: "a", N: 2}, {Name: "b", First: 2, N: 1}},
				Projections: []ir.Projection{
					{From: network.Ref{Input: true}, To: 0, Off: []int32{0, 1, 1}, Post: []int32{0}},
					{From: network.Ref{Input: true}, To: 1, Off: []int32{0, 1, 2}, Post: []int32{0, 0}},
					{From: network.Ref{Index: 0}, To: 0, Off: []int32{0, 1, 1}, Post: []int32{1}},
					{From: network.Ref{Index: 0}, To: 1, Off: []int32{0, 2, 2}, Post: []int32{0, 0}},
					{From: network.Ref{Index: 1}, To: 0, Off: []int32{0, 2}, Post: []int32{0, 1}},
				},
			},
			Pops: []ir.QuantizedPopulation{{Model: network.IF}, {Model: network.LIF}},
		},
		Arch: &targets.Arch{MeshWidth: 3, MeshHeight: 2, Neurons: 2, Axons: 8, FanOut: 8, SynapseFormat: targets.Dense, WordSynapses: 1},
		Cores: []ir.MappedCore{
			{X: 0, Y: 0, Population: 0, Neurons: []int32{0, 1}, Dests: [][]ir.Dest{{{Core: 0, Axon: 1}, {Core: 1, Axon: 2}, {Core: 1, Axon: 3}}, nil}},
			{X: 2, Y: 0, Population: 1, Neurons: []int32{2}, Dests: [][]ir.Dest{{{Core: 0, Axon: 2}, {Core: ir.Host}}}},
		},
		Place:      []ir.Place{{Core: 0}, {Core: 0, Slot: 1}, {Core: 1}},
		InputDests: [][]ir.Dest{{{Core: 0, Axon: 0}, {Core: 1, Axon: 0}}, {{Core: 1, Axon: 1}}},
	}
}

// The sums are counted by hand. Input 0 has 5 spikes, input 1 has 7, neuron 0
// has 11, neuron 1 has 13, neuron 2 has 17.
func TestTrafficIsWeightedByTheProfile(t *testing.T) {
	m := small()
	profile := []int64{5, 7, 11, 13, 17}
	cut, hops := distances(m, profile, mesh.New(m.Arch.MeshWidth, m.Arch.MeshHeight, nil))
	// Input 0's first core is free, as are those of input 1 and of each neuron.
	if want := (Weighted{3, 5 + 11 + 17}); cut != want {
		t.Errorf("cut %v, want %v", cut, want)
	}
	if want := (Weighted{2 + 2 + 4 + 4, 2*5 + 2*7 + 4*11 + 4*17}); hops != want {
		t.Errorf("hops %v, want %v", hops, want)
	}
	all := m.Flows(profile)
	want := []ir.Flow{
		{From: 0, To: 1, Packets: 2, Spikes: 22},
		{From: 1, To: 0, Packets: 1, Spikes: 17},
		{From: 1, To: ir.Host, Packets: 1, Spikes: 17},
		{From: ir.Host, To: 0, Packets: 1, Spikes: 5},
		{From: ir.Host, To: 1, Packets: 2, Spikes: 12},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
	east, west := Weighted{4, 22 + 12}, Weighted{2, 34}
	got := links(m, all, xy)
	if diff := cmp.Diff(Links{
		Count: 2 * (2*2 + 3), Used: 4,
		Fullest: &Link{From: [2]int{0, 0}, To: [2]int{1, 0}, Load: east},
		Mean:    MeanLoad{3, 34},
		List: []Link{
			{From: [2]int{0, 0}, To: [2]int{1, 0}, Load: east},
			{From: [2]int{1, 0}, To: [2]int{0, 0}, Load: west},
			{From: [2]int{1, 0}, To: [2]int{2, 0}, Load: east},
			{From: [2]int{2, 0}, To: [2]int{1, 0}, Load: west},
		},
	}, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	r := &Report{Cores: 2, Cut: cut, Hops: hops, Links: got}
	b := bounds(m, profile, r, all)
	for _, c := range []struct {
		name         string
		got          Bound
		found, bound int64
	}{
		{"cores", b.Cores, 2, 2},
		// Inputs and neuron 0 reach both models, neuron 2 another one than its own.
		{"cut", b.Cut, 33, 5 + 11 + 17},
		// Cores 0 and 1 could be neighbours, and core 1, which the host has most to
		// do with, at the port.
		{"hops", b.Hops, 136, 22 + 17 + 5},
		{"max_link", b.MaxLink, 34, 22},
	} {
		if c.got.Found != c.found || c.got.Bound != c.bound || c.got.Argument == "" {
			t.Errorf("%s: %+v, want %d found, %d bound", c.name, c.got, c.found, c.bound)
		}
	}
}

// The ways of small lie in one row of the mesh, so that chips of one column are all
// crossed, and those of one row not at all.
func TestCrossingsAreHopsBetweenChips(t *testing.T) {
	m := small()
	profile := []int64{5, 7, 11, 13, 17}
	l := links(m, m.Flows(profile), xy)
	if got := chipsReport(m, &l); got != nil {
		t.Errorf("one chip: %+v, want nothing", got)
	}
	_, hops := distances(m, profile, mesh.New(m.Arch.MeshWidth, m.Arch.MeshHeight, nil))
	for _, c := range []struct {
		width, height, count, used int
		crossings                  Weighted
	}{
		{1, 2, 3, 2, hops},
		{3, 1, 2, 1, Weighted{}},
	} {
		m.Arch.ChipWidth, m.Arch.ChipHeight = c.width, c.height
		want := &ChipsReport{Size: [2]int{c.width, c.height}, Count: c.count, Used: c.used, Crossings: c.crossings}
		if diff := cmp.Diff(want, chipsReport(m, &l)); diff != "" {
			t.Errorf("chips of %d × %d (-want +got):\n%s", c.width, c.height, diff)
		}
	}
}

// Loads of straight ways are what one gets by walking them link by link.
func TestLinksAreThoseOfEveryStep(t *testing.T) {
	walk := func(x, y, toX, toY int, via func(x, y int)) {
		for via(x, y); x != toX || y != toY; via(x, y) {
			if x != toX {
				x += toward(x, toX)
			} else {
				y += toward(y, toY)
			}
		}
	}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		m := randomMapped(r, 12, 4)
		all := m.Flows(nil)
		if diff := cmp.Diff(links(m, all, walk), links(m, all, xy)); diff != "" {
			t.Fatalf("seed %d: link by link (-) and straight (+):\n%s", seed, diff)
		}
	}
}

// toward is the step from one number to another.
func toward(from, to int) int {
	if to > from {
		return 1
	}
	return -1
}

// What flows over links adds up to the hops, none of it over dead ones, and no
// placement and no profile goes below the bounds.
func TestBoundsHoldForAnyPlacement(t *testing.T) {
	const cores, slots = 12, 4
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := randomMapped(r, cores, slots)
		profile := make([]int64, m.InputCount()+m.Neurons())
		for k := range profile {
			profile[k] = r.Int64N(20)
		}
		over := randomMesh(r, m.Arch)
		cut, hops := distances(m, profile, over)
		all := m.Flows(profile)
		l := links(m, all, routes(over))
		var sum Weighted
		for _, k := range l.List {
			sum.Unweighted += k.Load.Unweighted
			sum.Weighted += k.Load.Weighted
			w := m.Arch.MeshWidth
			if over.IsDead(mesh.LinkOf(int32(k.From[1]*w+k.From[0]), int32(k.To[1]*w+k.To[0]))) {
				t.Fatalf("seed %d: the dead link %v carries %v", seed, k, k.Load)
			}
		}
		if sum != hops {
			t.Fatalf("seed %d: links carry %v, hops are %v", seed, sum, hops)
		}
		b := bounds(m, profile, &Report{Cores: cores, Cut: cut, Hops: hops, Links: l}, all)
		for name, c := range map[string]Bound{"cores": b.Cores, "cut": b.Cut, "hops": b.Hops, "max_link": b.MaxLink} {
			if c.Found < c.Bound {
				t.Errorf("seed %d: %s: found %d, which cannot be less than %d: %s", seed, name, c.Found, c.Bound, c.Argument)
			}
		}
	}
}

// randomMesh is a mesh of which some links may be dead, and that is one piece.
func randomMesh(r *rand.Rand, a *targets.Arch) *mesh.Mesh {
	whole := mesh.New(a.MeshWidth, a.MeshHeight, nil)
	var dead []mesh.Link
	for _, l := range whole.Links() {
		if r.IntN(8) == 0 {
			dead = append(dead, l)
		}
	}
	if some := mesh.New(a.MeshWidth, a.MeshHeight, dead); len(some.CutOff()) == 0 {
		return some
	}
	return whole
}

// randomMapped makes a network of two models whose neurons fill the cores at
// random, and scatters the cores over the mesh.
func randomMapped(r *rand.Rand, cores, slots int) *ir.Mapped {
	const inputs = 7
	width := 4 + r.IntN(3)
	m := &ir.Mapped{
		Quantized: &ir.Quantized{
			Graph: &ir.Graph{Net: &network.Network{Outputs: []int{1}}, Inputs: []ir.Group{{Name: "in", N: inputs}}},
			Pops:  []ir.QuantizedPopulation{{Model: network.IF}, {Model: network.LIF}},
		},
		Arch:       &targets.Arch{MeshWidth: width, MeshHeight: 4, Neurons: slots, Axons: 64, FanOut: 64, SynapseFormat: targets.Dense, WordSynapses: 1},
		InputDests: make([][]ir.Dest, inputs),
	}
	spots := r.Perm(width * 4)
	half := cores / 2 * slots
	m.Populations = []ir.Group{{Name: "a", N: half}, {Name: "b", First: half, N: half}}
	order := append(r.Perm(half), shift(r.Perm(half), half)...)
	m.Place = make([]ir.Place, 2*half)
	for k := range cores {
		c := ir.MappedCore{X: spots[k] % width, Y: spots[k] / width, Population: k / (cores / 2)}
		for slot, n := range order[k*slots : (k+1)*slots] {
			c.Neurons = append(c.Neurons, int32(n))
			m.Place[n] = ir.Place{Core: int32(k), Slot: int32(slot)}
		}
		c.Dests = make([][]ir.Dest, slots)
		m.Cores = append(m.Cores, c)
	}
	froms := []network.Ref{{Input: true}, {Index: 0}, {Index: 1}}
	for f, from := range froms {
		n := []int{inputs, half, half}[f]
		for to := range 2 {
			p := ir.Projection{From: from, To: to, Off: []int32{0}}
			for i := range n {
				seen := map[int32]bool{}
				for post := range half {
					if r.IntN(8) > 0 {
						continue
					}
					p.Post = append(p.Post, int32(post))
					core := m.Place[post+to*half].Core
					if seen[core] {
						continue
					}
					seen[core] = true
					list := &m.InputDests[min(i, inputs-1)]
					if !from.Input {
						list = destsOf(m, i+from.Index*half)
					}
					*list = append(*list, ir.Dest{Core: core})
				}
				p.Off = append(p.Off, int32(len(p.Post)))
			}
			m.Projections = append(m.Projections, p)
		}
	}
	for n := half; n < 2*half; n++ {
		list := destsOf(m, n)
		*list = append(*list, ir.Dest{Core: ir.Host})
	}
	return m
}

// destsOf returns the destinations of a neuron's own slot.
func destsOf(m *ir.Mapped, n int) *[]ir.Dest {
	return &m.Cores[m.Place[n].Core].Dests[m.Place[n].Slot]
}

func shift(list []int, by int) []int {
	for k := range list {
		list[k] += by
	}
	return list
}
