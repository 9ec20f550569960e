package odin

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// copyCase copies a recording that is kept here into a folder of its own, and
// returns the folder.
func copyCase(t *testing.T, m Model) string {
	t.Helper()
	dir := t.TempDir()
	kept := filepath.Join("testdata", m.String(), "case00_tiny")
	err := filepath.WalkDir(kept, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, d.Name()), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestMalformedRecordings: a recording that is damaged, or that is not of this
// chip, is an error that names the file.
func TestMalformedRecordings(t *testing.T) {
	all := func(s string) func(string) string { return func(string) string { return s } }
	swap := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for _, c := range []struct {
		name  string
		model Model
		file  string
		edit  func(string) string // nil removes the file
		want  string
	}{
		{"no configuration", TinyODIN, "config.json", nil, "config.json"},
		{"no object", TinyODIN, "config.json", all("[1]"), "config.json"},
		{"cut short", TinyODIN, "config.json", all(`{"max_neur": 3`), "config.json"},
		{"a register is missing", TinyODIN, "config.json", swap("open_loop", "closed_loop"), "open_loop"},
		{"a register is a text", TinyODIN, "config.json", swap(`"ack_delay": 1`, `"ack_delay": "1"`), "ack_delay"},
		{"a register is a fraction", TinyODIN, "config.json", swap(`"ack_delay": 1`, `"ack_delay": 1.5`), "ack_delay"},
		{"a register is out of range", TinyODIN, "config.json", swap(`"max_neur": 3`, `"max_neur": 256`), "max_neur"},
		{"no cycles", TinyODIN, "config.json", swap(`"max_cycles": 200000`, `"max_cycles": 0`), "max_cycles"},
		{"no header", TinyODIN, "neurons.csv", all(""), "neurons.csv: no header"},
		{"a column is missing", TinyODIN, "neurons.csv", swap("thr", "threshold"), `no column "thr"`},
		{"a neuron is missing", TinyODIN, "neurons.csv", swap("\n255,", "\n256,"), "is of neuron"},
		{"neurons are missing", TinyODIN, "neurons.csv", all("neuron,disable,leak_str,thr,core_init\n0,0,0,0,0\n"), "1 rows"},
		{"a threshold is too high", TinyODIN, "neurons.csv", swap("2047,0", "4096,0"), "thr"},
		{"a row is too long", TinyODIN, "neurons.csv", swap("2047,0", "2047,0,9"), "neurons.csv"},
		{"an event is no number", TinyODIN, "in_events.csv", swap("\n40,", "\nforty,"), "in_events.csv"},
		{"an event is too early", TinyODIN, "in_events.csv", swap("\n40,", "\n-40,"), "event 1"},
		{"an address is too wide", TinyODIN, "in_events.csv", swap(",592,", ",1592,"), "address 1592"},
		{"an address is negative", TinyODIN, "in_events.csv", swap(",592,", ",-592,"), "aerin_addr"},
		{"weights are not compressed", TinyODIN, "weights.csv.gz", all("0,0"), "weights.csv.gz"},
		{"weights are missing", TinyODIN, "weights.csv.gz", nil, "weights.csv"},
		{"spikes are missing", TinyODIN, "spikes.csv", nil, "spikes.csv"},
		{"spikes differ", TinyODIN, "spikes.csv", swap("\n23,1,", "\n24,1,"), "spikes.csv: row 3 (t,neuron,queued,dropped,aer): got 23,1,1,0,1, want 24,1,1,0,1"},
		{"a state differs", TinyODIN, "fsm.csv", swap("PUSH", "SHOVE"), "fsm.csv: row 3"},
		{"a count differs", TinyODIN, "counters.json", swap(`"cycles_PUSH": 5`, `"cycles_PUSH": 6`), "cycles_PUSH: got 5, want 6"},
		{"a count is unknown", TinyODIN, "counters.json", swap("cycles_PUSH", "cycles_SHOVE"), "cycles_SHOVE"},
		{"a word is too long", ODIN, "neurons.csv", swap("\n2,", "\n2,0"), "neurons.csv: row 4"},
		{"a word is not hexadecimal", ODIN, "neurons.csv", swap("\n2,0", "\n2,x"), "neurons.csv: row 4"},
		{"a sign is no bit", ODIN, "syn_sign.csv", swap("\n2,0", "\n2,2"), "syn_sign.csv: row 4"},
		{"a flag is no bit", ODIN, "flags_init.csv", swap("\n2,0,0", "\n2,0,"), "flags_init.csv: row 4"},
		{"synapses are missing", ODIN, "synapses.csv.gz", nil, "synapses.csv"},
		{"what synapses became is missing", ODIN, "synapses_final.csv.gz", nil, "synapses_final.csv"},
		{"the other chip's", ODIN, "config.json", all(`{"max_neur": 3, "open_loop": 0, "aer_src_ctrl_nneur": 0, "ack_delay": 1, "req_drop_delay": 0, "max_cycles": 9}`), "burst_timeref"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyCase(t, c.model)
			path := filepath.Join(dir, c.file)
			if c.edit == nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			} else {
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				edited := c.edit(string(data))
				if edited == string(data) {
					t.Fatalf("%s: the edit changes nothing", c.file)
				}
				if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := replay(c.model, dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}
