package partition

// Bound is what no partition of a problem can be better than.
type Bound struct {
	// Cores is the fewest cores, and CoresBy the argument it comes from:
	// "neurons", "axons", "words" or "fan-out".
	Cores   int
	CoresBy string
	// Connectivity is the least connectivity, and ConnectivityBy its argument:
	// "neurons" or "none".
	Connectivity   int64
	ConnectivityBy string
}

// Bounds returns what is proven about every partition of p, whose limits each
// vertex keeps.
func Bounds(p *Problem) Bound {
	var b Bound
	claim := func(cores int64, by string) {
		if int(cores) > b.Cores {
			b.Cores, b.CoresBy = int(cores), by
		}
	}
	type sums struct{ slots, out int64 }
	byClass := map[int32]sums{}
	for v := range p.vertices() {
		s := byClass[p.class(v)]
		byClass[p.class(v)] = sums{s.slots + int64(p.slots(v)), s.out + int64(p.out(v))}
	}
	var slots, out, words int64
	for _, s := range byClass {
		slots += max(ceilDiv(s.slots, int64(p.Neurons)), 1)
		if p.FanOut > 0 {
			out += ceilDiv(s.out, int64(p.FanOut))
		}
	}
	claim(slots, "neurons")
	claim(out, "fan-out")
	need := make([]int64, p.nets()) // slots that read each net
	synapses := make([]int64, p.nets())
	for v := range p.vertices() {
		for i := p.Off[v]; i < p.Off[v+1]; i++ {
			need[p.In[i]] += int64(p.slots(v))
			synapses[p.In[i]] += int64(p.synapses(i))
		}
	}
	// A net is in as many cores as it takes to hold its readers.
	var axons int64
	for e, n := range need {
		cores := ceilDiv(n, int64(p.Neurons))
		axons += cores
		if p.Words > 0 {
			words += ceilDiv(synapses[e], int64(p.WordSynapses))
		}
		b.Connectivity += p.weight(int32(e)) * max(cores-1, 0)
	}
	b.ConnectivityBy = "neurons"
	if b.Connectivity == 0 {
		b.ConnectivityBy = "none"
	}
	if p.Axons > 0 {
		claim(ceilDiv(axons, int64(p.Axons)), "axons")
	}
	if p.Words > 0 {
		claim(ceilDiv(words, int64(p.Words)), "words")
	}
	return b
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
