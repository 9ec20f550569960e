package optimise

import (
	"maps"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// HasNorms reports whether there is something to fold in a network.
func HasNorms(net *network.Network) bool {
	for k := range net.Populations {
		if net.Populations[k].Norm != nil {
			return true
		}
	}
	for k := range net.Projections {
		if net.Projections[k].Norm != nil {
			return true
		}
	}
	return false
}

// Fold returns a graph of the same behaviour, in real numbers, whose network has
// no norms.
//
// The norm of a projection is linear in what the projection adds: its slope
// goes into the weights, and the rest is a constant input, as the bias is. That of
// a potential is undone on the threshold θ: slope·v + offset > θ is
// v > (θ − offset)/slope, or v < that where the slope is negative. Then the
// neuron is turned around: −v, of which every term of the equation has the other
// sign, is compared with the negative of that threshold. The error, for weights
// that learn and would have to be turned around too, is a *diag.Error.
func Fold(g *ir.Graph) (*ir.Graph, []ir.Effect, error) {
	var diags diag.List
	out, net := *g, *g.Net
	net.Populations = slices.Clone(g.Net.Populations)
	net.Projections = slices.Clone(g.Net.Projections)
	out.Net = &net
	out.Projections = slices.Clone(g.Projections)
	folded, turned := 0, 0
	for k := range net.Populations {
		p := newFolding(&out, k)
		for i := range out.Projections {
			pr := &out.Projections[i]
			np := &net.Projections[pr.Index]
			if pr.To == k && np.Norm != nil {
				p.input(pr, np.Norm)
				np.Norm = nil
				folded++
			}
		}
		if norm := p.np.Norm; norm != nil {
			before := turned
			if turned += p.membrane(norm); turned > before {
				if pr := learns(g.Net, k); pr != nil {
					diags.Add(norm.Gamma.Pos, diag.Unsupported, "population %q: batch_norm: gamma is negative, which turns the weights around, and those of projection %q learn by a rule that is not; want gamma above 0", p.np.Name, pr.Name)
				}
			}
			p.np.Norm = nil
			folded++
		}
	}
	return &out, []ir.Effect{count("norms folded", folded), count("neurons turned around", turned)}, diags.Err()
}

// learns returns a projection into a population whose weights learn, or nil.
func learns(net *network.Network, k int) *network.Projection {
	for i := range net.Projections {
		if pr := &net.Projections[i]; pr.To == k && pr.Learn != nil {
			return pr
		}
	}
	return nil
}

// folding is the work on one population.
type folding struct {
	g  *ir.Graph
	k  int
	n  int
	np *network.Population
}

func newFolding(g *ir.Graph, k int) *folding {
	p := &folding{g: g, k: k, n: g.Populations[k].N, np: &g.Net.Populations[k]}
	if p.np.Norm != nil || slices.ContainsFunc(g.Net.Projections, func(pr network.Projection) bool { return pr.To == k && pr.Norm != nil }) {
		p.np.Params = maps.Clone(p.np.Params)
	}
	return p
}

// change replaces a parameter, if the model has it, neuron by neuron.
func (p *folding) change(name network.Param, f func(i int, x float64) float64) {
	v, ok := p.np.Params[name]
	if !ok || len(v.Values) == 0 {
		return
	}
	x := v.PerNeuron(p.n)
	for i := range x {
		x[i] = f(i, x[i])
	}
	v.Values = x
	if v.Uniform() {
		v.Values = x[:1]
	}
	p.np.Params[name] = v
}

// line returns a norm as slope·x + offset, by neuron.
func line(norm *network.Norm) (slope, offset func(i int) float64) {
	slope = func(i int) float64 { return norm.Gamma.At(i) / math.Sqrt(norm.Var.At(i)+norm.Eps.At(i)) }
	offset = func(i int) float64 { return norm.Beta.At(i) - float64(slope(i)*norm.Mean.At(i)) }
	return slope, offset
}

func (p *folding) input(pr *ir.Projection, norm *network.Norm) {
	slope, offset := line(norm)
	p.weigh(pr, slope)
	p.change(network.Bias, func(i int, x float64) float64 { return x + offset(i) })
}

// weigh multiplies the weights of a projection by a factor of their neuron.
func (p *folding) weigh(pr *ir.Projection, factor func(i int) float64) {
	list := pr.Weight.Floats()
	for s := range list {
		list[s] *= factor(int(pr.Post[s]))
	}
	pr.Weight = numbers.Shared(list)
}

// turns are the parameters that have the other sign in a neuron that is turned
// around: the terms of the equation that are no factors of the potential.
var turns = []network.Param{network.Bias, network.VInit, network.VLeak, network.VReset, network.IInit}

// widths are those that widen or narrow the threshold by a distance.
var widths = []network.Param{network.Adapt, network.Noise}

// membrane folds the norm of the potential, and returns how many neurons it
// turned around.
func (p *folding) membrane(norm *network.Norm) int {
	slope, offset := line(norm)
	sign := make([]float64, p.n)
	turned := 0
	for i := range sign {
		sign[i] = math.Copysign(1, slope(i))
		if sign[i] < 0 {
			turned++
		}
	}
	p.change(network.VThreshold, func(i int, x float64) float64 { return sign[i] * ((x - offset(i)) / slope(i)) })
	for _, name := range widths {
		p.change(name, func(i int, x float64) float64 { return x / math.Abs(slope(i)) })
	}
	if turned == 0 {
		return 0
	}
	by := func(i int) float64 { return sign[i] }
	for _, name := range turns {
		p.change(name, func(i int, x float64) float64 { return sign[i] * x })
	}
	for k := range p.g.Projections {
		if p.g.Projections[k].To == p.k {
			p.weigh(&p.g.Projections[k], by)
		}
	}
	return turned
}
