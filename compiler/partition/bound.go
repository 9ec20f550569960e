package partition

import "slices"

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
	byClass := p.classes()
	var slots, out, words int64
	for _, vertices := range byClass {
		var s, o int64
		for _, v := range vertices {
			s += int64(p.slots(int(v)))
			o += int64(p.out(int(v)))
		}
		slots += max(ceilDiv(s, int64(p.Neurons)), 1)
		if p.FanOut > 0 {
			out += ceilDiv(o, int64(p.FanOut))
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

// classes returns the vertices of each class.
func (p *Problem) classes() [][]int32 {
	n := p.vertices()
	order := make([]int32, n)
	for v := range order {
		order[v] = int32(v)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(p.class(int(a))) - int(p.class(int(b))) })
	var classes [][]int32
	for len(order) > 0 {
		n := 1
		for n < len(order) && p.class(int(order[n])) == p.class(int(order[0])) {
			n++
		}
		classes = append(classes, order[:n])
		order = order[n:]
	}
	return classes
}
