package rancnet_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/internal/rancnet"
	"github.com/weft-toolchain/weft/targets"
)

// recordings finds what RANC's simulator was recorded on: below WEFT_GOLDEN, or
// with the shared data.
func recordings(t *testing.T) []string {
	t.Helper()
	golden := os.Getenv("WEFT_GOLDEN")
	if golden == "" {
		shared := os.Getenv(paths.Shared)
		if shared == "" {
			shared = filepath.Join("..", "..", "..", "shared")
		}
		golden = filepath.Join(shared, "golden")
	}
	found, err := filepath.Glob(filepath.Join(golden, "ranc", "*", "out.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skipf("no recordings of RANC here; set WEFT_GOLDEN or %s", paths.Shared)
	}
	return found
}

// bus is the output bus by tick: the lines that a row of out.txt has a 1 in. The
// file begins with a byte order mark; its first row is what was there before the
// first tick.
func bus(t *testing.T, path string, lines int) [][]bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]bool
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		row := strings.TrimPrefix(strings.TrimSpace(s.Text()), "\ufeff")
		set := make([]bool, lines)
		for k, c := range strings.ReplaceAll(row, " ", "") {
			if k < lines {
				set[k] = c == '1'
			}
		}
		out = append(out, set)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out[1:]
}

// Imported, compiled and run, RANC's networks drive the output bus as they do in
// RANC's simulator, line for line and tick for tick.
func TestImportedNetworksDriveTheBus(t *testing.T) {
	for _, path := range recordings(t) {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			res, err := rancnet.Import(filepath.Dir(path), name, "net.npz")
			if err != nil {
				t.Fatal(err)
			}
			for _, note := range res.Notes {
				if strings.Contains(note, "several sources") {
					t.Skip(note)
				}
			}
			if err := ndarray.WriteNPZ(filepath.Join(dir, "net.npz"), res.Arrays); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "target.yaml")
			if err := os.WriteFile(file, []byte(res.Target), 0o644); err != nil {
				t.Fatal(err)
			}
			chip, err := targets.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(name, "mnist") {
				chip.Arch.StateBits = 32 // the simulator's potentials do not wrap
			}
			net, err := network.Parse(filepath.Join(dir, "net.yaml"), []byte(res.YAML))
			if err != nil {
				t.Fatal(err)
			}
			built, err := compiler.Compile(t.Context(), net, chip.Name, &chip.Arch, compiler.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want := bus(t, path, res.Outputs)
			ones, wrong := 0, 0
			for tick, set := range run(built, chip, res, len(want)) {
				for line := range set {
					if set[line] {
						ones++
					}
					if set[line] != want[tick][line] {
						wrong++
					}
				}
			}
			t.Logf("%d ticks, %d lines, %d spikes, %d differ", len(want), res.Outputs, ones, wrong)
			if wrong > 0 {
				t.Errorf("%d bits of the bus differ", wrong)
			}
			if ones == 0 && strings.HasPrefix(name, "mnist") {
				t.Error("the bus is silent: the test is idle")
			}
		})
	}
}

// run returns the lines of the bus by tick.
func run(built *compiler.Result, chip *targets.Target, res *rancnet.Result, ticks int) [][]bool {
	lines := map[int32]int{}
	for _, l := range res.Bus {
		for k, g := range built.Graph.Populations {
			if g.Name == l.Population {
				lines[int32(built.Graph.Populations[k].First+l.Index)] = l.Line
			}
		}
	}
	spikes := map[int][]int32{}
	for _, s := range res.Spikes {
		spikes[s.Tick] = append(spikes[s.Tick], int32(s.Index))
	}
	m := emulator.New(emulator.NewChip(built.Image, chip.Timing, emulator.Cycle))
	m.Preload(spikes[0])
	out := make([][]bool, ticks)
	for t := range out {
		out[t] = make([]bool, res.Outputs)
		for _, n := range m.Tick(spikes[t+1]) {
			if line, ok := lines[n]; ok {
				out[t][line] = true
			}
		}
	}
	return out
}

// A folder that is none of RANC's is told, and nothing is made of it.
func TestBrokenFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := rancnet.Import(dir, "x", "x.npz"); err == nil || !strings.Contains(err.Error(), "config.json") {
		t.Errorf("an empty folder: %v, want a message that names config.json", err)
	}
	for name, text := range map[string]string{"config.json": "{", "input.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rancnet.Import(dir, "x", "x.npz"); err == nil || !strings.Contains(fmt.Sprint(err), "config.json:1:1") {
		t.Errorf("a broken config.json: %v, want its line", err)
	}
}

// A short file can mean very many synapses: each neuron drives the one axon that each
// is connected to.
func TestTooManySynapsesAreRefused(t *testing.T) {
	const n = 9000
	repeated := func(text string) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	neuron := `{"reset_potential": 0, "weights": [1], "leak": 1, "positive_threshold": 1, "negative_threshold": 0,
		"destination_core_offset": [0, 0], "destination_axon": 0, "destination_tick": 0, "current_potential": 0, "reset_mode": 0}`
	dir := t.TempDir()
	for name, text := range map[string]string{
		"config.json": fmt.Sprintf(`{"num_neurons": %d, "num_axons": 1, "num_cores_x": 2, "num_cores_y": 1, "num_weights": 1, "max_tick_offset": 16, "neuron_reset_type": 0}`, n),
		"input.json": fmt.Sprintf(`{"packets": [], "output_bus": {"coordinates": [1, 0], "num_outputs": 1}, "cores": [{"axons": [0], "coordinates": [0, 0],
			"neurons": [%s], "connections": [%s]}]}`, repeated(neuron), repeated("[1]")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rancnet.Import(dir, "x", "x.npz"); err == nil || !strings.Contains(err.Error(), "synapses") || !strings.HasSuffix(err.Error(), "[too-large]") {
		t.Errorf("error %v, want one of too many synapses", err)
	}
}
