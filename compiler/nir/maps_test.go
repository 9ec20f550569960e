package nir

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/compiler/network"
)

// layer is a linear map as a test writes it, with what it does to a vector, output
// by output as NIR's documents say it.
type mapped struct {
	kind   kind
	fields []any
	out    []int
	f      func(x []float64) []float64
}

// draw returns n numbers that floats of 4 bytes hold.
func draw(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(r.IntN(17)-8) / 8
	}
	return v
}

// matrixOf is a Linear or an Affine of (lead…, out, in).
func matrixOf(r *rand.Rand, lead, in, out int, biased bool) mapped {
	w, b := draw(r, lead*in*out), make([]float64, lead*out)
	shape, outShape := []int{out, in}, []int{out}
	if lead > 1 {
		shape, outShape = []int{lead, out, in}, []int{lead, out}
	}
	m := mapped{kind: linear, fields: []any{"weight", array(shape, w...)}, out: outShape}
	if biased {
		b = draw(r, lead*out)
		m.kind, m.fields = affine, append(m.fields, "bias", array(outShape, b...))
	}
	m.f = func(x []float64) []float64 {
		y := slices.Clone(b)
		for o := range y {
			for i := range in {
				y[o] += w[o*in+i] * x[o/out*in+i]
			}
		}
		return y
	}
	return m
}

// windowOf is a convolution (of dims dimensions), or a pool where kind says so.
func windowOf(r *rand.Rand, k kind, in []int, channels int, kernel, stride, padding, dilation []int, groups int, same bool) mapped {
	dims := len(in) - 1
	pool := k == sumPool || k == avgPool
	if pool {
		channels, groups, dilation = in[0], in[0], []int{1, 1}
	}
	before := slices.Clone(padding)
	out := []int{channels}
	for d := range dims {
		extent := dilation[d]*(kernel[d]-1) + 1
		if same {
			before[d] = (extent - 1) / 2
			out = append(out, in[1+d])
			continue
		}
		out = append(out, (in[1+d]+2*padding[d]-extent)/stride[d]+1)
	}
	per := in[0] / groups
	taps := netfile.Size(kernel[:dims])
	w, b := draw(r, channels*per*taps), draw(r, channels)
	m := mapped{kind: k, out: out}
	if pool {
		b = make([]float64, channels)
		for i := range w {
			w[i] = 1
			if k == avgPool {
				w[i] = 1 / float64(taps)
			}
		}
		m.fields = []any{"kernel_size", kernel, "stride", stride, "padding", padding}
	} else {
		m.fields = []any{"weight", array(append([]int{channels, per}, kernel[:dims]...), w...), "bias", b, "stride", stride[:dims], "dilation", dilation[:dims], "groups", groups, "padding", any(padding[:dims])}
		if same {
			m.fields[len(m.fields)-1] = "same"
		}
	}
	m.f = func(x []float64) []float64 {
		y := make([]float64, netfile.Size(out))
		for o := range y {
			place := at(out, o)
			y[o] = b[place[0]]
			for c := range per {
				for t := range taps {
					tap, from := at(kernel[:dims], t), []int{place[0]/(channels/groups)*per + c}
					inside := true
					for d := range dims {
						p := place[1+d]*stride[d] - before[d] + tap[d]*dilation[d]
						inside = inside && p >= 0 && p < in[1+d]
						from = append(from, p)
					}
					if inside {
						y[o] += w[(place[0]*per+c)*taps+t] * x[flat(in, from)]
					}
				}
			}
		}
		return y
	}
	return m
}

// at is the place of a flat index, flat the flat index of a place, in C order.
func at(shape []int, i int) []int {
	out := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		out[d], i = i%shape[d], i/shape[d]
	}
	return out
}

func flat(shape, place []int) int {
	i := 0
	for d := range shape {
		i = i*shape[d] + place[d]
	}
	return i
}

func scaleOf(r *rand.Rand, shape []int) mapped {
	s := draw(r, netfile.Size(shape))
	return mapped{kind: scale, fields: []any{"scale", array(shape, s...)}, out: shape, f: func(x []float64) []float64 {
		y := slices.Clone(x)
		for i := range y {
			y[i] *= s[i]
		}
		return y
	}}
}

