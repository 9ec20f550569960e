package nir

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// nodes are those of a graph by name.
type nodes = map[string]*hdf5.Tree

// of1 is a node of a kind; fields alternate names and values: a number, a list of
// numbers or of whole numbers, a text, or values with their shape.
func of1(k kind, fields ...any) *hdf5.Tree {
	t := &hdf5.Tree{Data: map[string]*hdf5.Values{"type": {Strings: []string{string(k)}}}}
	for i := 0; i < len(fields); i += 2 {
		var v *hdf5.Values
		switch x := fields[i+1].(type) {
		case float64:
			v = &hdf5.Values{Floats: []float64{x}}
		case int:
			v = &hdf5.Values{Ints: []int64{int64(x)}}
		case []float64:
			v = &hdf5.Values{Shape: []int{len(x)}, Floats: x}
		case []int:
			v = &hdf5.Values{Shape: []int{len(x)}}
			for _, n := range x {
				v.Ints = append(v.Ints, int64(n))
			}
		case string:
			v = &hdf5.Values{Strings: []string{x}}
		case *hdf5.Values:
			v = x
		}
		t.Data[fields[i].(string)] = v
	}
	return t
}

// array is numbers of a shape.
func array(shape []int, v ...float64) *hdf5.Values {
	return &hdf5.Values{Shape: shape, Floats: v, Narrow: true}
}

// graphOf is a graph of nodes and edges, each written "from to".
func graphOf(in nodes, edges ...string) *hdf5.Tree {
	t := of1(nested)
	t.Groups = nodes{"nodes": {Groups: in}}
	e := &hdf5.Values{Shape: []int{len(edges), 2}, Strings: []string{}}
	for _, pair := range edges {
		e.Strings = append(e.Strings, strings.Fields(pair)...)
	}
	t.Data["edges"] = e
	return t
}

