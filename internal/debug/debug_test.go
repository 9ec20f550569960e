package debug

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// chain is examples/hello with another neuron that saturates.
const chain = `
network: chain
inputs: {button: {shape: 2}}
populations:
  relay: {shape: 1, neuron: if, params: {threshold: 1, reset: zero}}
  bell:  {shape: 1, neuron: if, params: {threshold: 3, reset: zero}}
  sum:   {shape: 2, neuron: integrator}
projections:
  - {from: button, to: relay, connect: dense, weights: [[2], [2]]}
  - {from: relay, to: bell, connect: one_to_one, weights: 2}
  - {from: bell, to: sum, connect: dense, weights: 100}
outputs: [bell]
`

// xbar is xbar256 with words of 8 bits, in which 100 twice saturates.
func xbar(t testing.TB) *targets.Target {
	t.Helper()
	target, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	narrow := *target
	narrow.Arch.StateBits = 8
	return &narrow
}

// buttons presses the first button in the first ticks.
func buttons(presses int) *stimulus.Train {
	t := &stimulus.Train{Ticks: presses}
	for range presses {
		t.Spikes = append(t.Spikes, []int32{0})
	}
	return t
}

// compiled compiles a network for a target.
func compiled(t testing.TB, text string, target *targets.Target) *image.Image {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Compile(t.Context(), net, target.Name, &target.Arch, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res.Image
}

// newChip is a chip of a target with a network.
func newChip(t testing.TB, text string, target *targets.Target) *emulator.Chip {
	t.Helper()
	chip, err := emulator.NewChipOn(compiled(t, text, target), target, emulator.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	return chip
}

// sessionOn returns a session of 12 ticks on a chip of a target, which writes to out.
func sessionOn(t testing.TB, chip *emulator.Chip, target *targets.Target, out *bytes.Buffer) *Session {
	t.Helper()
	s := New(out, Options{Chip: chip, Target: target, Train: buttons(8), Ticks: 12})
	t.Cleanup(s.Close)
	return s
}

// newSession is sessionOn of a network that is compiled for the target.
func newSession(t testing.TB, text string, target *targets.Target, out *bytes.Buffer) *Session {
	t.Helper()
	return sessionOn(t, newChip(t, text, target), target, out)
}

// do does what some lines say, and returns what they told; what they were refused is told
// too.
func do(t testing.TB, s *Session, out *bytes.Buffer, lines ...string) string {
	t.Helper()
	out.Reset()
	for _, line := range lines {
		c, err := s.Parse(line)
		if err == nil && c != nil {
			err = s.Do(t.Context(), c)
		}
		var wrong *diag.Error
		switch {
		case errors.Is(err, ErrQuit):
			return out.String()
		case errors.As(err, &wrong):
			fmt.Fprintln(out, wrong)
		case err != nil:
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestGoingOnByEachUnit(t *testing.T) {
	var out bytes.Buffer
	s := newSession(t, chain, xbar(t), &out)
	for _, test := range []struct{ line, want string }{
		{"where", "before tick 1 of 12\n"},
		{"tick", "after tick 1 of 12: nobody fires\n"},
		{"phase", "tick 2 of 12, core 0, before integrate\n"},
		{"phase", "tick 2 of 12, core 0, before update\n"},
		{"neuron", "tick 2 of 12, core 0, update: relay[0], instruction 0 of 5\n   0  @!q1    acc  v, v, 0\n"},
		{"step", "tick 2 of 12, core 0, update: relay[0], instruction 1 of 5\n   1  @!q1    add  v, v, bias\n"},
		{"step 3", "tick 2 of 12, core 0, update: relay[0], instruction 4 of 5\n   4  @q2     mov  v, zero\n"},
		{"print", "neuron    v  (network)\nrelay[0]  2  2\n"},
		{"registers", "register  name       word\nin        –          2\ns0        v          2\nc0        bias       0\nc1        threshold  1\nq1 false, q2 true, q3 false, fires with payload 1\n"},
		{"step", "tick 2 of 12, core 1, update: bell[0], instruction 0 of 5\n   0  @!q1    acc  v, v, 0\n"},
		{"print relay.v", "neuron    v  (network)\nrelay[0]  0  0\n"},
		{"step 4", "tick 2 of 12, core 1, update: bell[0], instruction 4 of 5\n   4  @q2     mov  v, zero  ; does nothing: its predicate is false\n"},
		{"core 2", ""},
		{"neuron 2", "tick 2 of 12, core 2, update: sum[1], instruction 0 of 2\n   0          acc  v, v, 0\n"},
		{"neuron", "tick 3 of 12, core 2, update: sum[0], instruction 0 of 2\n   0          acc  v, v, 0\n"},
		{"phase", "tick 3 of 12, core 2, before learn\n"},
		{"phase", "tick 3 of 12, before route\n"},
		{"back", "after tick 2 of 12: relay[0] fires\n"},
		{"back 2", "before tick 1 of 12\n"},
		{"back", ":1:1: only 0 ticks are over; goto 0 goes to the start [bad-command]\n"},
		{"run 3", "after tick 3 of 12: relay[0] fires\n"},
		{"run 2", ":1:1: tick 2 is over; goto 2 goes back to its end [bad-command]\n"},
		{"tick 100", "after tick 12 of 12: nobody fires; the run is over\n"},
		{"step", "after tick 12 of 12: nobody fires; the run is over\n"},
		{"goto 4", "after tick 4 of 12: relay[0] bell[0] fire\n"},
		{"registers", ":1:1: no program is at work; step goes to the next instruction [bad-command]\n"},
	} {
		if got := do(t, s, &out, test.line); got != test.want {
			t.Errorf("%s: tells\n%swant\n%s", test.line, got, test.want)
		}
	}
}

func TestStoppingWhenSomethingHappens(t *testing.T) {
	for _, test := range []struct{ when, want string }{
		{"spike bell[0]", "breakpoint 1: bell[0] fires\ntick 4 of 12, core 1, update: bell[0], instruction 4 of 5\n   4  @q2     mov  v, zero\n"},
		{"sum[1]", "breakpoint 1: sum[1] is next\ntick 1 of 12, core 2, update: sum[1], instruction 0 of 2\n   0          acc  v, v, 0\n"},
		{"saturate", "breakpoint 1: sum[0] saturates in instruction 0\ntick 7 of 12, core 2, update: sum[0], instruction 1 of 2\n   1          add  v, v, bias\n"},
		{"saturate sum[1]", "breakpoint 1: sum[1] saturates in instruction 0\ntick 7 of 12, core 2, update: sum[1], instruction 1 of 2\n   1          add  v, v, bias\n"},
		{"saturate bell", "after tick 12 of 12: nobody fires; the run is over\n"},
		{"bell[0].v >= 4", "breakpoint 1: bell[0].v is 4, in the network 4\ntick 4 of 12, core 1, update: bell[0], instruction 1 of 5\n   1  @!q1    add  v, v, bias\n"},
		{"bell[0].v>3.5", "breakpoint 1: bell[0].v is 4, in the network 4\ntick 4 of 12, core 1, update: bell[0], instruction 1 of 5\n   1  @!q1    add  v, v, bias\n"},
		{"bell[0].v < 0", "after tick 12 of 12: nobody fires; the run is over\n"},
		{"tick 6", "breakpoint 1: tick 6 is next\nafter tick 5 of 12: relay[0] fires\n"},
	} {
		var out bytes.Buffer
		s := newSession(t, chain, xbar(t), &out)
		do(t, s, &out, "break "+test.when)
		if got := do(t, s, &out, "run"); got != test.want {
			t.Errorf("break %s: tells\n%swant\n%s", test.when, got, test.want)
		}
	}
}

// A breakpoint holds no word for each neuron that it is of.
func TestBreakpointsTakeNoMemoryForEachNeuron(t *testing.T) {
	const neurons, breaks = 5000, 100
	var out bytes.Buffer
	s := newSession(t, fmt.Sprintf(`
inputs: {x: {shape: 1}}
populations: {p: {shape: %d, neuron: if, params: {threshold: 1, reset: zero}}}
projections: [{from: x, to: p, connect: dense, weights: 1}]
outputs: [p]
`, neurons), xbar(t), &out)
	lines := slices.Repeat([]string{"b p.v>1"}, breaks)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do(t, s, &out, lines...)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; len(s.breaks.list) != breaks || took > 4*neurons*breaks {
		t.Errorf("%d breakpoints of %d neurons take %d bytes", len(s.breaks.list), neurons, took)
	}
}

// One neuron that stands for another is stopped at by the name of either.
func TestStoppingAtANeuronForWhichAnotherStands(t *testing.T) {
	var out bytes.Buffer
	s := newSession(t, `
inputs: {button: {shape: 2}}
populations: {p: {shape: 3, neuron: if, params: {threshold: [3, 3, 4], reset: zero}}}
projections: [{from: button, to: p, connect: dense, weights: 2}]
outputs: [p]
optimise: {share: true}
`, xbar(t), &out)
	if doubles, _ := s.image.WithoutSlot(); doubles != 1 {
		t.Fatalf("%d neurons are doubles, want p[1]", doubles)
	}
	got := do(t, s, &out, "break spike p[1]", "break p.v > 3", "break p[2].v > 3", "break spike p[0..1]", "run", "delete 2", "run")
	want := `breakpoint 1: spike p[1]
breakpoint 2: p[0..2].v > 3
breakpoint 3: p[2].v > 3
breakpoint 4: spike p[0..1]
breakpoint 2: p[0].v is 4, in the network 4
tick 3 of 12, core 0, update: p[0], instruction 1 of 5
   1  @!q1    add  v, v, bias
breakpoint 1: p[0] fires
breakpoint 4: p[0] fires
tick 3 of 12, core 0, update: p[0], instruction 4 of 5
   4  @q2     mov  v, zero
`
	if got != want {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
}

// A breakpoint that is set in the middle of a program knows what was there before.
func TestBreakpointsSetWithinAProgramTellOnlyWhatComes(t *testing.T) {
	var out bytes.Buffer
	s := newSession(t, chain, xbar(t), &out)
	got := do(t, s, &out, "break spike relay[0]", "run", "delete", "break spike relay[0]", "break relay[0].v > 1", "step")
	want := "breakpoint 3: relay[0].v > 1\ntick 2 of 12, core 1"
	if !strings.Contains(got, want) {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
	got = do(t, s, &out, "info breaks", "delete 2", "info breaks", "delete 2", "delete", "info breaks")
	want = `number  when              hit
2       spike relay[0]    0 times
3       relay[0].v > 1    0 times
number  when              hit
3       relay[0].v > 1    0 times
:1:1: there is no breakpoint 2; info breaks lists them [bad-command]
no breakpoints
`
	if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
}

// A spike that is put in is like one of the input, also once the run went back; a reset
// forgets it.
func TestSpikesThatArePutIn(t *testing.T) {
	var out bytes.Buffer
	s := newSession(t, chain, xbar(t), &out)
	plain := do(t, s, &out, "goto 12", "counts")
	do(t, s, &out, "goto 9")
	if got, want := do(t, s, &out, "spike button[1]"), "button[1] will spike in tick 10\n"; got != want {
		t.Errorf("tells %q, want %q", got, want)
	}
	if got, want := do(t, s, &out, "tick 2", "fired", "back", "fired"), `after tick 11 of 12: relay[0] fires
in tick 11
inputs: none
neurons: relay[0]
after tick 10 of 12: bell[0] fires
in tick 10
inputs: button[1]
neurons: bell[0]
`; got != want {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
	more := do(t, s, &out, "goto 3", "goto 12", "counts")
	if again := do(t, s, &out, "reset", "goto 12", "counts"); again != "before tick 1 of 12\n"+plain || strings.HasSuffix(again, more[strings.Index(more, "event"):]) {
		t.Errorf("the run is\n%sthen\n%sand, once it is reset,\n%s", plain, more, again)
	}
	if got, want := do(t, s, &out, "spike button[1]"), ":1:1: no tick is left for it; --ticks makes the run longer [bad-command]\n"; got != want {
		t.Errorf("tells %q, want %q", got, want)
	}
}

// However long a run is, what is kept of it to go back is bounded, and any tick is there.
func TestAnyTickOfALongRunIsThere(t *testing.T) {
	var out bytes.Buffer
	s := newSession(t, chain, xbar(t), &out)
	const long = firstEvery * maxSnapshots * 5
	s.ticks = long
	do(t, s, &out, fmt.Sprintf("goto %d", long))
	if n := len(s.history.kept); n > maxSnapshots || n < maxSnapshots/2 {
		t.Errorf("%d states are kept, want up to %d", n, maxSnapshots)
	}
	if got, want := do(t, s, &out, "goto 4"), fmt.Sprintf("after tick 4 of %d: relay[0] bell[0] fire\n", long); got != want {
		t.Errorf("tells %q, want %q", got, want)
	}
	for _, tick := range []int{long - 1, firstEvery * 7, firstEvery*7 + 1} {
		line := fmt.Sprintf("goto %d", tick)
		if got, want := do(t, s, &out, line), fmt.Sprintf("after tick %d of %d: nobody fires\n", tick, long); got != want {
			t.Errorf("%s: tells %q, want %q", line, got, want)
		}
	}
}

// Neurons that look across their core are at work together.
func TestNeuronsInLockstep(t *testing.T) {
	target := xbar(t)
	target.Arch.Extensions += "X"
	im := compiled(t, chain, target)
	p, err := isa.Assemble("most.s", ".program most\n.state v\n.param bias c0\n acc v, v, 0\n xmax t0, v\n mov v, t0\n", isa.AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	im.Programs[im.Cores[2].Program] = *p
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	chip, err := emulator.NewChipOn(im, target, emulator.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := sessionOn(t, chip, target, &out)
	got := do(t, s, &out, "break sum[1].v > 90", "break saturate sum", "run", "registers", "print", "step", "registers sum[1]", "print sum", "registers relay[0]", "delete 1", "run")
	want := `breakpoint 1: sum[1].v > 90
breakpoint 2: saturate sum[0..1]
breakpoint 1: sum[1].v is 100, in the network 100
tick 5 of 12, core 2, update: all 2 neurons, instruction 1 of 3
   1          xmax t0, v
:1:1: all neurons of the core are at work; name one, as in registers sum[0] [bad-command]
:1:1: no neuron is at work; name one: print POP[I] [bad-command]
tick 5 of 12, core 2, update: all 2 neurons, instruction 2 of 3
   2          mov  v, t0
register  name  word
in        –     100
t0        –     100
s0        v     100
c0        bias  0
q1 false, q2 false, q3 false
neuron  v    (network)
sum[0]  100  100
sum[1]  100  100
:1:1: relay[0] is not at work; break relay[0] goes to where it is [bad-command]
breakpoint 2: sum[0] saturates in instruction 0
breakpoint 2: sum[1] saturates in instruction 0
tick 7 of 12, core 2, update: all 2 neurons, instruction 1 of 3
   1          xmax t0, v
`
	if got != want {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
}

// A chip without ticks goes on by tick, and stops at its spikes and words.
func TestAChipWithoutTicks(t *testing.T) {
	target, err := targets.Load("odin")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := newSession(t, `
inputs: {x: {shape: 2}}
populations: {y: {shape: 2, neuron: odin_lif, params: {threshold: 5, leak: 1}}}
projections: [{from: x, to: y, connect: dense, weights: 3}]
outputs: [y]
`, target, &out)
	got := do(t, s, &out, "step", "break saturate", "break y[1]", "break spike y[1]", "break y[0].v >= 2", "run", "print y", "run")
	want := `:1:1: step: a chip without ticks, as this is, has neither phases nor programs; go on by tick [unsupported]
:1:7: the circuit of a chip without ticks, as this is, tells of spikes and state words only [unsupported]
:1:7: the circuit of a chip without ticks, as this is, tells of spikes and state words only [unsupported]
breakpoint 1: spike y[1]
breakpoint 2: y[0].v >= 2
breakpoint 2: y[0].v is 2, in the network 2
after tick 2 of 12: nobody fires
neuron  v  (network)
y[0]    2  2
y[1]    2  2
breakpoint 1: y[1] fires
after tick 3 of 12: y[0] y[1] fire
`
	if got != want {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
}
