package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/targets"
)

// traceEvent is an event as the trace-event format has it; times are as written.
type traceEvent struct {
	Ph, Name, Cat, Bp string
	Pid, Tid          *int
	TS, Dur           json.Number
	ID                *int64
	Args              map[string]any
}

// picoseconds reads microseconds with six digits behind the point.
func picoseconds(t *testing.T, n json.Number) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(n.String(), ".")
	ps, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil || len(part) != 6 {
		t.Fatalf("time %q: want microseconds with six digits behind the point", n)
	}
	return ps
}

type trackID struct{ pid, tid int }

// interval is a slice of a track, in picoseconds.
type interval struct {
	name        string
	from, until int64
}

// parsed is a trace that keeps the rules of the format.
type parsed struct {
	names  map[trackID]string
	slices map[trackID][]interval
	flows  int
	// counters are the values of each, in order.
	counters map[string][]map[string]any
}

// parseTrace holds a trace to the rules of the format: the fields that each kind of
// event must have, names of all tracks, slices that lie one in another or apart, in
// order of their beginnings, and arrows of which each has one beginning and one end,
// both in slices.
func parseTrace(t *testing.T, data []byte) *parsed {
	t.Helper()
	var events []traceEvent
	if err := json.Unmarshal(data, &events); err != nil {
		t.Fatalf("no JSON array: %v", err)
	}
	p := &parsed{names: map[trackID]string{}, slices: map[trackID][]interval{}, counters: map[string][]map[string]any{}}
	processes := map[int]bool{}
	type end struct {
		track trackID
		at    int64
		name  string
	}
	begins, ends := map[int64]end{}, map[int64]end{}
	for k, e := range events {
		if e.Ph == "" || e.Name == "" || e.Pid == nil || e.Tid == nil {
			t.Fatalf("event %d has no ph, name, pid or tid: %+v", k, e)
		}
		id := trackID{*e.Pid, *e.Tid}
		if e.Ph != "M" && e.TS == "" {
			t.Fatalf("event %d has no ts: %+v", k, e)
		}
		switch e.Ph {
		case "M":
			key := map[string]string{
				"process_name": "name", "thread_name": "name", "process_labels": "labels",
				"process_sort_index": "sort_index", "thread_sort_index": "sort_index",
			}[e.Name]
			if _, ok := e.Args[key]; !ok {
				t.Errorf("event %d: metadata without its argument: %+v", k, e)
			}
			switch e.Name {
			case "process_name":
				processes[id.pid] = true
			case "thread_name":
				p.names[id], _ = e.Args["name"].(string)
			}
		case "X":
			from := picoseconds(t, e.TS)
			p.slices[id] = append(p.slices[id], interval{e.Name, from, from + picoseconds(t, e.Dur)})
		case "C":
			for name, v := range e.Args {
				if _, ok := v.(float64); !ok {
					t.Errorf("event %d: %s of a counter is no number: %v", k, name, v)
				}
			}
			p.counters[e.Name] = append(p.counters[e.Name], e.Args)
		case "s", "f":
			list := begins
			if e.Ph == "f" {
				list = ends
				if e.Bp != "e" {
					t.Errorf("event %d: an arrow's end without bp", k)
				}
			}
			if e.ID == nil || e.Cat == "" {
				t.Fatalf("event %d: an arrow without id or cat", k)
			}
			if _, twice := list[*e.ID]; twice {
				t.Errorf("event %d: arrow %d twice", k, *e.ID)
			}
			list[*e.ID] = end{id, picoseconds(t, e.TS), e.Cat + e.Name}
		default:
			t.Errorf("event %d: phase %q", k, e.Ph)
		}
	}
	for id, list := range p.slices {
		if p.names[id] == "" || !processes[id.pid] {
			t.Errorf("track %v has no name", id)
		}
		var open []interval
		last := int64(math.MinInt64)
		for _, s := range list {
			if s.from < last || s.until <= s.from {
				t.Fatalf("track %v: %+v begins before one above it, or lasts no time", id, s)
			}
			last = s.from
			for len(open) > 0 && open[len(open)-1].until <= s.from {
				open = open[:len(open)-1]
			}
			if len(open) > 0 && open[len(open)-1].until < s.until {
				t.Fatalf("track %v: %+v begins in %+v and ends behind it", id, s, open[len(open)-1])
			}
			open = append(open, s)
		}
	}
	inSlice := func(e end) bool {
		return slices.ContainsFunc(p.slices[e.track], func(s interval) bool { return s.from <= e.at && e.at < s.until })
	}
	if len(begins) != len(ends) {
		t.Errorf("%d arrows begin, %d end", len(begins), len(ends))
	}
	for id, b := range begins {
		if e, ok := ends[id]; !ok || e.at < b.at || e.name != b.name || !inSlice(b) || !inSlice(e) {
			t.Errorf("arrow %d from %+v to %+v: want it forward, from a slice to a slice", id, b, e)
		}
	}
	p.flows = len(begins)
	return p
}

// chunks is a writer that keeps what it was given.
type chunks [][]byte

func (c *chunks) Write(b []byte) (int, error) {
	*c = append(*c, bytes.Clone(b))
	return len(b), nil
}

