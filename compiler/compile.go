// Package compiler turns a network into a chip image for a target's Arch: a
// list of passes, each of which returns the next level, verified.
package compiler

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/weft-toolchain/weft/compiler/codegen"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Options are a compilation's choices; the zero value is the default.
type Options struct {
	// Quantise overrides, field by field, what the network file says.
	Quantise network.Quantise
	// Seed, where not zero, starts placement from a random one of that seed.
	Seed uint64
	// Dump names a pass after which the level is written to DumpTo.
	Dump   string
	DumpTo io.Writer
}

// Result is a compiled network with the levels it passed through.
type Result struct {
	Graph     *ir.Graph
	Quantized *ir.Quantized
	Mapped    *ir.Mapped
	Image     *image.Image
	// Passes are the times of the passes, in the order run.
	Passes []PassTime
}

// PassTime is how long a pass took.
type PassTime struct {
	Name    string
	Seconds float64
}

// state is what the passes hand on.
type state struct {
	net    *network.Network
	arch   *targets.Arch
	target string
	opt    Options
	Result
}

// level is what a pass leaves behind, for checks and dumps.
type level interface {
	Verify() error
	WriteText(w io.Writer) error
}

// pass is a row of the pass table.
type pass struct {
	name string
	doc  string
	run  func(s *state) (level, error)
}

var passes = []pass{
	{name: "lower", doc: "projections become synapses", run: func(s *state) (level, error) {
		s.Graph = lower.Lower(s.net)
		return s.Graph, nil
	}},
	{name: "quantise", doc: "real numbers become integers of the target's widths", run: func(s *state) (_ level, err error) {
		s.Quantized, err = quant.Quantise(s.Graph, s.arch, s.opt.Quantise)
		return s.Quantized, err
	}},
	{name: "map", doc: "neurons get cores, cores get places, spikes get destinations", run: func(s *state) (_ level, err error) {
		s.Mapped, err = mapping.Map(s.Quantized, s.arch, s.opt.Seed)
		return s.Mapped, err
	}},
	{name: "emit", doc: "cores become memories and programs", run: func(s *state) (_ level, err error) {
		s.Image, err = codegen.Generate(s.Mapped, s.target)
		return s.Image, err
	}},
}

