// Package compiler turns a network into a chip image for a target's Arch: a
// list of passes, each of which returns the next level, verified.
package compiler

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"time"

	"github.com/weft-toolchain/weft/compiler/approx"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Options are a compilation's choices; the zero value is the default.
type Options struct {
	// Quantise overrides, field by field, what the network file says.
	Quantise network.Quantise
	// Optimise adds passes to those that the network file asks for.
	Optimise network.Optimise
	// Seed, where not zero, begins the search of mapping elsewhere.
	Seed uint64
	// Effort is how long mapping looks for better, from 1; 0 is DefaultEffort.
	Effort int
	// Split says which populations are split over cores with partial sums; the
	// default is mapping.SplitAuto.
	Split mapping.Split
	// Cores, where not nil, is the core of each neuron: see mapping.Options.
	Cores []int32
	// Traffic wants the fewest deliveries between cores before the fewest cores.
	Traffic bool
	// Approximate, where not 0, lets neurons that do not fit get their input through
	// relays, which keep up with that share of it in a tick, above 0 and up to 1.
	Approximate float64
	// Defects is what is dead of the chip that the image is for: it uses nothing of
	// that. They are of the same Arch.
	Defects *targets.Defects
	// Profile holds the spikes of every input and then of every neuron in a run
	// that stands for the network's use: the weights of their ways. Nil is one
	// spike each, and so is one without any spike.
	Profile []int64
	// Watched are populations, besides the network's outputs, whose neurons somebody
	// looks at: none of them is removed.
	Watched []int
	// Release lets go of what no later pass needs: of the network's synapses once there
	// are the graph's, and of the weights of graph and integers once they are in the pins
	// of neurons. Neither can be used for another compilation then.
	Release bool
	// Progress, if set, is told how many of a number of steps are done. It is called
	// from one goroutine at a time.
	Progress func(done, total int)
	// Dump names a pass after which the level is written to DumpTo.
	Dump   string
	DumpTo io.Writer
}

// DefaultEffort is how long mapping looks where nobody says.
const DefaultEffort = 2

// Result is a compiled network with the levels it passed through.
type Result struct {
	Graph     *ir.Graph
	Quantized *ir.Quantized
	Mapped    *ir.Mapped
	Image     *image.Image
	// Profile is that of the options, and of relays what they fire then.
	Profile []int64
	// Silent says that the options' profile had no spike, and so that there is none.
	Silent bool
	// Approximate is that of the options; Approximated says what of Quantized differs
	// from what was to be compiled.
	Approximate  float64
	Approximated []approx.Population
	// Passes are those that ran, in order.
	Passes []PassRun
}

// PassRun is a pass that ran.
type PassRun struct {
	Name    string
	Seconds float64
	// Effects are what it did, in numbers; nil of passes that always run.
	Effects []ir.Effect
}

// state is what the passes hand on.
type state struct {
	net    *network.Network
	arch   *targets.Arch
	target string
	opt    Options
	// optimise is what file and options ask for together, effects what the pass that
	// runs has done.
	optimise network.Optimise
	effects  []ir.Effect
	// steps are those of all passes that run, done those that are done.
	steps, done int
	Result
}

// InternalError is a bug of ours: a pass left something behind that is not so.
type InternalError struct {
	Pass string
	Err  error
}

// Error names the pass.
func (e *InternalError) Error() string {
	return fmt.Sprintf("compiler bug after pass %q: %v", e.Pass, e.Err)
}

// Unwrap returns what was wrong.
func (e *InternalError) Unwrap() error { return e.Err }

// Compile compiles net for arch; target names the chip in the image. Mistakes
// of the user are a *diag.Error, ours an *InternalError. The context is looked
// at between passes, and in those that may be long.
func Compile(ctx context.Context, net *network.Network, target string, arch *targets.Arch, opt Options) (*Result, error) {
	wanted := asked(net.Optimise, opt.Optimise)
	if err := checkSize(net, arch, wanted); err != nil {
		return nil, err
	}
	if have := sourceCount(net); opt.Profile != nil && len(opt.Profile) != have {
		return nil, fmt.Errorf("compile: the profile has %d sources, the network has %d", len(opt.Profile), have)
	}
	silent := opt.Profile != nil && !slices.ContainsFunc(opt.Profile, func(spikes int64) bool { return spikes > 0 })
	if silent {
		opt.Profile = nil // all would weigh nothing
	}
	s := &state{net: net, arch: arch, target: target, opt: opt, optimise: wanted, Result: Result{Profile: opt.Profile, Silent: silent, Approximate: opt.Approximate}}
	runs := slices.DeleteFunc(slices.Clone(passes), func(p pass) bool { return p.asked != nil && !p.asked(s) })
	for _, p := range runs {
		s.steps += p.inSteps()
	}
	for _, p := range runs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.progress(0)
		start := time.Now()
		s.effects = nil
		out, err := p.run(ctx, s)
		if err != nil {
			return nil, err
		}
		s.Passes = append(s.Passes, PassRun{p.name, time.Since(start).Seconds(), s.effects})
		s.done += p.inSteps()
		if err := out.Verify(); err != nil {
			return nil, &InternalError{Pass: p.name, Err: err}
		}
		if opt.Dump == p.name && opt.DumpTo != nil {
			if err := dump(out, opt.DumpTo); err != nil {
				return nil, fmt.Errorf("dump after %s: %w", p.name, err)
			}
		}
		if opt.Release && p.release != nil {
			p.release(s)
			debug.FreeOSMemory() // what is let go may be half of all there is
		}
	}
	s.progress(0)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &s.Result, nil
}

// progress tells that so many steps of the pass that runs are done.
func (s *state) progress(steps int) {
	if s.opt.Progress != nil {
		s.opt.Progress(s.done+steps, s.steps)
	}
}

// asked returns what a network file and the options ask for together; of numbers
// the options' come first.
func asked(file, over network.Optimise) network.Optimise {
	o := file
	if over.Pos.File != "" {
		o.Pos = over.Pos
	}
	if (over.Prune != network.Prune{}) {
		o.Prune = over.Prune
	}
	if over.CorrectBias != 0 {
		o.CorrectBias = over.CorrectBias
	}
	o.Dead = o.Dead || over.Dead
	o.Unreachable = o.Unreachable || over.Unreachable
	o.Share = o.Share || over.Share
	return o
}

// dump writes a level, in one piece.
func dump(l level, w io.Writer) error {
	var text bytes.Buffer
	if err := l.WriteText(&text); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}

// sourceCount returns how many inputs and neurons the network has.
func sourceCount(net *network.Network) int {
	n := inputCount(net)
	for _, p := range net.Populations {
		n += network.Size(p.Shape)
	}
	return n
}

func inputCount(net *network.Network) int {
	n := 0
	for _, in := range net.Inputs {
		n += network.Size(in.Shape)
	}
	return n
}

// sourceSize returns how many neurons or inputs a projection starts from.
func sourceSize(net *network.Network, from network.Ref) int {
	if from.Input {
		return network.Size(net.Inputs[from.Index].Shape)
	}
	return network.Size(net.Populations[from.Index].Shape)
}
