package nir

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// maxDelay is weft's longest delay in ticks.
const maxDelay = 4096

// delays returns the ticks by which a Delay makes spikes late: one for all, or one
// for each element. Each Delay is told once.
func (im *importer) delays(n *node) []int {
	if d, ok := im.late[n]; ok {
		return d
	}
	values := n.params["delay"].Data
	out := make([]int, len(values))
	worst := 0.0
	for i, v := range values {
		ticks := v * im.opt.TimeUnit / im.opt.Tick
		whole := math.Round(ticks)
		worst = max(worst, math.Abs(whole-ticks))
		switch {
		case v < 0:
			im.add(diag.OutOfRange, "%s: delay %d is %g, want a time that is not negative", n, i, v)
			whole = 0
		case whole >= maxDelay:
			im.add(diag.OutOfRange, "%s: delay %d is %g ticks, at most %d can be; choose a longer --dt, or another --time-unit", n, i, whole, maxDelay-1)
			whole = 0
		}
		out[i] = int(whole)
		if im.diags.Len() > 0 {
			break
		}
	}
	if worst > 1e-3 {
		im.out.Note("%s: its delays are rounded to whole ticks, by up to %.3g of a tick", n, worst)
	}
	if !slices.ContainsFunc(out, func(d int) bool { return d != out[0] }) {
		out = out[:1]
	}
	im.late[n] = out
	return out
}

// ticks is the delay of a link in weft, where Delays make it d ticks late. In a
// loop, and to itself, a population sees spikes of the step before, or of as many
// before as Delays say.
func (im *importer) ticks(l *link, d int) int {
	if l.from.component == l.to.component {
		d = max(d, 1)
	} else {
		d += l.to.level - l.from.level
	}
	if im.opt.OldCurrent && l.to.node.membrane == currents {
		d++
	}
	return d
}

// project writes the projection of a link: as a rule of connection if its chain is
// one map, else as the product of all.
func (im *importer) project(l *link) {
	d := 0
	var maps []*node
	for _, n := range l.chain {
		late := []int{0}
		if n.kind == delay {
			late = im.delays(n)
		}
		if len(late) == 1 {
			d += late[0]
		}
		if !n.passes() || len(late) > 1 {
			maps = append(maps, n)
		}
	}
	maps = im.fuse(maps)
	line := ""
	if l.from.order == nil && len(maps) == 0 {
		line = "connect: one_to_one"
	}
	if l.from.order == nil && len(maps) == 1 {
		line = im.rule(l, maps[0])
	}
	if line == "" {
		im.product(l, maps, d)
		return
	}
	im.line(l, line, im.ticks(l, d))
}

// fuse makes one convolution of a pool and the Conv2d behind it, where windows of
// the pool lie side by side: a kernel as many times as large, each element of it
// repeated over a window.
func (im *importer) fuse(maps []*node) []*node {
	var out []*node
	for _, n := range maps {
		if last := len(out) - 1; last >= 0 && n.kind == conv2d {
			if both := im.fused(out[last], n); both != nil {
				out[last] = both
				continue
			}
		}
		out = append(out, n)
	}
	return out
}

