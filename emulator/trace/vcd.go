package trace

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// The values of a core's signal `phase`.
const (
	phaseWait = iota
	phaseIntegrate
	phaseUpdate
	phaseLearn
	phaseSynchronise
	phaseEvents
)

// Probe is a state word of a neuron.
type Probe struct {
	Population   string
	Index        int
	State        string
	Neuron, Word int
}

// VCD writes a run as a value change dump (IEEE 1364), which GTKWave opens; TRACES.md
// says what each signal is.
type VCD struct {
	w     io.Writer
	buf   bytes.Buffer
	im    *image.Image
	clock clock
	// state returns a state word after the tick.
	state  func(neuron, word int) int32
	probes []Probe
	// coreOf has the core of each neuron, -1 of one that is removed.
	coreOf []int32
	// signals come in the order of the header: those of cores, then of probes.
	signals []signal
	changes []change
	// start is the cycle at which the tick begins, now the time told last.
	start, now int64
}

// signal is a variable of the dump.
type signal struct {
	bits int
	// value is the one told last.
	value int32
}

// The signals of each core.
const (
	busySignal = iota
	phaseSignal
	sendSignal
	spikesSignal
	coreSignals
)

// change is a new value of a signal at a cycle of the tick.
type change struct {
	at     int64
	signal int
	value  int32
}

// NewVCD returns a dump of an image's run at a target's clock, and writes its head.
// state tells the words of the machine that runs; a probe that stands twice is one.
func NewVCD(w io.Writer, im *image.Image, t *targets.Timing, probes []Probe, state func(neuron, word int) int32) (*VCD, error) {
	v := &VCD{w: w, im: im, clock: newClock(t), state: state, coreOf: make([]int32, im.Neurons())}
	own := make([]int32, im.Neurons())
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, n := range c.Neurons {
			if n != image.NoNeuron && (c.Copies == nil || !c.Copies[slot]) {
				own[n] = int32(k)
			}
		}
	}
	for n := range v.coreOf {
		v.coreOf[n] = -1
		if s := im.StandIn(int32(n)); s != image.NoNeuron {
			v.coreOf[n] = own[s]
		}
	}
	seen := map[Probe]bool{}
	for _, p := range probes {
		if !seen[p] {
			seen[p] = true
			v.probes = append(v.probes, p)
		}
	}
	v.head()
	return v, v.flush(flushAt)
}

// head declares the signals and says what they begin with.
func (v *VCD) head() {
	m := &v.im.Manifest
	fmt.Fprintf(&v.buf, "$version weft $end\n$comment %s $end\n$timescale 1 ps $end\n", v.clock)
	fmt.Fprintf(&v.buf, "$scope module %s $end\n", identifier(m.Network))
	used := map[string]bool{}
	for k := range v.im.Cores {
		c := &v.im.Cores[k]
		v.open(used, fmt.Sprintf("core_%d_x%d_y%d_%s", k, c.X, c.Y, v.im.Label(c)))
		v.declare("wire", 1, "busy")
		v.declare("wire", 3, "phase")
		v.declare("wire", 1, "send")
		v.declare("integer", 32, "spikes")
		v.close()
	}
	for k, p := range v.probes {
		if k == 0 || v.probes[k-1].Population != p.Population {
			if k > 0 {
				v.close()
			}
			v.open(used, p.Population)
		}
		v.declare("integer", 32, identifier(fmt.Sprintf("%s_%d", p.State, p.Index)))
	}
	if len(v.probes) > 0 {
		v.close()
	}
	v.close()
	v.buf.WriteString("$enddefinitions $end\n#0\n$dumpvars\n")
	for k, p := range v.probes {
		v.signals[len(v.im.Cores)*coreSignals+k].value = v.state(p.Neuron, p.Word)
	}
	for k := range v.signals {
		v.tell(k)
	}
	v.buf.WriteString("$end\n")
}

// open begins a scope, under a name that none has yet.
func (v *VCD) open(used map[string]bool, name string) {
	name = identifier(name)
	for used[name] {
		name += "_"
	}
	used[name] = true
	fmt.Fprintf(&v.buf, "$scope module %s $end\n", name)
}

func (v *VCD) close() { v.buf.WriteString("$upscope $end\n") }

// declare declares the next signal.
func (v *VCD) declare(kind string, bits int, name string) {
	fmt.Fprintf(&v.buf, "$var %s %d %s %s $end\n", kind, bits, code(len(v.signals)), name)
	v.signals = append(v.signals, signal{bits: bits})
}

