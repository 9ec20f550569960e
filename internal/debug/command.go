package debug

import (
	"context"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
)

// Command is a line that was read and found sound.
type Command struct {
	// Text is the line.
	Text string
	// Again says that an empty line behind it does it once more.
	Again bool
	pos   diag.Pos
	verb  *verb
	// n is a number: how many, a tick, a core, a breakpoint; 0, or −1 of a core, where
	// none was given.
	n     int
	named *names.Selection // nil where nothing was named
	stop  *breakpoint
	topic string
}

// verb is everything about a kind of command.
type verb struct {
	// names are the name and shorter ones; form is what comes behind it.
	names []string
	form  string
	doc   string
	group group
	// again is as in Command.
	again bool
	// programs says that it is of programs and phases, which a chip without ticks does
	// not have.
	programs bool
	parse    func(p *parser, c *Command)
	run      func(s *Session, ctx context.Context, c *Command) error
}

// group is what commands are for.
type group int

const (
	moving group = iota
	stopping
	looking
	other
	numGroups
)

var groupNames = [numGroups]string{moving: "going on, and back", stopping: "where to stop", looking: "looking", other: "besides"}

// verbs lists the commands in the order of `help`.
func verbs() []verb {
	return []verb{
		{
			names: []string{"run", "continue", "r", "c"}, form: "[TICK]", group: moving, again: true,
			doc:   "go on to the end of TICK, or of the run",
			parse: (*parser).laterTick,
			run:   (*Session).runTo,
		},
		{
			names: []string{"tick", "t"}, form: "[N]", group: moving, again: true,
			doc:   "go on to the end of this tick, or of N ticks",
			parse: (*parser).count,
			run: func(s *Session, ctx context.Context, c *Command) error {
				return s.move(ctx, goal{unit: byTick, last: min(s.tick+max(c.n, 1), s.ticks)})
			},
		},
		{
			names: []string{"phase"}, form: "[N]", group: moving, again: true, programs: true,
			doc:   "go on to the next phase of a core, or of the mesh",
			parse: (*parser).count, run: moveBy(byPhase),
		},
		{
			names: []string{"neuron", "next", "n"}, form: "[N]", group: moving, again: true, programs: true,
			doc:   "go on to the first instruction of the next neuron, synapse or axon",
			parse: (*parser).count, run: moveBy(byNeuron),
		},
		{
			names: []string{"step", "s"}, form: "[N]", group: moving, again: true, programs: true,
			doc:   "go on to the next instruction",
			parse: (*parser).count, run: moveBy(byInstruction),
		},
		{
			names: []string{"back"}, form: "[N]", group: moving, again: true,
			doc:   "go back to the end of the tick before, or N ticks",
			parse: (*parser).count, run: (*Session).runBack,
		},
		{
			names: []string{"goto"}, form: "TICK", group: moving,
			doc:   "go to the end of TICK, back or on, past all breakpoints; 0 is before the first",
			parse: (*parser).anyTick,
			run:   func(s *Session, ctx context.Context, c *Command) error { return s.jump(ctx, c.n) },
		},
		{
			names: []string{"reset"}, group: moving,
			doc:   "go back to before the first tick, and forget the spikes that were put in",
			parse: (*parser).nothing, run: (*Session).runReset,
		},

		{
			names: []string{"break", "b"}, form: "WHEN", group: stopping,
			doc: `stop when something happens:
  break POP[I]              before the neuron's program, in each tick
  break spike POP[I]        behind the instruction by which the neuron fires
  break saturate [POP[I]]   behind one whose result, or sum of inputs, does not fit
  break POP[I].v > 100      behind one by which the state word becomes so (< <= > >= == !=);
                            a number with a point is in the network's unit: > 1.0
  break tick N              before tick N`,
			parse: (*parser).breakpoint, run: (*Session).runBreak,
		},
		{
			names: []string{"delete", "d"}, form: "[NUMBER]", group: stopping,
			doc:   "take a breakpoint away, or all",
			parse: (*parser).fewer, run: (*Session).runDelete,
		},
		{
			names: []string{"core"}, form: "N|all", group: stopping, programs: true,
			doc:   "let phase, neuron and step stop in this core alone, and show its axons and program",
			parse: (*parser).core, run: (*Session).runCore,
		},

		{
			names: []string{"where", "w"}, group: looking,
			doc:   "tick, core, phase, neuron and instruction",
			parse: (*parser).nothing, run: (*Session).runWhere,
		},
		{
			names: []string{"print", "p"}, form: "[NEURONS[.STATE]]", group: looking,
			doc:   "state words, and what the potential is in the network; of the neuron at work",
			parse: (*parser).someNeurons, run: (*Session).runPrint,
		},
		{
			names: []string{"registers", "regs"}, form: "[POP[I]]", group: looking, programs: true,
			doc:   "registers of the program at work; scratch ones that are 0 are left out",
			parse: (*parser).someNeurons, run: (*Session).runRegisters,
		},
		{
			names: []string{"params"}, form: "[NEURONS]", group: looking,
			doc:   "parameters that the program reads, of the neuron at work",
			parse: (*parser).someNeurons, run: (*Session).runParams,
		},
		{
			names: []string{"disasm", "list", "l"}, group: looking, programs: true,
			doc:   "the program at work, around the instruction that comes; or that of the core",
			parse: (*parser).nothing, run: (*Session).runDisasm,
		},
		{
			names: []string{"axons", "inputs"}, group: looking, programs: true,
			doc:   "axons that are active in the tick at work, or will be in the next",
			parse: (*parser).nothing, run: (*Session).runAxons,
		},
		{
			names: []string{"synapses"}, form: "POP[I]", group: looking,
			doc:   "the synapses that lead to a neuron, with their weights as they are now",
			parse: (*parser).oneNeuron, run: (*Session).runSynapses,
		},
		{
			names: []string{"fired"}, group: looking,
			doc:   "inputs and neurons that spiked in the last tick",
			parse: (*parser).nothing, run: (*Session).runFired,
		},
		{
			names: []string{"cycle"}, group: looking,
			doc:   "the clock, and when the phases of the last tick ended",
			parse: (*parser).nothing, run: (*Session).runCycle,
		},
		{
			names: []string{"counts"}, group: looking,
			doc:   "how often each event happened, up to the end of the last tick",
			parse: (*parser).nothing, run: (*Session).runCounts,
		},
		{
			names: []string{"report"}, group: looking,
			doc:   "what 'weft run' would report of the ticks until here",
			parse: (*parser).nothing, run: (*Session).runReport,
		},
		{
			names: []string{"info"}, form: "breaks|populations|cores", group: looking,
			doc:   "the breakpoints, populations or cores that there are",
			parse: (*parser).infoTopic, run: (*Session).runInfo,
		},

		{
			names: []string{"spike"}, form: "INPUT[I]", group: other,
			doc:   "let inputs spike in the next tick, too: the run is then another",
			parse: (*parser).inputs, run: (*Session).runSpike,
		},
		{
			names: []string{"help", "h", "?"}, form: "[COMMAND]", group: other,
			doc:   "the commands, or one of them",
			parse: (*parser).helpTopic, run: (*Session).runHelp,
		},
		{
			names: []string{"quit", "q", "exit"}, group: other,
			doc:   "end",
			parse: (*parser).nothing,
			run:   func(*Session, context.Context, *Command) error { return ErrQuit },
		},
	}
}

// moveBy returns what a command does that goes on by a unit.
func moveBy(u unit) func(s *Session, ctx context.Context, c *Command) error {
	return func(s *Session, ctx context.Context, c *Command) error {
		return s.move(ctx, goal{unit: u, left: max(c.n, 1), last: s.ticks})
	}
}
