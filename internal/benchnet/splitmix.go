package benchnet

const gamma = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// stream is a splitmix64 generator; stream idx of a seed is its own.
type stream uint64

func newStream(seed, idx uint64) stream { return stream(mix(seed + idx*0xd1342543de82ef95)) }

func (s *stream) next() uint64 {
	*s += gamma
	return mix(uint64(*s))
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
		j := int(s.next() % uint64(i+1))
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
func (d *drawer) distinct(s *stream, k, not int, add func(n int, w float64)) {
	d.draw++
	if not >= 0 {
		d.seen[not] = d.draw
	}
	for drawn := 0; drawn < k; {
		r := s.next()
		n := int(r >> 32 % uint64(len(d.seen)))
		if d.seen[n] == d.draw {
			continue
		}
		d.seen[n] = d.draw
		add(n, weight(r))
		drawn++
	}
}
