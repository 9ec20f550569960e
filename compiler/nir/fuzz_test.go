package nir

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// options are what a fuzzer's number says.
func optionsOf(n uint16) Options {
	o := Options{
		Tick: []float64{0, 1e-3, 1, 1e-9}[n&3], TimeUnit: []float64{0, 1e-3}[n>>2&1], Reset: []Reset{"", ResetZero, ResetSubtract, ""}[n>>3&3],
		OldCurrent: n>>7&1 != 0, Amplitude: []Amplitude{"", Unit, Dirac, ""}[n>>5&3], SwapPolarity: n>>8&1 != 0,
		Align: n>>9&1 != 0, Repair: n>>10&1 != 0,
	}
	if n>>11&1 != 0 {
		o.Layout = HWC
	}
	if n>>12&1 != 0 {
		o.Decay = Exact
	}
	return o
}

// survives imports bytes: what is accepted has arrays of the shapes that they
// claim, and is a network file without mistakes of form.
func survives(t *testing.T, data []byte, opt Options) {
	r, err := imported(data, opt)
	if err != nil {
		golden.Told(t, err, "", nil)
		return
	}
	for name, a := range r.Arrays {
		if netfile.Size(a.Shape) != len(a.Data) {
			t.Fatalf("array %s of shape %v has %d numbers", name, a.Shape, len(a.Data))
		}
	}
	_, err = network.Parse("net.yaml", []byte(r.YAML))
	found, ok := errors.AsType[*diag.Error](err)
	if err != nil && !ok {
		t.Fatalf("error of type %T: %v", err, err)
	}
	if ok {
		for _, d := range found.Diagnostics {
			if d.Code != diag.MissingFile && d.Code != diag.TooLarge { // the arrays are not beside it
				t.Fatalf("%v\n%s", err, r.YAML)
			}
		}
	}
}

// FuzzImport reads any bytes.
func FuzzImport(f *testing.F) {
	f.Add(encoded(f, graphOf(nodes{
		"in": of1(input, "shape", []int{1, 4, 4}), "n": of1(leakFire, "tau", 1.0, "r", 1.0, "v_leak", 0.0, "v_threshold", 1.0),
		"c": of1(conv2d, "weight", array([]int{1, 1, 2, 2}, 1, 2, 3, 4), "stride", 1, "padding", 0, "dilation", 1, "groups", 1),
	}, "in c", "c n")), uint16(1))
	f.Add(encoded(f, graphOf(nodes{
		"in": of1(input, "shape", []int{4}), "w": of1(affine, "weight", array([]int{1, 4}, 1, 2, 3, 4), "bias", []float64{1}),
		"d": of1(delay, "delay", 0.001), "n": of1(cubaFire, "tau_mem", 1.0, "tau_syn", 1.0, "r", 1.0, "v_leak", 0.0, "v_threshold", 1.0),
	}, "in w", "w d", "d n", "n n")), uint16(0))
	f.Add(encoded(f, graphOf(nodes{"in": of1(input, "shape", []int{1}), "a": of1(fire, "r", 1.0, "v_threshold", 1.0)}, "in a", "a a")), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, options uint16) { survives(t, data, optionsOf(options)) })
}

// FuzzGraph makes a graph of the bytes, sound as a file and anything as a network.
func FuzzGraph(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), uint16(0))
	f.Add([]byte{2, 0, 4, 1, 4, 3, 0, 1, 1, 2, 2, 0}, uint16(0x600))
	f.Fuzz(func(t *testing.T, data []byte, options uint16) {
		m := &maker{data: data}
		survives(t, encoded(t, m.graph(0)), optionsOf(options))
	})
}

// maker takes a fuzzer's bytes as choices.
type maker struct{ data []byte }

func (m *maker) pick(n int) int {
	if len(m.data) == 0 {
		return 0
	}
	b := m.data[0]
	m.data = m.data[1:]
	return int(b) % n
}

// dims are few numbers, most of them small.
func (m *maker) dims(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = []int{1, 2, 3, 4, 5, 6, 8, 1 << 12}[m.pick(8)]
	}
	return out
}

