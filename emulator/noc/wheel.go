package noc

import "math/bits"

// horizon is how many cycles the wheel sees, this one and those to come. It is
// the bits of a word, so that one instruction finds the next busy cycle.
const horizon = 64

// wheel says which nodes are to be visited in which of the next cycles. A
// cycle is a set of nodes: asking twice is one visit, and the visits go in
// order of node whatever the order of asking.
type wheel struct {
	now  Cycles // the first cycle the wheel sees
	busy uint64 // the cycles, modulo horizon, with somebody to visit
	// words are the nodes of a cycle, 64 each; sums are the words of a cycle
	// that are not zero.
	words, sums       []uint64
	numWords, numSums int
}

func newWheel(nodes int) wheel {
	numWords := (nodes + 63) / 64
	numSums := (numWords + 63) / 64
	return wheel{
		words:    make([]uint64, horizon*numWords),
		sums:     make([]uint64, horizon*numSums),
		numWords: numWords,
		numSums:  numSums,
	}
}

// wake has node visited at a cycle not before now. Beyond the horizon it is
// visited at the horizon, finds nothing to do, and asks again.
func (w *wheel) wake(node int32, at Cycles) {
	slot := uint(min(at, w.now+horizon-1)) % horizon
	n := uint(node)
	w.words[slot*uint(w.numWords)+n/64] |= 1 << (n % 64)
	w.sums[slot*uint(w.numSums)+n/4096] |= 1 << (n / 64 % 64)
	w.busy |= 1 << slot
}

// advance moves now to the next cycle with somebody to visit; there is one.
func (w *wheel) advance() {
	w.now += Cycles(bits.TrailingZeros64(bits.RotateLeft64(w.busy, -int(uint(w.now)%horizon))))
}

// take empties the set of the cycle now and returns its words and their sums.
// The caller zeroes each as it reads it.
func (w *wheel) take() (words, sums []uint64) {
	slot := int(uint(w.now) % horizon)
	w.busy &^= 1 << slot
	return w.words[slot*w.numWords:][:w.numWords], w.sums[slot*w.numSums:][:w.numSums]
}

// sleeper is a node whose source has nothing to offer before a cycle that is
// beyond the wheel's horizon.
type sleeper struct {
	at   Cycles
	node int32
}

// sleepers is a binary heap, the earliest first.
type sleepers []sleeper

func (s *sleepers) push(v sleeper) {
	h := append(*s, v)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].at <= v.at {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = v
	*s = h
}

// pop removes the earliest sleeper.
func (s *sleepers) pop() sleeper {
	h := *s
	first, v := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].at < h[child].at {
			child++
		}
		if h[child].at >= v.at {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = v
	}
	*s = h
	return first
}
