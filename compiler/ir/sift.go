package ir

import "github.com/weft-toolchain/weft/internal/numbers"

// Sift returns the projection with the synapses that keep says, in the same order,
// and their places in p.
func (p *Projection) Sift(keep func(source, s int) bool) (Projection, []int32) {
	off := make([]int32, len(p.Off))
	var kept []int32
	for i := range len(p.Off) - 1 {
		for s := p.Off[i]; s < p.Off[i+1]; s++ {
			if keep(i, int(s)) {
				kept = append(kept, s)
			}
		}
		off[i+1] = int32(len(kept))
	}
	return p.Pick(off, kept), kept
}

// Pick returns the projection with the synapses at some places of it, of which those
// of source i are off[i] to off[i+1].
func (p *Projection) Pick(off, places []int32) Projection {
	out := *p
	out.Off, out.Post, out.Weight = off, numbers.Pick(p.Post, places), p.Weight.Pick(places)
	if len(p.Delay) > 1 {
		if out.Delay = numbers.Pick(p.Delay, places); len(places) == 0 {
			out.Delay = []uint16{1}
		}
	}
	return out
}
