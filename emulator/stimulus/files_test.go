package stimulus_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

var groups = []stimulus.Group{
	{Name: "image", First: 0, N: 4},
	{Name: "say, \"x\"", First: 4, N: 2},
}

var one = groups[:1]

func TestReadCSV(t *testing.T) {
	tests := []struct {
		name, text string
		groups     []stimulus.Group
		want       *stimulus.Train
	}{
		{"sorted", "tick,population,index\n1,image,0\n1,image,3\n3,image,1\n", groups, &stimulus.Train{Ticks: 3, Spikes: [][]int32{{0, 3}, nil, {1}}}},
		{"any order, twice, CRLF, comments", "# by hand\r\ntick,population,index\r\n3,image,1\r\n1,image,3\r\n# and\r\n1,image,0\r\n3,image,1\r\n", groups, &stimulus.Train{Ticks: 3, Spikes: [][]int32{{0, 3}, nil, {1}}}},
		{"second input, quoted", "tick,population,index\n2,\"say, \"\"x\"\"\",1\n", groups, &stimulus.Train{Ticks: 2, Spikes: [][]int32{nil, {5}}}},
		{"columns in another order", "index,tick,population\n3,1,image\n", groups, &stimulus.Train{Ticks: 1, Spikes: [][]int32{{3}}}},
		{"one input without a name", "tick,index\n1,2\n", one, &stimulus.Train{Ticks: 1, Spikes: [][]int32{{2}}}},
		{"no spikes", "tick,population,index\n", groups, &stimulus.Train{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := stimulus.ReadCSV("in.csv", strings.NewReader(test.text), test.groups)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	const h = "tick,population,index\n"
	tests := []struct{ name, text, want string }{
		{"empty", "", "in.csv: is empty, want at least the header tick,population,index [bad-stimulus]"},
		{"no header", "1,image,0\n", `in.csv:1:1: want the header tick,population,index, have "1,image,0"`},
		{"column twice", "tick,index,index\n", `in.csv:1:1: want the header`},
		{"which input", "tick,index\n1,2\n", `in.csv:1:1: want the header tick,population,index, have "tick,index"`},
		{"unknown input", h + "1,imag,0\n", `in.csv:2:3: the network has no input "imag"; did you mean "image"? [bad-stimulus]`},
		{"unlike any input", h + "1,xyzzy,0\n", `the network has no input "xyzzy"; its inputs are image, say`},
		{"tick before 0", h + "-1,image,0\n", "in.csv:2:1: tick is -1, want 0 to 16777216"},
		{"late tick", h + "16777217,image,0\n", "in.csv:2:1: tick is 16777217, want 0 to 16777216"},
		{"endless tick", h + "99999999999999999999,image,0\n", "in.csv:2:1: tick is 99999999999999999999, want 0 to"},
		{"fractional tick", h + "1.5,image,0\n", `in.csv:2:1: tick: want a whole number, have "1.5"`},
		{"index", h + "1,image,4\n", `in.csv:2:9: index of "image" is 4, want 0 to 3`},
		{"negative index", h + "1,image,-1\n", `index of "image" is -1, want 0 to 3`},
		{"word", h + "1,image,first\n", `in.csv:2:9: index of "image": want a whole number, have "first"`},
		{"columns", h + "1,image\n", "in.csv:2:1: has 2 columns, want 3 as in the header"},
		{"all of them", h + "-1,image,9\n1,imge,0\n", "in.csv:2:1: tick is -1, want 0 to 16777216 [bad-stimulus]\nin.csv:2:10: index of \"image\" is 9, want 0 to 3 [bad-stimulus]\nin.csv:3:3: the network has no input \"imge\""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := stimulus.ReadCSV("in.csv", strings.NewReader(test.text), groups)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestLoadReadsWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	spikes := []stimulus.Spike{{1, 0}, {1, 5}, {4, 3}, {4, 4}}
	want := &stimulus.Train{Ticks: 4, Spikes: [][]int32{{0, 5}, nil, nil, {3, 4}}}
	var text bytes.Buffer
	if err := stimulus.WriteCSV(&text, spikes, groups); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, _ = gz.Write(text.Bytes())
	_ = gz.Close()
	for name, content := range map[string][]byte{"a.csv": text.Bytes(), "a.csv.gz": packed.Bytes()} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		got, _, err := stimulus.Load(path, groups, stimulus.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	cut := filepath.Join(dir, "cut.csv.gz")
	if err := os.WriteFile(cut, packed.Bytes()[:packed.Len()-6], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := stimulus.Load(cut, groups, stimulus.Options{}); err == nil || !strings.Contains(err.Error(), cut+": is cut short: the gzip stream ends") {
		t.Errorf("cut file: got %v", err)
	}
	if _, _, err := stimulus.Load(filepath.Join(dir, "none.csv"), groups, stimulus.Options{}); err == nil || !strings.Contains(err.Error(), "none.csv: no such file [missing-file]") {
		t.Errorf("no file: got %v", err)
	}
}

func TestLoadNPZ(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.npz")
	load := func(groups []stimulus.Group, tick, index []float64) (*stimulus.Train, error) {
		err := ndarray.WriteNPZ(path, map[string]*ndarray.Array{
			"tick":  {Shape: []int{len(tick)}, Data: tick, Type: ndarray.Int32},
			"index": {Shape: []int{len(index)}, Data: index},
		})
		if err != nil {
			t.Fatal(err)
		}
		train, _, err := stimulus.Load(path, groups, stimulus.Options{})
		return train, err
	}
	got, err := load(one, []float64{2, 1, 2}, []float64{3, 0, 3})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&stimulus.Train{Ticks: 2, Spikes: [][]int32{{0}, {3}}}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	tests := []struct {
		name        string
		groups      []stimulus.Group
		tick, index []float64
		want        string
	}{
		{"two inputs", groups, nil, nil, "serves networks of one input, this one has 2; use .csv"},
		{"lengths", one, []float64{1}, nil, `array "tick" has 1 elements, array "index" has 0`},
		{"tick before 0", one, []float64{-1}, []float64{0}, `array "tick": element 0 (from 0) is -1, want a whole number from 0 to 16777216`},
		{"index", one, []float64{1, 1}, []float64{0, 4}, `array "index": element 1 (from 0) is 4, want a whole number from 0 to 3`},
		{"fraction", one, []float64{1}, []float64{0.5}, `array "index": element 0 (from 0) is 0.5`},
	}
	for _, test := range tests {
		if _, err := load(test.groups, test.tick, test.index); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestWriteCSV(t *testing.T) {
	var out bytes.Buffer
	if err := stimulus.WriteCSV(&out, []stimulus.Spike{{1, 0}, {1, 4}, {2, 3}}, groups); err != nil {
		t.Fatal(err)
	}
	want := "tick,population,index\n1,image,0\n1,\"say, \"\"x\"\"\",0\n2,image,3\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := stimulus.WriteCSV(&out, []stimulus.Spike{{1, 6}}, groups); err == nil {
		t.Error("a neuron of no population was written")
	}
	if err := stimulus.WriteCSV(full{}, []stimulus.Spike{{1, 0}}, groups); !errors.Is(err, errFull) {
		t.Errorf("got %v, want the writer's error", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("tick,population,index\n1,image,0\n3,image,3\n"))
	f.Add([]byte("# x\r\nindex,tick\r\n\"1\",2\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		train, err := stimulus.ReadCSV("in.csv", bytes.NewReader(text), groups)
		if err != nil {
			golden.Told(t, err, "in.csv", text)
			return
		}
		if train.Ticks != len(train.Spikes) {
			t.Fatalf("%d ticks, %d lists", train.Ticks, len(train.Spikes))
		}
		// What is written reads back the same.
		var spikes []stimulus.Spike
		for i, ids := range train.Spikes {
			for _, id := range ids {
				spikes = append(spikes, stimulus.Spike{Tick: int32(i + 1), Neuron: id})
			}
		}
		var out bytes.Buffer
		if err := stimulus.WriteCSV(&out, spikes, groups); err != nil {
			t.Fatal(err)
		}
		again, err := stimulus.ReadCSV("out.csv", &out, groups)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(train, again); diff != "" {
			t.Fatalf("(-first +again)\n%s", diff)
		}
	})
}
