package noc

import "math/bits"

// horizon is how many cycles the wheel sees, this one and those to come. It is
// the bits of a word, so that one instruction finds the next busy cycle.
const horizon = 64

// wheel says what is to be looked at in which of the next cycles. The order within
// a cycle means nothing.
type wheel[T flit | int32] struct {
	busy  uint64 // the cycles, modulo horizon, with something to look at
	slots [horizon][]T
	// spare are the lists of cycles that are over, the one used last on top: it is
	// the one that is still in the cache.
	spare   [][]T
	longest int // room that a list had
}

// add has something looked at in a cycle after now, and returns its place in the
// list. What is beyond the horizon is looked at earlier, and has to ask again.
func (w *wheel[T]) add(v T, now, at Cycles) int32 {
	slot := uint(min(at, now+horizon-1)) % horizon
	s := w.slots[slot]
	if len(s) == cap(s) {
		s = w.room(slot, 1)
	}
	w.slots[slot] = append(s, v)
	w.busy |= 1 << slot
	return int32(len(s))
}

// room makes room for n more in a list and returns it.
func (w *wheel[T]) room(slot uint, n int) []T {
	s := &w.slots[slot]
	if last := len(w.spare) - 1; cap(*s) == 0 && last >= 0 {
		*s = w.spare[last][:0]
		w.spare = w.spare[:last]
	}
	if len(*s)+n > cap(*s) {
		w.longest = max(w.longest, (len(*s)+n)*5/4, 16)
		*s = append(make([]T, 0, w.longest), *s...)
	}
	return *s
}

// due is 1 if there is something to look at in a cycle, and else 0.
func (w *wheel[T]) due(now Cycles) uint { return uint(w.busy >> (uint(now) % horizon) & 1) }

// take empties the list of a cycle and returns it. It is given back by release, or by
// prepend.
func (w *wheel[T]) take(now Cycles) []T {
	slot := uint(now) % horizon
	list := w.slots[slot]
	w.slots[slot] = nil
	w.busy &^= 1 << slot
	return list
}

// prepend puts a list before what is in a slot.
func (w *wheel[T]) prepend(slot uint, list []T) {
	if len(list) == 0 {
		w.release(list)
		return
	}
	behind := w.slots[slot]
	w.slots[slot] = append(list, behind...)
	w.busy |= 1 << slot
	w.release(behind)
}

// release lets a list be used again.
func (w *wheel[T]) release(list []T) {
	if cap(list) > 0 {
		w.spare = append(w.spare, list)
	}
}

// nextOf returns the first cycle from now on that is busy; there is one.
func nextOf(busy uint64, now Cycles) Cycles {
	return now + Cycles(bits.TrailingZeros64(bits.RotateLeft64(busy, -int(uint(now)%horizon))))
}

// nodeSet is a set of nodes that is read in order.
type nodeSet struct {
	words, sums []uint64 // the nodes, 64 each; the words that are not zero
}

func newNodeSet(nodes int) nodeSet {
	words := (nodes + 63) / 64
	return nodeSet{make([]uint64, words), make([]uint64, (words+63)/64)}
}

func (s *nodeSet) add(node int32) {
	n := uint(node)
	s.words[n/64] |= 1 << (n % 64)
	s.sums[n/4096] |= 1 << (n / 64 % 64)
}
