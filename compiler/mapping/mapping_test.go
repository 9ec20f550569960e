package mapping_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// dense is a small crossbar with delays at axons, sparse one with synapse
// memory and delays at synapses.
func dense(neurons, axons int) *targets.Arch {
	return &targets.Arch{
		MeshWidth: 8, MeshHeight: 8, Neurons: neurons, Axons: axons, FanOut: 4096,
		SynapseFormat: targets.Dense, WeightBits: 8, WordSynapses: 4, StateBits: 24, StateWords: 4, ParamWords: 8,
		ProgramWords: 64, Extensions: "M", DelayPlace: targets.DelayAxon, MaxDelay: 16,
	}
}

// circuits is dense without programs, so that nothing relays.
func circuits(neurons, axons int) *targets.Arch {
	a := dense(neurons, axons)
	a.Models = "if"
	return a
}

func sparse(neurons, axons, words int) *targets.Arch {
	a := dense(neurons, axons)
	a.SynapseFormat, a.DelayPlace, a.SynapseWords = targets.Sparse, targets.DelaySynapse, words
	return a
}

func quantised(t testing.TB, text string, a *targets.Arch) *ir.Quantized {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	q, err := quant.Quantise(lower.Lower(net), a, network.Quantise{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return q
}

func mapped(t *testing.T, text string, a *targets.Arch, seed uint64) *ir.Mapped {
	t.Helper()
	m, err := mapping.Map(t.Context(), quantised(t, text, a), a, mapping.Options{Seed: seed, Effort: 1})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := m.Verify(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

// searched is mapped, with the effort that finds what is best.
func searched(t *testing.T, text string, a *targets.Arch) *ir.Mapped {
	t.Helper()
	m, err := mapping.Map(t.Context(), quantised(t, text, a), a, mapping.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

// synapse is a synapse by the numbers of its ends.
type synapse struct {
	Input      bool
	Source, To int32
	Weight     int16
	Delay      int
}

func sorted(list []synapse) []synapse {
	slices.SortFunc(list, func(a, b synapse) int {
		if a.Input != b.Input {
			if a.Input {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.To, b.To), cmp.Compare(a.Delay, b.Delay), cmp.Compare(a.Weight, b.Weight))
	})
	return list
}

// ofNetwork lists the synapses that a quantised network has.
func ofNetwork(q *ir.Quantized) []synapse {
	var out []synapse
	for k := range q.Projections {
		p := &q.Projections[k]
		for i := range len(p.Off) - 1 {
			for s := int(p.Off[i]); s < int(p.Off[i+1]); s++ {
				out = append(out, synapse{
					Input: p.From.Input, Source: int32(q.FromGroup(p).First + i), To: int32(q.Populations[p.To].First) + p.Post[s],
					Weight: q.Weights[k][s], Delay: p.DelayOf(s),
				})
			}
		}
	}
	return sorted(out)
}

// ofChip lists the synapses that spikes find on the chip: from the
// destinations of every source, through axons, to slots.
func ofChip(m *ir.Mapped) []synapse {
	var out []synapse
	var follow func(from synapse, dests []ir.Dest)
	follow = func(from synapse, dests []ir.Dest) {
		for _, d := range dests {
			if d.Core == ir.Host {
				continue
			}
			c := &m.Cores[d.Core]
			a := &c.Axons[d.Axon]
			for k, slot := range a.Slots {
				s := from
				s.Delay += int(d.Delay)
				if a.Delays != nil {
					s.Delay += int(a.Delays[k])
				}
				if c.Role == ir.Relays {
					follow(s, c.Dests[slot])
					continue
				}
				// A copy has all that its neuron has, once more.
				if c.Role == ir.Somas && !c.Own(int(slot)) {
					continue
				}
				s.To, s.Weight = c.Neurons[slot], a.Weights[k]
				out = append(out, s)
			}
		}
	}
	for k := range m.Cores {
		c := &m.Cores[k]
		for slot, dests := range c.Dests {
			if c.Role == ir.Somas {
				follow(synapse{Source: c.Neurons[slot]}, dests)
			}
		}
	}
	for i, dests := range m.InputDests {
		follow(synapse{Input: true, Source: int32(i)}, dests)
	}
	return sorted(out)
}

// randomNetwork is a network with repeated pairs, loops and many delays.
func randomNetwork(r *rand.Rand) string {
	var b strings.Builder
	maxDelay := 1 + r.IntN(8)
	in, pops := 1+r.IntN(40), 1+r.IntN(3)
	size := make([]int, pops)
	fmt.Fprintf(&b, "inputs: {in: {shape: %d}}\npopulations:\n", in)
	for k := range size {
		size[k] = 1 + r.IntN(120)
		fmt.Fprintf(&b, "  p%d: {shape: %d, neuron: if}\n", k, size[k])
	}
	fmt.Fprintf(&b, "projections:\n")
	for k := range 1 + r.IntN(6) {
		from, pre, to := "in", in, r.IntN(pops)
		if k > 0 && r.IntN(2) == 0 {
			f := r.IntN(pops)
			from, pre = fmt.Sprintf("p%d", f), size[f]
		}
		var connect string
		switch r.IntN(3) {
		case 0:
			connect = fmt.Sprintf("{sparse: {in_degree: %d, seed: %d}}, delay: {integer: [1, %d]}", 1+r.IntN(min(pre, 12)), k, maxDelay)
		case 1:
			connect = fmt.Sprintf("{sparse: {p: %.3f, seed: %d}}", min(1, r.Float64()*8/float64(pre)), k)
		case 2:
			var edges []string
			for range 1 + r.IntN(40) {
				i, j, d := r.IntN(pre), r.IntN(size[to]), 1+r.IntN(maxDelay)
				for range 1 + r.IntN(3) {
					edges = append(edges, fmt.Sprintf("[%d, %d, %d, %d]", i, j, r.IntN(200)-100, d))
				}
			}
			connect = "{list: [" + strings.Join(edges, ", ") + "]}"
		}
		fmt.Fprintf(&b, "  - {from: %s, to: p%d, connect: %s}\n", from, to, connect)
	}
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "outputs: [p%d]\n", r.IntN(pops))
	}
	return b.String()
}

func randomArch(r *rand.Rand) *targets.Arch {
	a := dense(4+r.IntN(61), 4+r.IntN(61))
	if r.IntN(2) == 0 {
		a = sparse(a.Neurons, a.Axons, 4+r.IntN(200))
		if r.IntN(2) == 0 {
			a.DelayPlace = targets.DelayAxon
		}
	}
	a.MeshWidth, a.MeshHeight = 1+r.IntN(16), 1+r.IntN(16)
	a.WordSynapses, a.FanOut, a.MaxDelay = 1+r.IntN(8), 8+r.IntN(200), 4+r.IntN(8)
	return a
}

// checkRandom maps a random network into a random chip. It reports whether
// that fits; what fits is within every limit, and loses no synapse.
func checkRandom(t *testing.T, seed uint64) bool {
	r := rand.New(rand.NewPCG(seed, 51))
	text, a := randomNetwork(r), randomArch(r)
	q := quantised(t, text, a)
	effort := 1
	if seed%128 == 7 {
		effort = 2
	}
	m, err := mapping.Map(t.Context(), q, a, mapping.Options{Seed: seed % 3, Effort: effort})
	if _, ok := errors.AsType[*diag.Error](err); ok {
		return false
	}
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, text)
	}
	if err := m.Verify(); err != nil {
		t.Fatalf("seed %d: %v\n%+v\n%s", seed, err, a, text)
	}
	limits(t, m)
	if diff := gocmp.Diff(ofNetwork(q), ofChip(m)); diff != "" {
		t.Fatalf("seed %d: synapses of the network and of the chip (-want +got):\n%s\n%s", seed, diff, text)
	}
	return true
}

// limits holds every core to the target's limits, counted here once more.
func limits(t *testing.T, m *ir.Mapped) {
	t.Helper()
	a, taken := m.Arch, map[[2]int]bool{}
	for k := range m.Cores {
		c := &m.Cores[k]
		words, fanOut := 0, 0
		for _, ax := range c.Axons {
			words += (len(ax.Slots) + a.WordSynapses - 1) / a.WordSynapses
		}
		for _, dests := range c.Dests {
			fanOut += len(dests)
		}
		for _, check := range []struct {
			name      string
			have, max int
		}{
			{"neurons", len(c.Neurons), a.Neurons},
			{"axons", len(c.Axons), a.Axons},
			{"destinations", fanOut, a.FanOut},
			{"x", c.X, a.MeshWidth - 1},
			{"y", c.Y, a.MeshHeight - 1},
			{"−x", -c.X, 0},
			{"−y", -c.Y, 0},
		} {
			if check.have > check.max {
				t.Errorf("core %d: %s is %d of %d", k, check.name, check.have, check.max)
			}
		}
		if a.SynapseFormat == targets.Sparse && words > a.SynapseWords {
			t.Errorf("core %d: %d synapse words of %d", k, words, a.SynapseWords)
		}
		if taken[[2]int{c.X, c.Y}] {
			t.Errorf("core %d shares the place (%d, %d)", k, c.X, c.Y)
		}
		taken[[2]int{c.X, c.Y}] = true
	}
}

func TestLimitsAreNeverExceededAndNoSynapseIsLost(t *testing.T) {
	const trials = 400
	fit := 0
	for seed := range uint64(trials) {
		if checkRandom(t, seed) {
			fit++
		}
	}
	if fit < trials/4 || fit > trials*9/10 {
		t.Errorf("%d of %d networks fit: the chips are too small or too large to say much", fit, trials)
	}
}

func FuzzMap(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(1<<32 + seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkRandom(t, seed) })
}

func TestWhatDoesNotFitIsNamedWithItsLimit(t *testing.T) {
	head := func(in, p int) string {
		return fmt.Sprintf("inputs: {in: {shape: %d}}\npopulations:\n  p: {shape: %d, neuron: if}\n", in, p)
	}
	repeat := func(n int, edge string) string {
		return strings.TrimSuffix(strings.Repeat(edge+", ", n), ", ")
	}
	for _, test := range []struct {
		name, text string
		arch       func() *targets.Arch
		want       string
	}{
		{
			"fan-in", head(20, 3) + "projections: [{from: in, to: p, connect: dense}]\n",
			func() *targets.Arch { return dense(8, 16) },
			`net.yaml:3:3: population "p": neuron 0 needs 20 axons for its fan-in, 4 more than the 16 of a core: choose a target with more axons, or fewer sources and delays, or one that adds partial sums, such as xbar256; --approximate brings the inputs through relays, with an error that it bounds [does-not-fit]`,
		},
		{
			"fan-in counts delays", head(1, 2) + "projections: [{from: in, to: p, connect: {list: [[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 2], [0, 1, 1, 3]]}}]\n",
			func() *targets.Arch { return dense(8, 2) },
			`net.yaml:3:3: population "p": neuron 1 needs 3 axons for its fan-in, 1 more than the 2 of a core: choose a target with more axons, or fewer sources and delays, or one that adds partial sums, such as xbar256; --approximate brings the inputs through relays, with an error that it bounds [does-not-fit]`,
		},
		{
			"delay", head(1, 1) + "projections:\n  - {from: in, to: p, connect: dense, delay: 17}\n",
			func() *targets.Arch { return circuits(8, 16) },
			`net.yaml:5:5: projection "in→p": a delay of 17 ticks is 1 longer than the target's longest, 16: shorten it, or choose a target with longer delays [does-not-fit]`,
		},
		{
			"cores, with the share of each population", head(2, 40) + "  q: {shape: 6, neuron: if}\nprojections: [{from: in, to: p, connect: dense}]\n",
			func() *targets.Arch { a := dense(4, 16); a.MeshWidth, a.MeshHeight = 2, 5; return a },
			`net.yaml:3:3: the network needs 12 cores, 2 more cores than the target's 10 cores; population "p" takes most: choose a target with more cores, or more axons a core; with more --effort it may take fewer [does-not-fit]` +
				"\n\tnet.yaml:3:3: population \"p\" needs 10 cores\n\tnet.yaml:4:3: population \"q\" needs 2 cores",
		},
		{
			"synapse words", head(9, 1) + "projections: [{from: in, to: p, connect: dense}]\n",
			func() *targets.Arch { return sparse(8, 16, 7) },
			`net.yaml:3:3: population "p": one neuron's synapses take 9 words, 2 more than the 7 of a core [does-not-fit]`,
		},
		{
			"fan-out of one neuron", head(1, 1) + "  q: {shape: 40, neuron: if}\nprojections: [{from: p, to: q, connect: dense}]\n",
			func() *targets.Arch { a := dense(4, 16); a.FanOut = 7; return a },
			`net.yaml:3:3: population "p": 1 neuron of a core has 10 destinations, 3 more than the core's 7, and smaller cores did not mend it: its fan-out reaches too many cores; with another --seed or more --effort it may fit [does-not-fit]`,
		},
		{
			"fan-out of neurons that all reach each other", head(1, 32) + "projections: [{from: p, to: p, connect: {sparse: {p: 1}}}]\n",
			func() *targets.Arch { a := dense(8, 32); a.FanOut = 30; return a },
			`net.yaml:3:3: population "p": 8 neurons of a core have 32 destinations, 2 more than the core's 30, and smaller cores did not mend it: its fan-out reaches too many cores; with another --seed or more --effort it may fit [does-not-fit]`,
		},
		{
			"fan-out that would take more cores than there are", head(1, 16) + "  q: {shape: 40, neuron: if, params: {reset: subtract}}\nprojections: [{from: p, to: q, connect: dense}]\n",
			func() *targets.Arch { a := dense(8, 16); a.FanOut, a.MeshWidth, a.MeshHeight = 20, 2, 4; return a },
			`net.yaml:3:3: population "p": 8 neurons of a core have 40 destinations, 20 more than the core's 20, and smaller cores did not mend it: its fan-out reaches too many cores; with another --seed or more --effort it may fit [does-not-fit]`,
		},
		{
			"copies of a synapse", head(1, 1) + "projections: [{from: in, to: p, connect: {list: [" + repeat(4097, "[0, 0, 1]") + "]}}]\n",
			func() *targets.Arch { return dense(4, 5000) },
			`net.yaml:3:3: population "p": a pair of neurons has more than 4096 synapses of the same delay; sum their weights in one [does-not-fit]`,
		},
		{
			"everything at once", head(20, 1) + "  q: {shape: 2, neuron: if}\nprojections:\n  - {from: in, to: p, connect: dense, delay: 99}\n  - {from: in, to: q, connect: dense}\n",
			func() *targets.Arch { return circuits(8, 16) },
			`net.yaml:3:3: population "p": neuron 0 needs 20 axons for its fan-in, 4 more than the 16 of a core: choose a target with more axons, or fewer sources and delays, or one that adds partial sums, such as xbar256 [does-not-fit]` + "\n" +
				`net.yaml:4:3: population "q": neuron 0 needs 20 axons for its fan-in, 4 more than the 16 of a core: choose a target with more axons, or fewer sources and delays, or one that adds partial sums, such as xbar256 [does-not-fit]` + "\n" +
				`net.yaml:6:5: projection "in→p": a delay of 99 ticks is 83 longer than the target's longest, 16: shorten it, or choose a target with longer delays [does-not-fit]`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := test.arch()
			_, err := mapping.Map(t.Context(), quantised(t, test.text, a), a, mapping.Options{Effort: 1})
			user, ok := errors.AsType[*diag.Error](err)
			if !ok {
				t.Fatalf("error %v, want a *diag.Error", err)
			}
			if diff := gocmp.Diff(test.want, user.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExactlyFullIsNotTooMuch(t *testing.T) {
	edges := strings.TrimSuffix(strings.Repeat("[0, 0, 1], ", 256), ", ")
	for _, test := range []struct {
		name, text string
		arch       *targets.Arch
		cores      int
	}{
		{"neurons and axons", "inputs: {in: {shape: 16}}\npopulations: {p: {shape: 8, neuron: if}}\nprojections: [{from: in, to: p, connect: dense, delay: 16}]\n", dense(8, 16), 1},
		{"one neuron more", "inputs: {in: {shape: 16}}\npopulations: {p: {shape: 9, neuron: if}}\nprojections: [{from: in, to: p, connect: dense, delay: 16}]\n", dense(8, 16), 2},
		{"synapse words", "inputs: {in: {shape: 3}}\npopulations: {p: {shape: 8, neuron: if}}\nprojections: [{from: in, to: p, connect: dense}]\n", sparse(8, 16, 6), 1},
		{"one word less", "inputs: {in: {shape: 3}}\npopulations: {p: {shape: 8, neuron: if}}\nprojections: [{from: in, to: p, connect: dense}]\n", sparse(8, 16, 5), 2},
		{"256 copies of a synapse", "inputs: {in: {shape: 1}}\npopulations: {p: {shape: 1, neuron: if}}\nprojections: [{from: in, to: p, connect: {list: [" + edges + "]}}]\n", dense(1, 256), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if m := mapped(t, test.text, test.arch, 0); len(m.Cores) != test.cores {
				t.Errorf("%d cores, want %d", len(m.Cores), test.cores)
			}
		})
	}
}

// A dense row has one word a neuron: synapses that repeat a source, neuron and
// delay take rows of their own, and the weights still sum up.
func TestRepeatedSynapsesTakeCopiesOfAnAxon(t *testing.T) {
	const text = `
inputs: {in: {shape: 1}}
populations: {p: {shape: 2, neuron: integrator}}
projections: [{from: in, to: p, connect: {list: [[0, 0, 3], [0, 1, 9], [0, 0, 4], [0, 0, 5, 2], [0, 0, 6]]}}]
`
	m := mapped(t, text, dense(4, 16), 0)
	want := []ir.Axon{
		{Input: true, Delay: 1, Slots: []uint16{0, 1}, Weights: []int16{3, 9}},
		{Input: true, Delay: 1, Copy: 1, Slots: []uint16{0}, Weights: []int16{4}},
		{Input: true, Delay: 1, Copy: 2, Slots: []uint16{0}, Weights: []int16{6}},
		{Input: true, Delay: 2, Slots: []uint16{0}, Weights: []int16{5}},
	}
	if diff := gocmp.Diff(want, m.Cores[0].Axons); diff != "" {
		t.Errorf("axons (-want +got):\n%s", diff)
	}
	if got := interp.Quantized(m.Quantized, interp.Stimulus{Spikes: [][]int32{{0}}}, 3).V; !gocmp.Equal(got, []float64{18, 9}) {
		t.Errorf("potentials %v, want [18 9]", got)
	}
	if m := mapped(t, text, sparse(4, 16, 16), 0); len(m.Cores[0].Axons) != 1 || len(m.Cores[0].Axons[0].Slots) != 5 {
		t.Errorf("a sparse core has axons %+v, want one with five synapses", m.Cores[0].Axons)
	}
}

// Neighbours of a picture see the same inputs: square tiles need fewer axons,
// so fewer cores, than rows; where they do not help the order of index stays.
func TestTilesOfAConvolutionShareAxons(t *testing.T) {
	if testing.Short() {
		t.Skip("searches long")
	}
	const text = `
inputs: {in: {shape: [10, 10]}}
populations: {p: {shape: [8, 8], neuron: if}}
projections: [{from: in, to: p, connect: {conv2d: {kernel: 3}}}]
`
	m := searched(t, text, dense(16, 36))
	var tiles [][]int32
	for k := range m.Cores {
		tiles = append(tiles, m.Cores[k].Neurons)
	}
	tile := func(y, x int) (out []int32) {
		for dy := range 4 {
			for dx := range 4 {
				out = append(out, int32((y+dy)*8+x+dx))
			}
		}
		return out
	}
	if diff := gocmp.Diff([][]int32{tile(0, 0), tile(0, 4), tile(4, 0), tile(4, 4)}, tiles); diff != "" {
		t.Errorf("cores of 36 axons (-want +got):\n%s", diff)
	}
	m = mapped(t, text, dense(16, 100), 0)
	if len(m.Cores) != 4 {
		t.Errorf("with axons enough there are %d cores, want 4", len(m.Cores))
	}
}

// Channels first or last, the tiles are the same places.
func TestTilesHoldAllChannelsOfAPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("searches long")
	}
	for layout, shape := range map[string]string{"chw": "[2, 6, 6]", "hwc": "[6, 6, 2]"} {
		in := map[string]string{"chw": "[1, 8, 8]", "hwc": "[8, 8, 1]"}[layout]
		m := searched(t, fmt.Sprintf("inputs: {in: {shape: %s}}\npopulations: {p: {shape: %s, neuron: if}}\nprojections: [{from: in, to: p, connect: {conv2d: {kernel: 3}}, layout: %s}]\n", in, shape, layout), dense(18, 25))
		if len(m.Cores) != 4 {
			t.Errorf("%s: %d cores, want 4 tiles of 3×3 places and 2 channels", layout, len(m.Cores))
		}
	}
}

const chain = `
inputs: {in: {shape: 6}}
populations:
  a: {shape: 30, neuron: if, params: {threshold: 2}}
  b: {shape: 30, neuron: if, params: {threshold: 2}}
projections:
  - {from: in, to: a, connect: {sparse: {in_degree: 3, seed: 1}}, weights: 3}
  - {from: a, to: b, connect: {sparse: {in_degree: 6, seed: 2}}, weights: 1, delay: {integer: [1, 4]}}
  - {from: b, to: a, connect: {sparse: {in_degree: 2, seed: 3}}, weights: -1}
outputs: [b]
`

// Another seed is another search: other cores and places, the same synapses.
func TestSeedChangesCoresAndPlacesOnly(t *testing.T) {
	zero := mapped(t, chain, dense(8, 24), 0)
	moved := 0
	for seed := uint64(1); seed < 6; seed++ {
		m := mapped(t, chain, dense(8, 24), seed)
		if !gocmp.Equal(zero.Cores, m.Cores) {
			moved++
		}
		if diff := gocmp.Diff(ofChip(zero), ofChip(m)); diff != "" {
			t.Errorf("seed %d: synapses (-seed 0, +seed):\n%s", seed, diff)
		}
	}
	if moved == 0 {
		t.Error("no seed changes anything")
	}
}

func TestSameInputSameMapping(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want *ir.Mapped
	for _, procs := range []int{1, 2, 2, 1} {
		runtime.GOMAXPROCS(procs)
		m := mapped(t, chain, dense(5, 20), 7)
		if want == nil {
			want = m
		}
		if diff := gocmp.Diff(want.Cores, m.Cores); diff != "" {
			t.Errorf("%d processors: cores (-first +now):\n%s", procs, diff)
		}
		if diff := gocmp.Diff(want.InputDests, m.InputDests); diff != "" {
			t.Errorf("%d processors: destinations (-first +now):\n%s", procs, diff)
		}
	}
}

func TestSourcesReachEachCoreOnceADelay(t *testing.T) {
	m := mapped(t, chain, dense(8, 24), 0)
	for n, at := range m.Place {
		seen := map[ir.Dest]bool{}
		for _, d := range m.Cores[at.Core].Dests[at.Slot] {
			key := ir.Dest{Core: d.Core, Delay: d.Delay}
			if seen[key] {
				t.Errorf("neuron %d reaches core %d twice after %d ticks", n, d.Core, d.Delay)
			}
			seen[key] = true
		}
		if out := n >= 30; seen[ir.Dest{Core: ir.Host}] != out {
			t.Errorf("neuron %d goes to the host: %v, want %v", n, !out, out)
		}
	}
}
