package compiler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// several has edges in no order, delays of their own, a kernel and a pool: whatever
// synapses may come from.
const several = `
inputs: {in: {shape: [1, 6, 6]}}
populations:
  a: {shape: [2, 4, 4], neuron: if, params: {threshold: 3}}
  b: {shape: [2, 2, 2], neuron: lif, params: {tau: 9ms}}
  c: {shape: 40, neuron: if, params: {threshold: 2}}
projections:
  - {from: in, to: a, connect: {conv2d: {kernel: 3}}, weights: {integer: [-3, 3], seed: 1}}
  - {from: a, to: b, connect: {avg_pool: {kernel: 2}}, weights: 3}
  - {from: b, to: c, connect: dense, weights: {normal: [0, 1], seed: 2}, delay: {integer: [1, 5], seed: 2}}
  - {from: c, to: c, connect: {list: [[3, 9, 1, 2], [0, 7, 2], [3, 1, -1], [0, 7, 1, 2], [39, 0, 2]]}}
  - {from: c, to: a, connect: {sparse: {in_degree: 3, seed: 4}}, weights: {uniform: [-1, 1], seed: 3}}
outputs: [c]
`

// A compilation that lets go of what it does not need finds the same.
func TestReleaseChangesNothingButMemory(t *testing.T) {
	for _, target := range []string{"xbar256", "xbar1k", "loihi"} {
		chip := load(t, target)
		compile := func(release bool) (*Result, []byte) {
			res, err := Compile(t.Context(), parse(t, several), chip.Name, &chip.Arch, Options{Release: release})
			if err != nil {
				t.Fatal(err)
			}
			data, err := res.Image.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			return res, data
		}
		kept, want := compile(false)
		let, got := compile(true)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the image is another", target)
		}
		a, b := kept.Report(want), let.Report(got)
		a.Seconds, b.Seconds = nil, nil
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: the report is another:\n%s", target, diff)
		}
		if diff := cmp.Diff(kept.Explain(2), let.Explain(2)); diff != "" {
			t.Errorf("%s: the explanation is another:\n%s", target, diff)
		}
		for k := range let.Graph.Projections {
			if let.Graph.Net.Projections[k].Connect.Pre != nil || let.Quantized.Weights[k] != nil || let.Quantized.Projections[k].Weight.Len() > 0 {
				t.Errorf("%s: projection %d holds what nobody needs", target, k)
			}
		}
	}
}

// Steps only ever rise, to the last; and wherever a compilation is cancelled, it ends
// with that and no result.
func TestACompilationTellsHowFarItIsAndEndsWhenCancelled(t *testing.T) {
	chip := load(t, "xbar256")
	var told []int
	last := 0
	progress := func(done, total int) { told, last = append(told, done), total }
	if _, err := Compile(t.Context(), parse(t, several), chip.Name, &chip.Arch, Options{Progress: progress}); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(told) || len(told) < 12 || told[len(told)-1] != last {
		t.Errorf("told of %v of %d steps", told, last)
	}
	for _, at := range told {
		ctx, cancel := context.WithCancel(t.Context())
		res, err := Compile(ctx, parse(t, several), chip.Name, &chip.Arch, Options{Progress: func(done, _ int) {
			if done >= at {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) || res != nil {
			t.Errorf("cancelled after %d steps: %v", at, fmt.Sprint(err))
		}
		cancel()
	}
}
