package nir

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
)

// source is what sends spikes or numbers: an input, or a population, which what
// others send reaches, too.
type source struct {
	// node is the Input or the neuron, or an Output whose neurons add up what
	// reaches it.
	node *node
	// above is the Threshold that makes spikes of a neuron that has none itself.
	above *node
	name  string
	shape []int
	// order has the file's index of each element of an input that is numbered in
	// another order; nil is the file's.
	order []int
	// bias is what linear maps add in every tick; nil is nothing.
	bias []float64
	// level is how many ticks after an input's a spike of the same step comes,
	// component tells loops apart.
	level, component int
}

// fires reports whether it is a population that sends spikes.
func (s *source) fires() bool { return s.node.fires || s.above != nil }

// link is a path of linear maps from one source to another.
type link struct {
	from, to *source
	chain    []*node
}

// plain reports whether a chain hands on what it gets, and at once.
func plain(chain []*node) bool {
	return !slices.ContainsFunc(chain, func(n *node) bool { return !n.passes() || n.kind == delay })
}

// path is one way that the edges lead to a node, through linear maps, from the
// node of a source.
type path struct {
	from  int
	chain []*node
}

// tracer follows edges backwards.
type tracer struct {
	im *importer
	// at has the source of each node that is one.
	at map[int]*source
	// on has the linear maps of the path that is being walked.
	on map[int]bool
	// stuck says that a loop without neurons was told.
	stuck bool
}

// connect finds the populations, the paths between them, and their levels.
func (im *importer) connect() {
	t := &tracer{im: im, at: map[int]*source{}, on: map[int]bool{}}
	for k, n := range im.nodes {
		if n.role == neuron || n.kind == input && n.outer() {
			t.at[k] = &source{node: n, shape: n.out}
		}
	}
	for k, n := range im.nodes {
		if n.kind == threshold {
			t.fold(k)
		}
	}
	for k, n := range im.nodes {
		if s := t.at[k]; s != nil && s.node == n {
			im.sources = append(im.sources, s)
			if n.kind != input {
				t.into(k, s)
			}
		}
	}
	for k, n := range im.nodes {
		if n.kind == output && n.outer() {
			t.out(k)
		}
	}
	if !slices.ContainsFunc(im.sources, func(s *source) bool { return s.node.kind != input }) {
		im.add(diag.MissingField, "has no neurons, so there is nothing to run")
	}
	if im.diags.Len() == 0 {
		im.levels()
	}
}

// paths returns the ways to a node, and the sum of what biases add to it, nil if
// nothing.
func (t *tracer) paths(k int) (ways []path, bias []float64) {
	t.walk(k, nil, func(p path) { ways = append(ways, p) }, func(v []float64) {
		if bias == nil {
			bias = make([]float64, len(v))
		}
		for i, x := range v {
			bias[i] += x
		}
	})
	return ways, bias
}

// walk visits the paths that lead to node k; behind has the linear maps from there
// on, the last first.
func (t *tracer) walk(k int, behind []*node, found func(path), bias func([]float64)) {
	for _, e := range t.im.before[k] {
		from := t.im.edges[e].from
		n := t.im.nodes[from]
		if !t.im.spend(visitingWork + int64(len(behind))) {
			return
		}
		if t.at[from] != nil {
			chain := slices.Clone(behind)
			slices.Reverse(chain)
			found(path{from, chain})
			continue
		}
		if t.on[from] {
			if !t.stuck {
				t.im.add(diag.Unsupported, "%s: stands in a loop without a neuron, which would have to be solved in no time; put a neuron into it", n)
			}
			t.stuck = true
			return
		}
		if n.bias != nil && t.im.spend(int64(netfile.Size(n.out))) {
			v := n.biases()
			for _, m := range slices.Backward(behind) {
				v = t.im.push(m, v)
			}
			if t.im.budget < 0 {
				return
			}
			bias(v)
		}
		t.on[from] = true
		t.walk(from, append(behind, n), found, bias)
		delete(t.on, from)
	}
}

// numbers reports whether a node sends numbers, which no chip does, and not
// spikes.
func (n *node) numbers() bool { return !n.fires && n.kind != input }