// fused is the convolution that a pool and a Conv2d make, or nil.
func (im *importer) fused(pool, conv *node) *node {
	p, c := &pool.window, &conv.window
	if !pool.pools() || p.kernel != p.stride || p.padding != [2]int{} || c.dilation != [2]int{1, 1} {
		return nil
	}
	w := window{groups: c.groups, dilation: c.dilation}
	for axis := range 2 {
		k := p.kernel[axis]
		if pool.in[1+axis]%k != 0 || c.same && c.kernel[axis]%2 == 0 || c.kernel[axis]*k > maxWindow || c.padding[axis]*k > maxWindow || c.stride[axis]*k > maxStride {
			return nil
		}
		w.kernel[axis], w.stride[axis], w.padding[axis] = c.kernel[axis]*k, c.stride[axis]*k, c.padding[axis]*k
	}
	area := p.kernel[0] * p.kernel[1]
	factor := 1.0
	if pool.kind == avgPool {
		factor = 1 / float64(area)
	}
	s := conv.weight.Shape
	if !im.spend(int64(len(conv.weight.Data)) * int64(area)) {
		return nil
	}
	data := make([]float64, 0, len(conv.weight.Data)*area)
	for k := range s[0] * s[1] {
		for y := range w.kernel[0] {
			for x := range w.kernel[1] {
				data = append(data, factor*conv.weight.Data[(k*s[2]+y/p.kernel[0])*s[3]+x/p.kernel[1]])
			}
		}
	}
	n := &node{row: conv.row, path: pool.path + "-" + conv.path, window: w, in: pool.in, out: conv.out}
	n.weight = narrow([]int{s[0], s[1], w.kernel[0], w.kernel[1]}, data)
	im.label(n)
	im.out.Note("%s, %s: become one convolution, with a kernel of %v", pool, conv, w.kernel)
	return n
}

// line writes a projection whose delay is one.
func (im *importer) line(l *link, text string, ticks int) {
	if ticks > maxDelay {
		im.add(diag.OutOfRange, "%s to %s: the delay is %d ticks, at most %d can be; choose a longer --dt", l.from.node, l.to.node, ticks, maxDelay)
		return
	}
	if ticks != 1 {
		text += fmt.Sprintf(", delay: %d", ticks)
	}
	im.out.Projections = append(im.out.Projections, fmt.Sprintf("- {from: %s, to: %s, %s}", l.from.name, l.to.name, text))
}

// rule writes a single map as a rule of connection, or nothing where there is none
// for it.
func (im *importer) rule(l *link, n *node) string {
	w := &n.window
	args := func(keys ...string) string {
		all := map[string]string{}
		for key, v := range map[string][2]int{"kernel": w.kernel, "stride": w.stride, "padding": w.padding, "dilation": w.dilation} {
			all[key] = netfile.List(v[:])
			if n.kind == conv1d {
				all[key] = fmt.Sprint(v[1])
			}
		}
		if w.same {
			all["padding"] = "same"
		}
		all["groups"] = fmt.Sprint(w.groups)
		var out []string
		for _, key := range keys {
			out = append(out, key+": "+all[key])
		}
		return strings.Join(out, ", ")
	}
	shaped := slices.Equal(l.from.shape, n.in) && slices.Equal(l.to.shape, n.out)
	switch {
	case n.dense() && len(n.weight.Shape) == 2:
		return "connect: dense, layout: out_in, weights: " + im.array(n, "weight", n.weight, "")
	case n.kind == scale:
		return "connect: one_to_one, weights: " + im.values(n, "scale", n.params["scale"].Data)
	case n.kind == conv1d && shaped, n.kind == conv2d && shaped:
		return fmt.Sprintf("connect: {%s: {%s}}, weights: %s", strings.ToLower(string(n.kind)),
			args("kernel", "stride", "padding", "dilation", "groups"), im.array(n, "weight", n.weight, ""))
	case n.kind == sumPool && shaped:
		return fmt.Sprintf("connect: {sum_pool: {%s}}", args("kernel", "stride", "padding"))
	case n.kind == avgPool && shaped:
		return fmt.Sprintf("connect: {avg_pool: {%s}}", args("kernel", "stride", "padding"))
	}
	return ""
}

// synapse is one that a product has: to which element, how late, and how strong.
type synapse struct {
	post, late int
	weight     float64
}

