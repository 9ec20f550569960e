package partition

// Bound is what no partition of a problem can be better than.
type Bound struct {
	Cores        int   // at least so many cores
	Connectivity int64 // at least so much connectivity
}

// Bounds returns what is proven about every partition of p, whose limits each
// vertex keeps.
func Bounds(p *Problem) Bound {
	type sums struct{ slots, out int64 }
	byClass := map[int32]sums{}
	for v := range p.vertices() {
		s := byClass[p.class(v)]
		byClass[p.class(v)] = sums{s.slots + int64(p.SlotsOf(v)), s.out + int64(p.OutOf(v))}
	}
	var slots, out, words int64
	for _, s := range byClass {
		slots += max(ceilDiv(s.slots, int64(p.Neurons)), 1)
		if p.FanOut > 0 {
			out += ceilDiv(s.out, int64(p.FanOut))
		}
	}
	need := make([]struct{ slots, synapses int64 }, p.nets()) // of what reads each net
	for v := range p.vertices() {
		for i := p.Off[v]; i < p.Off[v+1]; i++ {
			n := &need[p.In[i]]
			n.slots += int64(p.SlotsOf(v))
			n.synapses += int64(p.SynapsesOf(i))
		}
	}
	// A net is in as many cores as it takes to hold its readers.
	var axons, connectivity int64
	for e, n := range need {
		cores := ceilDiv(n.slots, int64(p.Neurons))
		axons += cores
		if p.Words > 0 {
			words += ceilDiv(n.synapses, int64(p.WordSynapses))
		}
		connectivity += p.WeightOf(int32(e)) * max(cores-1, 0)
	}
	cores := max(slots, out)
	if p.Axons > 0 {
		cores = max(cores, ceilDiv(axons, int64(p.Axons)))
	}
	if p.Words > 0 {
		cores = max(cores, ceilDiv(words, int64(p.Words)))
	}
	return Bound{Cores: int(cores), Connectivity: connectivity}
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
