package debug

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/internal/diag"
)

// unit is what one goes on by.
type unit int

const (
	byTick unit = iota
	byPhase
	byNeuron
	byInstruction
)

// goal is how far to go: left times a unit smaller than a tick, and to the end of tick
// last at most. Once interrupted has an error, no further than to the next phase.
type goal struct {
	unit        unit
	left, last  int
	interrupted func() error
}

// work is a tick that has begun: the machine runs in a coroutine, which stops where
// somebody wants to look.
type work struct {
	// resume goes on to the next stop; more is false where the tick is over instead.
	resume func() (why []string, more bool)
	// finish goes on to the end, past all stops: gone says so.
	finish func()
	yield  func(why []string) bool
	gone   bool
	point  point
	// due are the axons that each core has found active.
	due   map[int][]core.Arrival
	fired []int32
}

// point is where a tick is.
type point struct {
	core  int // emulator.NoCore for all
	phase emulator.Phase
	// at is nil where the phase has not begun.
	at *core.Moment
}

// tickDone is what is known of the last tick that is over: who fired, and in cycle mode
// when its phases ended.
type tickDone struct {
	fired  []int32
	phases emulator.Phases
}

// move goes on, and tells where it stopped.
func (s *Session) move(ctx context.Context, g goal) error {
	g.interrupted = ctx.Err
	s.goal = g
	var why []string
	stopped := false
	for (s.work != nil || s.tick < g.last) && !stopped && len(why) == 0 && ctx.Err() == nil {
		if s.work == nil {
			s.begin()
		}
		if why, stopped = s.work.resume(); !stopped {
			why = s.end()
		}
	}
	for _, line := range why {
		fmt.Fprintln(s.w, line)
	}
	s.where()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("go on: %w", err)
	}
	return nil
}

// begin begins a tick.
func (s *Session) begin() {
	s.history.keep(s)
	if within := s.goal.unit != byTick || s.breaks.within(); within != s.observing {
		s.observing = within
		if s.machine.Observe(nil); within {
			s.machine.Observe(&emulator.Observer{Phase: s.atPhase, Instruction: s.atInstruction})
		}
	}
	if s.observing {
		s.activity()
	}
	s.breaks.beforeTick(s)
	w := &work{point: point{core: emulator.NoCore}, due: map[int][]core.Arrival{}}
	in := s.inputs(s.tick + 1)
	w.resume, w.finish = iter.Pull(func(yield func([]string) bool) {
		w.yield = yield
		w.fired = s.machine.Tick(in)
	})
	s.work = w
}

// end ends the tick at work, which is over, and returns why to stop behind it.
func (s *Session) end() (why []string) {
	s.tick++
	s.last = tickDone{slices.Clone(s.work.fired), s.seen.Phases}
	s.hash.Spikes(int64(s.tick), s.last.fired)
	s.work = nil
	return s.breaks.afterTick(s)
}

// abandon lets the tick at work run to its end without anybody looking. The machine is
// then ahead of the session, and has to be put back.
func (s *Session) abandon() {
	if s.work != nil {
		s.work.gone = true
		s.work.finish()
		s.work = nil
	}
}

// pause stops the tick at work.
func (w *work) pause(why []string) { w.gone = !w.yield(why) }

// atPhase is told before each phase.
func (s *Session) atPhase(k int, p emulator.Phase) {
	w := s.work
	if w.gone {
		return
	}
	w.point = point{core: k, phase: p}
	if p == emulator.Integrate {
		w.due[k] = s.machine.Due(k, int64(s.tick+1))
	}
	if s.goal.interrupted() != nil || s.goal.unit == byPhase && s.counts(k) {
		w.pause(nil)
	}
}

// atInstruction is told at each moment of a program.
func (s *Session) atInstruction(k int, at *core.Moment) {
	w := s.work
	if w.gone {
		return
	}
	w.point = point{core: k, phase: w.point.phase, at: at}
	why := s.breaks.at(s, k, at)
	arrived := at.PC < len(at.Program) && (s.goal.unit == byInstruction || s.goal.unit == byNeuron && at.PC == 0) && s.counts(k)
	if arrived || len(why) > 0 {
		w.pause(why)
	}
}

// counts takes one off what is left to the goal, of a core that counts, and reports
// whether that was the last.
func (s *Session) counts(k int) bool {
	if s.focus >= 0 && k != s.focus && k != emulator.NoCore {
		return false
	}
	s.goal.left--
	return s.goal.left == 0
}

// runTo is the command run.
func (s *Session) runTo(ctx context.Context, c *Command) error {
	last := c.n
	if last == 0 {
		last = s.ticks
	} else if last < s.tick || last == s.tick && s.work != nil {
		return c.refuse("tick %d is over; goto %d goes back to its end", last, last)
	}
	return s.move(ctx, goal{unit: byTick, last: last})
}

// runBack is the command back.
func (s *Session) runBack(ctx context.Context, c *Command) error {
	to := s.tick - max(c.n, 1)
	if s.work != nil {
		to++
	}
	if to < 0 {
		return c.refuse("only %s are over; goto 0 goes to the start", diag.Plural(s.tick, "tick"))
	}
	return s.jump(ctx, to)
}

// runReset is the command reset.
func (s *Session) runReset(context.Context, *Command) error {
	s.abandon()
	s.machine.Reset()
	s.start()
	s.where()
	return nil
}

// jump goes to the end of a tick, past all breakpoints, and tells where it is.
func (s *Session) jump(ctx context.Context, tick int) error {
	if s.work != nil || tick < s.tick {
		s.abandon()
		s.history.restore(s, tick)
	}
	kept := s.breaks
	s.breaks = breaks{}
	defer func() { s.breaks = kept }()
	return s.move(ctx, goal{unit: byTick, last: tick})
}

// runCore chooses the core that counts.
func (s *Session) runCore(_ context.Context, c *Command) error {
	s.focus = c.n
	return nil
}

// runSpike puts spikes of inputs in.
func (s *Session) runSpike(_ context.Context, c *Command) error {
	tick := s.tick + 1
	if s.work != nil {
		tick++
	}
	if tick > s.ticks {
		return c.refuse("no tick is left for it; --ticks makes the run longer")
	}
	for n := range c.named.N {
		s.added[tick] = append(s.added[tick], int32(c.named.First+n))
	}
	s.history.forget(tick)
	fmt.Fprintf(s.w, "%s will spike in tick %d\n", selected(c.named), tick)
	return nil
}
