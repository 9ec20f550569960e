package ranc

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// goldenFolders returns the folders with recordings: our own, and RANC's below
// the folder that the environment names.
func goldenFolders(t testing.TB) []string {
	root := os.Getenv("WEFT_GOLDEN")
	if root == "" {
		shared := os.Getenv("WEFT_SHARED")
		if shared == "" {
			shared = filepath.Join("..", "..", "..", "shared")
		}
		root = filepath.Join(shared, "golden")
	}
	asked := os.Getenv("WEFT_GOLDEN") != ""
	if _, err := os.Stat(root); err != nil && asked {
		t.Errorf("WEFT_GOLDEN is %s: %v", root, err)
	}
	root = filepath.Join(root, "ranc")
	if _, err := os.Stat(root); err == nil {
		return []string{root, "testdata"}
	}
	t.Logf("only the recordings of testdata are replayed: %s is not here; set WEFT_GOLDEN or WEFT_SHARED", root)
	return []string{"testdata"}
}

// recorded are files that a recording has, one of which makes a folder a case:
// what it lacks of the others is then told.
var recorded = []string{"config.json", "input.json", "input.json.gz", "spikes.csv", "out.txt", "hdl_ticks.csv"}

// goldenCases returns the folders with a recording below root.
func goldenCases(t testing.TB, root string) []string {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(recorded, d.Name()) {
			return err
		}
		if dir := filepath.Dir(path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// TestGolden replays every recording and compares all that was recorded.
func TestGolden(t *testing.T) {
	replayed := map[string]bool{} // what is in both places is replayed once
	for _, root := range goldenFolders(t) {
		for _, dir := range goldenCases(t, root) {
			rel, err := filepath.Rel(root, dir)
			if err != nil {
				t.Fatal(err)
			}
			if replayed[rel] {
				continue
			}
			replayed[rel] = true
			t.Run(filepath.ToSlash(rel), func(t *testing.T) {
				compared := goldenSimulator(t, dir)
				compared = goldenHDL(t, dir) || compared
				if !compared {
					t.Errorf("%s has nothing to compare with", dir)
				}
			})
		}
	}
}

func load(t testing.TB, dir string, opt Options) (*Grid, [][]Packet) {
	t.Helper()
	cfg, packets, err := ReadFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Options = opt
	g, err := New(*cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g, packets
}

// goldenSimulator compares spikes, potentials and output with the simulator's.
func goldenSimulator(t *testing.T, dir string) bool {
	spikes, okSpikes := readRows(t, dir, "spikes.csv", "tick", "core_x", "core_y", "neuron")
	finals, okFinals := readRows(t, dir, "final_potentials.csv", "core_x", "core_y", "neuron", "potential")
	text, err := os.ReadFile(filepath.Join(dir, "out.txt"))
	if !okSpikes && !okFinals && err != nil {
		return false
	}
	for name, ok := range map[string]bool{"spikes.csv": okSpikes, "final_potentials.csv": okFinals, "out.txt": err == nil} {
		if !ok {
			t.Errorf("%s/%s: is missing, want all that the simulator writes", dir, name)
		}
	}
	g, packets := load(t, dir, Options{})
	width := g.cfg.Width
	var gotSpikes, gotFinals [][]int64
	var out []string
	pending := make([]bool, g.cfg.Bus.Outputs) // printed when the next tick begins
	runErr := g.Run(goldenTicks(t, dir, text, spikes, len(packets)), packets, func(r *Result) error {
		if r.Tick > 0 {
			out = append(out, outputLine(pending))
			clear(pending)
		}
		for _, o := range r.Outputs {
			pending[o.Axon] = true
		}
		for _, s := range r.Spikes {
			gotSpikes = append(gotSpikes, []int64{int64(r.Tick), int64(s.Core % width), int64(s.Core / width), int64(s.Neuron)})
		}
		return nil
	})
	if runErr != nil {
		t.Fatal(runErr)
	}
	if okSpikes {
		compareRows(t, dir, "spikes.csv", gotSpikes, spikes)
	}
	for _, place := range g.Cores() {
		x, y := place%width, place/width
		for n, v := range g.Potentials(x, y) {
			gotFinals = append(gotFinals, []int64{int64(x), int64(y), int64(n), v})
		}
	}
	slices.SortFunc(gotFinals, slices.Compare)
	slices.SortFunc(finals, slices.Compare)
	if okFinals {
		compareRows(t, dir, "final_potentials.csv", gotFinals, finals)
	}
	if err == nil {
		var want []string
		for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				want = append(want, line)
			}
		}
		compareLines(t, dir, "out.txt", 1, out, want)
	}
	return true
}

// goldenTicks returns how many ticks were recorded.
func goldenTicks(t *testing.T, dir string, out []byte, spikes [][]int64, packets int) int {
	data, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err == nil {
		var meta struct{ Ticks int }
		if err := json.Unmarshal(data, &meta); err != nil {
			t.Fatalf("%s/meta.json: %v", dir, err)
		}
		return meta.Ticks
	}
	if n := strings.Count(string(out), "\n"); n > 0 {
		return n
	}
	ticks := packets
	for _, row := range spikes {
		ticks = max(ticks, int(row[0]))
	}
	return ticks
}

// goldenHDL compares with the HDL's cycles, if they were recorded.
func goldenHDL(t *testing.T, dir string) bool {
	spikes, okSpikes := readRows(t, dir, "hdl_spikes.csv", "tick", "cycle_in_tick", "core", "neuron")
	outs, okOuts := readRows(t, dir, "hdl_out.csv", "tick", "cycle_in_tick", "output")
	busy, okBusy := readRows(t, dir, "hdl_ticks.csv", "tick", "core", "first_busy_cycle", "cycles_busy", "spikes")
	if !okSpikes && !okOuts && !okBusy {
		return false
	}
	ticks := 0
	for _, rows := range [][][]int64{spikes, outs, busy} {
		if len(rows) > 0 {
			ticks = max(ticks, int(rows[len(rows)-1][0]))
		}
	}
	g, packets := load(t, dir, Options{Variant: HDL})
	var gotSpikes, gotOuts, gotBusy [][]int64
	err := g.Run(ticks, packets, func(r *Result) error {
		n := map[int]int64{}
		for _, s := range r.Spikes {
			gotSpikes = append(gotSpikes, []int64{int64(r.Tick), s.Cycle, int64(s.Core), int64(s.Neuron)})
			n[s.Core]++
		}
		for _, o := range r.Outputs {
			gotOuts = append(gotOuts, []int64{int64(r.Tick), o.Cycle, int64(o.Axon)})
		}
		for i, c := range g.Cores() {
			first := int64(0)
			if r.Tick == 0 {
				first = -1
			}
			gotBusy = append(gotBusy, []int64{int64(r.Tick), int64(c), first, r.Busy[i], n[c]})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if okSpikes {
		compareRows(t, dir, "hdl_spikes.csv", gotSpikes, spikes)
	}
	if okOuts {
		compareRows(t, dir, "hdl_out.csv", gotOuts, outs)
	}
	if okBusy {
		compareRows(t, dir, "hdl_ticks.csv", gotBusy, busy)
	}
	return true
}

func outputLine(bits []bool) string {
	fields := make([]string, len(bits))
	for i, b := range bits {
		fields[i] = "0"
		if b {
			fields[i] = "1"
		}
	}
	return strings.Join(fields, " ")
}

// readRows reads the named columns of a CSV file, if the file is there.
func readRows(t *testing.T, dir, name string, columns ...string) ([][]int64, bool) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, false
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s/%s: no table: %v", dir, name, err)
	}
	if len(records) == 0 {
		t.Fatalf("%s/%s: is empty, want a header at least", dir, name)
	}
	at := map[string]int{}
	for i, c := range records[0] {
		at[strings.TrimPrefix(c, "\ufeff")] = i
	}
	rows := make([][]int64, len(records)-1)
	for i, record := range records[1:] {
		for _, c := range columns {
			k, ok := at[c]
			if !ok {
				t.Fatalf("%s/%s: column %s is missing", dir, name, c)
			}
			v, err := strconv.ParseInt(record[k], 10, 64)
			if err != nil {
				t.Fatalf("%s/%s: row %d: %v", dir, name, i+2, err)
			}
			rows[i] = append(rows[i], v)
		}
	}
	return rows, true
}

func compareRows(t *testing.T, dir, name string, got, want [][]int64) {
	t.Helper()
	lines := func(rows [][]int64) []string {
		text := make([]string, len(rows))
		for i, row := range rows {
			text[i] = strings.ReplaceAll(strings.Trim(fmt.Sprint(row), "[]"), " ", ",")
		}
		return text
	}
	compareLines(t, dir, name, 2, lines(got), lines(want))
}

// compareLines tells the first line that differs; the file's row of the first
// is given.
func compareLines(t *testing.T, dir, name string, first int, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("%s/%s: row %d: got %s, want %s (%d rows, want %d)", dir, name, i+first, g, w, len(got), len(want))
			return
		}
	}
}
