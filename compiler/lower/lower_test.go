package lower_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// synapse is one synapse, spelt out.
type synapse struct {
	Pre, Post int
	Weight    float64
	Delay     int
}

// lowered parses and lowers a network and returns the synapses of its
// projections in the graph's order.
func lowered(t *testing.T, text string) (*ir.Graph, [][]synapse) {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	g := lower.Lower(net)
	if err := g.Verify(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return g, spelt(g)
}

// spelt returns the synapses of each projection, in the graph's order.
func spelt(g *ir.Graph) [][]synapse {
	all := make([][]synapse, len(g.Projections))
	for k := range g.Projections {
		p := &g.Projections[k]
		all[k] = []synapse{}
		for i := range len(p.Off) - 1 {
			for s := int(p.Off[i]); s < int(p.Off[i+1]); s++ {
				all[k] = append(all[k], synapse{i, int(p.Post[s]), p.Weight.At(s), p.DelayOf(s)})
			}
		}
	}
	return all
}

func TestNeuronsAndInputsAreNumberedInDeclarationOrder(t *testing.T) {
	g, _ := lowered(t, `
inputs: {b: {shape: [2, 3]}, a: {shape: 4}}
populations: {z: {shape: 5, neuron: if}, y: {shape: [2, 2], neuron: integrator}}
`)
	want := &ir.Graph{
		Inputs:      []ir.Group{{Name: "b", Shape: []int{2, 3}, First: 0, N: 6}, {Name: "a", Shape: []int{4}, First: 6, N: 4}},
		Populations: []ir.Group{{Name: "z", Shape: []int{5}, First: 0, N: 5}, {Name: "y", Shape: []int{2, 2}, First: 5, N: 4}},
	}
	got := &ir.Graph{Inputs: g.Inputs, Populations: g.Populations}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if g.InputCount() != 10 || g.Neurons() != 9 || g.SynapseCount() != 0 {
		t.Errorf("%d inputs, %d neurons, %d synapses, want 10, 9, 0", g.InputCount(), g.Neurons(), g.SynapseCount())
	}
}

func TestProjectionsBecomeSynapsesInOrderOfSourceThenTarget(t *testing.T) {
	for _, test := range []struct {
		name, connect string
		want          []synapse
	}{
		{
			"dense, indexed pre and post", "connect: dense, weights: [[1, 2, 3], [4, 5, 6]]",
			[]synapse{{0, 0, 1, 1}, {0, 1, 2, 1}, {0, 2, 3, 1}, {1, 0, 4, 1}, {1, 1, 5, 1}, {1, 2, 6, 1}},
		},
		{
			"dense, indexed post and pre", "connect: dense, layout: out_in, weights: [[1, 2], [3, 4], [5, 6]], delay: [[1, 2], [3, 4], [5, 6]]",
			[]synapse{{0, 0, 1, 1}, {0, 1, 3, 3}, {0, 2, 5, 5}, {1, 0, 2, 2}, {1, 1, 4, 4}, {1, 2, 6, 6}},
		},
		{
			"dense, one weight and one delay for all", "connect: dense, weights: 0.5, delay: 7",
			[]synapse{{0, 0, .5, 7}, {0, 1, .5, 7}, {0, 2, .5, 7}, {1, 0, .5, 7}, {1, 1, .5, 7}, {1, 2, .5, 7}},
		},
		{
			"a zero weight is a synapse too", "connect: {list: [[0, 1, 0]]}",
			[]synapse{{0, 1, 0, 1}},
		},
		{
			"edges in any order are sorted, weight and delay go along", "connect: {list: [[1, 2, 10, 4], [0, 2, 20, 3], [1, 0, 30, 2], [0, 1, 40, 1]]}",
			[]synapse{{0, 1, 40, 1}, {0, 2, 20, 3}, {1, 0, 30, 2}, {1, 2, 10, 4}},
		},
		{
			"edges of the same pair keep their order", "connect: {list: [[1, 1, 3], [0, 0, 9], [1, 1, 1], [1, 0, 5], [1, 1, 2]]}",
			[]synapse{{0, 0, 9, 1}, {1, 0, 5, 1}, {1, 1, 3, 1}, {1, 1, 1, 1}, {1, 1, 2, 1}},
		},
		{
			"a list of one delay", "connect: {list: [[1, 1, 3, 5]]}",
			[]synapse{{1, 1, 3, 5}},
		},
		{
			"no synapses at all, whose delays would be drawn", "connect: {sparse: {p: 0}}, delay: {integer: [1, 4]}, weights: {normal: [0, 1]}",
			[]synapse{},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, got := lowered(t, "inputs: {a: {shape: 2}}\npopulations: {b: {shape: 3, neuron: if}}\nprojections: [{from: a, to: b, "+test.connect+"}]\n")
			if diff := gocmp.Diff(test.want, got[0]); diff != "" {
				t.Errorf("synapses (-want +got):\n%s", diff)
			}
		})
	}
}

