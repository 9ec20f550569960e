package compiler

import (
	"testing"

	"github.com/weft-toolchain/weft/targets"
)

// Cores whose axons are all in use find room on few cores of a chip with dead axons;
// they are not to be carried all over the mesh for it. Nor are those that talk to stay
// where dead links are between them.
func TestDefectsLeaveCoresTogether(t *testing.T) {
	chip := load(t, "xbar256")
	net := parse(t, `
populations:
  a: {shape: 600, neuron: if, params: {threshold: 3}}
projections:
  - {from: a, to: a, connect: {sparse: {p: 0.02, seed: 1}}, weights: 1.0, delay: 2}
outputs: [a]
`)
	hops := func(opt Options) int64 {
		res, err := Compile(t.Context(), net, chip.Name, &chip.Arch, opt)
		if err != nil {
			t.Fatal(err)
		}
		return res.Report(nil).Hops.Unweighted
	}
	whole := hops(Options{})
	for _, test := range []struct {
		defects string
		more    int64 // in percent
	}{
		{"random: {axons: 0.02, seed: 5}", 50},
		{"links: [[[1, 0], [2, 0]], [[1, 1], [2, 1]], [[0, 1], [0, 2]], [[3, 1], [3, 2]], [[1, 2], [2, 2]]]", 20},
	} {
		dead, err := targets.ParseDefects("dead.yaml", []byte("{defects: dead, "+test.defects+"}"), &chip.Arch)
		if err != nil {
			t.Fatal(err)
		}
		if around := hops(Options{Defects: dead}); 100*around > (100+test.more)*whole {
			t.Errorf("%s: spikes cross %d links, without %d", test.defects, around, whole)
		}
	}
}