// chromeOf runs a picture and returns its trace, and what was seen.
func chromeOf(t *testing.T, name string, repeat int) (out chunks, seen []emulator.Tick, chip *targets.Target) {
	t.Helper()
	p := pictures[slices.IndexFunc(pictures, func(p picture) bool { return p.name == name })]
	chip, err := targets.Load(p.target)
	if err != nil {
		t.Fatal(err)
	}
	im := p.image(chip.Arch)
	m := emulator.New(emulator.NewChip(im, chip.Timing, emulator.Cycle))
	w, err := trace.NewChrome(&out, im, &chip.Timing)
	if err != nil {
		t.Fatal(err)
	}
	var tick emulator.Tick
	m.Watch(&tick)
	for range repeat {
		for _, in := range p.stimulus {
			m.Tick(in)
			if err := w.Tick(&tick); err != nil {
				t.Fatal(err)
			}
			copied := tick
			copied.Fired = slices.Clone(tick.Fired)
			seen = append(seen, copied)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out, seen, chip
}

// Traces keep the rules of the format, and have each cycle of a core in one of its
// phases, each packet as an arrow, each stall.
func TestChromeKeepsTheFormat(t *testing.T) {
	for _, picture := range pictures {
		t.Run(picture.name, func(t *testing.T) {
			out, seen, chip := chromeOf(t, picture.name, 1)
			p := parseTrace(t, bytes.Join(out, nil))
			cycles, packets, stalls, fired := int64(0), 0, int64(0), 0
			for _, s := range seen {
				cycles += s.Phases.Done
				packets += len(s.Deliveries)
				fired += len(s.Fired)
				for _, c := range s.Cores {
					stalls += c.Stall
				}
			}
			period := 1e12 / chip.Timing.Clock
			if p.flows != packets || packets == 0 {
				t.Errorf("%d arrows for %d packets", p.flows, packets)
			}
			for core := range seen[0].Cores {
				list := p.slices[trackID{2, core}]
				at := int64(0)
				for _, s := range list {
					if s.from != at {
						t.Errorf("core %d: %+v begins at %d, want %d", core, s, s.from, at)
					}
					at = s.until
				}
				if want := int64(float64(cycles) * period); at != want {
					t.Errorf("core %d ends at %d ps, want %d", core, at, want)
				}
			}
			stalled := int64(0)
			for _, list := range p.slices {
				for _, s := range list {
					if s.name == "stall" {
						stalled += s.until - s.from
					}
				}
			}
			if want := int64(float64(stalls) * period); stalled != want {
				t.Errorf("stalls of %d ps, want %d", stalled, want)
			}
			sum := 0.0
			for _, args := range p.counters["spikes"] {
				for _, v := range args {
					sum += v.(float64)
				}
			}
			if int(sum) != fired || fired == 0 {
				t.Errorf("counters of %g spikes, want %d", sum, fired)
			}
		})
	}
}

// The trace of the README's two neurons.
func TestChromeGolden(t *testing.T) {
	out, _, _ := chromeOf(t, "hello", 1)
	golden.Check(t, filepath.Join("testdata", "hello.json"), bytes.Join(out, nil))
}

// What is written is whole events, and little is kept back: a run that is killed
// leaves a trace that lacks its end alone, which the format allows.
func TestChromeCutOffIsATraceStill(t *testing.T) {
	out, seen, _ := chromeOf(t, "learning", 400)
	if len(out) < 3 {
		t.Fatalf("%d writes for %d ticks, want several", len(out), len(seen))
	}
	for k := 1; k < len(out); k++ {
		parseTrace(t, append(bytes.Join(out[:k], nil), ']'))
		if n := len(out[k-1]); n > 1<<17 {
			t.Errorf("write %d has %d bytes: not as the run goes", k-1, n)
		}
	}
}

// A clock that is none is told as a microsecond a cycle.
func TestChromeWithoutAClock(t *testing.T) {
	for clock, want := range map[float64]string{
		1e15: "a cycle is shown as 1 µs, whatever the target's clock", 2e9: "a cycle is 0.5 ns, at 2000 MHz", 3e6: "a cycle is 333.333 ns, at 3 MHz",
	} {
		var out bytes.Buffer
		chip, err := targets.Load("xbar256")
		if err != nil {
			t.Fatal(err)
		}
		im := hello(chip.Arch)
		timing := targets.Timing{Clock: clock}
		w, err := trace.NewChrome(&out, im, &timing)
		if err != nil {
			t.Fatal(err)
		}
		tick := emulator.Tick{Number: 1, Cores: make([]emulator.CoreTick, len(im.Cores)), Phases: emulator.Phases{Done: 3}}
		if err := w.Tick(&tick); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		parseTrace(t, out.Bytes())
		period := 1e12 / clock
		if clock == 1e15 {
			period = 1e6
		}
		ps := int64(math.Round(3 * period))
		dur := fmt.Sprintf(`"name":"tick 1","ts":0.000000,"dur":%d.%06d}`, ps/1e6, ps%1e6)
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), dur) {
			t.Errorf("clock of %g Hz: want %q and %q in\n%s", clock, want, dur, out.String())
		}
	}
}