func flattenOf(in []int, from, to int) mapped {
	out := append(slices.Clone(in[:from]), netfile.Size(in[from:to+1]))
	return mapped{kind: flatten, fields: []any{"start_dim", from, "end_dim", to - len(in)}, out: append(out, in[to+1:]...), f: slices.Clone[[]float64]}
}

// effect is what a population gets from an input: what its synapses add up to, and
// its bias.
func effect(g *ir.Graph, x []float64) []float64 {
	to := len(g.Populations) - 1
	y := g.Net.Populations[to].Params[network.Bias]
	out := y.PerNeuron(g.Populations[to].N)
	for k := range g.Projections {
		p := &g.Projections[k]
		for i := range x {
			for s := p.Off[i]; s < p.Off[i+1]; s++ {
				out[p.Post[s]] += p.Weight.At(int(s)) * x[i]
			}
		}
	}
	return out
}

// TestLinearMapsDoWhatNIRSays joins chains of maps, and holds what comes out of
// the network to each map by itself.
func TestLinearMapsDoWhatNIRSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	image := []int{4, 6, 5}
	one, two := []int{1, 1}, []int{2, 2}
	conv := windowOf(r, conv2d, image, 6, []int{3, 2}, []int{2, 1}, []int{1, 0}, []int{1, 2}, 2, false)
	pool := windowOf(r, sumPool, image, 0, two, two, []int{0, 1}, nil, 0, false)
	beside := windowOf(r, avgPool, []int{4, 6, 8}, 0, []int{3, 2}, []int{3, 2}, []int{0, 0}, nil, 0, false)
	side := []mapped{beside, windowOf(r, conv2d, beside.out, 6, []int{2, 3}, []int{1, 2}, one, one, 2, false)}
	row := windowOf(r, conv1d, []int{2, 9}, 4, []int{3}, []int{2}, []int{2}, []int{2}, 2, false)
	for name, test := range map[string]struct {
		in    []int
		chain []mapped
	}{
		"nothing":               {[]int{5}, nil},
		"Linear":                {[]int{5}, []mapped{matrixOf(r, 1, 5, 3, false)}},
		"Affine":                {[]int{5}, []mapped{matrixOf(r, 1, 5, 3, true)}},
		"Linear of a batch":     {[]int{2, 5}, []mapped{matrixOf(r, 2, 5, 3, true)}},
		"Scale":                 {[]int{2, 3}, []mapped{scaleOf(r, []int{2, 3})}},
		"Conv2d":                {image, []mapped{conv}},
		"Conv2d, same, even":    {image, []mapped{windowOf(r, conv2d, image, 2, []int{4, 3}, one, two, one, 1, true)}},
		"Conv1d":                {[]int{2, 9}, []mapped{row}},
		"SumPool2d":             {image, []mapped{pool}},
		"AvgPool2d":             {image, []mapped{windowOf(r, avgPool, image, 0, []int{2, 3}, []int{1, 2}, one, nil, 0, false)}},
		"Affine, Affine":        {[]int{5}, []mapped{matrixOf(r, 1, 5, 3, true), matrixOf(r, 1, 3, 4, true)}},
		"pool, Flatten, Affine": {image, []mapped{pool, flattenOf(pool.out, 0, 2), matrixOf(r, 1, netfile.Size(pool.out), 7, true)}},
		"Conv2d, Scale":         {image, []mapped{conv, scaleOf(r, conv.out)}},
		"Scale, Conv2d":         {image, []mapped{scaleOf(r, image), conv}},
		"pool and Conv2d":       {[]int{4, 6, 8}, side}, "pool, Conv2d, pool": {image, []mapped{pool, windowOf(r, conv2d, pool.out, 3, two, one, one, one, 1, false), windowOf(r, avgPool, []int{3, 4, 4}, 0, two, two, []int{0, 0}, nil, 0, false)}},
		"Conv1d, Flatten, Linear": {[]int{2, 9}, []mapped{row, flattenOf(row.out, 0, 1), matrixOf(r, 1, netfile.Size(row.out), 2, false)}},
		"Flatten of two of three": {image, []mapped{flattenOf(image, 1, 2), matrixOf(r, 4, 30, 2, false)}},
	} {
		t.Run(name, func(t *testing.T) {
			in := nodes{"in": of1(input, "shape", test.in), "z": of1(fire, "r", 1.0, "v_threshold", 1.0)}
			edges, last := []string{}, "in"
			for k, m := range test.chain {
				name := "m" + string(rune('a'+k))
				in[name] = of1(m.kind, m.fields...)
				edges, last = append(edges, last+" "+name), name
			}
			g := built(t, Options{}, in, append(edges, last+" z")...)
			for range 5 {
				x := draw(r, netfile.Size(test.in))
				got, want := effect(g, x), x
				for _, m := range test.chain {
					want = m.f(want)
				}
				for i := range want {
					if math.Abs(got[i]-want[i]) > 1e-9 {
						t.Fatalf("element %d is %g, want %g", i, got[i], want[i])
					}
				}
			}
		})
	}
}