// PassNames returns the passes in the order they run.
func PassNames() []string {
	names := make([]string, len(passes))
	for k, p := range passes {
		names[k] = p.name
	}
	return names
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
// at between passes.
func Compile(ctx context.Context, net *network.Network, target string, arch *targets.Arch, opt Options) (*Result, error) {
	if err := checkSize(net, arch); err != nil {
		return nil, err
	}
	s := &state{net: net, arch: arch, target: target, opt: opt}
	for _, p := range passes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		start := time.Now()
		out, err := p.run(s)
		if err != nil {
			return nil, err
		}
		s.Passes = append(s.Passes, PassTime{p.name, time.Since(start).Seconds()})
		if err := out.Verify(); err != nil {
			return nil, &InternalError{Pass: p.name, Err: err}
		}
		if opt.Dump == p.name && opt.DumpTo != nil {
			if err := dump(out, opt.DumpTo); err != nil {
				return nil, fmt.Errorf("dump after %s: %w", p.name, err)
			}
		}
	}
	return &s.Result, nil
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

// checkSize refuses what cannot fit the target before anything is expanded.
func checkSize(net *network.Network, arch *targets.Arch) error {
	var diags diag.List
	neurons, largest := 0, 0
	for k, p := range net.Populations {
		n := network.Size(p.Shape)
		neurons += n
		if n > network.Size(net.Populations[largest].Shape) {
			largest = k
		}
	}
	if len(net.Populations) == 0 {
		diags.Add(diag.Pos{File: net.File}, diag.MissingField, "the network has no populations")
		return diags.Err()
	}
	if room := arch.Cores() * arch.Neurons; neurons > room {
		p := &net.Populations[largest]
		diags.Add(p.Pos, diag.DoesNotFit, "the network has %d neurons, %d more than the %d of the target's %d cores; population %q has most: choose a larger target, or fewer neurons",
			neurons, neurons-room, room, arch.Cores(), p.Name)
	}
	checkCircuits(net, arch, &diags)
	checkPlastic(net, arch, &diags)
	if inputs := inputCount(net); arch.Controller.EventDriven() && neurons <= arch.Neurons && inputs+neurons > arch.Axons {
		diags.Add(diag.Pos{File: net.File}, diag.DoesNotFit, "the network has %d inputs and neurons together, %d more than the %d rows of the target's crossbar, which neurons and inputs share: choose a larger target, or fewer of them",
			inputs+neurons, inputs+neurons-arch.Axons, arch.Axons)
	}
	room := arch.MaxSynapses()
	synapses := 0
	for k := range net.Projections {
		p := &net.Projections[k]
		synapses += p.Synapses(sourceSize(net, p.From), network.Size(net.Populations[p.To].Shape))
		if synapses > room {
			diags.Add(p.Pos, diag.DoesNotFit, "with projection %q the network has %d synapses, %d more than the target's cores hold (%d): choose a larger target, or fewer synapses",
				p.Name, synapses, synapses-room, room)
			break
		}
	}
	return diags.Err()
}

// odinRule is what ODIN's circuit can do of sdsp.
var odinRule = []struct {
	param  network.Param
	lo, hi float64
}{
	{"theta_mem", 0, 255}, {"theta_1", 0, 7}, {"theta_2", 0, 7}, {"theta_3", 0, 7}, {"ca_leak", 1, 31}, {"step", 1, 1}, {"w_min", 0, 0}, {"w_max", 7, 7},
}

// checkODINRule refuses numbers that ODIN's learning circuit does not have.
func checkODINRule(p *network.Projection, diags *diag.List) {
	for _, r := range odinRule {
		if x := p.Learn.Params[r.param]; x < r.lo || x > r.hi || x != math.Trunc(x) {
			diags.Add(p.Learn.Pos, diag.DoesNotFit, "projection %q: learn: %s is %g, and the circuit of the target has whole numbers from %g to %g; where it is not written it has its default", p.Name, r.param, x, r.lo, r.hi)
		}
	}
}

// checkCircuits refuses models and rules that a chip without programs does not
// have.
func checkCircuits(net *network.Network, arch *targets.Arch, diags *diag.List) {
	if arch.Models == "" {
		return
	}
	have, rules := strings.Fields(arch.Models), strings.Fields(arch.Rules)
	for k := range net.Populations {
		p := &net.Populations[k]
		if !slices.Contains(have, string(p.Model)) {
			diags.Add(p.Pos, diag.DoesNotFit, "population %q: neuron %s, and the neurons of the target are circuits that do %s and nothing else: choose a target whose cores run programs, or write the network for that neuron",
				p.Name, p.Model, strings.Join(have, ", "))
		}
	}
	for k := range net.Projections {
		p := &net.Projections[k]
		if p.Learn != nil && p.Learn.Rule == network.SDSP && arch.Controller == targets.ODINEvents {
			checkODINRule(p, diags)
		}
		if p.Learn == nil || slices.Contains(rules, string(p.Learn.Rule)) {
			continue
		}
		what := "no circuit that learns"
		if len(rules) > 0 {
			what = "circuits that learn by " + strings.Join(rules, ", ") + " and nothing else"
		}
		diags.Add(p.Learn.Pos, diag.DoesNotFit, "projection %q: learns by %s, and the target has %s: choose a target whose cores run programs", p.Name, p.Learn.Rule, what)
	}
}

// checkPlastic refuses weights that learn where the crossbar cannot hold what
// they may become.
func checkPlastic(net *network.Network, arch *targets.Arch, diags *diag.List) {
	for k := range net.Projections {
		p := &net.Projections[k]
		switch {
		case p.Learn == nil:
		case arch.WeightFormat == targets.Typed:
			diags.Add(p.Learn.Pos, diag.DoesNotFit, "projection %q: learns, and a synapse of the target is one bit, whose weight all axons of a type share: choose a target whose synapses have weights of their own", p.Name)
		case arch.WeightFormat == targets.AxonSign && p.Learn.Params["w_min"] < 0:
			diags.Add(p.Learn.Pos, diag.DoesNotFit, "projection %q: learn: w_min is %g, and the synapses of an axon of the target share a sign, which learning does not change: want w_min of 0 or more", p.Name, p.Learn.Params["w_min"])
		}
	}
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
