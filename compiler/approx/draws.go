package approx

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// Draws returns a network in which no neuron with drawn weights has more kinds of
// weight than axons have types: a drawn weight is no sum of others. The kinds are
// those of the least squared error.
func Draws(q *ir.Quantized, arch *targets.Arch) (*ir.Quantized, []Population) {
	if arch.WeightFormat != targets.Typed {
		return q, nil
	}
	out := *q
	out.Weights, out.Stats = slices.Clone(q.Weights), slices.Clone(q.Stats)
	var told []Population
	for pop := range q.Populations {
		if !q.Drawn(pop) {
			continue
		}
		in := gather(q, arch, pop)
		kinds := make([]map[int16]int16, q.Populations[pop].N)
		p := Population{Index: pop, Share: 1}
		for n := range kinds {
			if in.kinds(n, targets.AxonTypes+1) <= targets.AxonTypes {
				continue
			}
			kinds[n] = fewer(in.of(n), targets.AxonTypes)
			p.Neurons++
			for _, x := range in.of(n) {
				p.Weights.add(int(x.weight), int(kinds[n][x.weight]))
			}
		}
		if p.Neurons == 0 {
			continue
		}
		told = append(told, p)
		for k := range q.Projections {
			if q.Projections[k].To == pop {
				replace(&out, k, kinds)
			}
		}
	}
	return &out, told
}

// replace replaces the weights of projection k, neuron by neuron.
func replace(q *ir.Quantized, k int, kinds []map[int16]int16) {
	weights := slices.Clone(q.Weights[k])
	var e WeightError
	st := &q.Stats[k]
	for s, j := range q.Projections[k].Post {
		was := weights[s]
		if is, ok := kinds[j][was]; ok {
			weights[s] = is
		}
		if e.add(int(was), int(weights[s])); was != 0 && weights[s] == 0 {
			st.Zeroed++
		}
	}
	q.Weights[k] = weights
	if e.Changed > 0 {
		st.Exact, st.SQNR = false, e.SQNR()
	}
}

// fewer returns for each weight of a neuron which of no more than so many numbers
// stands for it: the clusters of the least squared error, which are runs of the
// weights in order, found from the best of the runs before.
func fewer(list []input, most int) map[int16]int16 {
	count := map[int16]float64{}
	var values []int16
	for _, x := range list {
		if count[x.weight]++; count[x.weight] == 1 {
			values = append(values, x.weight)
		}
	}
	slices.Sort(values)
	n := len(values)
	// Sums over the first values: of 1, of the values, of their squares.
	var sums [3][]float64
	for p := range sums {
		sums[p] = make([]float64, n+1)
		for i, v := range values {
			sums[p][i+1] = sums[p][i] + count[v]*math.Pow(float64(v), float64(p))
		}
	}
	cluster := func(from, to int) (centre, cost float64) {
		of := func(p int) float64 { return sums[p][to] - sums[p][from] }
		centre = math.Round(of(1) / of(0))
		return centre, of(2) - float64(2*centre*of(1)) + float64(centre*centre*of(0))
	}
	// least[k][i] is the cost of the first i values in k+1 clusters, from where the
	// last of them begins.
	least, from := make([][]float64, most), make([][]int, most)
	for k := range most {
		least[k], from[k] = make([]float64, n+1), make([]int, n+1)
		for i := 1; i <= n; i++ {
			_, least[k][i] = cluster(0, i)
			for j := 1; j < i && k > 0; j++ {
				if _, c := cluster(j, i); least[k-1][j]+c < least[k][i] {
					least[k][i], from[k][i] = least[k-1][j]+c, j
				}
			}
		}
	}
	out := map[int16]int16{}
	for k, to := most-1, n; to > 0; k-- {
		begin := from[k][to]
		centre, _ := cluster(begin, to)
		for _, v := range values[begin:to] {
			out[v] = int16(centre)
		}
		to = begin
	}
	return out
}
