package benchnet

import "github.com/weft-toolchain/weft/internal/splitmix"

// newStream returns stream idx of a seed.
func newStream(seed, idx uint64) splitmix.Stream {
	return splitmix.Stream(splitmix.Mix(seed + idx*0xd1342543de82ef95))
}

// Where the streams of a network begin that are of no neuron: of a permutation, of
// the axons, and of the weights between layers.
const (
	permutationStream = 1 << 32
	axonStreams       = 1 << 33
	layerStreams      = 1 << 34
)

// weight draws from −8…−1, 1…8.
func weight(r uint64) float64 {
	w := float64(r&15) - 8
	if w >= 0 {
		w++
	}
	return w
}

// permutation draws an order of n things, by Fisher and Yates from the last down.
func permutation(seed uint64, n int) []int32 {
	perm := make([]int32, n)
	for i := range perm {
		perm[i] = int32(i)
	}
	s := newStream(seed, permutationStream)
	for i := n - 1; i > 0; i-- {
		j := int(s.Next() % uint64(i+1))
		perm[i], perm[j] = perm[j], perm[i]
	}
	return perm
}

// drawer draws numbers below n that differ.
type drawer struct {
	// seen has of each number the last draw that it came in.
	seen []int
	draw int
}

func newDrawer(n int) *drawer { return &drawer{seen: make([]int, n)} }

// distinct draws k numbers, none of them not, with a weight each.
func (d *drawer) distinct(s *splitmix.Stream, k, not int, add func(n int, w float64)) {
	d.draw++
	if not >= 0 {
		d.seen[not] = d.draw
	}
	for drawn := 0; drawn < k; {
		r := s.Next()
		n := int(r >> 32 % uint64(len(d.seen)))
		if d.seen[n] == d.draw {
			continue
		}
		d.seen[n] = d.draw
		add(n, weight(r))
		drawn++
	}
}
