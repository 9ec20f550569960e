package report

import "fmt"

// Hash is the spike hash of a run: FNV-1a over 64-bit words, each hashed whole:
// the tick, counting from 1, and the neuron of every spike, in order of tick
// then neuron. NewHash begins one.
type Hash uint64

const (
	fnvOffset = 0xcbf29ce484222325
	fnvPrime  = 0x100000001b3
)

// NewHash returns the hash of no spikes.
func NewHash() Hash { return fnvOffset }

// Word hashes one word.
func (h *Hash) Word(w uint64) { *h = (*h ^ Hash(w)) * fnvPrime }

// Spikes hashes the neurons that fired in a tick, ascending.
func (h *Hash) Spikes(tick int64, neurons []int32) {
	for _, n := range neurons {
		h.Word(uint64(tick))
		h.Word(uint64(n))
	}
}

// String returns the hash as 16 hex digits.
func (h Hash) String() string { return fmt.Sprintf("%016x", uint64(h)) }