func (m *maker) numbers(shape []int) *hdf5.Values {
	n := netfile.Size(shape)
	if n > 1<<13 {
		shape, n = []int{1}, 1
	}
	v := &hdf5.Values{Shape: shape, Floats: make([]float64, n)}
	first := []float64{1, 0.5, 0, -1, 1e-3, 1e30, 1e-300, 0.01}[m.pick(8)]
	for i := range v.Floats {
		v.Floats[i] = first * float64(1+i%3)
	}
	return v
}

func (m *maker) graph(depth int) *hdf5.Tree {
	in := nodes{}
	names := []string{"a", "b", "c", "d", "e", "input", "output"}[:1+m.pick(7)]
	for _, name := range names {
		in[name] = m.node(depth)
	}
	var edges []string
	for range m.pick(12) {
		edges = append(edges, names[m.pick(len(names))]+" "+names[m.pick(len(names))])
	}
	if m.pick(4) == 0 {
		edges = append(edges, names[0]+" f")
	}
	return graphOf(in, edges...)
}

func (m *maker) node(depth int) *hdf5.Tree {
	r := rows[m.pick(len(rows))]
	n := of1(r.kind)
	shape := m.dims(m.pick(4))
	for _, f := range r.fields {
		n.Data[f.name] = m.numbers(shape)
	}
	wholes := func(name string, dims int) {
		v := &hdf5.Values{Shape: []int{dims}}
		for _, d := range m.dims(dims) {
			v.Ints = append(v.Ints, int64(d-m.pick(2)))
		}
		n.Data[name] = v
	}
	switch k := r.kind; {
	case k == input || k == output:
		wholes("shape", 1+m.pick(3))
	case k == linear || k == affine:
		n.Data["weight"], n.Data["bias"] = m.numbers(m.dims(2+m.pick(2))), m.numbers(m.dims(1))
	case k == conv1d || k == conv2d:
		dims := 1
		if k == conv2d {
			dims = 2
		}
		n.Data["weight"], n.Data["bias"] = m.numbers(m.dims(2+dims)), m.numbers(m.dims(1))
		for _, name := range []string{"stride", "dilation", "padding", "input_shape"} {
			wholes(name, dims)
		}
		wholes("groups", 1)
		if m.pick(3) == 0 {
			n.Data["padding"] = &hdf5.Values{Strings: []string{"same"}}
		}
	case k == sumPool || k == avgPool:
		for _, name := range []string{"kernel_size", "stride", "padding"} {
			wholes(name, 2)
		}
	case k == flatten:
		wholes("start_dim", 1)
		wholes("end_dim", 1)
	case k == nested && depth < 3:
		return m.graph(depth + 1)
	}
	return n
}

// Many names that no node has, and long chains, end soon.
func TestLargeGraphsEnd(t *testing.T) {
	in := nodes{"n": of1(fire, "r", 1.0, "v_threshold", 1.0), "in": of1(input, "shape", []int{1})}
	edges := []string{"in n"}
	for k := range 3000 {
		edges = append(edges, fmt.Sprintf("a%d b%d", k, k))
	}
	for _, repair := range []bool{false, true} {
		survives(t, encoded(t, graphOf(in, edges...)), Options{Repair: repair})
	}
	chain, at := []string{}, "in"
	for k := range 2000 {
		name := fmt.Sprintf("n%d", k)
		in[name] = of1(fire, "r", 1.0, "v_threshold", 1.0)
		chain, at = append(chain, at+" "+name), name
	}
	survives(t, encoded(t, graphOf(in, chain...)), Options{})
	// Each pair of maps doubles the ways.
	at = "in"
	ways := []string{}
	for k := range 40 {
		a, b, c := fmt.Sprintf("a%d", k), fmt.Sprintf("b%d", k), fmt.Sprintf("c%d", k)
		for _, name := range []string{a, b, c} {
			in[name] = of1(scale, "scale", 1.0)
		}
		ways, at = append(ways, at+" "+a, at+" "+b, a+" "+c, b+" "+c), c
	}
	_, err := imported(encoded(t, graphOf(in, append(ways, at+" n")...)), Options{})
	if err == nil || !strings.Contains(err.Error(), "[too-large]") {
		t.Errorf("error %v, want one of too many ways", err)
	}
}
