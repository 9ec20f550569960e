package network

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// sparseArgs say which pairs of neurons a sparse rule connects: each with
// probability p, or degree of them a post (in_degree) or a pre (out_degree).
type sparseArgs struct {
	kind   string
	p      float64
	degree int
	seed   int64
	// pre and post are the sizes; noSelf leaves i to i out.
	pre, post int
	noSelf    bool
}

var sparseKeys = []string{"p", "in_degree", "out_degree", "seed", "self_connections"}

func (p *parser) sparse(l *link, n *yamldoc.Node, _ string) {
	l.out.Connect.Kind = Edges
	a, ok := p.sparseArgs(n, l.what+": sparse")
	if !ok || !l.sized() {
		return
	}
	a.pre, a.post = l.from.size, l.to.size
	a.noSelf = a.noSelf && l.from == l.to
	w := wiring{known: true, weights: -1}
	expected := int(min(math.Ceil(a.p*float64(a.pre)*float64(a.post)), math.MaxInt64/2))
	if a.kind != "p" {
		many, side := a.pre, l.from.name
		w.weights = mulSat(a.degree, a.post)
		if a.kind == "out_degree" {
			many, side = a.post, l.to.name
			w.weights = mulSat(a.degree, a.pre)
		}
		if a.noSelf {
			many--
		}
		if a.degree > many {
			p.report(n.Get(a.kind), diag.OutOfRange, "%s: sparse: %s is %d, but %q offers %s", l.what, a.kind, a.degree, side, diag.Plural(many, "neuron"))
			return
		}
		expected = w.weights
		w.order = inOrder(w.weights)
	}
	if !p.take(l, expected) {
		return
	}
	l.wiring = w
	what, limit := l.what, p.limits.synapses
	p.later = append(p.later, func() {
		c := &l.out.Connect
		if c.Pre, c.Post, ok = a.edges(newStream(a.seed, l.out.Name+"/connect"), limit); !ok {
			p.report(n, diag.TooLarge, "%s: sparse: more than %d synapses were drawn, the most that a network has", what, limit)
		}
		l.wiring.weights = len(c.Pre)
	})
}

func (p *parser) sparseArgs(n *yamldoc.Node, what string) (sparseArgs, bool) {
	var a sparseArgs
	known := knows(n, sparseKeys)
	ok := p.clean(func() {
		for _, kind := range []string{"p", "in_degree", "out_degree"} {
			v := n.Get(kind)
			switch {
			case v == nil:
				continue
			case a.kind != "":
				p.report(v, diag.UnknownField, "%s: has both %s and %s, want one of them", what, a.kind, kind)
				continue
			case kind == "p":
				a.p = p.FloatRange(v, what+": p", 0, 1)
			default:
				a.degree = int(p.Int(v, what+": "+kind, 0, MaxNeurons))
			}
			a.kind = kind
		}
		if a.kind == "" && known {
			p.report(n, diag.MissingField, "%s: want p, in_degree or out_degree, such as {p: 0.1, seed: 1}", what)
		}
		if s := n.Get("seed"); s != nil {
			a.seed = p.Int(s, what+": seed", 0, math.MaxInt64)
		}
		if s := n.Get("self_connections"); s != nil {
			a.noSelf = !p.Bool(s, what+": self_connections")
		}
	})
	return a, ok && known
}

// edges draws the pairs, sorted by pre and then post, in a time that grows
// with their number and the number of neurons. It gives up beyond limit.
func (a *sparseArgs) edges(rng *rand.Rand, limit int) (pre, post []int32, ok bool) {
	switch a.kind {
	case "p":
		return a.bernoulli(rng, limit)
	case "out_degree":
		pre, post = make([]int32, 0, a.pre*a.degree), make([]int32, 0, a.pre*a.degree)
		s := newSampler(a.post)
		for i := range a.pre {
			for _, j := range s.draw(rng, a.degree, a.except(i)) {
				pre, post = append(pre, int32(i)), append(post, j)
			}
		}
		return pre, post, true
	case "in_degree":
		pre, post = a.byPost(rng)
		return pre, post, true
	}
	panic("network: unknown sparse rule " + a.kind)
}

// bernoulli takes each pair with probability p: it draws how many pairs to
// skip until the next one (Batagelj and Brandes 2005).
func (a *sparseArgs) bernoulli(rng *rand.Rand, limit int) (pre, post []int32, ok bool) {
	if a.p == 0 {
		return nil, nil, true
	}
	pairs := float64(a.pre) * float64(a.post) // below 2^48, so exact
	expected := int(a.p * pairs)
	room := min(limit, expected+4*int(math.Sqrt(float64(expected)))+16)
	pre, post = make([]int32, 0, room), make([]int32, 0, room)
	perSkip := 0.0
	if a.p < 1 {
		perSkip = max(1/logarithm1m(a.p), -math.MaxFloat64)
	}
	for at := -1.0; ; {
		at++
		if perSkip != 0 {
			at += math.Floor(float64(logarithm(1-rng.Float64()) * perSkip))
		}
		if at >= pairs {
			return pre, post, true
		}
		i, j := int(at)/a.post, int(at)%a.post
		if a.noSelf && i == j {
			continue
		}
		if len(pre) == limit {
			return nil, nil, false
		}
		pre, post = append(pre, int32(i)), append(post, int32(j))
	}
}

// byPost draws degree pres for each post, then sorts by pre (counting sort,
// which keeps the posts of one pre in order).
func (a *sparseArgs) byPost(rng *rand.Rand) (pre, post []int32) {
	drawn := make([]int32, 0, a.post*a.degree)
	start := make([]int, a.pre+1)
	s := newSampler(a.pre)
	for j := range a.post {
		for _, i := range s.draw(rng, a.degree, a.except(j)) {
			drawn = append(drawn, i)
			start[i+1]++
		}
	}
	for i := range a.pre {
		start[i+1] += start[i]
	}
	pre, post = make([]int32, len(drawn)), make([]int32, len(drawn))
	for k, i := range drawn {
		at := start[i]
		start[i]++
		pre[at], post[at] = i, int32(k/a.degree)
	}
	return pre, post
}

// except returns the neuron that may not be drawn for neuron i, or -1.
func (a *sparseArgs) except(i int) int {
	if a.noSelf {
		return i
	}
	return -1
}

// sampler draws different numbers below n.
type sampler struct {
	n     int
	taken []bool
	out   []int32
}

func newSampler(n int) *sampler { return &sampler{n: n, taken: make([]bool, n)} }

// draw returns k different numbers in [0, n) other than except, sorted. It is
// Floyd's algorithm (Bentley and Floyd 1987), so k draws do. The slice is used
// again by the next call.
func (s *sampler) draw(rng *rand.Rand, k, except int) []int32 {
	n := s.n
	if except >= 0 {
		n--
	}
	s.out = s.out[:0]
	for j := n - k; j < n; j++ {
		t := int(rng.Uint64N(uint64(j) + 1))
		if s.taken[t] {
			t = j
		}
		s.taken[t] = true
		s.out = append(s.out, int32(t))
	}
	slices.Sort(s.out)
	for i, t := range s.out {
		s.taken[t] = false
		if except >= 0 && int(t) >= except {
			s.out[i]++
		}
	}
	return s.out
}
