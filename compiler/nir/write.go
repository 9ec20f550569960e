package nir

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// write writes populations, in the order in which they work off a step, and
// projections.
func (im *importer) write() {
	for _, n := range im.nodes {
		im.label(n)
	}
	slices.SortStableFunc(im.sources, func(a, b *source) int { return a.level - b.level })
	for _, s := range im.sources {
		s.name = im.labels[s.node]
		if s.node.kind == input {
			im.number(s)
			im.out.Inputs = append(im.out.Inputs, fmt.Sprintf("%s: {shape: %s}", s.name, netfile.List(dims(s.shape))))
			continue
		}
		im.population(s)
	}
	for _, l := range im.links {
		if im.diags.Len() > 0 {
			return
		}
		im.project(l)
	}
	for _, s := range im.outputs {
		im.out.Outputs = append(im.out.Outputs, s.name)
	}
	if im.diags.Len() > 0 {
		return
	}
	im.assumptions()
	head := "Imported from a NIR graph"
	if im.version != "" {
		head += fmt.Sprintf(", version %q,", im.version)
	}
	im.out.Comments = append([]string{head + " by weft import."}, im.out.Notes...)
}

// label gives a node a name that a network file takes: a letter or _, then
// letters, digits, _, . and -; and not null, which in YAML is nothing.
func (im *importer) label(n *node) {
	name := strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '.'
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("_.-", r):
			return r
		}
		return '_'
	}, n.path)
	if name == "" || strings.ContainsRune("0123456789.-", rune(name[0])) || strings.EqualFold(name, "null") {
		name = strings.ToLower(string(n.kind)) + strings.TrimLeft(name, ".-")
	}
	im.labels[n] = im.unique(name)
}

// unique returns a name that nothing else has.
func (im *importer) unique(name string) string {
	const most = 90
	base := name[:min(len(name), most)]
	name = base
	for k := 2; im.used[name]; k++ {
		name = fmt.Sprintf("%s_%d", base, k)
	}
	im.used[name] = true
	return name
}

// dims is a shape as the network file takes it: one to four dimensions.
func dims(shape []int) []int {
	if len(shape) == 0 || len(shape) > 4 {
		return []int{netfile.Size(shape)}
	}
	return shape
}

// number applies the layout and the polarity that were asked for to an input.
func (im *importer) number(s *source) {
	o := &im.opt
	if o.Layout != HWC && !o.SwapPolarity {
		return
	}
	if len(s.shape) != 3 {
		im.out.Note("%s: has shape %v and not three dimensions, so it is numbered as the file has it", s.node, s.shape)
		return
	}
	if o.SwapPolarity && s.shape[0] != 2 {
		im.add(diag.ShapeMismatch, "%s: has shape %v, and polarity is of two channels; do without --polarity", s.node, s.shape)
		return
	}
	c, h, w := s.shape[0], s.shape[1], s.shape[2]
	s.order = make([]int, c*h*w)
	for ch := range c {
		for at := range h * w {
			from := ch*h*w + at
			if o.SwapPolarity {
				from = (1-ch)*h*w + at
			}
			to := ch*h*w + at
			if o.Layout == HWC {
				to = at*c + ch
			}
			s.order[to] = from
		}
	}
	if o.Layout == HWC {
		s.shape = []int{h, w, c}
	}
}

// population writes a line of populations.
func (im *importer) population(s *source) {
	if s.name != s.node.path {
		im.out.Note("%s: is population %s", s.node, s.name)
	}
	if len(s.shape) > 4 {
		im.out.Note("%s: its shape %v has more than four dimensions, so it becomes %d", s.node, s.shape, netfile.Size(s.shape))
	}
	model, params, reset := im.neurons(s)
	var list []string
	for _, p := range params {
		list = append(list, p.key+": "+im.perNeuron(s, p))
	}
	if reset != "" {
		list = append(list, "reset: "+reset)
	}
	text := fmt.Sprintf("%s:\n    shape: %s\n    neuron: %s", s.name, netfile.List(dims(s.shape)), model)
	if len(list) > 0 {
		text += fmt.Sprintf("\n    params: {%s}", strings.Join(list, ", "))
	}
	im.out.Populations = append(im.out.Populations, text)
}

// perNeuron writes a parameter: a number, or an array of one for each neuron, or
// for each channel where those of a channel are equal.
func (im *importer) perNeuron(s *source, p param) string {
	v := p.values
	if len(s.shape) < 2 || len(s.shape) > 4 || len(v) == 1 {
		return im.values(s.node, p.key, v)
	}
	per := netfile.Size(s.shape[1:])
	channels := make([]float64, 0, s.shape[0])
	for c := range slices.Chunk(v, per) {
		if slices.ContainsFunc(c, func(x float64) bool { return x != c[0] }) {
			return im.array(s.node, p.key, narrow(s.shape, v), "")
		}
		channels = append(channels, c[0])
	}
	if !slices.ContainsFunc(channels, func(x float64) bool { return x != channels[0] }) {
		return number(channels[0])
	}
	return im.array(s.node, p.key, narrow([]int{len(channels)}, channels), ", axis: 0")
}

