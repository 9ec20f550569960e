package network_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// arrayDir returns a directory with the array files that the networks of the
// tests and of FORMAT.md name. Numbers count up from 0 in the order stored, so
// that a test can tell where each one went.
func arrayDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	count := func(shape ...int) *ndarray.Array {
		return &ndarray.Array{Shape: shape, Data: count(network.Size(shape))}
	}
	numbers := func(x ...float64) *ndarray.Array {
		return &ndarray.Array{Shape: []int{len(x)}, Data: x}
	}
	withNaN := func(a *ndarray.Array, at int) *ndarray.Array {
		a.Data[at] = math.NaN()
		return a
	}
	for name, arrays := range map[string]map[string]*ndarray.Array{
		"mlp.npz": {
			"w1": count(6, 4), "wt": count(4, 6), "w2": count(4, 3), "w232": count(2, 3, 4),
			"b1": count(4), "nan": withNaN(count(6, 4), 9), "flat": count(24),
			"scalar": {Shape: []int{}, Data: []float64{7}},
		},
		"conv.npz": {
			"k_chw": count(2, 1, 3, 3), "k_hwc": count(3, 3, 1, 2), "k_flat": count(9, 2), "k_deep": count(4, 3, 2, 5),
			"b": count(2),
		},
		"edges.npz": {
			"pre": numbers(0, 5, 2), "post": numbers(1, 3, 1), "weight": numbers(0.5, -1, 2), "delay": numbers(1, 2, 3),
		},
		"bad.npz": {
			"pre": numbers(0, 1, 2, 3), "post": numbers(1, 3, 1), "half": numbers(0, 1, 0.5, 3),
			"nan": withNaN(count(4), 3), "zero": numbers(1, 0, 1, 1), "square": count(2, 2),
		},
		// The files of FORMAT.md.
		"mnist.npz":  {"w1": count(784, 128), "w2": count(10, 128)},
		"digits.npz": {"c1": count(8, 1, 5, 5), "b1": count(8), "fc": count(8, 12, 12, 10)},
		"worm.npz":   {"pre": numbers(0, 1), "post": numbers(1, 2), "weight": numbers(1, -1), "gap": numbers(1, 1)},
	} {
		if err := ndarray.WriteNPZ(filepath.Join(dir, name), arrays); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "one.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if err := ndarray.WriteNPY(f, count(6, 4)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"broken.npz":   "PK\x03\x04 and then nothing",
		"edges.csv":    "pre,post\n0,1\n5,3\n2,1\n",
		"synapses.csv": "from,to,w,d\n0,1,0.5,1\n5,3,-1,2\n",
		"bias.csv":     "bias,other\n0.5,1\n0.25,2\n0.125,3\n1,4\n",
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
