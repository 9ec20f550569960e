package mapping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/mapping"
)

// A core's table of destinations is a limit like the others: where it would
// overflow, fewer neurons share a core.
func TestCoresShrinkUntilTheirDestinationsFit(t *testing.T) {
	// Each neuron of p reaches the 5 cores of q.
	const text = `
populations: {p: {shape: 16, neuron: if}, q: {shape: 40, neuron: if, params: {reset: subtract}}}
projections: [{from: p, to: q, connect: dense}]
`
	for _, test := range []struct {
		fanOut int
		sizes  []int
	}{
		{80, []int{8, 8}},
		{20, []int{4, 4, 4, 4}},
		{19, []int{3, 3, 3, 3, 3, 1}},
		{5, slices.Repeat([]int{1}, 16)},
	} {
		a := dense(8, 16)
		a.FanOut = test.fanOut
		m := mapped(t, text, a, 0)
		var sizes []int
		for k := range m.Cores {
			if m.Cores[k].Population == 0 {
				sizes = append(sizes, len(m.Cores[k].Neurons))
			}
		}
		if diff := gocmp.Diff(test.sizes, sizes); diff != "" {
			t.Errorf("fan-out %d: neurons a core (-want +got):\n%s", test.fanOut, diff)
		}
	}
}

// Splitting a population gives those before it more destinations, which may
// split them in turn.
func TestShrinkingCoresGoesBackThroughTheNetwork(t *testing.T) {
	const text = `
populations: {a: {shape: 8, neuron: if}, b: {shape: 8, neuron: if, params: {reset: subtract}}, c: {shape: 32, neuron: if, params: {reset: none}}}
projections:
  - {from: a, to: b, connect: dense}
  - {from: b, to: c, connect: dense}
`
	a := dense(8, 16)
	a.FanOut = 16
	m := mapped(t, text, a, 0)
	count := make([]int, 3)
	for k := range m.Cores {
		count[m.Cores[k].Population]++
	}
	// c fills 4 cores, so 4 neurons of b fill a core; 8 neurons of a reach 2.
	if diff := gocmp.Diff([]int{1, 2, 4}, count); diff != "" {
		t.Errorf("cores of a, b and c (-want +got):\n%s", diff)
	}
	a.FanOut = 8
	m = mapped(t, text, a, 0)
	count = make([]int, 3)
	for k := range m.Cores {
		count[m.Cores[k].Population]++
	}
	if diff := gocmp.Diff([]int{4, 4, 4}, count); diff != "" {
		t.Errorf("cores of a, b and c with half the table (-want +got):\n%s", diff)
	}
}

// Copies of a neuron that are more than a core has slots share cores with other
// neurons, where these leave slots enough: two cells of 12 copies each do here, where
// one of 16 would fill a core.
func TestCopiesShareCoresWithOtherNeurons(t *testing.T) {
	const text = `
inputs: {x: {shape: 36}}
populations: {s: {shape: 36, neuron: if}, d: {shape: 72, neuron: if}}
projections:
  - {from: x, to: s, connect: one_to_one}
  - {from: s, to: d, connect: {sparse: {in_degree: 12, seed: 1}}}
outputs: [d]
`
	a := dense(16, 16)
	a.MeshWidth, a.MeshHeight, a.NeuronFanOut = 16, 16, 1
	if m := mapped(t, text, a, 0); len(m.Cores) > 80 {
		t.Errorf("%d cores; 72 hold a neuron of d and copies of s, and copies in cores of their own would take 36 more", len(m.Cores))
	}
}

// Neurons of a torus, each of which drives its four neighbours and the host, take copies
// as the cores happen to be: these are found at every effort, and not more of them at a
// higher one.
func TestCopiesOfATorusAreFound(t *testing.T) {
	const n = 12
	var list strings.Builder
	for k := range n * n {
		x, y := k%n, k/n
		for _, to := range []int{(x+1)%n + y*n, (x+n-1)%n + y*n, x + (y+1)%n*n, x + (y+n-1)%n*n} {
			fmt.Fprintf(&list, "[%d, %d], ", k, to)
		}
	}
	text := fmt.Sprintf(`
populations: {a: {shape: %d, neuron: if}}
projections: [{from: a, to: a, weights: 1, connect: {list: [%s]}}]
outputs: [a]
`, n*n, list.String())
	a := dense(64, 64)
	a.MeshWidth, a.MeshHeight, a.NeuronFanOut, a.FanOut = 8, 8, 1, 64
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		for _, effort := range []int{1, 2} {
			m, err := mapping.Map(t.Context(), quantised(t, text, a), a, mapping.Options{Seed: seed, Effort: effort})
			if err != nil {
				t.Errorf("seed %d, effort %d: %v", seed, effort, err)
				continue
			}
			// One destination in a neuron's own core and the host are 288, five cores' worth.
			if most := []int{0, 9, 7}[effort]; len(m.Cores) > most {
				t.Errorf("seed %d, effort %d: %d cores, want at most %d", seed, effort, len(m.Cores), most)
			}
			if err := m.Verify(); err != nil {
				t.Error(err)
			}
		}
	}
}
