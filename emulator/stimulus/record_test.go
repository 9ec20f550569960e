package stimulus_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/hdf5"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// record is a run of three populations, the middle one of which never fires.
func record() *stimulus.Record {
	return &stimulus.Record{
		Groups: []stimulus.Group{{Name: "hidden", First: 0, N: 3}, {Name: "rest", First: 3, N: 2}, {Name: "out.put", First: 5, N: 2}},
		Spikes: []stimulus.Spike{{Tick: 1, Neuron: 2}, {Tick: 1, Neuron: 6}, {Tick: 4, Neuron: 0}, {Tick: 5, Neuron: 5}},
		Ticks:  8, Tick: 0.5e-3,
	}
}

func written(t *testing.T, r *stimulus.Record, name string) []byte {
	t.Helper()
	var out, again bytes.Buffer
	if err := r.Write(name, &out); err != nil {
		t.Fatal(err)
	}
	if err := r.Write(name, &again); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Errorf("%s: written again it differs, or fails: %v", name, err)
	}
	return out.Bytes()
}

func TestRecordAsText(t *testing.T) {
	want := "tick,population,index\n1,hidden,2\n1,out.put,1\n4,hidden,0\n5,out.put,0\n"
	for _, name := range []string{"-", "a.csv", "a"} {
		if diff := cmp.Diff(want, string(written(t, record(), name))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestRecordAsArrays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.NPZ")
	if err := os.WriteFile(path, written(t, record(), path), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]float64{"tick": {1, 1, 4, 5}, "population": {0, 2, 0, 2}, "index": {2, 1, 0, 0}} {
		a, err := ndarray.Load(path, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, a.Data); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	names, err := ndarray.Names(path)
	if diff := cmp.Diff([]string{"index", "names", "population", "tick"}, names); diff != "" || err != nil {
		t.Errorf("error %v, arrays (-want +got)\n%s", err, diff)
	}
}

func TestRecordAsNIRData(t *testing.T) {
	for _, name := range []string{"a.h5", "a.hdf5", "a.nird"} {
		f, err := hdf5.Open(name, written(t, record(), name))
		if err != nil {
			t.Fatal(err)
		}
		attr := func(g *hdf5.Group, name string) any {
			a, err := g.Attr(name)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := a.Strings(); err == nil {
				return s[0]
			}
			v, err := a.Floats()
			if err != nil {
				t.Fatal(err)
			}
			return v[0]
		}
		if got := attr(f.Root(), "__type__"); got != "NIRGraphData" {
			t.Errorf("the root is %v", got)
		}
		for _, want := range []struct {
			name      string
			n         float64
			idx, time []float64
		}{
			{"hidden", 3, []float64{2, 0}, []float64{0.5e-3, 2e-3}},
			{"rest", 2, []float64{}, []float64{}},
			{"out.put", 2, []float64{1, 0}, []float64{0.5e-3, 2.5e-3}},
		} {
			node, err := f.Root().Group("nodes/" + want.name)
			if err != nil {
				t.Fatal(err)
			}
			spikes, err := node.Group("observables/spikes")
			if err != nil {
				t.Fatal(err)
			}
			got := []any{attr(node, "__type__"), attr(spikes, "__type__"), attr(spikes, "n_neurons"), attr(spikes, "t_max")}
			if diff := cmp.Diff([]any{"NIRNodeData", "EventData", want.n, 4e-3}, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", want.name, diff)
			}
			for array, want := range map[string][]float64{"idx": want.idx, "time": want.time} {
				d, err := spikes.Dataset(array)
				if err != nil {
					t.Fatal(err)
				}
				v, err := d.Floats()
				if diff := cmp.Diff(want, v); diff != "" || err != nil || d.Shape()[0] != 1 || d.Shape()[1] != len(want) {
					t.Errorf("%s: error %v, shape %v (-want +got)\n%s", d.Path(), err, d.Shape(), diff)
				}
			}
		}
	}
}

func TestRecordOfNobody(t *testing.T) {
	r := record()
	r.Spikes = append(r.Spikes, stimulus.Spike{Tick: 6, Neuron: 7})
	for _, name := range []string{"a.csv", "a.npz", "a.h5"} {
		if err := r.Write(name, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: a neuron of no population was written", name)
		}
	}
}
