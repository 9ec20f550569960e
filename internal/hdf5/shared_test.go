package hdf5

import (
	"os"
	"path/filepath"
	"testing"
)

// shared finds what matches a pattern among the shared data, or skips the test.
func shared(t testing.TB, pattern string) []string {
	t.Helper()
	for _, dir := range []string{os.Getenv("WEFT_SHARED"), "../../../shared"} {
		if files, _ := filepath.Glob(filepath.Join(dir, pattern)); dir != "" && len(files) > 0 {
			return files
		}
	}
	t.Skipf("no shared data here (set WEFT_SHARED): %s", pattern)
	return nil
}

// TestTrainedNetworks reads everything in the files of others, where every
// object must be of a kind that is read.
func TestTrainedNetworks(t *testing.T) {
	for _, name := range append(shared(t, "data/nir/*.nir"), shared(t, "data/loihi/*.net")...) {
		f, err := OpenFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		err = f.Walk(func(_ string, o Object, err error) error {
			if d, ok := o.(*Dataset); ok && err == nil {
				if d.Type().Kind == String {
					_, err = d.Strings()
				} else {
					_, err = d.Floats()
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if n := walkAll(t, f); n < 15 {
			t.Errorf("%s: %d objects, want more", name, n)
		}
	}
}

func TestTinyNet(t *testing.T) {
	f, err := OpenFile(shared(t, "data/loihi/tiny.net")[0])
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Root().Dataset("layer/1/weight")
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.Floats()
	if err != nil {
		t.Fatal(err)
	}
	lo, hi, sum := w[0], w[0], 0.0
	for _, v := range w {
		lo, hi, sum = min(lo, v), max(hi, v), sum+v
	}
	if len(w) != 24*3*5*5 || lo != -10 || hi != 10 {
		t.Errorf("%d weights from %v to %v (sum %v), want 1800 from -10 to 10", len(w), lo, hi, sum)
	}
}