// TestEdgesAddUp has ways of several kinds from an input to a population, one of
// them over an edge that stands twice.
func TestEdgesAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a, b, c := matrixOf(r, 1, 3, 3, true), matrixOf(r, 1, 3, 3, true), scaleOf(r, []int{3})
	g := built(t, Options{}, nodes{
		"in": of1(input, "shape", []int{3}), "a": of1(a.kind, a.fields...), "b": of1(b.kind, b.fields...), "c": of1(c.kind, c.fields...),
		"z": of1(fire, "r", []float64{1, 1, 1}, "v_threshold", []float64{1, 1, 1}),
	}, "in a", "in b", "a b", "b z", "in z", "in c", "c z", "c z")
	x := draw(r, 3)
	got, want := effect(g, x), make([]float64, 3)
	sum := a.f(x)
	for i := range sum {
		sum[i] += x[i]
	}
	y, z := b.f(sum), c.f(x)
	for i := range want {
		want[i] = y[i] + x[i] + 2*z[i]
		if math.Abs(got[i]-want[i]) > 1e-9 {
			t.Errorf("element %d is %g, want %g", i, got[i], want[i])
		}
	}
}

// TestInputsAreNumberedAsAsked turns an input around.
func TestInputsAreNumberedAsAsked(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	shape := []int{2, 3, 4}
	m := windowOf(r, conv2d, shape, 2, []int{2, 2}, []int{1, 1}, []int{0, 0}, []int{1, 1}, 1, false)
	in := nodes{"in": of1(input, "shape", shape), "m": of1(m.kind, m.fields...), "z": of1(fire, "r", 1.0, "v_threshold", 1.0)}
	x := draw(r, netfile.Size(shape))
	want := m.f(x)
	for name, test := range map[string]struct {
		opt   Options
		shape []int
		// from is the file's index of an input of the network.
		from func(i int) int
	}{
		"hwc":         {Options{Layout: HWC}, []int{3, 4, 2}, func(i int) int { return flat(shape, []int{i % 2, i / 2 / 4, i / 2 % 4}) }},
		"swapped":     {Options{SwapPolarity: true}, shape, func(i int) int { return (i + 12) % 24 }},
		"hwc swapped": {Options{Layout: HWC, SwapPolarity: true}, []int{3, 4, 2}, func(i int) int { return flat(shape, []int{1 - i%2, i / 2 / 4, i / 2 % 4}) }},
	} {
		g := built(t, test.opt, in, "in m", "m z")
		if got := g.Inputs[0].Shape; !slices.Equal(got, test.shape) {
			t.Errorf("%s: the input has shape %v, want %v", name, got, test.shape)
		}
		y := make([]float64, len(x))
		for i := range y {
			y[i] = x[test.from(i)]
		}
		for i, v := range effect(g, y) {
			if math.Abs(v-want[i]) > 1e-9 {
				t.Errorf("%s: element %d is %g, want %g", name, i, v, want[i])
			}
		}
	}
}
