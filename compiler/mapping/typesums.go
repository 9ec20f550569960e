package mapping

import (
	"cmp"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// maxOwn bounds the neurons with kinds of their own, times the range of weights.
const maxOwn = 1 << 17

// chooser chooses the kinds of the weights into a population, of which some are sums.
type chooser struct {
	*search
	readers *readers
	// recipes are those of all weights, the first that of all neurons; behind them come
	// those of single neurons.
	recipes []recipe
	cost    price
}

// chooser returns a chooser of the kinds of a population's weights.
func (w *wiring) chooser(pop int, of *spectrum) *chooser {
	lo, hi := w.arch.WeightLimits()
	return &chooser{search: newSearch(of, lo, hi), readers: w.readers(pop, of)}
}

// sums finds the kinds of a population's weights.
func (w *wiring) sums(pop int, of *spectrum) typing {
	c := w.chooser(pop, of)
	c.common(c.pick(c.many()))
	return c.typing(c.own())
}

// many returns sets of kinds that are good for a crowd of some size.
func (c *chooser) many() [][]int16 {
	var sets [][]int16
	if digits := binaryKinds(c.ends()); digits != nil {
		sets = append(sets, digits)
	}
	for _, c.once = range [...]bool{false, true} {
		if c.once && len(c.weights) >= 1<<targets.AxonTypes {
			break // more than there are sums of different types
		}
		sets = c.run(maxFirst).sets(sets)
	}
	return sets
}

// pick returns the best of some sets of kinds, for all neurons.
func (c *chooser) pick(sets [][]int16) try {
	var tries []try
	for _, kinds := range sets {
		for _, once := range [...]bool{false, true} {
			if c.once = once; !c.fill(kinds) || once && slices.Equal(c.mixes, tries[len(tries)-1].mixes) {
				continue
			}
			x := recipe{kinds, slices.Clone(c.mixes)}
			c.recipes = append(c.recipes, x)
			tries = append(tries, try{x, once, c.readers.cost([]recipe{x}, nil)})
		}
	}
	return slices.MinFunc(tries, func(a, b try) int { return a.compare(b.price) })
}

// common makes kinds those of all neurons, or what is still better near them.
func (c *chooser) common(best try) {
	best = c.polish(best)
	c.recipes, c.cost = slices.Insert(c.recipes, 0, best.recipe), best.price
}

// try is a recipe for all neurons, what it costs, and whether its sums take each type
// once where they can.
type try struct {
	recipe
	once bool
	price
}

// polish changes one of the kinds at a time for what costs less.
func (c *chooser) polish(best try) try {
	kinds := slices.Clone(best.kinds)
	c.once = best.once
	left := maxTried
	for improved := true; improved; {
		improved = false
		for k := range kinds {
			for x := range c.near(kinds[k]) {
				if left -= len(c.readers.pins) + c.readers.groups + 2*c.reach; left < 0 {
					return best
				}
				was := kinds[k]
				kinds[k] = x
				if c.fill(kinds) {
					if p := c.readers.cost([]recipe{{kinds, c.mixes}}, nil); p.compare(best.price) < 0 {
						best.recipe, best.price, improved = recipe{slices.Clone(kinds), slices.Clone(c.mixes)}, p, true
						continue
					}
				}
				kinds[k] = was
			}
		}
	}
	return best
}

// own gives neurons kinds of their own where that costs less: all, or those that do not
// fit with the common ones. It returns the recipe of each, or nil for the common one.
func (c *chooser) own() []int32 {
	r := c.readers
	if !r.all {
		return nil
	}
	n := len(r.neurons)
	own, needs := make([]spectrum, n), make([]int, n)
	all := make([]int32, n)
	common := len(c.recipes)
	for i := range own {
		own[i] = r.spectrum(i)
		all[i], needs[i] = own[i].cheapest(c.recipes[:common], c.weights)
	}
	order := make([]int, n) // those that need most first
	unfit := 0
	for i := range order {
		order[i] = i
		if needs[i] > r.arch.Axons {
			unfit++
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return needs[b] - needs[a] })
	lo, hi := c.ends()
	left := budget{neurons: maxOwn / (hi - lo + 1), work: maxWork, deep: maxDeep}
	known := map[string]int32{} // the recipes of spectra, of which many may be alike
	for k, i := range order {
		x := &own[i]
		if len(x.weights) == 0 {
			continue
		}
		id := x.id()
		at, ok := known[id]
		if !ok {
			at = all[i]
			if mine, better := c.mine(x, c.recipes[at].kinds, needs[i], unfit-k, &left); better {
				at = int32(len(c.recipes))
				c.recipes = append(c.recipes, mine)
			}
			known[id] = at
		}
		all[i] = at
	}
	some := make([]int32, n)
	for i := range some {
		if own[i].axons(&c.recipes[0], c.weights) > r.arch.Axons {
			some[i] = all[i]
		}
	}
	var best []int32
	for _, at := range [][]int32{some, all} {
		if p := r.cost(c.recipes, at); p.compare(c.cost) < 0 {
			best, c.cost = at, p
		}
	}
	return best
}

// budget is what the search for kinds of single neurons may still take: neurons, and
// steps for those that fit with other kinds and for those that do not.
type budget struct{ neurons, work, deep int }

// mine looks for kinds for one neuron that take fewer axons than some, which take so
// many, and reports whether there are such. The first of the unfit neurons that are left
// do not fit with those: they are looked at as if they were their whole population.
func (c *chooser) mine(of *spectrum, kinds []int16, axons, unfit int, left *budget) (recipe, bool) {
	if len(of.weights) <= targets.AxonTypes {
		return recipe{kinds: of.weights}, true
	}
	if left.neurons <= 0 {
		return recipe{}, false
	}
	var best finds
	s := newSearch(of, int64(c.least), int64(c.most))
	s.crowds = 1
	s.spend(len(s.found))
	if unfit > 0 && left.deep > 0 {
		best = *s.run(min(maxFirst, left.deep/unfit))
	}
	left.deep -= s.spent
	if left.work > 0 {
		lo, hi := s.ends()
		s.within((hi - lo) / 2)
		s.work = left.work
		s.descend(kinds, 0, &best)
		left.work = s.work
	}
	if len(best[0]) == 0 || best[0][0].cost >= axons {
		return recipe{}, false
	}
	left.neurons--
	s.fill(best[0][0].kinds)
	out := recipe{best[0][0].kinds, make([]mix, len(c.weights))}
	for i, w := range of.weights {
		k, _ := slices.BinarySearch(c.weights, w)
		out.mixes[k] = s.mixes[i]
	}
	return out, true
}

// spectrum returns the weights of the i-th reader.
func (r *readers) spectrum(i int) spectrum {
	var out spectrum
	list := slices.Clone(r.pins[r.off[i]:r.off[i+1]])
	slices.SortFunc(list, func(a, b pin) int { return cmp.Compare(a.weight, b.weight) })
	for k, p := range list {
		if k == 0 || p.weight != list[k-1].weight {
			out.weights, out.counts = append(out.weights, r.of.weights[p.weight]), append(out.counts, 0)
		}
		out.counts[len(out.counts)-1]++
	}
	return out
}

// axons returns how many axons the weights of a spectrum take, by a recipe for many.
func (s *spectrum) axons(r *recipe, many []int16) int {
	n := 0
	for i, w := range s.weights {
		k, _ := slices.BinarySearch(many, w)
		m := r.of(k, w)
		n += s.counts[i] * m.axons()
	}
	return n
}

// cheapest returns which of some recipes takes the fewest axons, and how many.
func (s *spectrum) cheapest(recipes []recipe, many []int16) (best int32, axons int) {
	axons = math.MaxInt
	for i := range recipes {
		if n := s.axons(&recipes[i], many); n < axons {
			best, axons = int32(i), n
		}
	}
	return best, axons
}

// typing returns what was chosen, of which at has each neuron's recipe; nil is the
// first.
func (c *chooser) typing(at []int32) typing {
	out := typing{sums: true, at: at}
	if at == nil {
		out.codes = []code{c.code(&c.recipes[0])}
		return out
	}
	place := map[int32]int32{}
	for i, k := range at {
		to, ok := place[k]
		if !ok {
			to = int32(len(out.codes))
			place[k] = to
			out.codes = append(out.codes, c.code(&c.recipes[k]))
		}
		at[i] = to
	}
	return out
}

// code returns a recipe as weights are looked up by it.
func (c *chooser) code(r *recipe) code {
	if r.mixes == nil {
		return code{kinds: r.kinds}
	}
	lo, hi := c.ends()
	out := code{kinds: r.kinds, least: lo, sums: make([][]typed, hi-lo+1)}
	for i, w := range c.weights {
		list := make([]typed, 0, r.mixes[i].axons())
		for k, n := range r.mixes[i] {
			for range n {
				list = append(list, typed{uint8(k), r.kinds[k]})
			}
		}
		out.sums[int(w)-lo] = list
	}
	return out
}
