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
	// A net is in as many cores as it takes to hold its readers.
	var axons, connectivity int64
	for e, n := range p.slotsOfNets() {
		cores := ceilDiv(n, int64(p.Neurons))
		axons += cores
		connectivity += p.WeightOf(int32(e)) * max(cores-1, 0)
	}
	if p.Words > 0 {
		for _, n := range p.synapsesOfNets() {
			words += ceilDiv(n, int64(p.WordSynapses))
		}
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

// slotsOfNets adds up the slots of what reads each net.
func (p *Problem) slotsOfNets() []int64 {
	sums := make([]int64, p.nets())
	for v := range p.vertices() {
		slots := int64(p.SlotsOf(v))
		for _, e := range p.In[p.Off[v]:p.Off[v+1]] {
			sums[e] += slots
		}
	}
	return sums
}

// synapsesOfNets adds up the synapses of each net.
func (p *Problem) synapsesOfNets() []int64 {
	sums := make([]int64, p.nets())
	for i, e := range p.In {
		sums[e] += int64(p.SynapsesOf(int64(i)))
	}
	return sums
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