// product writes a chain as the synapses that it amounts to.
func (im *importer) product(l *link, maps []*node, d int) {
	pres, posts := netfile.Size(l.from.shape), netfile.Size(l.to.shape)
	// Few bytes a synapse, until it is known which arrays are wanted.
	var (
		pre, post []int32
		late      []uint16
		weight    []float64
	)
	longest, shortest := 0, math.MaxInt
	for i := range pres {
		at := i
		if l.from.order != nil {
			at = l.from.order[i]
		}
		row := []synapse{{at, d, 1}}
		for _, n := range maps {
			if row = im.expand(n, row); im.budget < 0 {
				return
			}
		}
		if !im.spend(synapseWork * int64(len(row))) {
			return
		}
		for _, s := range row {
			ticks := im.ticks(l, s.late)
			longest, shortest = max(longest, ticks), min(shortest, ticks)
			pre, post = append(pre, int32(i)), append(post, int32(s.post))
			late, weight = append(late, uint16(min(ticks, maxDelay+1))), append(weight, s.weight)
		}
	}
	if len(pre) == 0 {
		im.out.Note("%s to %s: no synapse is left of the linear maps between them", l.from.node, l.to.node)
		return
	}
	name := im.unique(l.from.name + "-" + l.to.name)
	if len(l.chain) > 1 {
		var list []string
		for _, n := range l.chain {
			list = append(list, fmt.Sprintf("%q", n.path))
		}
		im.out.Note("%s to %s: nodes %s become %s", l.from.node, l.to.node, strings.Join(list, ", "), diag.Plural(len(pre), "synapse"))
	}
	if len(pre) == pres*posts && longest == shortest {
		im.line(l, "connect: dense, weights: "+im.out.Array(name, narrow([]int{pres, posts}, weight), ""), longest)
		return
	}
	text := fmt.Sprintf("connect: {file: %s", netfile.Quoted(im.out.ArrayFile))
	keep := func(key string, a *ndarray.Array) {
		im.out.Array(name+"."+key, a, "")
		text += fmt.Sprintf(", %s: %s.%s", key, name, key)
	}
	keep("pre", wholes(pre))
	keep("post", wholes(post))
	keep("weight", narrow([]int{len(weight)}, weight))
	if longest != shortest && longest <= maxDelay {
		keep("delay", wholes(late))
		longest = 1 // what is not written
	}
	im.line(l, text+"}", longest)
}

// wholes makes an array of whole numbers.
func wholes[T int32 | uint16](v []T) *ndarray.Array {
	a := &ndarray.Array{Shape: []int{len(v)}, Data: make([]float64, len(v)), Type: ndarray.Int32}
	for i, x := range v {
		a.Data[i] = float64(x)
	}
	return a
}

// expand returns what a map makes of a row of synapses, sorted, those of one end
// and delay added up, those of weight 0 left out.
func (im *importer) expand(n *node, row []synapse) []synapse {
	var out []synapse
	late := []int{0}
	if n.kind == delay {
		late = im.delays(n)
	}
	for _, s := range row {
		if !im.spend(n.reach()) {
			return nil
		}
		n.taps(s.post, func(post int, w float64) {
			d := late[0]
			if len(late) > 1 {
				d = late[s.post]
			}
			out = append(out, synapse{post, s.late + d, float64(s.weight * w)})
		})
	}
	slices.SortStableFunc(out, func(a, b synapse) int { return cmp.Or(a.post-b.post, a.late-b.late) })
	sums := out[:0]
	for _, s := range out {
		if last := len(sums) - 1; last >= 0 && sums[last].post == s.post && sums[last].late == s.late {
			sums[last].weight += s.weight
		} else {
			sums = append(sums, s)
		}
	}
	return slices.DeleteFunc(sums, func(s synapse) bool { return s.weight == 0 })
}

// narrow makes an array of float32 where that loses nothing.
func narrow(shape []int, data []float64) *ndarray.Array {
	a := &ndarray.Array{Shape: shape, Data: data, Type: ndarray.Float32}
	if slices.ContainsFunc(data, func(v float64) bool { return v != float64(float32(v)) }) {
		a.Type = ndarray.Float64
	}
	return a
}
