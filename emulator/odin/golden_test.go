package odin

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goldenDir is the folder that has the recordings, and whether somebody asked
// for it by name.
func goldenDir() (dir string, asked bool) {
	if d := os.Getenv("WEFT_GOLDEN"); d != "" {
		return d, true
	}
	if d := os.Getenv("WEFT_SHARED"); d != "" {
		return filepath.Join(d, "golden"), false
	}
	return filepath.Join("..", "..", "..", "shared", "golden"), false
}

// TestGolden replays the recordings of the two chips' circuits, and wants every
// file of them back: every handshake, spike, state and count in its cycle.
func TestGolden(t *testing.T) {
	dir, asked := goldenDir()
	switch n := replayAll(t, dir); {
	case n > 0:
	case asked:
		t.Errorf("WEFT_GOLDEN is %s, which has no case folders in tinyodin or odin", dir)
	default:
		t.Skip("the recordings are not here: set WEFT_GOLDEN to a folder that has the folders tinyodin and odin")
	}
}

// TestGoldenKept replays the recordings that are kept with the source.
func TestGoldenKept(t *testing.T) {
	if replayAll(t, "testdata") == 0 {
		t.Error("no recordings in testdata")
	}
}

// replayAll replays all case folders of both chips, and returns how many there
// are.
func replayAll(t *testing.T, dir string) (cases int) {
	for m := range numModels {
		folders := caseFolders(t, filepath.Join(dir, m.String()))
		if len(folders) == 0 {
			continue
		}
		cases += len(folders)
		t.Run(m.String(), func(t *testing.T) {
			for _, folder := range folders {
				t.Run(filepath.Base(folder), func(t *testing.T) {
					if err := replay(m, folder); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
	return cases
}

// caseFolders lists the folders that hold a case: those that have a configuration,
// and those that by their name ought to.
func caseFolders(t *testing.T, dir string) (folders []string) {
	t.Helper()
	for _, pattern := range []string{"case*", filepath.Join("*", "config.json")} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if filepath.Base(f) == "config.json" {
				f = filepath.Dir(f)
			}
			if info, err := os.Stat(f); err == nil && info.IsDir() {
				folders = append(folders, f)
			}
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// TestGoldenProgrammedFlags wants the learning flags with which the recordings
// begin, which programming the neurons leaves behind.
func TestGoldenProgrammedFlags(t *testing.T) {
	dirs := []string{"testdata"}
	if dir, asked := goldenDir(); !asked {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		for _, folder := range caseFolders(t, filepath.Join(dir, ODIN.String())) {
			r, err := load(ODIN, folder)
			if err != nil {
				t.Fatal(err)
			}
			for n, got := range r.config.ProgrammedFlags() {
				if want := r.config.Flags[n]; got != want {
					t.Fatalf("%s: neuron %d: got %+v, want %+v", r.dir, n, got, want)
				}
			}
		}
	}
}

// replay runs a case, and returns the first difference from its recording.
func replay(m Model, dir string) error {
	r, err := load(m, dir)
	if err != nil {
		return err
	}
	chip, err := New(r.config)
	if err != nil {
		return err
	}
	trace, err := chip.Run(r.events)
	if err != nil {
		return err
	}
	for _, f := range tables(m, trace) {
		if err := r.compare(f); err != nil {
			return err
		}
	}
	return r.compareCounters(trace)
}

// file is a file of a recording as the emulator writes it.
type file struct {
	name    string
	columns string
	// bare is set for a file without a header.
	bare bool
	rows []string
}

// tables writes a trace as a recording has it.
func tables(m Model, t *Trace) []file {
	in := file{name: "in_events.csv", columns: "t_sched,aerin_addr,t_req_rise,t_ack_rise,t_req_fall,t_ack_fall"}
	for _, e := range t.InEvents {
		in.rows = append(in.rows, join(e.At, e.Address, e.RequestRise, e.AckRise, e.RequestFall, e.AckFall))
	}
	out := file{name: "out_events.csv", columns: "t_req_rise,addr,t_ack_rise,t_req_fall,t_ack_fall"}
	for _, e := range t.OutEvents {
		out.rows = append(out.rows, join(e.RequestRise, e.Address, e.AckRise, e.RequestFall, e.AckFall))
	}
	spikes := file{name: "spikes.csv", columns: "t,neuron,queued,dropped,aer"}
	if m == ODIN {
		spikes.columns = "t,neuron,queued,dropped,event_bits"
	}
	for _, s := range t.Spikes {
		var last any = s.Sent
		if m == ODIN {
			last = s.Event
		}
		spikes.rows = append(spikes.rows, join(s.At, s.Neuron, s.Queued, s.Dropped, last))
	}
	states := file{name: "fsm.csv", columns: "t_start,len,state,arg"}
	for _, v := range t.States {
		states.rows = append(states.rows, join(v.First, v.Cycles, v.State, v.Arg))
	}
	final := file{name: "final.csv", columns: "neuron,word_hex"}
	if m == TinyODIN {
		final.columns = "neuron,core,word_hex"
	}
	for n, w := range t.Final.Neurons {
		if m == TinyODIN {
			final.rows = append(final.rows, join(n, tinyPotential.signed(w), w.Hex(32)))
		} else {
			final.rows = append(final.rows, join(n, w.Hex(128)))
		}
	}
	files := []file{in, spikes, states, out, final}
	if m == ODIN {
		flags := file{name: "flags_final.csv", columns: "neuron,v_up,v_down"}
		synapses := file{name: "synapses_final.csv", bare: true}
		for n, f := range t.Final.Flags {
			flags.rows = append(flags.rows, join(n, f.Up, f.Down))
			synapses.rows = append(synapses.rows, strings.Trim(strings.ReplaceAll(fmt.Sprint(t.Final.Synapses[n]), " ", ","), "[]"))
		}
		files = append(files, flags, synapses)
	}
	return files
}

// compare returns the first difference between a file of the recording and ours.
func (r *recording) compare(f file) error {
	var want [][]string
	var err error
	first := 2 // the first row after a header
	if f.bare {
		want, err = r.rows(f.name)
		first = 1
	} else {
		want, err = r.table(f.name, strings.Split(f.columns, ",")...)
	}
	if err != nil {
		return err
	}
	for i := range max(len(want), len(f.rows)) {
		w, g := "no such row", "no such row"
		if i < len(want) {
			w = strings.Join(want[i], ",")
		}
		if i < len(f.rows) {
			g = f.rows[i]
		}
		if w != g {
			return fmt.Errorf("%s: row %d (%s): got %s, want %s", filepath.Join(r.dir, f.name), i+first, f.columns, g, w)
		}
	}
	return nil
}

// compareCounters wants every counter that was recorded.
func (r *recording) compareCounters(t *Trace) error {
	want, err := r.object("counters.json")
	if err != nil {
		return err
	}
	if len(want) == 0 {
		return fmt.Errorf("%s: has no counter", filepath.Join(r.dir, "counters.json"))
	}
	for _, c := range t.Counters.Named(r.config.Model) {
		if _, recorded := want[c.Name]; !recorded {
			continue
		}
		w, err := want.number(c.Name)
		if err != nil {
			return err
		}
		if c.Value != w {
			return fmt.Errorf("%s: %s: got %d, want %d", filepath.Join(r.dir, "counters.json"), c.Name, c.Value, w)
		}
		delete(want, c.Name)
	}
	for name := range want {
		return fmt.Errorf("%s: %s is not a counter of ours", filepath.Join(r.dir, "counters.json"), name)
	}
	return nil
}
