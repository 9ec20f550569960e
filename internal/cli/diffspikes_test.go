package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// FuzzSpikeFiles reads two spike files that name their populations themselves: each
// spike is of one of them, and a file is as itself.
func FuzzSpikeFiles(f *testing.F) {
	f.Add([]byte("tick,population,index\n1,a,0\n3,b,7\n"), []byte("index,tick\n\"5\",2\n"), false)
	dir := f.TempDir()
	path := filepath.Join(dir, "seed.npz")
	if err := ndarray.WriteNPZ(path, map[string]*ndarray.Array{
		"tick": {Shape: []int{2}, Data: []float64{1, 2}}, "population": {Shape: []int{2}, Data: []float64{0, 1}}, "index": {Shape: []int{2}, Data: []float64{9, 0}},
	}); err != nil {
		f.Fatal(err)
	}
	npz := golden.Files(f, path)[0]
	f.Add(npz, npz, true)
	f.Fuzz(func(t *testing.T, first, second []byte, isNPZ bool) {
		paths := [2]string{filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv")}
		if isNPZ {
			paths = [2]string{filepath.Join(dir, "a.npz"), filepath.Join(dir, "b.npz")}
		}
		for k, content := range [][]byte{first, second} {
			if err := os.WriteFile(paths[k], content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		trains, groups, err := loadSpikeFiles(paths)
		if err != nil {
			golden.Told(t, err, "", nil)
			return
		}
		n := 0
		for _, g := range groups {
			if int(g.First) != n || g.N < 1 {
				t.Fatalf("populations %+v", groups)
			}
			n += g.N
		}
		for _, train := range trains {
			for tick := range train.Ticks + 1 {
				for _, id := range train.At(tick) {
					if id < 0 || int(id) >= n {
						t.Fatalf("neuron %d of %d", id, n)
					}
				}
			}
		}
		p, err := diffFiles([2]string{paths[0], paths[0]})
		if err != nil || !p.Equal || p.Spikes[0] != trains[0].Count() {
			t.Errorf("with itself: %+v, %v; want %d equal spikes", p, err, trains[0].Count())
		}
	})
}