// A source of very many synapses is sorted as one of few: by target, and those
// of one target as they are written.
func TestManySynapsesOfAPairKeepTheirOrder(t *testing.T) {
	var edges []string
	want := make([]synapse, 200)
	for k := range 200 {
		edges = append(edges, fmt.Sprintf("[0, %d, %d]", k%2, k))
		want[k%2*100+k/2] = synapse{0, k % 2, float64(k), 1}
	}
	_, got := lowered(t, "inputs: {a: {shape: 1}}\npopulations: {b: {shape: 2, neuron: if}}\nprojections: [{from: a, to: b, connect: {list: ["+strings.Join(edges, ", ")+"]}}]\n")
	if diff := gocmp.Diff(want, got[0]); diff != "" {
		t.Errorf("synapses (-want +got):\n%s", diff)
	}
}

func TestOneToOneJoinsEqualIndices(t *testing.T) {
	_, got := lowered(t, `
populations: {a: {shape: [2, 2], neuron: if}, b: {shape: 4, neuron: if}}
projections:
  - {from: a, to: b, connect: one_to_one, weights: [5, 6, 7, 8], delay: [1, 2, 3, 4]}
  - {from: b, to: b, connect: one_to_one, weights: -1}
`)
	want := [][]synapse{
		{{0, 0, 5, 1}, {1, 1, 6, 2}, {2, 2, 7, 3}, {3, 3, 8, 4}},
		{{0, 0, -1, 1}, {1, 1, -1, 1}, {2, 2, -1, 1}, {3, 3, -1, 1}},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("synapses (-want +got):\n%s", diff)
	}
}

// geometry is a window between two pictures.
type geometry struct {
	kernel, stride, padding, dilation [2]int
	in, out                           [2]int
	inC, outC, groups                 int
	hwc                               bool
}

func randomGeometry(r *rand.Rand, pool bool) geometry {
	g := geometry{hwc: r.IntN(2) == 0, dilation: [2]int{1, 1}, groups: 1 + r.IntN(3)}
	g.inC = g.groups * (1 + r.IntN(2))
	g.outC = g.groups * (1 + r.IntN(2))
	if pool {
		g.outC, g.groups = g.inC, g.inC
	}
	for axis := range 2 {
		g.in[axis] = 1 + r.IntN(6)
		g.stride[axis], g.padding[axis] = 1+r.IntN(3), r.IntN(3)
		if !pool {
			g.dilation[axis] = 1 + r.IntN(3)
		}
		room := g.in[axis] + 2*g.padding[axis] - 1
		g.kernel[axis] = 1 + r.IntN(1+room/g.dilation[axis])
		g.out[axis] = (room-g.dilation[axis]*(g.kernel[axis]-1))/g.stride[axis] + 1
	}
	return g
}

