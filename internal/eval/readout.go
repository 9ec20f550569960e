package eval

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/experiment"
)

// reader watches the population that answers.
type reader struct {
	w        *worker
	first, n int32
	counts   []int
	winner   int
}

func newReader(w *worker) *reader {
	pop := &w.Chip.Image().Manifest.Populations[w.population]
	return &reader{w: w, first: int32(pop.First), n: int32(pop.N), counts: make([]int, pop.N), winner: -1}
}

// tick sees the neurons that fired, ascending, and reports whether the answer
// is known: with read-out first, at the first spike; of several in a tick the
// neuron with the lowest index wins.
func (r *reader) tick(fired []int32) (decided bool) {
	for _, n := range fired {
		i := n - r.first
		if i < 0 || i >= r.n {
			continue
		}
		r.counts[i]++
		if r.winner < 0 {
			r.winner = int(i)
		}
	}
	return r.winner >= 0 && r.w.Experiment.Readout.Kind == experiment.First
}

// answer returns the neuron that wins, or −1. Equal counts go to the higher
// potential, equal potentials to the lower index.
func (r *reader) answer() int {
	if r.w.Experiment.Readout.Kind == experiment.First {
		return r.winner
	}
	byCount := r.w.Experiment.Readout.Kind == experiment.Count
	if byCount && r.winner < 0 {
		return -1
	}
	best, highest := -1, 0.0
	candidates := r.candidates(byCount)
	if len(candidates) == 1 {
		return candidates[0]
	}
	for _, i := range candidates {
		if v := r.w.machine.HostRead(int(r.first) + i); best < 0 || v > highest {
			best, highest = i, v
		}
	}
	return best
}

// candidates returns the neurons whose potential decides: those with most
// spikes, or all.
func (r *reader) candidates(byCount bool) []int {
	most := slices.Max(r.counts)
	var out []int
	for i, n := range r.counts {
		if !byCount || n == most {
			out = append(out, i)
		}
	}
	return out
}
