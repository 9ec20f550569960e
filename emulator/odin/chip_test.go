package odin

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// never is a threshold that tinyODIN's neurons cannot reach.
const never = 0x800

// tinyChip has thresholds as given, and never elsewhere.
func tinyChip(thresholds ...int) Config {
	cfg := Config{Model: TinyODIN, Synapses: new([numNeurons][numNeurons]uint8)}
	for n := range cfg.Neurons {
		cfg.Neurons[n] = tinyThreshold.put(Word{}, never)
		if n < len(thresholds) {
			cfg.Neurons[n] = tinyThreshold.put(Word{}, thresholds[n])
		}
	}
	return cfg
}

// odinChip has thresholds as given, and 255 elsewhere.
func odinChip(thresholds ...int) Config {
	cfg := Config{Model: ODIN, Synapses: new([numNeurons][numNeurons]uint8)}
	for n := range cfg.Neurons {
		w := lifSelect.put(Word{}, 1)
		cfg.Neurons[n] = lifThreshold.put(w, 255)
		if n < len(thresholds) {
			cfg.Neurons[n] = lifThreshold.put(w, thresholds[n])
		}
	}
	return cfg
}

// run runs a chip that is known to be valid.
func run(t *testing.T, cfg Config, events ...Event) *Trace {
	t.Helper()
	chip, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := chip.Run(events)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// order is the states that were visited, without those of waiting.
func order(t *Trace) string {
	var names []string
	for _, v := range t.States {
		if v.State != Wait && v.State != WaitRequestDown {
			names = append(names, v.State.String())
		}
	}
	return strings.Join(names, " ")
}

func TestQueueDropsWhenFull(t *testing.T) {
	for m := range numModels {
		q := newQueue(m.Spec().QueueDepth)
		for i := range m.Spec().QueueDepth {
			if !q.push(item(i)) {
				t.Fatalf("%v: push %d was dropped", m, i)
			}
		}
		// What is being popped still takes up room.
		if q.push(1) || !q.full() || q.drops != 1 {
			t.Errorf("%v: a push into a full queue: full %v, drops %d", m, q.full(), q.drops)
		}
		for i := range m.Spec().QueueDepth {
			if got := q.head(); got != item(i) {
				t.Fatalf("%v: pop %d: got %d", m, i, got)
			}
			q.pop()
			if i%2 == 0 {
				q.push(item(m.Spec().QueueDepth + i/2)) // the ring goes round
			}
		}
		if q.empty() || q.highest != int64(m.Spec().QueueDepth) {
			t.Errorf("%v: empty %v, highest %d", m, q.empty(), q.highest)
		}
	}
}

// TestSweepTiming: what a sweep takes, for numbers of spikes and delays.
func TestSweepTiming(t *testing.T) {
	for _, c := range []struct {
		name           string
		thresholds     []int
		sweep          int
		ack            int64
		visit, popping int64
	}{
		{"no spike", nil, 256, 0, 512, 1},
		{"no spike, short", nil, 10, 0, 20, 1},
		{"a spike stalls", []int{0}, 256, 0, 512 + 6, 1},
		{"longer for a late acknowledge", []int{0, never, 0}, 256, 7, 512 + 2*20, 1},
		{"the last one's is waited for after the sweep", []int{never, never, 0}, 3, 1, 6, 1 + 8},
		{"a single neuron", []int{0}, 1, 1, 2, 1 + 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := tinyChip(c.thresholds...)
			cfg.Sweep, cfg.AckDelay, cfg.OpenLoop = c.sweep, c.ack, true
			trace := run(t, cfg, Event{At: 0, Address: 200})
			in := trace.Counters.InState
			if in[PopNeuron] != c.visit || in[PopReport] != c.popping {
				t.Errorf("got %d and %d cycles, want %d and %d", in[PopNeuron], in[PopReport], c.visit, c.popping)
			}
		})
	}
}

