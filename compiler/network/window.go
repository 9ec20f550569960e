package network

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Bounds of a window's arguments, in elements.
const (
	maxKernel = 1 << 12
	maxStride = 1 << 16
)

// windowArgs are the arguments of a convolution or a pool. Pairs are height,
// width; of a one-dimensional convolution the height is 1.
type windowArgs struct {
	rule                              string
	kernel, stride, padding, dilation [2]int
	// same pads so that the output is as large as the input.
	same   bool
	groups int
}

var (
	convKeys = []string{"kernel", "stride", "padding", "dilation", "groups"}
	poolKeys = []string{"kernel", "stride", "padding"}
)

func (p *parser) conv2d(l *link, args *yamldoc.Node, layout string) {
	p.conv(l, args, "conv2d", layout)
}

func (p *parser) conv1d(l *link, args *yamldoc.Node, _ string) { p.conv(l, args, "conv1d", row) }

func (p *parser) conv(l *link, args *yamldoc.Node, rule, layout string) {
	l.out.Connect.Kind = Conv2D
	l.wiring = wiring{oneDelay: true}
	w := p.window(l, args, rule, layout)
	if w == nil {
		return
	}
	in := w.InChannels / w.Groups
	n := mulSat(mulSat(w.OutChannels, in), w.Kernel[0]*w.Kernel[1])
	if n > p.limits.synapses {
		p.report(args, diag.TooLarge, "%s: %s: has %s weights; a network has at most %d", l.what, rule, count(n), p.limits.synapses)
		return
	}
	if p.full() || !p.take(l, l.out.Synapses(l.from.size, l.to.size)) {
		return
	}
	out, kh, kw := w.OutChannels, w.Kernel[0], w.Kernel[1]
	l.wiring.known, l.wiring.weights = true, n
	l.wiring.order = map[string]order{
		chw: {layout: chw, names: "(out, in, height, width)", kernel: true, axes: [][]int{{out}, {in}, {kh}, {kw}}},
		hwc: {layout: hwc, names: "(height, width, in, out)", kernel: true, axes: [][]int{{kh}, {kw}, {in}, {out}}, perm: []int{3, 2, 0, 1}},
		row: {layout: row, names: "(out, in, length)", kernel: true, axes: [][]int{{out}, {in}, {kw}}},
	}[layout]
}

func (p *parser) sumPool(l *link, args *yamldoc.Node, layout string) {
	p.pool(l, args, layout, SumPool, "sum_pool")
}

func (p *parser) avgPool(l *link, args *yamldoc.Node, layout string) {
	p.pool(l, args, layout, AvgPool, "avg_pool")
}

func (p *parser) pool(l *link, args *yamldoc.Node, layout string, kind ConnectKind, rule string) {
	l.out.Connect.Kind = kind
	l.wiring = wiring{oneDelay: true, oneWeight: true}
	if w := p.window(l, args, rule, layout); w != nil && !p.full() {
		l.wiring.known = p.take(l, l.out.Synapses(l.from.size, l.to.size))
		l.wiring.weights = 1
	}
}

// window reads the arguments and fits them to the two populations. It returns
// nil when it has reported, or when a population has no shape.
func (p *parser) window(l *link, args *yamldoc.Node, rule, layout string) *Window {
	a, ok := p.windowArgs(args, l.what+": "+rule, rule)
	if !ok || !l.sized() {
		return nil
	}
	w, problem := a.between(l.from, l.to, layout)
	if problem != "" {
		other := chw
		if layout == chw {
			other = hwc
		}
		if layout != row && (len(l.from.shape) == 3 || len(l.to.shape) == 3) {
			if _, worse := a.between(l.from, l.to, other); worse == "" {
				problem += fmt.Sprintf("; it fits layout: %s, so write that if the populations are %s", other, layoutNames[other])
			}
		}
		p.report(l.node.Get("connect"), diag.ShapeMismatch, "%s: %s: %s", l.what, rule, problem)
		return nil
	}
	l.out.Connect.Window = w
	return w
}

func (p *parser) windowArgs(n *yamldoc.Node, what, rule string) (windowArgs, bool) {
	a := windowArgs{rule: rule, stride: [2]int{1, 1}, dilation: [2]int{1, 1}, groups: 1}
	keys := convKeys
	if a.pools() {
		keys = poolKeys
	}
	ok := p.clean(func() {
		kernel := p.require(n, what, "kernel", keys)
		a.kernel = p.extent(kernel, what+": kernel", rule, 1, maxKernel)
		if a.pools() {
			a.stride = a.kernel
		}
		if s := n.Get("stride"); s != nil {
			a.stride = p.extent(s, what+": stride", rule, 1, maxStride)
		}
		if d := n.Get("dilation"); d != nil {
			a.dilation = p.extent(d, what+": dilation", rule, 1, maxStride)
		}
		if g := n.Get("groups"); g != nil {
			a.groups = int(p.Int(g, what+": groups", 1, MaxNeurons))
		}
		p.padding(n.Get("padding"), what, &a)
	})
	return a, ok && knows(n, keys)
}

func (p *parser) padding(n *yamldoc.Node, what string, a *windowArgs) {
	if n == nil {
		return
	}
	if _, isNumber := n.Number(); n.Kind != yamldoc.Scalar || isNumber {
		a.padding = p.extent(n, what+": padding", a.rule, 0, maxKernel)
		return
	}
	a.same = p.Enum(n, what+": padding", "same", "valid") == "same"
	if a.same && a.stride != [2]int{1, 1} {
		p.report(n, diag.Unsupported, "%s: padding: same is for stride 1, and the stride is %s; write the padding as a number", what, times(a.stride))
	}
}

