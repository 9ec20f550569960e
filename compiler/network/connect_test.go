package network_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/network"
)

// project parses a network of two populations and one projection.
func project(t *testing.T, from, to, rest string) network.Projection {
	t.Helper()
	net := parse(t, "inputs: {i: {shape: "+from+"}}\npopulations: {o: {shape: "+to+", neuron: if}}\n"+
		"projections:\n  - {from: i, to: o, "+rest+"}\n")
	return net.Projections[0]
}

func TestDenseWeightsAreIndexedPreThenPost(t *testing.T) {
	turned := make([]float64, 24)
	for pre := range 6 {
		for post := range 4 {
			turned[pre*4+post] = float64(post*6 + pre)
		}
	}
	for _, tt := range []struct {
		name, from, to, rest string
		want                 []float64
	}{
		{"as stored", "6", "4", "weights: {file: mlp.npz, array: w1}", count(24)},
		{"stored post first", "6", "4", "layout: out_in, weights: {file: mlp.npz, array: wt}", turned},
		{"stored post first, scaled", "6", "4", "layout: out_in, weights: {file: mlp.npz, array: wt, offset: 0, scale: 1.0}", turned},
		{"a flat array", "6", "4", "weights: {file: mlp.npz, array: flat}", count(24)},
		{"axes of the population merged", "[2, 3]", "4", "weights: {file: mlp.npz, array: w1}", count(24)},
		{"both merged", "[2, 3]", "[2, 2]", "weights: {file: mlp.npz, array: w1}", count(24)},
		{"the axis of the population split", "6", "4", "weights: {file: mlp.npz, array: w232}", count(24)},
		{"the same axes", "[2, 3]", "4", "weights: {file: mlp.npz, array: w232}", count(24)},
		{"split and post first", "4", "[2, 3]", "layout: out_in, weights: {file: mlp.npz, array: w1}", func() []float64 {
			x := make([]float64, 24)
			for pre := range 4 {
				for post := range 6 {
					x[pre*6+post] = float64(post*4 + pre)
				}
			}
			return x
		}()},
		{"a list", "2", "3", "weights: [[1, 2, 3], [4, 5, 6]]", []float64{1, 2, 3, 4, 5, 6}},
		{"a list, post first", "2", "3", "layout: out_in, weights: [[1, 2], [3, 4], [5, 6]]", []float64{1, 3, 5, 2, 4, 6}},
		{"one number", "2", "3", "weights: 0.5", []float64{0.5}},
		{"none", "2", "3", "delay: 1", []float64{1}},
		{"one neuron each", "1", "1", "weights: [2]", []float64{2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := project(t, tt.from, tt.to, "connect: dense, "+tt.rest)
			if diff := cmp.Diff(tt.want, p.Weights.Floats()); diff != "" {
				t.Errorf("weights differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDenseDelaysFollowTheLayout(t *testing.T) {
	p := project(t, "2", "3", "connect: dense, layout: out_in, delay: [[1, 2], [3, 4], [5, 6]]")
	if diff := cmp.Diff([]float64{1, 3, 5, 2, 4, 6}, p.Delays.Floats()); diff != "" {
		t.Errorf("delays differ (-want +got):\n%s", diff)
	}
}

func TestConvolutionWeightsAreIndexedOutInHeightWidth(t *testing.T) {
	// Of an array stored (height, width, in, out), its number at an index.
	last := func(kh, kw, in, out int) []float64 {
		x := make([]float64, 0, kh*kw*in*out)
		for o := range out {
			for i := range in {
				for y := range kh {
					for z := range kw {
						x = append(x, float64(((y*kw+z)*in+i)*out+o))
					}
				}
			}
		}
		return x
	}
	for _, tt := range []struct {
		name, from, to, rest string
		want                 []float64
	}{
		{"chw", "[1, 8, 8]", "[2, 6, 6]", "connect: {conv2d: {kernel: 3}}, weights: {file: conv.npz, array: k_chw}", count(18)},
		{"chw of two dimensions", "[8, 8]", "[2, 6, 6]", "connect: {conv2d: {kernel: 3}}, weights: {file: conv.npz, array: k_chw}", count(18)},
		{"hwc", "[8, 8, 1]", "[6, 6, 2]", "layout: hwc, connect: {conv2d: {kernel: 3}}, weights: {file: conv.npz, array: k_hwc}", last(3, 3, 1, 2)},
		{"hwc, kernel merged", "[8, 8]", "[6, 6, 2]", "layout: hwc, connect: {conv2d: {kernel: [3, 3]}}, weights: {file: conv.npz, array: k_flat}", last(3, 3, 1, 2)},
		{"hwc, all sizes different", "[8, 8, 2]", "[5, 6, 5]", "layout: hwc, connect: {conv2d: {kernel: [4, 3]}}, weights: {file: conv.npz, array: k_deep}", last(4, 3, 2, 5)},
		{"a row", "[3, 8]", "[2, 6]", "connect: {conv1d: {kernel: 3}}, weights: {file: conv.npz, array: k_chw}", count(18)},
		{"a row of one channel", "8", "[2, 7]", "connect: {conv1d: {kernel: 2}}, weights: [[0, 1], [2, 3]]", count(4)},
		{"one number", "[1, 8, 8]", "[2, 6, 6]", "connect: {conv2d: {kernel: 3}}, weights: 2", []float64{2}},
		{"a list", "[4, 4]", "[3, 3]", "connect: {conv2d: {kernel: 2}}, weights: [[1, 2], [3, 4]]", []float64{1, 2, 3, 4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := project(t, tt.from, tt.to, tt.rest)
			if diff := cmp.Diff(tt.want, p.Weights.Floats()); diff != "" {
				t.Errorf("weights differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWindowGeometry(t *testing.T) {
	pair := func(n int) [2]int { return [2]int{n, n} }
	window := func(in, out [2]int, channels [2]int, edit func(w *network.Window)) *network.Window {
		w := &network.Window{
			Kernel: pair(3), Stride: pair(1), Dilation: pair(1), In: in, Out: out,
			InChannels: channels[0], OutChannels: channels[1], Groups: 1,
		}
		if edit != nil {
			edit(w)
		}
		return w
	}
	for _, tt := range []struct {
		name, from, to, rest string
		kind                 network.ConnectKind
		want                 *network.Window
	}{
		{
			"valid", "[2, 8, 9]", "[4, 6, 7]", "connect: {conv2d: {kernel: 3, padding: valid}}", network.Conv2D,
			window([2]int{8, 9}, [2]int{6, 7}, [2]int{2, 4}, nil),
		},
		{
			"same", "[2, 8, 9]", "[4, 8, 9]", "connect: {conv2d: {kernel: 3, padding: same}}", network.Conv2D,
			window([2]int{8, 9}, [2]int{8, 9}, [2]int{2, 4}, func(w *network.Window) { w.Padding = pair(1) }),
		},
		{
			"same with an even kernel pads less before than behind", "[8, 8]", "[8, 8]", "connect: {conv2d: {kernel: 4, padding: same}}", network.Conv2D,
			window(pair(8), pair(8), pair(1), func(w *network.Window) { w.Kernel, w.Padding = pair(4), pair(1) }),
		},
		{
			"stride and padding", "[1, 7, 7]", "[1, 4, 3]", "connect: {conv2d: {kernel: 3, stride: 2, padding: [1, 0]}}", network.Conv2D,
			window(pair(7), [2]int{4, 3}, pair(1), func(w *network.Window) { w.Stride, w.Padding = pair(2), [2]int{1, 0} }),
		},
		{
			"dilation and groups", "[2, 8, 8]", "[4, 4, 4]", "connect: {conv2d: {kernel: 3, dilation: 2, groups: 2}}", network.Conv2D,
			window(pair(8), pair(4), [2]int{2, 4}, func(w *network.Window) { w.Dilation, w.Groups = pair(2), 2 }),
		},
		{
			"rows", "[2, 9]", "[4, 4]", "connect: {conv1d: {kernel: 3, stride: 2, padding: 1, dilation: 2}}", network.Conv2D,
			window([2]int{1, 9}, [2]int{1, 4}, [2]int{2, 4}, func(w *network.Window) {
				w.Kernel, w.Stride, w.Padding, w.Dilation = [2]int{1, 3}, [2]int{1, 2}, [2]int{0, 1}, [2]int{1, 2}
			}),
		},
		{
			"channels last", "[8, 9, 2]", "[6, 7, 4]", "layout: hwc, connect: {conv2d: {kernel: 3}}", network.Conv2D,
			window([2]int{8, 9}, [2]int{6, 7}, [2]int{2, 4}, func(w *network.Window) { w.ChannelsLast = true }),
		},
		{
			"a pool's stride is its kernel", "[2, 8, 9]", "[2, 4, 3]", "connect: {sum_pool: {kernel: [2, 3]}}", network.SumPool,
			window([2]int{8, 9}, [2]int{4, 3}, pair(2), func(w *network.Window) { w.Kernel, w.Stride, w.Groups = [2]int{2, 3}, [2]int{2, 3}, 2 }),
		},
		{
			"overlapping pool", "[2, 8, 8]", "[2, 8, 8]", "connect: {avg_pool: {kernel: 3, stride: 1, padding: 1}}", network.AvgPool,
			window(pair(8), pair(8), pair(2), func(w *network.Window) { w.Padding, w.Groups = pair(1), 2 }),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := project(t, tt.from, tt.to, tt.rest)
			if p.Connect.Kind != tt.kind {
				t.Errorf("kind is %d, want %d", p.Connect.Kind, tt.kind)
			}
			if diff := cmp.Diff(tt.want, p.Connect.Window); diff != "" {
				t.Errorf("window differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEdges(t *testing.T) {
	type edges struct {
		Pre, Post       []int32
		Weights, Delays []float64
	}
	fromFile := edges{[]int32{0, 5, 2}, []int32{1, 3, 1}, []float64{0.5, -1, 2}, []float64{1, 2, 3}}
	for _, tt := range []struct {
		name, rest string
		want       edges
	}{
		{"an npz", "connect: {file: edges.npz}", fromFile},
		{"a csv without weights", "connect: {file: edges.csv}, weights: [1, 2, 3], delay: 4", edges{
			fromFile.Pre, fromFile.Post, []float64{1, 2, 3}, []float64{4},
		}},
		{"columns of other names", "connect: {file: synapses.csv, pre: from, post: to, weight: w, delay: d}", edges{
			[]int32{0, 5}, []int32{1, 3}, []float64{0.5, -1}, []float64{1, 2},
		}},
		{"a column of another name that is not asked for", "connect: {file: synapses.csv, pre: from, post: to, weight: w}", edges{
			[]int32{0, 5}, []int32{1, 3}, []float64{0.5, -1}, []float64{1},
		}},
		{"a list of pairs", "connect: {list: [[0, 1], [5, 3]]}, weights: 2, delay: [1, 2]", edges{
			[]int32{0, 5}, []int32{1, 3}, []float64{2}, []float64{1, 2},
		}},
		{"a list with weights", "connect: {list: [[0, 1, 0.5], [5, 3]]}, delay: 7", edges{
			[]int32{0, 5}, []int32{1, 3}, []float64{0.5, 1}, []float64{7},
		}},
		{"a list with delays", "connect: {list: [[0, 1, 0.5, 9], [5, 3]]}", edges{
			[]int32{0, 5}, []int32{1, 3}, []float64{0.5, 1}, []float64{9, 1},
		}},
		{"indices by dimension", "connect: {list: [[[1, 2], 3], [[0, 1], [2]]]}", edges{
			[]int32{5, 1}, []int32{3, 2}, []float64{1}, []float64{1},
		}},
		{"two synapses of one pair", "connect: {list: [[0, 1, 1], [0, 1, 2]]}", edges{
			[]int32{0, 0}, []int32{1, 1}, []float64{1, 2}, []float64{1},
		}},
		{"no edges", "connect: {list: []}", edges{[]int32{}, []int32{}, []float64{1}, []float64{1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := project(t, "[2, 3]", "4", tt.rest)
			got := edges{p.Connect.Pre, p.Connect.Post, p.Weights.Floats(), p.Delays.Floats()}
			if diff := cmp.Diff(tt.want, got); diff != "" || p.Connect.Kind != network.Edges {
				t.Errorf("kind %d; edges differ (-want +got):\n%s", p.Connect.Kind, diff)
			}
		})
	}
}

func TestSynapsesCountsWhatConnectSays(t *testing.T) {
	for _, tt := range []struct {
		from, to, rest string
		want           int
	}{
		{"6", "4", "connect: dense", 24},
		{"4", "4", "connect: one_to_one", 4},
		{"[2, 8, 8]", "[4, 6, 6]", "connect: {conv2d: {kernel: 3}}", 4 * 6 * 6 * 2 * 9},
		// Of 8x8 places with padding 1, the taps outside are left out: 22 of 24 along each axis.
		{"[2, 8, 8]", "[4, 8, 8]", "connect: {conv2d: {kernel: 3, padding: same}}", 4 * 2 * 22 * 22},
		{"[2, 8, 8]", "[2, 4, 4]", "connect: {avg_pool: {kernel: 2}}", 2 * 64},
		{"6", "4", "connect: {sparse: {in_degree: 2}}", 8},
		{"6", "4", "connect: {list: [[0, 0], [1, 1]]}", 2},
	} {
		net := parse(t, "inputs: {i: {shape: "+tt.from+"}}\npopulations: {o: {shape: "+tt.to+", neuron: if}}\n"+
			"projections:\n  - {from: i, to: o, "+tt.rest+"}\n")
		p := net.Projections[0]
		if got := p.Synapses(sizeOf(net, p.From), sizeOf(net, network.Ref{Index: p.To})); got != tt.want {
			t.Errorf("%s from %s to %s: %d synapses, want %d", tt.rest, tt.from, tt.to, got, tt.want)
		}
	}
}
