// Package debug runs a machine by tick, phase, neuron or instruction, stops it when
// something happens, and shows what it holds by the names of the network. Commands are
// lines of text, of a script or as somebody types them; DEBUGGER.md says which.
//
// The machine is an ordinary one, run in the plain way, and a Session only looks on:
// what it does, and what that takes, is what it would be without.
package debug

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// ErrQuit is what Do returns of the command quit.
var ErrQuit = errors.New("quit")

// Prompt is what somebody types behind.
const Prompt = "(weft) "

// Options are what a Session runs.
type Options struct {
	Chip *emulator.Chip
	// Target and Defects are the chip's; Mode is how much of it is emulated.
	Target  *targets.Target
	Defects *targets.Defects
	Mode    emulator.Mode
	// Train is the input, Ticks how many ticks the run has.
	Train *stimulus.Train
	Ticks int
}

// Session is a run that is looked at. It has one owner.
type Session struct {
	options Options
	image   *image.Image
	w       *bufio.Writer
	machine *emulator.Machine
	// observing says that the machine tells what it does within a tick.
	observing bool
	// tick is the last that is over, of ticks, and work the one that has begun: nil
	// between two.
	tick, ticks int
	work        *work
	last        tickDone
	seen        emulator.Tick
	// hash is that of all spikes of the ticks that are over, books are of these too.
	hash  report.Hash
	books *activity.Activity
	// added are the spikes of inputs that were put in, by tick.
	added   map[int][]int32
	history history
	breaks  breaks
	goal    goal
	// focus is the core in which phases, neurons and instructions count, −1 for all.
	focus int
	// slots has the place of each neuron, drivers who drives the axons of the cores that
	// were asked for.
	slots   []place
	drivers map[int][][]string
	// roles are those of the slots of each core, nil where all are the neurons' own;
	// doubles are the neurons for which one stands, ascending.
	roles   [][]image.Role
	doubles map[int32][]int32
	// planned is how many breakpoints there are once what was read is done.
	planned int
}

// place is a slot of a core. The core of a neuron that is removed is −1.
type place struct{ core, slot int }

// New returns a session before the first tick, which writes to w.
func New(w io.Writer, o Options) *Session {
	chip := o.Chip.In(emulator.Plain)
	im := chip.Image()
	s := &Session{
		options: o, image: im, w: bufio.NewWriter(w), machine: emulator.New(chip), ticks: o.Ticks,
		books: activity.New(len(im.Cores), len(im.Manifest.Populations)),
		focus: -1, slots: placesOf(im), drivers: map[int][][]string{}, doubles: map[int32][]int32{},
	}
	for k := range im.Cores {
		s.roles = append(s.roles, im.Roles(&im.Cores[k]))
	}
	for n := range int32(im.Neurons()) {
		if stand := im.StandIn(n); stand != n && stand != image.NoNeuron {
			s.doubles[stand] = append(s.doubles[stand], n)
		}
	}
	if o.Mode == emulator.Cycle {
		s.machine.Watch(&s.seen)
	}
	s.start()
	return s
}

// placesOf finds the slot of each neuron, or of the one that stands for it.
func placesOf(im *image.Image) []place {
	out := slices.Repeat([]place{{-1, -1}}, im.Neurons())
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, n := range c.Neurons {
			if c.Copies == nil || !c.Copies[slot] {
				out[n] = place{k, slot}
			}
		}
	}
	for n := range out {
		if stand := im.StandIn(int32(n)); stand != image.NoNeuron {
			out[n] = out[stand]
		}
	}
	return out
}

// start begins the run of a machine in its initial state.
func (s *Session) start() {
	s.tick, s.hash, s.last = 0, report.NewHash(), tickDone{}
	s.added, s.history = map[int][]int32{}, history{every: firstEvery}
	s.machine.Preload(s.options.Train.Before)
}

// Do does what a command says, and writes what it tells. It returns ErrQuit for quit,
// the context's error where that ended it, and else a *diag.Error of what cannot be done
// here and now.
func (s *Session) Do(ctx context.Context, c *Command) error {
	err := c.verb.run(s, ctx, c)
	if e := s.w.Flush(); err == nil && e != nil {
		return fmt.Errorf("write what the debugger tells: %w", e)
	}
	return err
}

// Echo writes a command as if it had been typed.
func (s *Session) Echo(c *Command) { fmt.Fprintf(s.w, "%s%s\n", Prompt, c.Text) }

// Close ends a session, in a tick too.
func (s *Session) Close() { s.abandon() }

// Summary is a line of what is run.
func (s *Session) Summary() string {
	m := &s.image.Manifest
	return fmt.Sprintf("%s on %s: %s, %s, %s", m.Network, s.options.Target.Name,
		diag.Plural(len(s.image.Cores), "core"), diag.Plural(s.image.Neurons(), "neuron"), diag.Plural(s.ticks, "tick"))
}

// refuse says that a command cannot be done here and now.
func (c *Command) refuse(format string, args ...any) error {
	return diag.One(c.pos, diag.BadCommand, format, args...)
}

// events reports whether the chip is one without ticks.
func (s *Session) events() bool { return s.image.Manifest.Arch.Controller.EventDriven() }

// inputs lists who spikes in a tick, ascending, each once.
func (s *Session) inputs(tick int) []int32 {
	in := s.options.Train.At(tick)
	if added := s.added[tick]; added != nil {
		in = slices.Concat(in, added)
		slices.Sort(in)
		in = slices.Compact(in)
	}
	return in
}

// activity returns the books of the ticks that are over.
func (s *Session) activity() *activity.Activity {
	if s.work == nil { // else they were closed before it began
		s.books.Clear()
		s.machine.Activity(s.books)
	}
	return s.books
}
