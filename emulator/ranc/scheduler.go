package ranc

import (
	"math/bits"
	"slices"
)

// scheduler is the memory of spikes to come: a ring of rows, one for each tick,
// with one bit for each axon.
type scheduler struct {
	words int // of one row
	slots int
	now   int // the row that the core reads
	rows  []uint64
}

func newScheduler(slots, words int) scheduler {
	return scheduler{words: words, slots: slots, now: slots - 1, rows: make([]uint64, slots*words)}
}

// written says what became of a write.
type written uint8

const (
	fresh     written = iota
	duplicate         // the bit was set already
	late              // the row is the one being read
)

// row returns the row that is read in this tick.
func (s *scheduler) row() []uint64 { return s.rows[s.now*s.words:][:s.words] }

// advance turns to the row of the next tick.
func (s *scheduler) advance() { s.now = (s.now + 1) % s.slots }

// clear empties the row that was read.
func (s *scheduler) clear() { clear(s.row()) }

// where returns the row that a packet with the offset is for.
func (s *scheduler) where(delay uint16) int { return (s.now + 1 + int(delay)) % s.slots }

// write stores a spike at the bit, unless it is late: the simulator loses those.
func (s *scheduler) write(bit uint32, delay uint16) written {
	w := s.where(delay)
	if w == s.now {
		return late
	}
	return s.set(w, bit)
}

// set stores a spike in row w.
func (s *scheduler) set(w int, bit uint32) written {
	word := &s.rows[w*s.words+int(bit/64)]
	mask := uint64(1) << (bit % 64)
	if *word&mask != 0 {
		return duplicate
	}
	*word |= mask
	return fresh
}

// bitLen returns one more than the highest bit of row.
func bitLen(row []uint64) int {
	for i, word := range slices.Backward(row) {
		if word != 0 {
			return 64*i + bits.Len64(word)
		}
	}
	return 0
}
