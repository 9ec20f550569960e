package lavanet

import (
	"testing"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/shared"
)

// model is a population of Loihi neurons, as plainly as can be.
type model struct {
	layer *Layer
	bias  []int // of each neuron, its exponent applied
	u, v  []int
}

func newModel(l *Layer) *model {
	n := netfile.Size(l.Shape)
	m := &model{layer: l, bias: make([]int, n), u: make([]int, n), v: make([]int, n)}
	if l.Bias != nil {
		for i, b := range repeated(l.Bias, n) {
			m.bias[i] = b << BiasExp
		}
	}
	return m
}

// toZero is what decay leaves of x, rounded toward zero.
func toZero(x, decay int) int {
	if x < 0 {
		return -(-x * (4096 - decay) >> 12)
	}
	return x * (4096 - decay) >> 12
}

// step takes sums of weight mantissas and returns who fires.
func (m *model) step(sum []int) []bool {
	n, fires := m.layer.Neuron, make([]bool, len(m.v))
	for i := range m.v {
		m.u[i] = toZero(m.u[i], n.IDecay[0]) + sum[i]<<(6+n.WeightExp)
		m.v[i] = toZero(m.v[i], n.VDecay[0]) + m.u[i] + m.bias[i]
		if m.v[i] > n.Threshold[0]<<6 {
			fires[i], m.v[i] = true, 0
		}
	}
	return fires
}

// convolve sums the weights of a layer's synapses over spikes of a shape.
func convolve(l *Layer, shape []int, spikes []bool) []int {
	w, k := l.Window, l.Weights.Shape
	out := make([]int, netfile.Size(l.Shape))
	for o := range l.Shape[0] {
		for y := range l.Shape[1] {
			for x := range l.Shape[2] {
				sum := 0
				for c := range k[1] {
					for i := range k[2] {
						for j := range k[3] {
							row, col := y*w.Stride[0]+i, x*w.Stride[1]+j
							if spikes[(c*shape[1]+row)*shape[2]+col] {
								sum += l.Weights.Data[((o*k[1]+c)*k[2]+i)*k[3]+j]
							}
						}
					}
				}
				out[(o*l.Shape[1]+y)*l.Shape[2]+x] = sum
			}
		}
	}
	return out
}

// recording is an array of shape (1, C, H, W, T).
type recording struct {
	name  string
	steps int
	data  []float64
}

func load(t *testing.T, name string) recording {
	t.Helper()
	a, err := ndarray.Load(shared.File(t, "data/loihi/tinynet_gt.npz"), name)
	if err != nil {
		t.Fatal(err)
	}
	return recording{name, a.Shape[len(a.Shape)-1], a.Data}
}

// differ counts neurons that differ from what was recorded at a step.
func differ[T comparable](r recording, step int, got []T, as func(T) float64) int {
	n := 0
	for i, x := range got {
		if r.data[i*r.steps+step] != as(x) {
			n++
		}
	}
	return n
}

func spike(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// tiny imports tiny.net with the frame of the recording, which the .npz has as
// (width, height, channel) of bias mantissas.
func tiny(t *testing.T, align bool) *Result {
	t.Helper()
	a, err := ndarray.Load(shared.File(t, "data/loihi/tinynet_gt.npz"), "input_bias")
	if err != nil {
		t.Fatal(err)
	}
	width, height, channels := a.Shape[0], a.Shape[1], a.Shape[2]
	bias := make([]int, len(a.Data))
	for x := range width {
		for y := range height {
			for c := range channels {
				bias[(c*height+y)*width+x] = int(a.Data[(x*height+y)*channels+c])
			}
		}
	}
	r, err := Import(shared.File(t, "data/loihi/tiny.net"), Options{InputBias: bias, Align: align})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// models returns the three layers of tiny.net. The first one's bias is the frame.
func models(r *Result) (first, second, third *model) {
	layers := r.Net.Layers
	first = newModel(&layers[0])
	for i, b := range r.Arrays["b0"].Data {
		first.bias[i] = int(b) << BiasExp
	}
	return first, newModel(&layers[1]), newModel(&layers[2])
}

// TestTinyNetFollowsTheChip holds the arithmetic to lava-dl's ground truth:
// three layers that take no time from one to the next, everything recorded one
// step late.
func TestTinyNetFollowsTheChip(t *testing.T) {
	r := tiny(t, false)
	input, layer1, current, output := load(t, "input"), load(t, "layer1"), load(t, "current"), load(t, "output")
	first, second, third := models(r)
	none := make([]int, len(first.v))
	spikes := 0
	for step := 1; step < input.steps; step++ {
		in := first.step(none)
		hidden := second.step(convolve(second.layer, first.layer.Shape, in))
		out := third.step(convolve(third.layer, second.layer.Shape, hidden))
		for _, d := range []struct {
			what string
			n    int
		}{
			{"spikes of the input", differ(input, step, in, spike)},
			{"spikes of layer 1", differ(layer1, step, hidden, spike)},
			{"currents of layer 1", differ(current, step, second.u, func(u int) float64 { return float64(u >> 6) })},
			{"spikes of the output", differ(output, step, out, spike)},
		} {
			if d.n != 0 {
				t.Errorf("step %d: %d %s differ", step, d.n, d.what)
			}
		}
		for _, b := range out {
			spikes += int(spike(b))
		}
	}
	if spikes != 92 {
		t.Errorf("%d spikes of the output, want 92", spikes)
	}
}

// TestAlignedTinyNetFollowsTheChip runs the network as weft will: a tick from
// each layer to the next, and potentials before tick 1 that make up for it.
func TestAlignedTinyNetFollowsTheChip(t *testing.T) {
	r := tiny(t, true)
	input, layer1, output := load(t, "input"), load(t, "layer1"), load(t, "output")
	first, second, third := models(r)
	for _, m := range []*model{second, third} {
		name := map[*model]string{second: "v_init1", third: "v_init2"}[m]
		var init []int
		for _, v := range r.Arrays[name].Data {
			init = append(init, int(v))
		}
		copy(m.v, repeated(init, len(m.v)))
	}
	none := make([]int, len(first.v))
	in, hidden := make([]bool, len(first.v)), make([]bool, len(second.v))
	for tick := 1; tick < input.steps; tick++ {
		out := third.step(convolve(third.layer, second.layer.Shape, hidden))
		hidden = second.step(convolve(second.layer, first.layer.Shape, in))
		in = first.step(none)
		// Layer k fires in tick τ what is recorded at step τ − k.
		n := differ(input, tick, in, spike)
		n += differ(layer1, max(0, tick-1), hidden, spike)
		n += differ(output, max(0, tick-2), out, spike)
		if n != 0 {
			t.Errorf("tick %d: %d spikes differ", tick, n)
		}
	}
}

func TestTinyNetArrays(t *testing.T) {
	r := tiny(t, true)
	if n := len(r.Notes); n != 3 {
		t.Errorf("%d notes, want 3: %q", n, r.Notes)
	}
	for name, want := range map[string][]int{
		"b0": {3, 16, 16}, "b1": {24}, "w1": {24, 3, 5, 5}, "v_init1": {24}, "b2": {36}, "w2": {36, 24, 5, 5}, "v_init2": {36},
	} {
		if a := r.Arrays[name]; a == nil || netfile.Size(a.Shape) != netfile.Size(want) || len(a.Shape) != len(want) {
			t.Errorf("array %s: %v, want shape %v", name, a, want)
		}
	}
}