// at returns the channel, row and column of flat element i of a picture.
func (g *geometry) at(i, channels int, size [2]int) (c, y, x int) {
	if g.hwc {
		return i % channels, i / channels / size[1], i / channels % size[1]
	}
	return i / (size[0] * size[1]), i / size[1] % size[0], i % size[1]
}

// tap returns the kernel's index along an axis by which output place o sees
// input place i, or −1.
func (g *geometry) tap(axis, o, i int) int {
	first := o*g.stride[axis] - g.padding[axis]
	for k := range g.kernel[axis] {
		if first+k*g.dilation[axis] == i {
			return k
		}
	}
	return -1
}

// brute returns the synapses of a window from its definition, pair by pair.
func (g *geometry) brute(weight func(out, in, ky, kx int) float64) []synapse {
	list := []synapse{}
	for pre := range g.inC * g.in[0] * g.in[1] {
		for post := range g.outC * g.out[0] * g.out[1] {
			ci, iy, ix := g.at(pre, g.inC, g.in)
			co, oy, ox := g.at(post, g.outC, g.out)
			ky, kx := g.tap(0, oy, iy), g.tap(1, ox, ix)
			inPer, outPer := g.inC/g.groups, g.outC/g.groups
			if ky < 0 || kx < 0 || ci/inPer != co/outPer {
				continue
			}
			list = append(list, synapse{pre, post, weight(co, ci%inPer, ky, kx), 3})
		}
	}
	return list
}

func (g *geometry) text(rule, weights string) string {
	shape := func(c int, s [2]int) string {
		if g.hwc {
			return fmt.Sprintf("[%d, %d, %d]", s[0], s[1], c)
		}
		return fmt.Sprintf("[%d, %d, %d]", c, s[0], s[1])
	}
	layout := "chw"
	if g.hwc {
		layout = "hwc"
	}
	pair := func(p [2]int) string { return fmt.Sprintf("[%d, %d]", p[0], p[1]) }
	args := fmt.Sprintf("kernel: %s, stride: %s, padding: %s", pair(g.kernel), pair(g.stride), pair(g.padding))
	if rule == "conv2d" {
		args += fmt.Sprintf(", dilation: %s, groups: %d", pair(g.dilation), g.groups)
	}
	return fmt.Sprintf("inputs: {a: {shape: %s}}\npopulations: {b: {shape: %s, neuron: if}}\nprojections: [{from: a, to: b, connect: {%s: {%s}}, layout: %s, weights: %s, delay: 3}]\n",
		shape(g.inC, g.in), shape(g.outC, g.out), rule, args, layout, weights)
}

// A convolution is what its definition says, for random sizes, strides,
// paddings, dilations and groups, in both layouts of populations and weights.
func TestConvolutionsEqualTheirDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		g := randomGeometry(r, false)
		inPer := g.inC / g.groups
		n := g.outC * inPer * g.kernel[0] * g.kernel[1]
		list := make([]string, n)
		for k := range list {
			list[k] = fmt.Sprint(k + 1)
		}
		weight := func(out, in, ky, kx int) float64 {
			if g.hwc { // (height, width, in, out)
				return float64(((ky*g.kernel[1]+kx)*inPer+in)*g.outC + out + 1)
			}
			return float64(((out*inPer+in)*g.kernel[0]+ky)*g.kernel[1] + kx + 1)
		}
		text := g.text("conv2d", "["+strings.Join(list, ", ")+"]")
		_, got := lowered(t, text)
		if diff := gocmp.Diff(g.brute(weight), got[0]); diff != "" {
			t.Fatalf("trial %d (-want +got):\n%s\n%s", trial, diff, text)
		}
	}
}