// pools reports whether the window is that of a pool.
func (a windowArgs) pools() bool { return a.rule != "conv1d" && a.rule != "conv2d" }

// extent reads an argument of a rule: a pair, or for one dimension a number that
// the height, which is 1, does not have.
func (p *parser) extent(n *yamldoc.Node, what, rule string, lo, hi int64) [2]int {
	if rule != "conv1d" || n == nil {
		return p.pair(n, what, lo, hi)
	}
	return [2]int{int(lo), int(p.Int(n, what, lo, hi))}
}

// pair reads one whole number for height and width, or [height, width].
func (p *parser) pair(n *yamldoc.Node, what string, lo, hi int64) [2]int {
	if n == nil {
		return [2]int{int(lo), int(lo)}
	}
	if n.Kind == yamldoc.Sequence {
		if len(n.Items) != 2 {
			p.report(n, diag.WrongType, "%s: want one number or [height, width], have %s", what, describe(n))
			return [2]int{int(lo), int(lo)}
		}
		return [2]int{int(p.Int(n.Items[0], what, lo, hi)), int(p.Int(n.Items[1], what, lo, hi))}
	}
	v := int(p.Int(n, what, lo, hi))
	return [2]int{v, v}
}

// layoutNames spell the layouts of populations out, oneChannel those of a single
// channel.
var (
	layoutNames = map[string]string{chw: "(channels, height, width)", hwc: "(height, width, channels)", row: "(channels, length)"}
	oneChannel  = map[string]string{chw: "(height, width)", hwc: "(height, width)", row: "(length)"}
)

// planes reads a shape as channels of pictures, or of rows; without a dimension for
// them there is one channel.
func planes(shape []int, layout string) (channels int, size [2]int, ok bool) {
	switch {
	case layout == row && len(shape) == 1:
		return 1, [2]int{1, shape[0]}, true
	case layout == row && len(shape) == 2:
		return shape[0], [2]int{1, shape[1]}, true
	case layout == row:
	case len(shape) == 2:
		return 1, [2]int{shape[0], shape[1]}, true
	case len(shape) == 3 && layout == hwc:
		return shape[2], [2]int{shape[0], shape[1]}, true
	case len(shape) == 3:
		return shape[0], [2]int{shape[1], shape[2]}, true
	}
	return 0, [2]int{}, false
}

// between works out the geometry from one population to another, or says what
// does not fit.
func (a windowArgs) between(from, to *group, layout string) (w *Window, problem string) {
	w = &Window{
		Kernel: a.kernel, Stride: a.stride, Padding: a.padding, Dilation: a.dilation,
		Groups: a.groups, ChannelsLast: layout == hwc,
	}
	var ok [2]bool
	w.InChannels, w.In, ok[0] = planes(from.shape, layout)
	w.OutChannels, w.Out, ok[1] = planes(to.shape, layout)
	axes := [2]string{"height", "width"}
	if layout == row {
		axes[1] = "length"
	}
	if !ok[0] {
		return nil, fmt.Sprintf("%q has shape %s, want %s or %s", from.name, bracketed(from.shape), layoutNames[layout], oneChannel[layout])
	}
	var want [2]int
	for axis := range 2 {
		extent := a.dilation[axis]*(a.kernel[axis]-1) + 1
		if a.same {
			w.Padding[axis] = (extent - 1) / 2
			want[axis] = w.In[axis]
			continue
		}
		padded := w.In[axis] + 2*a.padding[axis]
		if extent > padded {
			return nil, fmt.Sprintf("the kernel is %d long along the %s, but %q with its padding only %d", extent, axes[axis], from.name, padded)
		}
		want[axis] = (padded-extent)/a.stride[axis] + 1
	}
	pool := a.pools()
	switch {
	case !ok[1] || want != w.Out:
		channels := "channels"
		if pool {
			channels = fmt.Sprint(w.InChannels)
		}
		wanted := "[" + channels + ", " + fmt.Sprintf("%d, %d]", want[0], want[1])
		switch layout {
		case hwc:
			wanted = fmt.Sprintf("[%d, %d, ", want[0], want[1]) + channels + "]"
		case row:
			wanted = fmt.Sprintf("[channels, %d]", want[1])
		}
		return nil, fmt.Sprintf("%s of %q with %s gives %s, but %q has shape %s, want %s", times(w.In), from.name, a, times(want), to.name, bracketed(to.shape), wanted)
	case pool && w.InChannels != w.OutChannels:
		return nil, fmt.Sprintf("pools each channel by itself, but %q has %s and %q has %d", from.name, diag.Plural(w.InChannels, "channel"), to.name, w.OutChannels)
	case pool:
		w.Groups = w.InChannels
	case w.InChannels%a.groups != 0 || w.OutChannels%a.groups != 0:
		return nil, fmt.Sprintf("groups is %d, which has to divide the %s of %q and the %d of %q", a.groups, diag.Plural(w.InChannels, "channel"), from.name, w.OutChannels, to.name)
	}
	return w, ""
}

// String writes the arguments that decide the size of the output.
func (a windowArgs) String() string {
	s := fmt.Sprintf("kernel %s, stride %s", times(a.kernel), times(a.stride))
	if a.same {
		s += ", padding same"
	} else {
		s += ", padding " + times(a.padding)
	}
	if a.dilation != [2]int{1, 1} {
		s += ", dilation " + times(a.dilation)
	}
	return s
}

// times writes a height and a width: 28x28.
func times(pair [2]int) string { return fmt.Sprintf("%dx%d", pair[0], pair[1]) }
