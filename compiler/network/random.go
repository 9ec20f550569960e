package network

import (
	"hash/fnv"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// distribution is a seeded distribution. A and b are lo and hi, or mean and
// standard deviation.
type distribution struct {
	kind string
	a, b float64
	seed int64
}

// maxExact bounds integers that a float64 holds exactly.
const maxExact = 1 << 53

// distribution reads {KIND: [a, b], seed: n}, whose kind is there. It returns
// nil when it has reported.
func (p *parser) distribution(n *yamldoc.Node, o sourceOptions) *distribution {
	d := &distribution{}
	ok := true
	for _, kind := range []string{"uniform", "normal", "integer"} {
		args := n.Get(kind)
		if args == nil {
			continue
		}
		if d.kind != "" {
			p.report(args, diag.UnknownField, "%s: has both %s and %s, want one distribution", o.what, d.kind, kind)
			return nil
		}
		d.kind = kind
		ok = p.bounds(args, o, d)
	}
	if o.integers && d.kind != "integer" {
		p.report(n, diag.WrongType, "%s: want whole numbers, which {integer: [lo, hi], seed: n} draws, have %s", o.what, d.kind)
		return nil
	}
	if s := n.Get("seed"); s != nil {
		ok = p.clean(func() { d.seed = p.Int(s, o.what+": seed", 0, math.MaxInt64) }) && ok
	}
	if !ok {
		return nil
	}
	return d
}

func (p *parser) bounds(n *yamldoc.Node, o sourceOptions, d *distribution) bool {
	what := o.what + ": " + d.kind
	names := "[lo, hi]"
	if d.kind == "normal" {
		names = "[mean, std]"
	}
	if n.Kind != yamldoc.Sequence || len(n.Items) != 2 {
		p.report(n, diag.WrongType, "%s: want a list %s, have %s", what, names, describe(n))
		return false
	}
	if !p.clean(func() {
		if d.kind == "integer" {
			d.a = float64(p.Int(n.Items[0], what, -maxExact, maxExact))
			d.b = float64(p.Int(n.Items[1], what, -maxExact, maxExact))
			return
		}
		d.a, _ = p.number(n.Items[0], what, o.unit)
		d.b, _ = p.number(n.Items[1], what, o.unit)
	}) {
		return false
	}
	switch {
	case d.kind == "normal" && d.b < 0:
		p.report(n, diag.OutOfRange, "%s: the standard deviation is %v, want 0 or more", what, d.b)
		return false
	case d.kind != "normal" && d.b < d.a:
		p.report(n, diag.OutOfRange, "%s: from %v to %v is empty, want lo not above hi", what, d.a, d.b)
		return false
	case d.kind == "uniform" && math.IsInf(d.b-d.a, 0):
		p.report(n, diag.OutOfRange, "%s: from %v to %v is too wide", what, d.a, d.b)
		return false
	}
	return true
}

// describe tells what a node is, with the length of a list.
func describe(n *yamldoc.Node) string {
	if n.Kind == yamldoc.Sequence {
		return "a list of " + diag.Plural(len(n.Items), "element")
	}
	return n.Describe()
}

// newStream returns the random numbers of one thing of the network: a PCG
// (O'Neill 2014) whose two seeds are the one written and the hash (FNV-1a, 64
// bits) of the thing's name, so that two things with one seed differ.
func newStream(seed int64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// drawnBlock is how many numbers are drawn at a time: a multiple of 2, since normal
// ones come in pairs.
const drawnBlock = 1 << 12

// blocks draws n numbers, some at a time.
func (d *distribution) blocks(rng *rand.Rand, n int) iter.Seq2[int, []float64] {
	return func(yield func(int, []float64) bool) {
		block := make([]float64, min(n, drawnBlock))
		for first := 0; first < n; first += drawnBlock {
			block = block[:min(n-first, drawnBlock)]
			if d.draw(rng, block); !yield(first, block) {
				return
			}
		}
	}
}

// draw draws numbers. It uses only operations that round alike on every machine;
// products are converted, which keeps compilers from fusing them.
func (d *distribution) draw(rng *rand.Rand, out []float64) {
	switch n := len(out); d.kind {
	case "uniform":
		for i := range out {
			out[i] = d.a + float64(rng.Float64()*(d.b-d.a))
		}
	case "integer":
		lo, span := int64(d.a), uint64(int64(d.b)-int64(d.a))+1
		for i := range out {
			out[i] = float64(lo + int64(rng.Uint64N(span)))
		}
	case "normal":
		for i := 0; i < n; i += 2 {
			x, y := normalPair(rng)
			out[i] = d.a + float64(x*d.b)
			if i+1 < n {
				out[i+1] = d.a + float64(y*d.b)
			}
		}
	default:
		panic("network: unknown distribution " + d.kind)
	}
}

// normalPair draws two numbers of mean 0 and deviation 1 by the polar method
// (Marsaglia and Bray 1964). The standard library's normal numbers rest on
// math.Log, which is not the same to the last bit on every machine.
func normalPair(rng *rand.Rand) (x, y float64) {
	for {
		x, y = float64(2*rng.Float64())-1, float64(2*rng.Float64())-1
		s := float64(x*x) + float64(y*y)
		if s > 0 && s < 1 {
			f := math.Sqrt(float64(-2*logarithm(s)) / s)
			return float64(x * f), float64(y * f)
		}
	}
}

// logarithm is the natural logarithm of a positive, finite number: of
// m·2^e with m in [√½, √2), so that the series converges fast.
func logarithm(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	return artanh2((m-1)/(m+1)) + float64(float64(e)*math.Ln2)
}

// logarithm1m is the natural logarithm of 1-p for p in [0, 1), accurate for
// small p too.
func logarithm1m(p float64) float64 {
	if p > 0.25 {
		return logarithm(1 - p)
	}
	return artanh2(-p / (2 - p))
}

// artanh2 is 2·artanh(z), the logarithm of (1+z)/(1-z), for |z| < 0.172: the
// terms of its series that are left out are below 2^-60.
func artanh2(z float64) float64 {
	z2 := float64(z * z)
	sum := 0.0
	for k := 21; k >= 1; k -= 2 {
		sum = float64(sum*z2) + 1/float64(k)
	}
	return float64(2 * z * sum)
}
