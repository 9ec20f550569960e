package place

import "github.com/weft-toolchain/weft/compiler/partition"

// Nets returns what the cores of a partition send each other: for each net of
// the partition, by its number, a net from the core of its source, or from the
// host, to the cores of its readers, in order, its own core apart. core is the
// core of each vertex.
func Nets(p *partition.Problem, core []int32) []Net {
	nets := make([]Net, len(p.Home))
	for i, home := range p.Home {
		nets[i] = Net{From: Host, Weight: p.WeightOf(int32(i))}
		if home >= 0 {
			nets[i].From = core[home]
		}
	}
	var readers [][]int32 // the vertices of each core
	for v, c := range core {
		for int(c) >= len(readers) {
			readers = append(readers, nil)
		}
		readers[c] = append(readers[c], int32(v))
	}
	seen := make([]int32, len(nets)) // the last core found to read the net, plus one
	for c, vertices := range readers {
		for _, v := range vertices {
			for _, i := range p.In[p.Off[v]:p.Off[v+1]] {
				if seen[i] != int32(c)+1 && nets[i].From != int32(c) {
					seen[i] = int32(c) + 1
					nets[i].To = append(nets[i].To, int32(c))
				}
			}
		}
	}
	return nets
}
