package difftest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/difftest"
	"github.com/weft-toolchain/weft/targets"
)

// crowded returns a random network of cores that are as full as those which the
// emulator runs as tiles: dense projections of few weights or of many, between neurons
// that integrate and fire, with leak or without. Some reach the ends of their words.
func crowded(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 31))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	weights := func(k int) string {
		if r.IntN(2) == 0 {
			return pick("1", "-1", "2", "-3", "7", "-127")
		}
		return fmt.Sprintf("{integer: [%d, %d], seed: %d}", -1-r.IntN(90), 1+r.IntN(90), k)
	}
	names := []string{"in"}
	var pops, links strings.Builder
	link := func(from, to string, k int) {
		connect := pick("dense", "dense", fmt.Sprintf("{sparse: {p: 0.7, seed: %d}}", k))
		fmt.Fprintf(&links, "  - {from: %s, to: %s, connect: %s, weights: %s, delay: %d}\n", from, to, connect, weights(k), 1+r.IntN(3))
	}
	for k := range 1 + r.IntN(3) {
		name := fmt.Sprintf("p%d", k)
		params := fmt.Sprintf("threshold: %s, reset: %s, bias: %s", pick("40", "300", "30000", "{integer: [20, 400], seed: 5}"), pick("zero", "subtract", "value, v_reset: -3"), pick("0", "3", "{integer: [-2, 9], seed: 6}"))
		neuron := pick("if", "if", "lif")
		if neuron == "lif" {
			params += ", tau: " + pick("5ms", "20ms")
		}
		fmt.Fprintf(&pops, "  %s: {shape: %d, neuron: %s, params: {%s}}\n", name, 24+r.IntN(180), neuron, params)
		for range 1 + r.IntN(2) {
			link(names[r.IntN(len(names))], name, r.IntN(100))
		}
		if r.IntN(2) == 0 {
			link(name, name, r.IntN(100))
		}
		names = append(names, name)
	}
	return fmt.Sprintf("network: crowded\ntick: 1ms\ninputs: {in: {shape: %d}}\npopulations:\n%sprojections:\n%soutputs: [p0]\n", 16+r.IntN(100), &pops, &links)
}

// tiles counts the cores of a network on a target that are tiles.
func tiles(t *testing.T, net *network.Network, target *targets.Target) (tiles int) {
	t.Helper()
	res, err := compiler.Compile(context.Background(), net, target.Name, &target.Arch, compiler.Options{Effort: 1})
	if err != nil {
		t.Fatal(err)
	}
	for k := range res.Image.Cores {
		if _, ok := core.New(core.NewSpecOn(res.Image, k, target, new(core.Memory)).Planned(kernel.Options{})).Tile(); ok {
			tiles++
		}
	}
	return tiles
}

// Full cores do what the oracle does, too, whichever way they are run.
func TestCrowdedCoresEqualTheOracle(t *testing.T) {
	narrow, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	narrow.Name, narrow.Arch.StateBits = "narrow", 16
	all := []*targets.Target{narrow}
	for _, name := range []string{"xbar256", "xbar1k"} {
		target, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, target)
	}
	const networks = 24
	ran, tiled := make([]int, len(all)), make([]int, len(all))
	for seed := range uint64(networks) {
		text := crowded(seed)
		net, err := network.Parse("crowded.yaml", []byte(text))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		run := difftest.NewRun(seed, net, 40)
		for k, target := range all {
			var user *diag.Error
			if err := difftest.Compare(net, target, run); errors.As(err, &user) {
				t.Logf("seed %d does not fit %s: %v", seed, target.Name, err)
				continue
			} else if err != nil {
				t.Errorf("seed %d on %s: %v\n%s", seed, target.Name, err, text)
			}
			ran[k]++
			tiled[k] += tiles(t, net, target)
		}
	}
	for k, target := range all {
		t.Logf("%s: %d networks, %d cores are tiles", target.Name, ran[k], tiled[k])
	}
	if all := tiled[0] + tiled[1] + tiled[2]; all < 4*networks {
		t.Errorf("%d cores are tiles: too few to say much", all)
	}
}