// A pool sums each channel's window; an average divides by the kernel's area,
// at the border too.
func TestPoolsEqualTheirDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 200 {
		g := randomGeometry(r, true)
		rule, w := "sum_pool", 1.5
		if trial%2 == 0 {
			rule, w = "avg_pool", 1.5*(1/float64(g.kernel[0]*g.kernel[1]))
		}
		text := g.text(rule, "1.5")
		_, got := lowered(t, text)
		if diff := gocmp.Diff(g.brute(func(_, _, _, _ int) float64 { return w }), got[0]); diff != "" {
			t.Fatalf("trial %d (-want +got):\n%s\n%s", trial, diff, text)
		}
	}
}

// What the network promises to have, before anything is expanded, is what it
// then has.
func TestSynapseCountIsKnownBeforeExpansion(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		g := randomGeometry(r, false)
		graph, got := lowered(t, g.text("conv2d", "1"))
		p := &graph.Net.Projections[0]
		if want := p.Synapses(graph.InputCount(), graph.Neurons()); want != len(got[0]) {
			t.Errorf("%+v: %d synapses are promised, %d there", g, want, len(got[0]))
		}
	}
}

// Edges in any order, and by source with their targets in any, are sorted as a stable
// sort by source and target does it: of few synapses a source and of many, with few
// targets and with more than any digit has.
func TestEdgesAreSortedStably(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 60 {
		sources, targets, edges := 1+r.IntN(6), 1+r.IntN(1<<r.IntN(20)), r.IntN(1<<r.IntN(12))
		c := network.Connect{Kind: network.Edges}
		want := []synapse{}
		for range edges {
			c.Pre, c.Post = append(c.Pre, int32(r.IntN(sources))), append(c.Post, int32(r.IntN(targets)))
		}
		if trial%2 == 0 {
			slices.Sort(c.Pre)
		}
		weights := make([]float64, edges)
		for k := range edges {
			weights[k] = float64(k)
			want = append(want, synapse{int(c.Pre[k]), int(c.Post[k]), float64(k), 1})
		}
		slices.SortStableFunc(want, func(a, b synapse) int { return cmp.Or(a.Pre-b.Pre, a.Post-b.Post) })
		got := spelt(lower.Lower(&network.Network{
			Populations: []network.Population{{Name: "a", Shape: []int{sources}}, {Name: "b", Shape: []int{targets}}},
			Projections: []network.Projection{{To: 1, Connect: c, Weights: network.Numbers{List: numbers.Of(weights...)}, Delays: network.Numbers{List: numbers.Of(1)}}},
		}))
		if !slices.Equal(got[0], want) {
			t.Fatalf("trial %d: %d edges from %d to %d are in another order", trial, edges, sources, targets)
		}
	}
}

// Consume writes over the edges of its network, but not over those that are another
// projection's too, or its weights.
func TestConsumeIsLower(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, shared := range []bool{false, true} {
		pre, post := make([]int32, 900), make([]int32, 900)
		var b numbers.Builder
		for k := range pre {
			pre[k], post[k] = int32(k/300), int32(r.IntN(1<<16))
		}
		b.AppendInts(post)
		made := func() *network.Network {
			net := &network.Network{Populations: []network.Population{{Name: "a", Shape: []int{1 << 16}}}}
			edges := network.Connect{Kind: network.Edges, Pre: slices.Clone(pre), Post: slices.Clone(post)}
			weights := b.List()
			if shared {
				edges.Post, _ = weights.Int32s()
			}
			for range 2 {
				net.Projections = append(net.Projections, network.Projection{Connect: edges, Weights: network.Numbers{List: weights}, Delays: network.Numbers{List: numbers.Of(1)}})
				if !shared {
					edges.Pre, edges.Post = slices.Clone(pre), slices.Clone(post)
				}
			}
			return net
		}
		want := spelt(lower.Lower(made()))
		net := made()
		got := spelt(lower.Consume(net))
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("shared: %v: synapses (-lowered +consumed):\n%s", shared, diff)
		}
		if kept := slices.Equal(net.Projections[0].Connect.Pre, pre); kept != shared {
			t.Errorf("shared: %v: the edges are as they were: %v", shared, kept)
		}
	}
}