// values writes a number for all, or an array of one each.
func (im *importer) values(n *node, key string, v []float64) string {
	if !slices.ContainsFunc(v, func(x float64) bool { return x != v[0] }) {
		return number(v[0])
	}
	return im.array(n, key, narrow([]int{len(v)}, v), "")
}

// array keeps an array of a node for the .npz and returns how the YAML names it.
func (im *importer) array(n *node, key string, a *ndarray.Array, more string) string {
	return im.out.Array(im.labels[n]+"."+key, a, more)
}

// assumptions notes what the file leaves open, and what was taken for it.
func (im *importer) assumptions() {
	o := &im.opt
	origin := func(asked bool, flag string) string {
		if asked {
			return "not in file, asked for (" + flag + ")"
		}
		return "not in file, default"
	}
	say := func(what, value string, asked bool, flag string) {
		im.out.Note("%s: %s; %s", what, value, origin(asked, flag))
	}
	has := func(kinds ...kind) bool {
		return slices.ContainsFunc(im.nodes, func(n *node) bool { return slices.Contains(kinds, n.kind) })
	}
	say("dt", number(o.Tick)+" s", o.Tick != defaultTick, "--dt")
	leaks := has(leak, leakFire, cubaLeak, cubaFire)
	if leaks || has(delay) {
		say("time unit", number(o.TimeUnit)+" s", o.TimeUnit != 1, "--time-unit")
	}
	if leaks {
		say("decay", map[Decay]string{
			Euler: "euler, 1 − dt/τ",
			Exact: "exact, e^(−dt/τ)",
		}[cmp.Or(o.Decay, Euler)], o.Decay == Exact, "--decay")
		say("spike amplitude", map[Amplitude]string{
			Unit:  "unit, a spike is a current of its weight that lasts a tick",
			Dirac: "dirac, a spike is a current of its weight/dt that lasts a tick",
		}[cmp.Or(o.Amplitude, Unit)], o.Amplitude != "", "--spike-amplitude")
	}
	if has(integrate, fire) {
		say("spike amplitude", map[Amplitude]string{
			"":    "tick, I and IF add r·weight for a spike, and r·bias in a tick",
			Unit:  "unit, I and IF add r·dt·weight for a spike, and r·dt·bias in a tick",
			Dirac: "dirac, I and IF add r·weight for a spike, and r·dt·bias in a tick",
		}[o.Amplitude], o.Amplitude != "", "--spike-amplitude")
	}
	if has(cubaLeak, cubaFire) {
		order := "new, the membrane sees the current of its own tick"
		if o.OldCurrent {
			order = "old, the membrane sees the current of the tick before"
		}
		say("synapse order", order, o.OldCurrent, "--syn-order")
	}
	if has(fire, leakFire, cubaFire) {
		say("reset", map[Reset]string{
			"":            "v_reset of the file, 0 where it has none",
			ResetZero:     "to 0",
			ResetSubtract: "by subtracting v_threshold",
		}[o.Reset], o.Reset != "", "--reset")
		say("spikes of a neuron in a tick", "one at most", false, "")
		say("refractory period", "none", false, "")
		say("lowest potential", "none", false, "")
	}
	im.edgesTold(say)
}

// edgesTold notes what is assumed of inputs and edges.
func (im *importer) edgesTold(say func(what, value string, asked bool, flag string)) {
	o := &im.opt
	if slices.ContainsFunc(im.sources, func(s *source) bool { return s.node.kind == input && len(s.node.out) == 3 }) {
		layout := "chw, as the file has its shape"
		if o.Layout == HWC {
			layout = "hwc"
		}
		say("layout of inputs", layout, o.Layout == HWC, "--layout")
		polarity := "as the file has it"
		if o.SwapPolarity {
			polarity = "the two channels of inputs swapped"
		}
		say("polarity", polarity, o.SwapPolarity, "--polarity")
	}
	deepest := 0
	for _, s := range im.sources {
		deepest = max(deepest, s.level)
	}
	say("ticks of an edge", fmt.Sprintf("one to the next population, where NIR has none: populations of the last of %s show step k in tick k + %d", diag.Plural(deepest, "level"), deepest), false, "")
	if slices.ContainsFunc(im.links, func(l *link) bool { return l.from.component == l.to.component }) {
		say("loops", "a spike in one is seen in the step after", false, "")
	}
	if !slices.ContainsFunc(im.sources, func(s *source) bool {
		return s.bias != nil && slices.ContainsFunc(s.bias, func(b float64) bool { return b != 0 })
	}) {
		return
	}
	biases := "from tick 1 on, which is before the first step of the input arrives; --align has neurons at rest until then"
	if o.Align {
		biases = "neurons are at rest until the first step of the input, in tick 1, arrives"
	}
	say("biases act", biases, o.Align, "--align")
}