// identifier makes a name one that a dump may have: letters, digits and underscores,
// of which the first is no digit.
func identifier(name string) string {
	legal := strings.Map(func(r rune) rune {
		if r < 128 && (r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z') {
			return r
		}
		return '_'
	}, name)
	if legal == "" || '0' <= legal[0] && legal[0] <= '9' {
		legal = "_" + legal
	}
	return legal
}

// code returns the identifier code of a signal: printable characters.
func code(k int) string {
	var out []byte
	for {
		out = append(out, byte('!'+k%94))
		if k /= 94; k == 0 {
			return string(out)
		}
		k--
	}
}

// tell writes the value of a signal.
func (v *VCD) tell(k int) {
	s := &v.signals[k]
	if s.bits == 1 {
		fmt.Fprintf(&v.buf, "%d%s\n", s.value, code(k))
		return
	}
	fmt.Fprintf(&v.buf, "b%b %s\n", uint32(s.value), code(k))
}

// Tick writes one tick.
func (v *VCD) Tick(t *emulator.Tick) error {
	v.changes = v.changes[:0]
	for k := range t.Cores {
		v.core(k, &t.Cores[k], &t.Phases)
	}
	for _, s := range t.Sends {
		if s.Core != image.Host {
			signal := int(s.Core)*coreSignals + sendSignal
			v.add(s.From, signal, 1)
			v.add(s.Until, signal, 0)
		}
	}
	v.fired(t)
	for k, p := range v.probes {
		v.add(v.updated(t, p.Neuron), len(v.im.Cores)*coreSignals+k, v.state(p.Neuron, p.Word))
	}
	v.write()
	v.start += t.Phases.Done
	return v.flush(flushAt)
}

// core adds the phases of a core.
func (v *VCD) core(k int, t *emulator.CoreTick, p *emulator.Phases) {
	busy, phase := k*coreSignals+busySignal, k*coreSignals+phaseSignal
	at := int64(0)
	add := func(code, working int32, until int64) {
		if until > at {
			v.add(at, phase, code)
			v.add(at, busy, working)
			at = until
		}
	}
	if v.im.Manifest.Arch.Controller.EventDriven() {
		add(phaseEvents, 1, p.Done)
		return
	}
	add(phaseIntegrate, 1, t.Integrated)
	add(phaseWait, 0, t.Began)
	add(phaseUpdate, 1, t.Updated)
	add(phaseLearn, 1, t.Learned)
	add(phaseWait, 0, p.Routed)
	add(phaseSynchronise, 0, p.Done)
}

// fired adds how many neurons of each core fired: from when it had updated them to the
// end of the tick.
func (v *VCD) fired(t *emulator.Tick) {
	n := make([]int32, len(t.Cores))
	for _, id := range t.Fired {
		n[v.coreOf[id]]++
	}
	for k := range n {
		v.add(0, k*coreSignals+spikesSignal, 0)
		v.add(t.Cores[k].Updated, k*coreSignals+spikesSignal, n[k])
	}
}

// updated returns when the core of a neuron had updated it.
func (v *VCD) updated(t *emulator.Tick, neuron int) int64 {
	if k := v.coreOf[neuron]; k >= 0 {
		return t.Cores[k].Updated
	}
	return 0
}

func (v *VCD) add(at int64, signal int, value int32) {
	v.changes = append(v.changes, change{at, signal, value})
}

// write writes the changes in order of time. Of those of one signal at one time the
// last counts.
func (v *VCD) write() {
	slices.SortStableFunc(v.changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), a.signal-b.signal) })
	for k, c := range v.changes {
		if k+1 < len(v.changes) && v.changes[k+1].at == c.at && v.changes[k+1].signal == c.signal {
			continue
		}
		if v.signals[c.signal].value == c.value {
			continue
		}
		v.signals[c.signal].value = c.value
		v.time(v.start + c.at)
		v.tell(c.signal)
	}
}

// time says when it is, if that is new.
func (v *VCD) time(cycle int64) {
	if at := v.clock.at(cycle); at > v.now {
		v.now = at
		fmt.Fprintf(&v.buf, "#%d\n", at)
	}
}

// flush writes what is gathered, if it is so many bytes.
func (v *VCD) flush(atLeast int) error { return flush(v.w, &v.buf, atLeast) }

// Close ends the dump at the end of the last tick.
func (v *VCD) Close() error {
	v.time(v.start)
	return v.flush(0)
}
