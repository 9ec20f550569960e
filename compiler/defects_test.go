package compiler

import (
	"testing"

	"github.com/weft-toolchain/weft/targets"
)

// Cores whose axons are all in use find room on few cores of a chip with dead axons;
// they are not to be carried all over the mesh for it.
func TestDeadAxonsLeaveCoresTogether(t *testing.T) {
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
	dead, err := targets.ParseDefects("dead.yaml", []byte("{defects: dead, random: {axons: 0.02, seed: 5}}"), &chip.Arch)
	if err != nil {
		t.Fatal(err)
	}
	whole, around := hops(Options{}), hops(Options{Defects: dead})
	if 2*around > 3*whole {
		t.Errorf("with two of 100 axons dead, spikes cross %d links, without %d", around, whole)
	}
}
