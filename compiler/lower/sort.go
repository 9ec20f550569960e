package lower

import (
	"runtime"
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
	return ordered(p, np, index)
}

// bySource fills p with edges that are listed by source as sorted does, where they need
// not go far; consume writes over them.
func bySource(p ir.Projection, np *network.Projection, pre int, consume bool) ir.Projection {
	c := &np.Connect
	p.Off = startsOf(c.Pre, pre)
	p.Post = c.Post
	index := c.Pre
	if !consume {
		p.Post, index = pages.Make[int32](len(c.Post)), pages.Make[int32](len(c.Pre))
		copy(p.Post, c.Post)
	}
	for k := range index {
		index[k] = int32(k)
	}
	return ordered(p, np, index)
}

// onlyUse reports whether nothing else of a network is the arrays of a projection's edges:
// a file's may be of several, and their weights.
func onlyUse(net *network.Network, k int) bool {
	uses := map[*int32]int{}
	for j := range net.Projections {
		p := &net.Projections[j]
		for _, list := range [][]int32{p.Connect.Pre, p.Connect.Post, p.Weights.Shared32(), p.Delays.Shared32()} {
			if len(list) > 0 {
				uses[&list[0]]++
			}
		}
	}
	c := &net.Projections[k].Connect
	return len(c.Pre) > 0 && uses[&c.Pre[0]] == 1 && uses[&c.Post[0]] == 1
}

// startsOf returns where the edges of each source begin, and end, that are listed by
// source.
func startsOf(pre []int32, sources int) (off []int32) {
	off = make([]int32, sources+1)
	k := 0
	for i := range sources {
		for k < len(pre) && pre[k] == int32(i) {
			k++
		}
		off[i+1] = int32(k)
	}
	return off
}

// ordered puts the synapses of each source of p in order of target; index is the place
// of each weight, which ascends among the synapses of one pair.
func ordered(p ir.Projection, np *network.Projection, index []int32) ir.Projection {
	sources, parts := len(p.Off)-1, runtime.GOMAXPROCS(0)
	parallel(parts, func(part int) {
		var o orderer
		for i := part * sources / parts; i < (part+1)*sources/parts; i++ {
			o.order(p.Post[p.Off[i]:p.Off[i+1]], index[p.Off[i]:p.Off[i+1]])
		}
	})
	p.Weight = weights(np, len(index))
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