// fold lets a neuron that never fires do so above a Threshold, where it alone
// reaches that, and directly.
func (t *tracer) fold(k int) {
	ways, bias := t.paths(k)
	if len(ways) != 1 || bias != nil || !plain(ways[0].chain) || !t.im.nodes[ways[0].from].numbers() {
		return
	}
	n, s := t.im.nodes[k], t.at[ways[0].from]
	t.at[k] = s
	if s.above != nil {
		t.im.add(diag.Unsupported, "%s: %s has a threshold already, %s, and a population has one; repeat the neuron for each", n, s.node, s.above)
		return
	}
	s.above = n
	t.im.out.Note("%s: %s fires above its threshold, and is not reset", n, s.node)
}

// into finds what reaches a neuron.
func (t *tracer) into(k int, s *source) {
	ways, bias := t.paths(k)
	s.bias = bias
	for _, w := range ways {
		if n := t.im.nodes[w.from]; n.numbers() {
			t.im.add(diag.Unsupported, "%s: sends numbers, not spikes, to %s, and chips send spikes; give it a threshold, or read its potential where it is an output", n, s.node)
			continue
		}
		t.im.links = append(t.im.links, &link{t.at[w.from], s, w.chain})
	}
}

// out finds what an Output shows: populations, or the sum of what reaches it.
func (t *tracer) out(k int) {
	n := t.im.nodes[k]
	ways, bias := t.paths(k)
	sum := bias != nil
	for _, w := range ways {
		sum = sum || !plain(w.chain)
	}
	if sum {
		s := &source{node: n, shape: n.out, bias: bias}
		t.im.out.Note("%s: linear maps end in it, so it becomes neurons that never fire, whose potential in each tick is what they add up to", n)
		t.im.sources, t.im.outputs = append(t.im.sources, s), append(t.im.outputs, s)
		for _, w := range ways {
			if from := t.im.nodes[w.from]; from.numbers() {
				t.im.add(diag.Unsupported, "%s: its potential goes through linear maps to %s; chips send spikes: read its potential, and apply them to that", from, n)
				continue
			}
			t.im.links = append(t.im.links, &link{t.at[w.from], s, w.chain})
		}
		return
	}
	for _, w := range ways {
		switch s := t.at[w.from]; {
		case s.node.kind == input:
			t.im.out.Note("%s: shows %s, which is left out: its spikes are what is given", n, s.node)
		case !slices.Contains(t.im.outputs, s):
			t.im.outputs = append(t.im.outputs, s)
		}
	}
}

// levels counts, for each source, the ticks by which its spikes come after those
// of the same step of an input. NIR's edges take no time, and a spike of weft at
// least a tick: so populations work off a step one after another. Populations in a
// loop are of one level.
func (im *importer) levels() {
	next := map[*source][]*source{}
	for _, l := range im.links {
		next[l.from] = append(next[l.from], l.to)
	}
	parts := components(im.sources, next)
	// Components come with those behind before those in front.
	level := make([]int, len(parts))
	for c := len(parts) - 1; c >= 0; c-- {
		for _, s := range parts[c] {
			if s.node.kind != input {
				level[c] = max(level[c], 1)
			}
		}
		for _, s := range parts[c] {
			s.level = level[c]
			for _, to := range next[s] {
				if to.component != c {
					level[to.component] = max(level[to.component], level[c]+1)
				}
			}
		}
		if len(parts[c]) > 1 {
			im.out.Note("%d neuron nodes stand in one loop, %q among them: each sees the others' spikes of the step before", len(parts[c]), parts[c][0].node.path)
		}
	}
}

// components returns the strongly connected components of a graph, those that are
// reached before those that reach them (Tarjan 1972).
func components(all []*source, next map[*source][]*source) [][]*source {
	type mark struct {
		number, low int
		on          bool
	}
	marks := map[*source]*mark{}
	var stack []*source
	var out [][]*source
	var visit func(s *source) *mark
	visit = func(s *source) *mark {
		m := &mark{number: len(marks), low: len(marks), on: true}
		marks[s] = m
		stack = append(stack, s)
		for _, to := range next[s] {
			switch seen := marks[to]; {
			case seen == nil:
				m.low = min(m.low, visit(to).low)
			case seen.on:
				m.low = min(m.low, seen.number)
			}
		}
		if m.low == m.number {
			at := len(stack) - 1
			for stack[at] != s {
				at--
			}
			part := slices.Clone(stack[at:])
			stack = stack[:at]
			for _, p := range part {
				marks[p].on = false
				p.component = len(out)
			}
			out = append(out, part)
		}
		return m
	}
	for _, s := range all {
		if marks[s] == nil {
			visit(s)
		}
	}
	return out
}