// encoded is a file of a graph.
func encoded(t testing.TB, g *hdf5.Tree) []byte {
	t.Helper()
	var b bytes.Buffer
	err := hdf5.Write(&b, &hdf5.Tree{Groups: nodes{"node": g}, Data: map[string]*hdf5.Values{"version": {Strings: []string{"1.0.7"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// imported imports bytes as a file "net.nir".
func imported(data []byte, opt Options) (*netfile.Result, error) {
	f, err := hdf5.Open("net.nir", data)
	return build("net.nir", f, err, opt)
}

// built imports a graph and reads back what was written.
func built(t testing.TB, opt Options, in nodes, edges ...string) *ir.Graph {
	t.Helper()
	r, err := imported(encoded(t, graphOf(in, edges...)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return lowered(t, r)
}

// every is a graph with each primitive, one in another, loops, and edges that add up.
func every() *hdf5.Tree {
	ramp := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(i%7-3) / 4
		}
		return v
	}
	inner := graphOf(nodes{
		"input":  of1(input, "shape", []int{8}),
		"cuba":   of1(cubaFire, "tau_syn", 0.002, "tau_mem", 0.01, "r", 1.0, "v_leak", 0.0, "v_threshold", 1.0, "w_in", []float64{5}),
		"rec":    of1(affine, "weight", array([]int{8, 8}, ramp(64)...), "bias", ramp(8)),
		"output": of1(output, "shape", []int{8}),
	}, "input cuba", "cuba rec", "rec cuba", "cuba output")
	return graphOf(nodes{
		"image":   of1(input, "shape", []int{2, 6, 6}),
		"0":       of1(conv2d, "weight", array([]int{2, 1, 3, 3}, ramp(18)...), "bias", []float64{0.5, -0.5}, "stride", []int{1, 1}, "padding", "same", "dilation", 1, "groups", 2, "input_shape", []int{6, 6}),
		"1":       of1(fire, "r", 1.0, "v_threshold", 0.5, "v_reset", 0.0),
		"pool":    of1(sumPool, "kernel_size", []int{2, 2}, "stride", []int{2, 2}, "padding", []int{0, 0}),
		"flat":    of1(flatten, "start_dim", 0, "end_dim", -1),
		"dense":   of1(linear, "weight", array([]int{8, 18}, ramp(144)...)),
		"sub":     inner,
		"scale":   of1(scale, "scale", []float64{1, 2, 3, 4, 5, 6, 7, 8}),
		"lag":     of1(delay, "delay", []float64{0, 0, 0, 0, 1e-3, 1e-3, 1e-3, 2e-3}),
		"li":      of1(leak, "tau", 0.02, "r", 1.0, "v_leak", 0.0),
		"above":   of1(threshold, "threshold", 0.25),
		"direct":  of1(threshold, "threshold", 0.75),
		"avg":     of1(avgPool, "kernel_size", 2, "stride", 2, "padding", 0),
		"lif":     of1(leakFire, "tau", 0.02, "r", 1.0, "v_leak", 0.5, "v_threshold", 1.0, "v_reset", -0.25),
		"row":     of1(conv1d, "weight", array([]int{3, 2, 2}, ramp(12)...), "bias", []float64{0, 0, 0}, "stride", 1, "padding", 0, "dilation", 1, "groups", 1, "input_shape", 4),
		"wide":    of1(input, "shape", []int{2, 4}),
		"i":       of1(integrate, "r", 1.0),
		"cubali":  of1(cubaLeak, "tau_syn", 0.002, "tau_mem", 0.01, "r", 1.0, "v_leak", 0.0, "w_in", 1.0),
		"spikes":  of1(output, "shape", []int{8}),
		"sums":    of1(output, "shape", []int{3, 3}),
		"current": of1(output, "shape", []int{2, 3, 3}),
	},
		"image 0", "0 1", "1 pool", "pool flat", "flat dense", "dense sub", "sub scale", "scale lag", "lag direct", "lag direct",
		"sub li", "li above", "above spikes", "1 avg", "avg lif", "lif lif", "lif cubali", "cubali current",
		"wide row", "row i", "i sums")
}

// describe writes everything of a result but large arrays.
func describe(r *netfile.Result) []byte {
	var b strings.Builder
	b.WriteString(r.YAML)
	for _, name := range slices.Sorted(maps.Keys(r.Arrays)) {
		a := r.Arrays[name]
		fmt.Fprintf(&b, "# %s %v %s", name, a.Shape, a.Type)
		if len(a.Data) <= 48 {
			fmt.Fprintf(&b, " %v", a.Data)
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func TestEveryPrimitive(t *testing.T) {
	data := encoded(t, every())
	for name, opt := range map[string]Options{
		"every.txt": {Tick: 1e-3},
		"options.txt": {
			Tick: 1, TimeUnit: 1e3, Reset: ResetSubtract, Decay: Exact, OldCurrent: true, Amplitude: Dirac,
			Layout: HWC, SwapPolarity: true, Align: true, Repair: true, Name: "a b", Arrays: "x/y z.npz",
		},
	} {
		r, err := imported(data, opt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden.Check(t, "testdata/"+name, describe(r))
	}
	r, err := imported(data, Options{Tick: 1e-3})
	if err != nil {
		t.Fatal(err)
	}
	lowered(t, r)
}

func TestMistakes(t *testing.T) {
	in, out := of1(input, "shape", []int{4}), of1(output, "shape", []int{4})
	lif := func(fields ...any) *hdf5.Tree {
		return of1(leakFire, append([]any{"tau", 0.01, "r", 1.0, "v_leak", 0.0, "v_threshold", 1.0}, fields...)...)
	}
	square := of1(linear, "weight", array([]int{4, 4}, make([]float64, 16)...))
	for _, test := range []struct {
		name  string
		opt   Options
		nodes nodes
		edges []string
		want  string
	}{
		{"a kind that is misspelt", Options{}, nodes{"a": of1("LIFF")}, nil, `node "a": type "LIFF" is none of NIR's primitives; did you mean "LIF"? [unsupported]`},
		{"a parameter that is missing", Options{}, nodes{"a": of1(leakFire, "tau", 1.0, "r", 1.0, "v_leak", 0.0)}, nil, `node "a" (LIF): has no v_threshold [missing-field]`},
		{"NaN", Options{}, nodes{"a": of1(fire, "r", []float64{1, math.NaN()}, "v_threshold", 1.0)}, nil, `node "a" (IF): element 1 of r is NaN; training has probably diverged [not-finite]`},
		{"a node that is not there", Options{}, nodes{"in": in, "lif": lif()}, []string{"in lif", "lif outputs"}, `edge "lif" → "outputs" of the graph: there is no node "outputs"; its nodes are "in" "lif" [unknown-name]`},
		{"sizes that differ", Options{}, nodes{"in": in, "w": of1(linear, "weight", array([]int{2, 3}, 1, 2, 3, 4, 5, 6)), "lif": lif()}, []string{"in w", "w lif"}, `node "w" (Linear): is for 3 elements, shape [3], but node "in" (Input), which reaches it, has 4, shape [4] [shape-mismatch]`},
		{"shapes that differ", Options{}, nodes{"in": of1(input, "shape", []int{2, 2}), "w": square, "lif": lif()}, []string{"in w", "w lif"}, `node "w" (Linear): is for shape [4], but node "in" (Input), which reaches it, has shape [2 2]; nir.read refuses that, too. Mend the shape where the file was written, or give --repair to have elements taken in C order [shape-mismatch]`},
		{"an array of another size", Options{}, nodes{"in": in, "lif": lif("v_reset", []float64{1, 2, 3})}, []string{"in lif"}, `node "lif" (LIF): is for 3 elements, shape [3], but node "in" (Input), which reaches it, has 4, shape [4] [shape-mismatch]`},
		{"a short time constant", Options{Tick: 0.02}, nodes{"in": in, "lif": lif()}, []string{"in lif"}, `node "lif" (LIF): tau is 0.01 s, shorter than a tick of 0.02 s, which forward Euler overshoots; choose a shorter --dt, another --time-unit, or --decay exact [out-of-range]`},
		{"a time constant of 0", Options{}, nodes{"in": in, "lif": lif("tau", 0.0)}, []string{"in lif"}, `node "lif" (LIF): tau is 0, want a time above 0 [out-of-range]`},
		{"a loop without neurons", Options{}, nodes{"in": in, "w": square, "s": of1(scale, "scale", 2.0), "lif": lif()}, []string{"in w", "w s", "s w", "s lif"}, `node "s" (Scale): stands in a loop without a neuron, which would have to be solved in no time; put a neuron into it [unsupported]`},
		{"numbers between neurons", Options{}, nodes{"in": in, "li": of1(leak, "tau", 0.01, "r", 1.0, "v_leak", 0.0), "lif": lif()}, []string{"in li", "li lif"}, `node "li" (LI): sends numbers, not spikes, to node "lif" (LIF), and chips send spikes; give it a threshold, or read its potential where it is an output [unsupported]`},
		{"numbers through maps", Options{}, nodes{"in": in, "i": of1(integrate, "r", 1.0), "w": square, "out": out}, []string{"in i", "i w", "w out"}, `node "i" (I): its potential goes through linear maps to node "out" (Output); chips send spikes: read its potential, and apply them to that [unsupported]`},
		{"two thresholds", Options{}, nodes{"in": in, "i": of1(integrate, "r", 1.0), "a": of1(threshold, "threshold", 1.0), "b": of1(threshold, "threshold", 2.0)}, []string{"in i", "i a", "i b"}, `node "b" (Threshold): node "i" (I) has a threshold already, node "a" (Threshold), and a population has one; repeat the neuron for each [unsupported]`},
		{"nothing to run", Options{}, nodes{"in": in, "out": out}, []string{"in out"}, `has no neurons, so there is nothing to run [missing-field]`},
		{"a negative delay", Options{}, nodes{"in": in, "d": of1(delay, "delay", -1.0), "lif": lif()}, []string{"in d", "d lif"}, `node "d" (Delay): delay 0 is -1, want a time that is not negative [out-of-range]`},
		{"a long delay", Options{}, nodes{"in": in, "d": of1(delay, "delay", 1.0), "lif": lif()}, []string{"in d", "d lif"}, `node "d" (Delay): delay 0 is 10000 ticks, at most 4095 can be; choose a longer --dt, or another --time-unit [out-of-range]`},
		{"an edge from an output", Options{}, nodes{"in": in, "lif": lif(), "out": out}, []string{"in lif", "lif out", "out lif"}, `edge "out" → "lif" of the graph: "out" is an output, and nothing comes out of it here [unsupported]`},
		{"an edge into an input", Options{}, nodes{"in": in, "lif": lif()}, []string{"in lif", "lif in"}, `edge "lif" → "in" of the graph: "in" is an input, and nothing goes into it here [unsupported]`},
		{"a graph without an output", Options{}, nodes{"in": in, "sub": graphOf(nodes{"input": in, "lif": lif()}, "input lif"), "lif": lif()}, []string{"in sub", "sub lif"}, `edge "sub" → "lif" of the graph: graph "sub" has 0 outputs, want one, or one that is called "output" [unsupported]`},
		{"polarity of one channel", Options{SwapPolarity: true}, nodes{"in": of1(input, "shape", []int{1, 2, 2}), "lif": lif()}, []string{"in lif"}, `node "in" (Input): has shape [1 2 2], and polarity is of two channels; do without --polarity [shape-mismatch]`},
		{"a bias that fires at rest", Options{Align: true}, nodes{"in": in, "b": of1(affine, "weight", array([]int{4, 4}, make([]float64, 16)...), "bias", []float64{200, 0, 0, 0}), "a": lif(), "w": square, "lif": lif("r", -1.0), "c": of1(affine, "weight", array([]int{4, 4}, make([]float64, 16)...), "bias", []float64{200, 0, 0, 0})}, []string{"in w", "w a", "a c", "c lif"}, `node "lif" (LIF): neuron 0 cannot be aligned: its bias alone makes it fire in the 2 ticks before its first input; do without --align [unsupported]`},
	} {
		_, err := imported(encoded(t, graphOf(test.nodes, test.edges...)), test.opt)
		if _, ok := errors.AsType[*diag.Error](err); !ok {
			t.Errorf("%s: error %v, want diagnostics", test.name, err)
			continue
		}
		if got := err.Error(); got != "net.nir: "+test.want {
			t.Errorf("%s:\n%s\nwant\nnet.nir: %s", test.name, got, test.want)
		}
	}
}

func TestNodesGetNamesThatANetworkFileTakes(t *testing.T) {
	in := nodes{"in": of1(input, "shape", []int{1})}
	// The names of nodes, and those of populations, in order of their names.
	names := [][2]string{{"7", "if7"}, {"Null", "ifNull"}, {"a b", "a_b"}, {"größe", "gr__e"}, {"null", "ifnull"}, {"true", "true"}, {"x.y", "x.y"}}
	e := hdf5.Values{Shape: []int{len(names), 2}}
	for _, name := range names {
		in[name[0]] = of1(fire, "r", 1.0, "v_threshold", 1.0)
		e.Strings = append(e.Strings, "in", name[0])
	}
	graph := graphOf(in)
	graph.Data["edges"] = &e
	r, err := imported(encoded(t, graph), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range lowered(t, r).Populations {
		if p.Name != names[k][1] {
			t.Errorf("node %q is population %q, want %q", names[k][0], p.Name, names[k][1])
		}
	}
}

// NIR.md has a row for each primitive, in the order of rows.
func TestTheTableHasEveryPrimitive(t *testing.T) {
	b, err := os.ReadFile("NIR.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, r := range rows {
		_, after, ok := strings.Cut(text, "\n| `"+string(r.kind)+"`")
		if !ok {
			t.Errorf("no row for %s behind the one before", r.kind)
			continue
		}
		text = after
		if line, _, _ := strings.Cut(after, "\n"); r.model != "" && !strings.Contains(line, "`"+r.model+"`") {
			t.Errorf("the row of %s does not name neuron %s", r.kind, r.model)
		}
	}
}

// A file that nir.write 1.0 lays out: compressed, with metadata, types in groups.
func TestFilesOfNIRWrite(t *testing.T) {
	r, err := Import("testdata/chain.nir", Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := lowered(t, r)
	if got := [3]int{g.InputCount(), g.Neurons(), g.SynapseCount()}; got != [3]int{4, 5, 18} {
		t.Errorf("inputs, neurons and synapses are %v, want [4 5 18]", got)
	}
	if w := g.Projections[0].Weight.At(1); w != 1 {
		t.Errorf("the weight from 0 to 1 is %g, want 1", w)
	}
}
