package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/targets"
)

// recording is a table of spikes by tick and population, as the authors of the
// memory published it: neurons[t][column].
type recording struct {
	cues, contents int
	// in and out are the spikes of the inputs and of the populations, in the order
	// of the network file.
	in, out [][][]int
}

// columns are those of the file, the two inputs first; populations come in
// another order than in the network file.
var columns = []string{
	"INcue", "INcont", "CA3cueCueRecall", "CA3contCueRecall", "CA3contCond", "CA3contCondInt",
	"CA3cueContRecall", "CA3contContRecall", "CA3MergeCue", "CA3MergeCont", "OUTcue", "OUTcont",
}

func read(t *testing.T, path string) *recording {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(table) < 2 {
		t.Fatalf("%s has no rows", path)
	}
	at := make([]int, len(columns))
	for c, name := range columns {
		if at[c] = slices.Index(table[0], name); at[c] < 1 {
			t.Fatalf("%s has no column %q, but %q", path, name, table[0])
		}
	}
	r := &recording{}
	for k, row := range table[1:] {
		if row[0] != fmt.Sprint(k) {
			t.Fatalf("%s: row %d is of tick %s", path, k, row[0])
		}
		cells := make([][]int, len(columns))
		for c := range columns {
			text := row[at[c]]
			if text == "-" || text == "" {
				continue
			}
			if err := json.Unmarshal([]byte(text), &cells[c]); err != nil {
				t.Fatalf("%s: row %d, column %s: %v", path, k, columns[c], err)
			}
			if slices.Sort(cells[c]); len(cells[c]) > 0 && cells[c][0] < 0 {
				t.Fatalf("%s: row %d, column %s: there is no neuron %d", path, k, columns[c], cells[c][0])
			}
		}
		// The sizes are not written: they are those of the largest index.
		for _, c := range []int{0, 2, 6, 8, 10} {
			r.cues = max(r.cues, slices.Max(append(cells[c], -1))+1)
		}
		for _, c := range []int{1, 3, 4, 7, 9, 11} {
			r.contents = max(r.contents, slices.Max(append(cells[c], -1))+1)
		}
		r.in = append(r.in, cells[:2])
		r.out = append(r.out, cells[2:])
	}
	return r
}

// recordings finds what was recorded on SpiNNaker.
func recordings(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv(paths.Shared)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(dir, "data", "ca3_cam", "*spikes*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("the recordings are not here; set %s", paths.Shared)
	}
	return files
}

// The memory does on the chip, cell for cell of tick and population, what it did
// on SpiNNaker: it learns, recalls by cue and by content, and forgets.
func TestCA3EqualsTheRecording(t *testing.T) {
	target, err := targets.Load(filepath.Join("..", "target.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range recordings(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".csv"), func(t *testing.T) {
			r := read(t, path)
			net, err := network.Parse("network.yaml", []byte(Network(r.cues, r.contents)))
			if err != nil {
				t.Fatal(err)
			}
			res, err := compiler.Compile(t.Context(), net, target.Name, &target.Arch, compiler.Options{Effort: 1})
			if err != nil {
				t.Fatal(err)
			}
			stim := r.stimulus()
			m := emulator.New(emulator.NewChip(res.Image, target.Timing, emulator.Cycle))
			mismatched, spikes := 0, 0
			var chip []interp.Spike
			for k := range r.out {
				cells := make([][]int, len(net.Populations))
				for _, n := range m.Tick(stim.Spikes[k]) {
					chip = append(chip, interp.Spike{Tick: int32(k + 1), Neuron: n})
					for p, g := range res.Graph.Populations {
						if local := int(n) - g.First; local >= 0 && local < g.N {
							cells[p] = append(cells[p], local)
							spikes++
						}
					}
				}
				for p, got := range cells {
					if want := r.out[k][p]; !slices.Equal(got, want) {
						mismatched++
						t.Errorf("tick %d, %s: the chip has %v, the recording %v", k, columns[p+2], got, want)
					}
				}
			}
			t.Logf("%d cues, %d contents: %d mismatched cells of %d, %d spikes", r.cues, r.contents, mismatched, len(r.out)*len(net.Populations), spikes)
			if spikes == 0 {
				t.Error("nothing fired: the test is idle")
			}
			if diff := cmp.Diff(interp.Quantized(res.Quantized, stim, len(r.out)).Spikes, chip); diff != "" {
				t.Errorf("the oracle and the chip differ (-oracle +chip):\n%s", diff)
			}
		})
	}
}

// stimulus returns the recorded inputs; row t of the file is tick t+1.
func (r *recording) stimulus() interp.Stimulus {
	var s interp.Stimulus
	for _, cells := range r.in {
		var list []int32
		for _, i := range cells[0] {
			list = append(list, int32(i))
		}
		for _, i := range cells[1] {
			list = append(list, int32(r.cues+i))
		}
		s.Spikes = append(s.Spikes, list)
	}
	return s
}

func TestNetworkFileIsAsWritten(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("..", "network.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), Network(5, 10)); diff != "" {
		t.Errorf("network.yaml (-file +written):\n%s", diff)
	}
}
