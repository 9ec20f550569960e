package partition

import "slices"

// Mending anneals a few cores at a time, again and again, in windows of these
// sizes and from these temperatures. From a greedy start it packs denser than
// annealing all cores at once, where what they hold is of a structure.
var (
	mendCores = []int{3, 5, 8, 12}
	mendHeats = []int64{8, 16, 30}
)

const (
	// mendTrials is how many trials each vertex is worth in a round, and
	// mendRounds how many rounds there are at the default effort; those of a
	// large graph are fewer, so that the trials are no more than mendWork.
	mendTrials = 100
	mendRounds = 40
	mendWork   = 20_000_000
	// nearly is an excess that is mended on however slowly it falls.
	nearly = 32 * overUnit
)

// mended returns partitions in as few cores as mending the starts comes to, or
// those of packed, if that comes to no fewer.
func (s *search) mended(g *graph, starts, packed []candidate) []candidate {
	rounds := int(s.budget(min(mendRounds, mendWork/(mendTrials*int64(g.vertices())))))
	for k := packed[0].cores - 1; k >= s.atLeast && s.ctx.Err() == nil; k-- {
		found := make([]candidate, len(starts))
		s.parallel(len(starts), func(i int) {
			if d, ok := starts[i].without(s.ctx, g, k); ok {
				found[i] = s.mend(g, d, rounds, uint64(i)<<32)
			}
		})
		found = slices.DeleteFunc(found, func(c candidate) bool { return c.core == nil })
		if len(found) == 0 {
			break
		}
		packed = found
	}
	return packed
}

// mend returns c with no limit exceeded, or none if that takes more rounds. It
// gives up where all sizes together mend too little.
func (s *search) mend(g *graph, c candidate, rounds int, seed uint64) candidate {
	alone := *s
	alone.opt.Workers = 1
	before := c.excess(g)
	for i := range rounds {
		c = alone.inWindows(g, c, seed+uint64(1000+i), mendCores[i%len(mendCores)], func(w *graph, c candidate, seed uint64) candidate {
			return s.mendWindow(w, c, seed, mendHeats[i/len(mendCores)%len(mendHeats)])
		})
		over := c.excess(g)
		switch {
		case s.ctx.Err() != nil:
			return candidate{}
		case over == 0:
			return c.compact()
		case i%len(mendCores) != len(mendCores)-1:
		case over > before/4*3 && over > nearly:
			return candidate{}
		default:
			before = over
		}
	}
	return candidate{}
}

// mendWindow anneals a window for the fewest axons, and returns what that ends
// with unless more exceeds the limits than before.
func (s *search) mendWindow(g *graph, c candidate, seed uint64, heat int64) candidate {
	if c.cores == 1 || g.vertices() == 0 {
		return c
	}
	st := newState(g, c.core, c.cores)
	st.countAxons()
	conn, over := st.conn, st.over
	a := newAnnealer(st, s.opt.Seed+mix(seed))
	a.run(s.ctx, schedule{trials: mendTrials * int64(g.vertices()), heat: heat})
	if a.over < over || a.over == over && a.conn <= conn {
		c.core = a.core
	}
	return c
}

// excess returns by how much the cores of c exceed their limits.
func (c candidate) excess(g *graph) int64 { return newState(g, c.core, c.cores).over }