func TestHandshakeEdges(t *testing.T) {
	cfg := tinyChip()
	cfg.DropDelay = 3
	got := run(t, cfg, Event{At: 5, Address: 1}, Event{At: 5, Address: 2}).InEvents
	want := []InEvent{
		{Event: Event{5, 1}, RequestRise: 5, AckRise: 9, RequestFall: 13, AckFall: 16},
		{Event: Event{5, 2}, RequestRise: 17, AckRise: 21, RequestFall: 25, AckFall: 28},
	}
	// The second finds the first one's spike in the scheduler, and goes first only
	// if it is there in time: it is not.
	if diff := cmp.Diff(want[0], got[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got[1].RequestRise != want[1].RequestRise || got[1].AckRise <= want[1].AckRise {
		t.Errorf("second request: got %+v: want it up at 17, and acknowledged after the sweep", got[1])
	}

	var out output
	out.ackDelay = 2
	if stall := out.send(100, 7, 8); stall != 2*10+1 {
		t.Errorf("two transactions stall for %d cycles, want 21", stall)
	}
	wantOut := []OutEvent{
		{Address: 7, RequestRise: 101, AckRise: 103, RequestFall: 106, AckFall: 108},
		{Address: 8, RequestRise: 112, AckRise: 114, RequestFall: 117, AckFall: 119},
	}
	if diff := cmp.Diff(wantOut, out.done); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestOrderOfWork: what the controller takes first when it could take several.
func TestOrderOfWork(t *testing.T) {
	tref, virtual := uint32(0x1FF), uint32(0x200|5<<4)
	both := tinyChip(5, 5)
	both.Synapses[0][1] = 5
	full := tinyChip(slices.Repeat([]int{0}, numNeurons)...)
	odin := odinChip(5)
	for _, c := range []struct {
		name   string
		cfg    Config
		events []Event
		want   string
	}{
		{
			"a virtual event of weight zero is a spike",
			tinyChip(),
			[]Event{{0, 0x200}},
			"PUSH POP_NEUR AER_POP",
		},
		{
			"a time reference overtakes the scheduler",
			both,
			[]Event{{0, virtual}, {10, tref}},
			"PUSH POP_VIRT TREF POP_NEUR AER_POP POP_NEUR AER_POP",
		},
		{
			"time reference and virtual event in one is a time reference",
			tinyChip(),
			[]Event{{0, 0x300}},
			"TREF",
		},
		{
			"spikes from outside overtake the scheduler",
			both,
			[]Event{{0, virtual}, {10, 9}},
			"PUSH POP_VIRT PUSH POP_NEUR AER_POP POP_NEUR AER_POP POP_NEUR AER_POP",
		},
		{
			"bistability waits until the scheduler is empty",
			odin,
			[]Event{{0, 5<<5 | 1}, {10, 0x80}},
			"PUSH POP_VIRT POP_NEUR BIST",
		},
		{
			"low bits that name nothing are a spike",
			odin,
			[]Event{{0, 3<<8 | 0x02}},
			"PUSH POP_NEUR",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := order(run(t, c.cfg, c.events...)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}

	t.Run("a full scheduler overtakes what comes from outside", func(t *testing.T) {
		// All fire: 128 are taken, and one has to be worked on before there is room.
		// It keeps its place meanwhile, so that nothing its spike brings about is
		// taken.
		full.MaxCycles = 7000
		trace := run(t, full, Event{0, tref}, Event{10, tref})
		if got, want := order(trace), "TREF POP_NEUR AER_POP TREF POP_NEUR AER_POP"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		// The second time reference finds one place, and the next spike none.
		if c := trace.Counters; c.MaxQueued != 128 || c.Dropped != 128+256+255+256 {
			t.Errorf("got %d queued, %d dropped: want 128, %d", c.MaxQueued, c.Dropped, 128+256+255+256)
		}
	})
}

func TestReportsEventsInsteadOfSpikes(t *testing.T) {
	tiny := tinyChip(0, 0)
	tiny.ReportEvents, tiny.OpenLoop, tiny.Sweep = true, true, 20
	got := run(t, tiny, Event{0, 7}, Event{1000, 0x1FF})
	if len(got.Spikes) != 4 || len(got.OutEvents) != 1 || got.OutEvents[0].Address != 7 || got.Counters.InState[PopNeuron] != 40 {
		t.Errorf("tinyodin: got %d spikes, reports %+v, sweep of %d: want 4, one of event 7, 40",
			len(got.Spikes), got.OutEvents, got.Counters.InState[PopNeuron])
	}
	for _, monitored := range []uint8{17, 255} {
		odin := odinChip(0, 0)
		odin.ReportEvents, odin.OpenLoop, odin.MonitorNeuron = true, true, monitored
		got = run(t, odin, Event{0, 7<<8 | 7})
		written := int64(8) + 2 + 2*int64(monitored)
		stall := int64(6)
		if monitored == 255 {
			stall = 0 // it is the last: WAIT waits
		}
		if len(got.OutEvents) != 1 || got.OutEvents[0].RequestRise != written+1 || got.OutEvents[0].Address != 7 ||
			got.Counters.InState[PopNeuron] != 512+stall {
			t.Errorf("odin, neuron %d: got %+v in a sweep of %d: want event 7 at %d, %d",
				monitored, got.OutEvents, got.Counters.InState[PopNeuron], written+1, 512+stall)
		}
	}
}

// TestMonitorTellsNeuronAndSynapse: two packets for the neuron whenever it is
// written, one for the synapse whenever its word is.
func TestMonitorTellsNeuronAndSynapse(t *testing.T) {
	cfg := odinChip()
	cfg.Monitor, cfg.MonitorNeuron, cfg.MonitorSynapse = true, 8, 3
	cfg.Neurons[8] = lifThreshold.put(cfg.Neurons[8], 20)
	cfg.Synapses[3][8] = mapped | 6
	addresses := func(tr *Trace) (a []uint8) {
		for _, e := range tr.OutEvents {
			a = append(a, e.Address)
		}
		return a
	}
	for _, c := range []struct {
		name  string
		event uint32
		want  []uint8
		state State
		spent int64
	}{
		{"spike of the synapse's neuron", 3<<8 | 7, []uint8{0, 6, 0xFE}, PopNeuron, 512 + 3*6 + 2},
		{"spike of another", 4<<8 | 7, []uint8{0, 0}, PopNeuron, 512 + 2*6 + 1},
		{"time reference", 0x7F, []uint8{0, 0}, TimeRef, 512 + 2*6 + 1},
		{"the synapse alone", 1<<16 | 3<<8 | 8, []uint8{0, 6, 0xFE}, Synapse, 2},
		{"another synapse", 1<<16 | 3<<8 | 7, []uint8{}, Synapse, 2},
		{"bistability", 3<<8 | 0x80, []uint8{0xFF}, Bistable, 64 + 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, cfg, Event{0, c.event})
			if c.name == "another synapse" {
				c.want = nil
			}
			if diff := cmp.Diff(c.want, addresses(got)); diff != "" || got.Counters.InState[c.state] != c.spent {
				t.Errorf("%d cycles, want %d; packets (-want +got):\n%s", got.Counters.InState[c.state], c.spent, diff)
			}
		})
	}
	cfg.Neurons[8] = lifThreshold.put(cfg.Neurons[8], 6)
	if got := addresses(run(t, cfg, Event{0, 3<<8 | 7})); len(got) < 2 || got[0] != 0x80 || got[1] != 0 {
		t.Errorf("a spike of the monitored neuron: got %x, want 80 00 first", got)
	}
}

func TestLearningUsesFlagsAndWeightsOfBefore(t *testing.T) {
	cfg := odinChip(255)
	cfg.Neurons[0] = lifCalcium.theta3.put(lifCalcium.enable.put(cfg.Neurons[0], 1), 7)
	cfg.Neurons[0] = lifCalcium.thetaMem.put(cfg.Neurons[0], 5) // up from potential 5 on
	cfg.Synapses[9][0] = mapped | 5
	trace := run(t, cfg, Event{0, 9<<8 | 7}, Event{2000, 9<<8 | 7})
	// The first spike finds the flag down, and adds 5; the second finds it up, and
	// adds 5 before the synapse is 6.
	if v := lifPotential.of(trace.Final.Neurons[0]); v != 10 {
		t.Errorf("potential: got %d, want 10", v)
	}
	if s := trace.Final.Synapses[9][0]; s != mapped|6 {
		t.Errorf("synapse: got %d, want %d", s, mapped|6)
	}
	if f := trace.Final.Flags[0]; !f.Up {
		t.Errorf("flags: got %+v, want up", f)
	}
}

func TestTimeReferenceOfANeuronBeyondTheSweep(t *testing.T) {
	cfg := tinyChip()
	cfg.Sweep = 100
	cfg.Neurons[200] = tinyLeak.put(tinyPotential.put(cfg.Neurons[200], 50), 3)
	trace := run(t, cfg, Event{0, 0x100 | 200}, Event{20, 0x1FF})
	if v := tinyPotential.signed(trace.Final.Neurons[200]); v != 47 {
		t.Errorf("got potential %d, want 47: leaked by its own time reference, not by that of all", v)
	}
}

func TestRunsAreIndependent(t *testing.T) {
	cfg := tinyChip(5, 5)
	cfg.Synapses[0][1] = 5
	chip, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Synapses[0][1] = 0
	events := []Event{{0, 0x200 | 5<<4}}
	first, err := chip.Run(events)
	if err != nil {
		t.Fatal(err)
	}
	second, err := chip.Run(events)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" || len(first.Spikes) != 2 {
		t.Errorf("%d spikes, want 2; second run (-first +second):\n%s", len(first.Spikes), diff)
	}
}

// TestStatesCoverTheRun: the visits join up, and sum to the cycles.
func TestStatesCoverTheRun(t *testing.T) {
	cfg := tinyChip(slices.Repeat([]int{3}, 60)...)
	for n := range cfg.Synapses {
		cfg.Synapses[n][(n*7)%60] = 3
	}
	for _, limit := range []int64{1, 2, 3, 100, 1000, 20_000} {
		cfg.MaxCycles = limit
		trace := run(t, cfg, Event{0, 1}, Event{0, 2}, Event{500, 0x1FF}, Event{900, 3})
		var sum, next int64
		for _, v := range trace.States {
			if v.First != next || v.Cycles <= 0 {
				t.Fatalf("limit %d: visit %+v after cycle %d", limit, v, next)
			}
			next = v.First + v.Cycles
		}
		for _, cycles := range trace.Counters.InState {
			sum += cycles
		}
		if c := trace.Counters; sum != c.Cycles || next != c.Cycles || c.LastActive >= c.Cycles {
			t.Errorf("limit %d: states sum to %d and end at %d of %+v", limit, sum, next, c)
		}
	}
}
