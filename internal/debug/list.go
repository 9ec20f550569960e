package debug

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Bounds of what is told unasked, and of lists of what nobody has counted.
const (
	maxTold   = 12
	maxListed = 64
)

// table writes aligned columns below a head.
func (s *Session) table(head string, rows func(row func(cells ...any))) error {
	t := tabwriter.NewWriter(s.w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, head)
	rows(func(cells ...any) {
		words := make([]string, len(cells))
		for k, c := range cells {
			words[k] = fmt.Sprint(c)
		}
		fmt.Fprintln(t, strings.Join(words, "\t"))
	})
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// program returns the program of a kind on a core.
func (s *Session) program(k int, kind isa.Kind) *isa.Program {
	c := &s.image.Cores[k]
	if at, ok := c.LearnProgram(kind); ok && kind != isa.Tick {
		return &s.image.Programs[at]
	}
	return &s.image.Programs[c.Program]
}

// lines returns the text of such a program.
func (s *Session) lines(k int, kind isa.Kind) []string {
	lines, err := s.program(k, kind).Lines()
	if err != nil {
		panic("debug: program of a verified image: " + err.Error())
	}
	return lines
}

// core returns the core to look at: the chosen one, that at work, or the only one.
func (s *Session) core(c *Command) (int, error) {
	switch {
	case s.focus >= 0:
		return s.focus, nil
	case s.work != nil && s.work.point.core >= 0:
		return s.work.point.core, nil
	case len(s.image.Cores) == 1:
		return 0, nil
	}
	return 0, c.refuse("no core is at work, and there are %d; core N chooses one", len(s.image.Cores))
}

// around is how many lines of a long program are shown before and behind.
const around = 8

// runDisasm prints a program.
func (s *Session) runDisasm(_ context.Context, c *Command) error {
	k, err := s.core(c)
	if err != nil {
		return err
	}
	kind, pc := isa.Tick, -1
	if s.work != nil && s.work.point.at != nil && s.work.point.core == k {
		kind, pc = s.work.point.at.Kind, s.work.point.at.PC
	}
	lines := s.lines(k, kind)
	from, to := 0, len(lines)
	if pc >= 0 {
		from, to = max(0, pc-around), min(to, pc+around+1)
	}
	fmt.Fprintf(s.w, "core %d, program %s (%v), %s\n", k, s.program(k, kind).Name, kind, diag.Plural(len(lines), "instruction"))
	for i := from; i < to; i++ {
		mark := "  "
		if i == pc {
			mark = "> "
		}
		fmt.Fprintf(s.w, "%s%4d  %s\n", mark, i, lines[i])
	}
	return nil
}

// runAxons prints the axons that are active.
func (s *Session) runAxons(_ context.Context, c *Command) error {
	from, to := 0, len(s.image.Cores)
	if k, err := s.core(c); err == nil {
		from, to = k, k+1
	}
	fmt.Fprintf(s.w, "active in tick %d\n", s.tick+1)
	return s.table("core\taxon\tpayload\tfrom", func(row func(cells ...any)) {
		listed := 0
		for k := from; k < to; k++ {
			due := s.machine.Due(k, int64(s.tick+1))
			if s.work != nil && s.work.due[k] != nil {
				due = s.work.due[k]
			}
			for _, a := range due {
				if listed++; listed <= maxListed {
					row(k, a.Axon, a.Payload, strings.Join(s.driversOf(k)[a.Axon], " "))
				}
			}
		}
		if listed > maxListed {
			row("…", fmt.Sprintf("%d more: choose a core", listed-maxListed))
		}
	})
}

// driversOf returns who drives each axon of a core.
func (s *Session) driversOf(k int) [][]string {
	if s.drivers[k] == nil {
		s.drivers[k], _ = names.Drivers(s.image, k)
	}
	return s.drivers[k]
}

// runSynapses prints the synapses to a neuron.
func (s *Session) runSynapses(_ context.Context, c *Command) error {
	at := s.slots[c.named.First]
	return s.table("from\tdelay\tweight\taxon", func(row func(cells ...any)) {
		for _, f := range trace.FanIn(s.image, at.core, at.slot) {
			from := "a relay"
			if inputs := s.image.Inputs(); f.Source >= inputs {
				from = s.neuronName(f.Source - inputs)
			} else if f.Source >= 0 {
				from = names.Of(s.image.Manifest.Inputs, f.Source)
			}
			marks := s.image.Cores[f.Core].Rows.Marks(f.Axon)
			weight := marks.Scaled(s.machine.Weight(f.Core, f.Axon, f.Synapse))
			row(from, f.Delay, weight, fmt.Sprintf("%d of core %d", f.Axon, f.Core))
		}
	})
}

// runFired prints who spiked.
func (s *Session) runFired(context.Context, *Command) error {
	fmt.Fprintf(s.w, "in tick %d\n", s.tick)
	list := func(what string, symbols []image.Symbol, ids []int32) {
		var words []string
		for _, n := range ids {
			words = append(words, names.Of(symbols, int(n)))
		}
		fmt.Fprintf(s.w, "%s: %s\n", what, orElse(strings.Join(words, " "), "none"))
	}
	list("inputs", s.image.Manifest.Inputs, s.inputs(s.tick))
	list("neurons", s.image.Manifest.Populations, s.last.fired)
	return nil
}

// runCycle prints the clock.
func (s *Session) runCycle(context.Context, *Command) error {
	if s.options.Mode == emulator.Functional {
		fmt.Fprintln(s.w, "no clock: --timing functional keeps no time")
		return nil
	}
	now := s.machine.Cycles()
	fmt.Fprintf(s.w, "cycle %d, %s\n", now, report.SI(float64(now)/s.options.Target.Timing.Clock, "s"))
	if p := &s.last.phases; p.Done > 0 {
		fmt.Fprintf(s.w, "tick %d took %d: ", s.tick, p.Done)
		if p.Gathered > 0 {
			fmt.Fprintf(s.w, "gathered %d, ", p.Gathered)
		}
		fmt.Fprintf(s.w, "integrated %d, updated %d, learned %d, routed %d\n", p.Integrated, p.Updated, p.Learned, p.Routed)
	}
	return nil
}

// runCounts prints how often events happened.
func (s *Session) runCounts(context.Context, *Command) error {
	act := s.activity()
	total := act.Total()
	fmt.Fprintf(s.w, "until the end of tick %d: synaptic events %d, spike hash %v\n", s.tick, act.SynapticEvents, s.hash)
	return s.table("event\tcount", func(row func(cells ...any)) {
		for e, info := range targets.Events {
			if total[e] > 0 {
				row(info.Name, total[e])
			}
		}
	})
}

// runReport prints the report of a run.
func (s *Session) runReport(context.Context, *Command) error {
	rep := report.New(s.image, s.options.Target, s.options.Mode == emulator.Functional, s.activity(), s.hash.String())
	rep.SetDefects(s.options.Defects, s.options.Chip.DeadUse())
	return rep.WriteText(s.w)
}

// runInfo lists what there is.
func (s *Session) runInfo(_ context.Context, c *Command) error {
	switch c.topic {
	case "breaks":
		return s.printBreaks()
	case "cores":
		return s.table("core\tplace\tholds\tprogram", func(row func(cells ...any)) {
			for k := range s.image.Cores {
				ic := &s.image.Cores[k]
				row(k, fmt.Sprintf("(%d, %d)", ic.X, ic.Y), s.image.Label(ic), s.image.Programs[ic.Program].Name)
			}
		})
	}
	return s.table("population\tneurons\tmodel\tstate", func(row func(cells ...any)) {
		for k := range s.image.Manifest.Populations {
			p := &s.image.Manifest.Populations[k]
			var states []string
			if sel, bad := names.Find(s.image, fmt.Sprintf("%s[0..%d]", p.Name, p.N-1)); bad == nil {
				for _, w := range sel.Words {
					states = append(states, w.Name)
				}
			}
			row(p.Name, p.N, p.Model, strings.Join(states, " "))
		}
	})
}
