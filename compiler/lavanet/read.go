package lavanet

import (
	"fmt"
	"math"
	"slices"
	"strconv"

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
type layerReader struct {
	file  string
	group *hdf5.Group
	what  string // the layer, for messages
	diags *diag.List
}

// read reads a whole file. Layers with mistakes are marked.
func read(file string, f *hdf5.File, diags *diag.List) *Net {
	net := &Net{TimeStep: 1}
	layers, err := f.Root().Group("layer")
	if err != nil {
		report(diags, file, err)
		return net
	}
	names, err := layers.Names()
	if err != nil {
		report(diags, file, err)
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
			report(diags, file, err)
			net.Layers = append(net.Layers, Layer{Index: i, bad: true})
			continue
		}
		r, before := &layerReader{file: file, group: g, what: "layer " + name, diags: diags}, diags.Len()
		l := r.layer(i)
		l.bad = diags.Len() > before
		net.Layers = append(net.Layers, l)
	}
	if f.Root().Has("simulation") {
		if sim, err := f.Root().Group("simulation"); err != nil {
			report(diags, file, err)
		} else if sim.Has("Ts") {
			r := &layerReader{file: file, group: sim, what: "simulation", diags: diags}
			net.TimeStep = r.timeStep()
		}
	}
	return net
}

// timeStep reads the duration of a step in milliseconds.
func (r *layerReader) timeStep() float64 {
	ts := r.floats("Ts")
	if len(ts) == 1 && ts[0] > 0 && !math.IsInf(ts[0], 0) {
		return ts[0]
	}
	if ts != nil {
		r.add(diag.OutOfRange, "Ts is %v, want a number of milliseconds above 0", ts)
	}
	return 1
}

func (r *layerReader) add(code diag.Code, format string, args ...any) {
	r.diags.Add(diag.Pos{File: r.file}, code, "%s: %s", r.what, fmt.Sprintf(format, args...))
}

// dataset opens a dataset of the layer; nil if it cannot.
func (r *layerReader) dataset(name string) *hdf5.Dataset {
	if !r.group.Has(name) {
		r.add(diag.MissingField, "has no %s", name)
		return nil
	}
	d, err := r.group.Dataset(name)
	if err != nil {
		report(r.diags, r.file, err)
		return nil
	}
	return d
}

// floats reads the numbers of a dataset; nil if it cannot.
func (r *layerReader) floats(name string) []float64 {
	d := r.dataset(name)
	if d == nil {
		return nil
	}
	v, err := d.Floats()
	if err != nil {
		report(r.diags, r.file, err)
		return nil
	}
	return v
}

// array reads whole numbers from lo to hi; nil if it cannot. lava-dl stores
// most of them as floats.
func (r *layerReader) array(name string, lo, hi int) *Ints {
	d := r.dataset(name)
	if d == nil {
		return nil
	}
	values, err := d.Floats()
	if err != nil {
		report(r.diags, r.file, err)
		return nil
	}
	out := &Ints{Shape: d.Shape(), Data: make([]int, len(values))}
	for i, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			r.add(diag.NotFinite, "element %d of %s is %v; training has probably diverged", i, name, v)
			return nil
		case v != math.Trunc(v):
			r.add(diag.WrongType, "element %d of %s is %g, want whole numbers: the network is not quantised; export it from SLAYER's quantised blocks", i, name, v)
			return nil
		case v < float64(lo) || v > float64(hi):
			r.add(diag.OutOfRange, "element %d of %s is %g, want %d to %d", i, name, v, lo, hi)
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
		r.add(diag.ShapeMismatch, "%s holds no numbers", name)
		return nil
	}
	return a.Data
}

// number reads one whole number, or standard where there is none of that name.
func (r *layerReader) number(name string, lo, hi, standard int) int {
	if !r.group.Has(name) {
		return standard
	}
	v := r.list(name, lo, hi)
	if len(v) > 1 {
		r.add(diag.ShapeMismatch, "%s has %d numbers, want one", name, len(v))
	}
	if len(v) != 1 {
		return standard
	}
	return v[0]
}

// pair reads a number for height and width each, or one for both.
func (r *layerReader) pair(name string, lo int, standard [2]int) [2]int {
	if !r.group.Has(name) {
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
		r.add(diag.ShapeMismatch, "%s has %d numbers, want height and width", name, len(v))
		return standard
	}
}

// text reads a string, which is empty only if there was a mistake.
func (r *layerReader) text(name string) string {
	d := r.dataset(name)
	if d == nil {
		return ""
	}
	s, err := d.Strings()
	if err != nil {
		report(r.diags, r.file, err)
		return ""
	}
	switch {
	case len(s) != 1:
		r.add(diag.ShapeMismatch, "%s has %d strings, want one", name, len(s))
		return ""
	case s[0] == "":
		r.add(diag.MissingField, "%s is an empty string", name)
	}
	return s[0]
}

// shape reads the shape of the layer's neurons; nil if it cannot.
func (r *layerReader) shape() []int {
	shape := r.list("shape", 1, 1<<24)
	if len(shape) != 0 && len(shape) != 1 && len(shape) != 3 {
		r.add(diag.ShapeMismatch, "its shape %v has %d dimensions, want (channels, height, width) or (n)", shape, len(shape))
		return nil
	}
	if product(shape) > 1<<24 {
		r.add(diag.TooLarge, "its shape %v has more than %d neurons", shape, 1<<24)
		return nil
	}
	return shape
}

// product is how many elements a shape has; it stops growing beyond any limit.
func product(shape []int) int {
	n := 1
	for _, d := range shape {
		if n *= d; n > 1<<32 {
			return 1 << 32
		}
	}
	return n
}

// perChannel checks that there is a value for all neurons or one for each
// channel of the layer; a list of equal ones becomes one.
func (r *layerReader) perChannel(name string, v, shape []int) []int {
	if len(v) == 0 || shape == nil {
		return v
	}
	if len(v) != 1 && len(v) != shape[0] {
		r.add(diag.ShapeMismatch, "%s has %d numbers, want 1, or %d, one for each channel", name, len(v), shape[0])
	}
	if !slices.ContainsFunc(v, func(x int) bool { return x != v[0] }) {
		return v[:1]
	}
	return v
}
