package main

import (
	"hash/fnv"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/ndarray"
)

func testSamples(t *testing.T) []sample {
	t.Helper()
	samples, err := load("../digits.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

func TestShippedWeightsClassifyHeldOutDigits(t *testing.T) {
	net := newMLP()
	for name, want := range net.arrays() {
		got, err := ndarray.Load("../digits.npz", name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Shape, got.Shape); diff != "" {
			t.Fatalf("shape of %s (-want +got):\n%s", name, diff)
		}
		copy(want.Data, got.Data)
	}
	test := testSamples(t)[firstTest:]
	if got := accuracy(test, net.classifySpiking); got.correct < 343 {
		t.Errorf("spiking, held out: %v, want at least 343", got)
	}
}

// One epoch is enough to pass through every line of the training; its result
// on one machine is its result on all, to the last bit.
func TestTrainingGivesTheSameBitsOnEveryMachine(t *testing.T) {
	samples := testSamples(t)[:firstTest]
	net := train(samples, 1)
	net.normalise(samples)
	h := fnv.New64a()
	for _, x := range net.all {
		bits := math.Float64bits(x)
		for shift := 0; shift < 64; shift += 8 {
			h.Write([]byte{byte(bits >> shift)})
		}
	}
	if got, want := h.Sum64(), uint64(0x48a854927e96233c); got != want {
		t.Errorf("hash of the parameters: got %#x, want %#x", got, want)
	}
}

func TestRunWritesAllArrays(t *testing.T) {
	out := filepath.Join(t.TempDir(), "digits.npz")
	if err := run("../digits.csv.gz", out, 1); err != nil {
		t.Fatal(err)
	}
	names, err := ndarray.Names(out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b1", "b2", "w1", "w2"}, names); diff != "" {
		t.Errorf("arrays (-want +got):\n%s", diff)
	}
}
