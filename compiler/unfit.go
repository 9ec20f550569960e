package compiler

import (
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// mostLeftOut is how many times the target's neurons a network may have where passes
// leave neurons out: what does not fit then is found behind them.
const mostLeftOut = 4

// checkSize refuses what cannot fit the target before anything is expanded.
func checkSize(net *network.Network, arch *targets.Arch, o network.Optimise) error {
	var diags diag.List
	if len(net.Populations) == 0 {
		diags.Add(diag.Pos{File: net.File}, diag.MissingField, "the network has no populations")
		return diags.Err()
	}
	checkNeurons(net, arch, o, &diags)
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

// Unfit returns what tells what of a network does not fit a target, synapses apart.
func Unfit(arch *targets.Arch, opt Options) func(*network.Network, *diag.List) {
	return func(net *network.Network, diags *diag.List) {
		checkNeurons(net, arch, asked(net.Optimise, opt.Optimise), diags)
	}
}

// checkNeurons refuses neurons that are too many or that the target does not have, and
// rules of learning that it does not have.
func checkNeurons(net *network.Network, arch *targets.Arch, o network.Optimise, diags *diag.List) {
	neurons, largest := 0, 0
	for k, p := range net.Populations {
		n := network.Size(p.Shape)
		neurons += n
		if n > network.Size(net.Populations[largest].Shape) {
			largest = k
		}
	}
	room := arch.Cores() * arch.Neurons
	most := room
	if o.Dead || o.Share || o.Unreachable {
		most *= mostLeftOut
	}
	if neurons > most {
		p := &net.Populations[largest]
		diags.Add(p.Pos, diag.DoesNotFit, "the network has %d neurons, %d more than the %d of the target's %s; population %q has most: choose a larger target, or fewer neurons",
			neurons, neurons-room, room, diag.Plural(arch.Cores(), "core"), p.Name)
	}
	checkCircuits(net, arch, diags)
	checkPlastic(net, arch, diags)
	if inputs := inputCount(net); arch.Controller.EventDriven() && neurons <= arch.Neurons && inputs+neurons > arch.Axons {
		diags.Add(diag.Pos{File: net.File}, diag.DoesNotFit, "the network has %d inputs and neurons together, %d more than the %d rows of the target's crossbar, which neurons and inputs share: choose a larger target, or fewer of them",
			inputs+neurons, inputs+neurons-arch.Axons, arch.Axons)
	}
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
