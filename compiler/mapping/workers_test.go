package mapping_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/targets"
)

// However many work at it, a mapping is the same: with delays of one projection and
// of each synapse, at axons and at synapses, with weights of types, sums of types and
// signs, relays and several synapses of a pair.
func TestWorkersChangeNothing(t *testing.T) {
	typed, signs, short := dense(16, 64), dense(16, 64), sparse(16, 64, 512)
	typed.WeightFormat, signs.WeightFormat, short.MaxDelay = targets.Typed, targets.AxonSign, 3
	for name, a := range map[string]*targets.Arch{"dense": dense(16, 64), "sparse": sparse(16, 64, 512), "typed": typed, "signs": signs, "short delays": short} {
		for _, weights := range []string{"[-1, 2]", "[-7, 7]"} {
			text := fmt.Sprintf(`
inputs: {in: {shape: 9}, more: {shape: 2}}
populations: {a: {shape: 37, neuron: if}, b: {shape: 20, neuron: if}}
projections:
  - {from: in, to: a, connect: dense, weights: {integer: %[1]s, seed: 1}}
  - {from: more, to: b, connect: dense, weights: {integer: %[1]s, seed: 2}, delay: {integer: [1, 5], seed: 1}}
  - {from: a, to: b, connect: {sparse: {in_degree: 4, seed: 3}}, weights: {integer: %[1]s, seed: 3}, delay: 2}
  - {from: b, to: a, connect: {list: [[0, 36, 1], [0, 0, 2], [0, 36, 1], [19, 18, -1]]}}
outputs: [b]
`, weights)
			q := quantised(t, text, a)
			want, err := mapping.Map(t.Context(), q, a, mapping.Options{Effort: 1, Workers: 1})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := want.Verify(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, workers := range []int{2, 7, 100} {
				got, err := mapping.Map(t.Context(), q, a, mapping.Options{Effort: 1, Workers: workers})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := gocmp.Diff(want.Cores, got.Cores); diff != "" || !gocmp.Equal(want.InputDests, got.InputDests) || want.Copied != got.Copied || want.Summed != got.Summed {
					t.Errorf("%s, weights %s: %d workers map otherwise:\n%s", name, weights, workers, diff)
				}
			}
		}
	}
}
