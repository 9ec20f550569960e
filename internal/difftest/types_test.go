package difftest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/difftest"
	"github.com/weft-toolchain/weft/targets"
)

// manyWeights returns a random network of neurons that have more weights than axons
// have types, or few, alone or beside others that have many: narrow and wide ones, of
// one sign or two, with zeros, of neurons that share their sources and of such that do
// not, with several delays and several synapses of a pair.
func manyWeights(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 0x7479706573))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	few := false
	weights := func() string {
		if few {
			return fmt.Sprintf("{integer: [-2, 1], seed: %d}", r.IntN(100))
		}
		return fmt.Sprintf(pick("{integer: [-3, 3], seed: %d}", "{integer: [-8, 7], seed: %d}", "{integer: [0, 15], seed: %d}",
			"{integer: [-31, 40], seed: %d}", "{integer: [-250, 255], seed: %d}", "{integer: [1, 2], seed: %d}"), r.IntN(100))
	}
	delay := func() string { return pick("1", "1", "3", "{integer: [1, 3], seed: 4}") }
	var pops, links strings.Builder
	from := "in"
	for k := range 1 + r.IntN(2) {
		name := fmt.Sprintf("p%d", k)
		n := 1 + r.IntN(30)
		few = r.IntN(3) == 0
		fmt.Fprintf(&pops, "  %s: {shape: %d, neuron: truenorth, params: {threshold: %d, leak: %d, neg_threshold: %d}}\n", name, n, 3+r.IntN(40), r.IntN(3)-1, 10+r.IntN(90))
		connect := pick("dense", fmt.Sprintf("{sparse: {p: 0.3, seed: %d}}", r.IntN(100)))
		for range 1 + r.IntN(2) {
			fmt.Fprintf(&links, "  - {from: %s, to: %s, connect: %s, weights: %s, delay: %s}\n", from, name, connect, weights(), delay())
		}
		from = name
		if few {
			continue
		}
		// A neuron whose weights are none of the others'.
		fmt.Fprintf(&links, "  - {from: in, to: %[1]s, connect: {list: [[0, %[2]d, 11], [1, %[2]d, -22], [2, %[2]d, 33], [0, %[2]d, 55], [0, %[2]d, 11], [3, %[2]d, 0]]}}\n", name, r.IntN(n))
	}
	return fmt.Sprintf("inputs: {in: {shape: %d}}\npopulations:\n%sprojections:\n%s", 4+r.IntN(9), &pops, &links)
}

// Weights that are sums of types are those of the network, on cores that hold all
// neurons of a population and on such that hold few.
func TestSumsOfTypesEqualTheOracle(t *testing.T) {
	var all []*targets.Target
	for k, text := range []string{
		"inherits: truenorth\n",
		"inherits: truenorth\narch: {neurons: 40, axons: 90, fan_out: 40}\n",
		"inherits: xbar256\narch: {weights: typed, neurons: 12, axons: 64, weight_bits: 9}\n",
		"inherits: xbar256\narch: {weights: typed, weight_bits: 16}\n",
	} {
		path := filepath.Join(t.TempDir(), "user.yaml")
		if err := os.WriteFile(path, fmt.Appendf(nil, "target: typed%d\ndoc: cores of typed weights\n%s", k, text), 0o644); err != nil {
			t.Fatal(err)
		}
		target, err := targets.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, target)
	}
	const networks = 10
	ran := make([]int, len(all))
	for seed := range uint64(networks) {
		text := manyWeights(seed)
		net, err := network.Parse("many.yaml", []byte(text))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		for k, target := range all {
			var user *diag.Error
			if err := difftest.Compare(net, target, difftest.NewRun(seed, net, 30)); errors.As(err, &user) {
				t.Logf("seed %d does not fit %s: %v", seed, target.Name, err)
				continue
			} else if err != nil {
				t.Errorf("seed %d on %s: %v\n%s", seed, target.Name, err, text)
			}
			ran[k]++
		}
	}
	for k, target := range all {
		if ran[k] < networks/2 {
			t.Errorf("%s: %d networks ran: too few to say much", target.Name, ran[k])
		}
	}
}
