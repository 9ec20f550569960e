package examples

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/golden"
)

// behaviour is one of truenorth's networks, and what it must do.
type behaviour struct {
	name  string
	ticks int
	// spikes are `tick,population,index`, potentials the cell's after each tick,
	// where they are told.
	spikes     []string
	potentials []string
}

// rows reads a table of the folder without its header.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("truenorth", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func behaviours(t *testing.T) []*behaviour {
	t.Helper()
	var out []*behaviour
	byName := map[string]*behaviour{}
	for _, r := range rows(t, "ticks.csv") {
		ticks, err := strconv.Atoi(r[1])
		if err != nil {
			t.Fatal(err)
		}
		byName[r[0]] = &behaviour{name: r[0], ticks: ticks}
		out = append(out, byName[r[0]])
	}
	for _, r := range rows(t, "expected.csv") {
		byName[r[0]].spikes = append(byName[r[0]].spikes, strings.Join(r[1:], ","))
	}
	for _, r := range rows(t, "potentials.csv") {
		byName[r[0]].potentials = append(byName[r[0]].potentials, r[2])
	}
	return out
}

// The 20 behaviours are those of expected.csv, on the oracle and on every chip
// that they fit, spike for spike; README.md shows them.
func TestTrueNorthHasTheTwentyBehaviours(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("truenorth", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := behaviours(t)
	files, _ := filepath.Glob("truenorth/*.yaml")
	if len(all) != 20 || len(files) != 20 {
		t.Fatalf("%d behaviours and %d networks, want 20", len(all), len(files))
	}
	var out bytes.Buffer
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			net, err := network.Load(filepath.Join("truenorth", b.name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			spikes := stimulusOf(t, filepath.Join("truenorth", b.name+".csv"), net)
			var fits []string
			for _, target := range builtIn(t) {
				if target.Arch.Controller.EventDriven() {
					continue // it has no ticks
				}
				res := compile(t, net, target, network.Quantise{})
				if res == nil {
					continue
				}
				fits = append(fits, target.Name)
				want := interp.Quantized(res.Quantized, interp.Stimulus{Spikes: spikes}, b.ticks)
				if got := spikesAsText(net, want); !slices.Equal(got, b.spikes) {
					t.Errorf("%s: spikes\n%v, want\n%v", target.Name, got, b.spikes)
				}
				same(t, res, target, emulator.Cycle, spikes, b.ticks, want)
				if len(b.potentials) > 0 {
					m := emulator.New(emulator.NewChip(res.Image, target.Timing, emulator.Functional))
					if got := potentials(m, spikes, b.ticks); !slices.Equal(got, b.potentials) {
						t.Errorf("%s: potentials\n%v, want\n%v", target.Name, got, b.potentials)
					}
				}
			}
			if !slices.Contains(fits, "xbar256") && !slices.Contains(fits, "loihi") {
				t.Errorf("fits %v, want xbar256 or loihi among them", fits)
			}
			picture := raster(net, spikes, b)
			if !strings.Contains(string(readme), picture) {
				t.Errorf("README.md does not have this picture:\n%s", picture)
			}
			fmt.Fprintf(&out, "%s, on %s\n%s\n", b.name, strings.Join(fits, ", "), picture)
		})
	}
	golden.Check(t, filepath.Join("truenorth", "want.txt"), out.Bytes())
}

// spikesAsText writes spikes as expected.csv does.
func spikesAsText(net *network.Network, r *interp.Result) []string {
	out := make([]string, 0, len(r.Spikes))
	for _, s := range r.Spikes { // every population is one neuron
		out = append(out, fmt.Sprintf("%d,%s,0", s.Tick, net.Populations[s.Neuron].Name))
	}
	return out
}

// potentials runs a machine and returns the first neuron's after each tick.
func potentials(m *emulator.Machine, spikes [][]int32, ticks int) []string {
	var out []string
	for t := range ticks {
		var in []int32
		if t < len(spikes) {
			in = spikes[t]
		}
		m.Tick(in)
		out = append(out, fmt.Sprint(m.State(0, 0)))
	}
	return out
}

// raster draws a line for each input and neuron, a column a tick.
func raster(net *network.Network, spikes [][]int32, b *behaviour) string {
	var names []string
	marks := map[string][]byte{}
	line := func(name string) {
		names = append(names, name)
		marks[name] = bytes.Repeat([]byte("."), b.ticks)
	}
	for _, in := range net.Inputs {
		line(in.Name)
	}
	for k := range net.Populations {
		line(net.Populations[k].Name)
	}
	for t, list := range spikes {
		for _, i := range list {
			marks[net.Inputs[i].Name][t] = '|'
		}
	}
	for _, s := range b.spikes {
		f := strings.Split(s, ",")
		tick, _ := strconv.Atoi(f[0])
		marks[f[1]][tick-1] = '|'
	}
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	var out strings.Builder
	for _, n := range names {
		fmt.Fprintf(&out, "%-*s  %s\n", width, n, marks[n])
	}
	return out.String()
}
