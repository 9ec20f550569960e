package network

import (
	"math"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Optimise says which passes that change a network are run; the zero value is
// none. It can be compared.
type Optimise struct {
	Pos   diag.Pos
	Prune Prune
	// Dead removes neurons that can never fire, Unreachable those from which no
	// output is reached; Share lets one of several identical neurons stand for all.
	Dead, Unreachable, Share bool
	// CorrectBias, where not 0, corrects biases by the mean error of the weights, for
	// sources that fire so many times a tick.
	CorrectBias float64
}

// Prune says which synapses are removed; the zero value is none.
type Prune struct {
	// Magnitude removes weights of a smaller magnitude, in the file's unit.
	Magnitude float64
	// Smallest is the share of each projection's weights, those of least magnitude,
	// that are removed: 0 to 1.
	Smallest float64
	// Keep, where not 0, is the expected share of the synapses within populations
	// that Moore and Chaudhuri's rule keeps; Seed starts its random numbers, and Gain is how
	// many spikes a tick a potential of one threshold stands for.
	Keep, Gain float64
	Seed       uint64
}

var (
	optimiseKeys = []string{"prune", "dead", "unreachable", "share", "correct_bias"}
	pruneKeys    = []string{"magnitude", "smallest", "noise", "gain", "seed"}
)

// maxSeed is the largest seed.
const maxSeed = math.MaxInt64

// optimise reads the block of passes, if there is one.
func (p *parser) optimise(n *yamldoc.Node) {
	const what = "optimise"
	if n == nil || !p.Mapping(n, what, optimiseKeys...) {
		return
	}
	o := &p.net.Optimise
	o.Pos = n.Pos
	for _, b := range []struct {
		key string
		to  *bool
	}{{"dead", &o.Dead}, {"unreachable", &o.Unreachable}, {"share", &o.Share}} {
		if v := n.Get(b.key); v != nil {
			*b.to = p.Bool(v, what+": "+b.key)
		}
	}
	if v := n.Get("correct_bias"); v != nil {
		o.CorrectBias = p.share(v, what+": correct_bias")
	}
	if v := n.Get("prune"); v != nil {
		p.prune(v, what+": prune")
	}
}

// share reads a number above 0 and up to 1.
func (p *parser) share(n *yamldoc.Node, what string) float64 {
	x := 0.0
	if p.clean(func() { x = p.FloatRange(n, what, 0, 1) }) && x == 0 {
		p.report(n, diag.OutOfRange, "%s: is 0, want a number above 0 and up to 1", what)
	}
	return x
}

func (p *parser) prune(n *yamldoc.Node, what string) {
	if !p.Mapping(n, what, pruneKeys...) {
		return
	}
	o := &p.net.Optimise.Prune
	if v := n.Get("magnitude"); v != nil {
		if p.clean(func() { o.Magnitude = p.Float(v, what+": magnitude") }) && o.Magnitude <= 0 {
			p.report(v, diag.OutOfRange, "%s: magnitude is %g, want a number above 0", what, o.Magnitude)
		}
	}
	if v := n.Get("smallest"); v != nil {
		o.Smallest = p.share(v, what+": smallest")
	}
	if v := n.Get("noise"); v != nil {
		o.Keep, o.Gain = p.share(v, what+": noise"), 1
	}
	if v := n.Get("gain"); v != nil {
		if p.clean(func() { o.Gain = p.Float(v, what+": gain") }) && o.Gain <= 0 {
			p.report(v, diag.OutOfRange, "%s: gain is %g, want a number above 0", what, o.Gain)
		}
	}
	if v := n.Get("seed"); v != nil {
		o.Seed = uint64(p.Int(v, what+": seed", 0, maxSeed))
	}
	for _, key := range []string{"gain", "seed"} {
		if v := n.Get(key); v != nil && n.Get("noise") == nil {
			p.report(v, diag.UnknownField, "%s: %s is of pruning by noise; write noise: SHARE, or drop it", what, key)
		}
	}
}
