package lower

import (
	"runtime"
	"slices"
	"sync"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/pages"
)

// synapses are those of a projection in the order of the file, in parts that are gone
// through at the same time. No two of a pair have their weights in one place.
type synapses struct {
	parts int
	// each calls f for each synapse of a part, with the place of its weight.
	each func(part int, f func(pre, post, index int32))
}

// edgesOfPart is how many edges are worth a goroutine, and a count of each source.
const edgesOfPart = 1 << 20

func eachEdge(c *network.Connect) synapses {
	n := len(c.Pre)
	parts := min(runtime.GOMAXPROCS(0), n/edgesOfPart+1)
	return synapses{parts: parts, each: func(part int, f func(pre, post, index int32)) {
		for k := part * n / parts; k < (part+1)*n/parts; k++ {
			f(c.Pre[k], c.Post[k], int32(k))
		}
	}}
}

// starts returns where the synapses of each source begin, and end, when they are in
// order of source; and where those of each part begin among them.
func (s synapses) starts(pre int) (off []int32, of [][]int32) {
	of = make([][]int32, s.parts)
	parallel(s.parts, func(part int) {
		count := make([]int32, pre)
		s.each(part, func(pre, _, _ int32) { count[pre]++ })
		of[part] = count
	})
	off = make([]int32, pre+1)
	at := int32(0)
	for i := range pre {
		for _, count := range of {
			count[i], at = at, at+count[i]
		}
		off[i+1] = at
	}
	return off, of
}

// sorted fills p with synapses by source, then target, then place of the weight.
func sorted(p ir.Projection, np *network.Projection, pre int, s synapses) ir.Projection {
	off, of := s.starts(pre)
	n := int(off[pre])
	p.Off, p.Post = off, pages.Make[int32](n)
	index := pages.Make[int32](n)
	parallel(s.parts, func(part int) {
		next := of[part]
		s.each(part, func(pre, post, k int32) {
			at := next[pre]
			next[pre]++
			p.Post[at], index[at] = post, k
		})
	})
	parts := runtime.GOMAXPROCS(0)
	parallel(parts, func(part int) {
		var row []uint64
		for i := part * pre / parts; i < (part+1)*pre/parts; i++ {
			row = order(p.Post[off[i]:off[i+1]], index[off[i]:off[i+1]], row)
		}
	})
	p.Weight = weights(np, n)
	if np.Weights.Len() > 1 {
		p.Weight = p.Weight.Pick(index)
	}
	list := np.Delays.List
	if list.Len() > 1 {
		list = list.Pick(index)
	}
	p.Delay = delays(list)
	return p
}

// parallel calls do for each part, all at the same time.
func parallel(parts int, do func(part int)) {
	var all sync.WaitGroup
	for part := range parts {
		all.Go(func() { do(part) })
	}
	all.Wait()
}

// order sorts a row; both are scratch for the next.
func order(post, index []int32, scratch []uint64) []uint64 {
	if slices.IsSorted(post) {
		return scratch
	}
	scratch = scratch[:0]
	for k, j := range post {
		scratch = append(scratch, uint64(j)<<32|uint64(index[k]))
	}
	slices.Sort(scratch)
	for k, x := range scratch {
		post[k], index[k] = int32(x>>32), int32(x)
	}
	return scratch
}
