package approx

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// Request is what Relay is asked for.
type Request struct {
	Quantized *ir.Quantized
	Arch      *targets.Arch
	// Axons is how many axons each neuron needs by itself.
	Axons []int32
	// Share is the share of the weights of a part whose spikes relays keep up with in
	// one tick, above 0 and up to 1.
	Share float64
	// Profile holds the spikes of inputs and neurons, or is nil.
	Profile []int64
}

// Result is a network with relays.
type Result struct {
	Quantized   *ir.Quantized
	Profile     []int64
	Populations []Population
}

// Relay returns a network in which the neurons that need more axons than a core has
// get their inputs through one level of relays. Relays may be more than the axons of a
// core again: then another level is asked for. Populations that cannot have relays are
// left as they are; synapses of weight 0 need none. Inputs and neurons keep their numbers: relays are populations behind
// the others. The error, for more relays than the target has neurons, is a *diag.Error.
func Relay(r Request) (*Result, error) {
	out := &Result{Quantized: r.Quantized, Profile: r.Profile}
	var over []int // populations
	all := 0       // neurons of these
	for pop, g := range r.Quantized.Populations {
		wide := slices.ContainsFunc(r.Axons[g.First:g.First+g.N], func(axons int32) bool { return int(axons) > r.Arch.Axons })
		if wide && r.Quantized.TakesRelays(r.Arch, pop) {
			over = append(over, pop)
			all += g.N
		}
	}
	for _, pop := range over {
		w := newWork(out, &r, pop, all)
		w.parts()
		w.relays()
		if need, have := out.Quantized.Neurons()+len(w.list), r.Arch.Cores()*r.Arch.Neurons; need > have {
			np := &r.Quantized.Net.Populations[pop]
			return nil, diag.One(np.Pos, diag.DoesNotFit, "population %q: %d relays for its fan-in make %d neurons, %d more than the target has: choose a larger target, or fewer sources", np.Name, len(w.list), need, need-have)
		}
		w.rewrite()
		w.splitters()
	}
	return out, nil
}

// What a smaller error may take of a chip: ownShare is one over the share of its cores
// for parts of each neuron's own, roomShare for more relays a part. No neuron has more
// than maxRelays for that: all relays of a part have all of its synapses.
const (
	ownShare  = 2
	roomShare = 8
	maxRelays = 128
)

// work is Relay at work on one population.
type work struct {
	out   *Result
	q     *ir.Quantized
	arch  *targets.Arch
	pop   int
	share float64
	// most is how many relays a neuron has, as far as it has no more parts.
	most int
	// relayed says which neurons have relays; coded how the weights become units.
	relayed []bool
	in      *inward
	coded   coding
	neurons []neuron
	list    []relay
	told    Population
}

// neuron is a neuron with relays: the weight of a relay's spike is unit·theta.
type neuron struct {
	index       int
	unit, theta int
	parts       []part
}

// part is inputs of one sign, by their places among those of the population.
type part struct {
	sign    int
	inputs  []int32
	sum     int // of the weights, in units
	largest int
	relays  int
}

// relay is a relay of a part: it begins at init, and fires at threshold.
type relay struct {
	neuron, part    int
	threshold, init int
}

func newWork(out *Result, r *Request, pop, all int) *work {
	q := out.Quantized
	g := &q.Populations[pop]
	w := &work{out: out, q: q, arch: r.Arch, pop: pop, share: r.Share, relayed: make([]bool, g.N), told: Population{Index: pop, Levels: 1, Share: 1}}
	for n := range g.N {
		axons := int(r.Axons[g.First+n])
		w.told.Axons = max(w.told.Axons, axons)
		w.relayed[n] = axons > r.Arch.Axons
	}
	w.in = gather(q, r.Arch, pop)
	if r.Arch.WeightFormat == targets.Typed {
		// A weight of more kinds than types is a sum, and then all of the population are.
		for n := range g.N {
			w.relayed[n] = w.relayed[n] || w.in.kinds(n, targets.AxonTypes+1) > targets.AxonTypes
		}
	}
	w.coded = w.code()
	// A relay takes a slot of a core, and an axon where its spikes go.
	perCore := float64(r.Arch.Neurons) * float64(r.Arch.Axons) / float64(r.Arch.Neurons+r.Arch.Axons)
	w.most = min(int(perCore*float64(r.Arch.Cores()/roomShare)/float64(all)), r.Arch.Axons/2, maxRelays)
	return w
}

// relays chooses θ and the relays of each part.
func (w *work) relays() {
	_, top := w.arch.WeightLimits()
	model, _ := ir.RelayModel(w.arch)
	scale := w.q.Pops[w.pop].Scale
	for k := range w.neurons {
		n := &w.neurons[k]
		n.theta = size(n.parts, w.share, w.most, max(int(top)/n.unit, 1))
		half := n.theta / 2
		first := half
		if model == network.IF { // fires above, not at, its threshold
			first = (n.theta + 1) / 2
		}
		for i := range n.parts {
			p := &n.parts[i]
			w.told.Share = min(w.told.Share, float64(p.relays*n.theta)/float64(p.sum))
			for k2 := range p.relays {
				w.list = append(w.list, relay{neuron: k, part: i, threshold: p.relays * n.theta, init: first + k2*n.theta})
			}
		}
		bound := len(n.parts) * half * n.unit
		w.told.Bound = max(w.told.Bound, bound)
		w.told.BoundFile = max(w.told.BoundFile, float64(bound)/ir.At(scale, n.index))
		w.told.Parts = max(w.told.Parts, len(n.parts))
		w.told.Theta = max(w.told.Theta, n.theta*n.unit)
	}
	w.told.Neurons, w.told.Relays = len(w.neurons), len(w.list)
}

// size returns the smallest θ up to top with which a neuron has no more than most
// relays, or one a part, and sets how many each part has: enough to send a share of
// the sum of its weights in one tick, and the largest of them. Where top is too
// little for that, they send less.
func size(parts []part, share float64, most, top int) int {
	most = max(most, len(parts))
	carry := func(p *part) int { return max(int(float64(p.sum)*share+0.999), p.largest) }
	count := func(theta int) int {
		sum := 0
		for i := range parts {
			sum += (carry(&parts[i]) + theta - 1) / theta
		}
		return sum
	}
	lo, hi := 1, top
	for lo < hi {
		if mid := (lo + hi) / 2; count(mid) <= most {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	all := max(count(lo), 1)
	for i := range parts {
		p := &parts[i]
		p.relays = (carry(p) + lo - 1) / lo
		if all > most {
			p.relays = max(p.relays*most/all, 1)
		}
	}
	return lo
}
