package lavanet

import (
	"math"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// Ranges of Loihi's registers.
const (
	maxDecay      = 4096
	maxThreshold  = 1<<17 - 1
	maxRefractory = 63
	minBias       = -4096
	maxBias       = 4095
	minWeight     = -256
	maxWeight     = 255
	maxDelay      = 4095 // weft's, less the tick of every projection
	maxWindow     = 4096 // weft's
)

// layerReader reads the values of one layer and collects its mistakes.
type layerReader struct{ hdf5.Fields }

func newReader(g *hdf5.Group, what string, diags *diag.List) *layerReader {
	return &layerReader{hdf5.Fields{Group: g, What: what, Diags: diags}}
}

// read reads a whole file. Layers with mistakes are marked.
func read(file string, f *hdf5.File, diags *diag.List) *Net {
	net := &Net{TimeStep: 1}
	layers, err := f.Root().Group("layer")
	if err != nil {
		hdf5.Report(diags, err)
		return net
	}
	names, err := layers.Names()
	if err != nil {
		hdf5.Report(diags, err)
		return net
	}
	if len(names) == 0 {
		diags.Add(diag.Pos{File: file}, diag.MissingField, "/layer: holds no layers")
	}
	for i := range names {
		name := strconv.Itoa(i)
		if !layers.Has(name) {
			diags.Add(diag.Pos{File: file}, diag.MissingField, "/layer: holds %d layers, but none is called %s; layers are numbered from 0", len(names), name)
			break
		}
		g, err := layers.Group(name)
		if err != nil {
			hdf5.Report(diags, err)
			net.Layers = append(net.Layers, Layer{Index: i, bad: true})
			continue
		}
		r, before := newReader(g, "layer "+name, diags), diags.Len()
		l := r.layer(i)
		l.bad = diags.Len() > before
		net.Layers = append(net.Layers, l)
	}
	if f.Root().Has("simulation") {
		if sim, err := f.Root().Group("simulation"); err != nil {
			hdf5.Report(diags, err)
		} else if sim.Has("Ts") {
			r := newReader(sim, "simulation", diags)
			net.TimeStep = r.timeStep()
		}
	}
	return net
}

// timeStep reads the duration of a step in milliseconds.
func (r *layerReader) timeStep() float64 {
	ts, _ := r.Floats("Ts")
	if len(ts) == 1 && ts[0] > 0 && !math.IsInf(ts[0], 0) {
		return ts[0]
	}
	if ts != nil {
		r.Add(diag.OutOfRange, "Ts is %v, want a number of milliseconds above 0", ts)
	}
	return 1
}

// array reads whole numbers from lo to hi; nil if it cannot. lava-dl stores
// most of them as floats.
func (r *layerReader) array(name string, lo, hi int) *Ints {
	values, shape := r.Floats(name)
	if values == nil {
		return nil
	}
	out := &Ints{Shape: shape, Data: make([]int, len(values))}
	for i, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			r.Add(diag.NotFinite, "element %d of %s is %v; training has probably diverged", i, name, v)
			return nil
		case v != math.Trunc(v):
			r.Add(diag.WrongType, "element %d of %s is %g, want whole numbers: the network is not quantised; export it from SLAYER's quantised blocks", i, name, v)
			return nil
		case v < float64(lo) || v > float64(hi):
			r.Add(diag.OutOfRange, "element %d of %s is %g, want %d to %d", i, name, v, lo, hi)
			return nil
		}
		out.Data[i] = int(v)
	}
	return out
}

// list is array without the shape; nil if it is empty or cannot be read.
func (r *layerReader) list(name string, lo, hi int) []int {
	a := r.array(name, lo, hi)
	if a == nil {
		return nil
	}
	if len(a.Data) == 0 {
		r.Add(diag.ShapeMismatch, "%s holds no numbers", name)
		return nil
	}
	return a.Data
}

// number reads one whole number, or standard where there is none of that name.
func (r *layerReader) number(name string, lo, hi, standard int) int {
	if !r.Group.Has(name) {
		return standard
	}
	v := r.list(name, lo, hi)
	if len(v) > 1 {
		r.Add(diag.ShapeMismatch, "%s has %d numbers, want one", name, len(v))
	}
	if len(v) != 1 {
		return standard
	}
	return v[0]
}

// pair reads a number for height and width each, or one for both.
func (r *layerReader) pair(name string, lo int, standard [2]int) [2]int {
	if !r.Group.Has(name) {
		return standard
	}
	switch v := r.list(name, lo, maxWindow); len(v) {
	case 0:
		return standard
	case 1:
		return [2]int{v[0], v[0]}
	case 2:
		return [2]int{v[0], v[1]}
	default:
		r.Add(diag.ShapeMismatch, "%s has %d numbers, want height and width", name, len(v))
		return standard
	}
}

// shape reads the shape of the layer's neurons; nil if it cannot.
func (r *layerReader) shape() []int {
	shape := r.list("shape", 1, 1<<24)
	if len(shape) != 0 && len(shape) != 1 && len(shape) != 3 {
		r.Add(diag.ShapeMismatch, "its shape %v has %d dimensions, want (channels, height, width) or (n)", shape, len(shape))
		return nil
	}
	if netfile.Size(shape) > 1<<24 {
		r.Add(diag.TooLarge, "its shape %v has more than %d neurons", shape, 1<<24)
		return nil
	}
	return shape
}

// perChannel checks that there is a value for all neurons or one for each
// channel of the layer; a list of equal ones becomes one.
func (r *layerReader) perChannel(name string, v, shape []int) []int {
	if len(v) == 0 || shape == nil {
		return v
	}
	if len(v) != 1 && len(v) != shape[0] {
		r.Add(diag.ShapeMismatch, "%s has %d numbers, want 1, or %d, one for each channel", name, len(v), shape[0])
	}
	if !slices.ContainsFunc(v, func(x int) bool { return x != v[0] }) {
		return v[:1]
	}
	return v
}
