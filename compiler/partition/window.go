package partition

import (
	"math/rand/v2"
	"sync"
)

// A window is some cores of a partition, small enough to be a state whose cells
// stay in a processor's cache. What happens in it does not depend on the other
// cores: a net's cores outside are as many before and after.
const (
	windowCores    = 64
	windowVertices = 12_000
	windowCells    = 3 << 20
	// windowLook is at how many vertices of a net a window looks for its next core.
	windowLook = 8
)

// oneWindow reports whether all k cores of g are window enough.
func oneWindow(g *graph, k int) bool {
	return k <= 2*windowCores && g.vertices() <= stateVertices && int64(k)*int64(g.nets()) <= windowCells
}

// netsOf lists the nets of each core once, in the order in which its members have them.
func (g *graph) netsOf(off, members []int32, workers int) [][]int32 {
	nets := make([][]int32, len(off)-1)
	shares(len(nets), workers, func(_, from, to int) {
		met := make([]int32, g.nets()) // the last core that had the net, and one
		for core := from; core < to; core++ {
			for _, v := range members[off[core]:off[core+1]] {
				for _, p := range g.pinsOf(v) {
					if e := p.other(); met[e] != int32(core)+1 {
						met[e] = int32(core) + 1
						nets[core] = append(nets[core], e)
					}
				}
			}
		}
	})
	return nets
}

// shares calls do for parts of 0 … n−1, as many as there are workers, each on a goroutine
// of its own.
func shares(n, workers int, do func(part, from, to int)) {
	var all sync.WaitGroup
	for k := range workers {
		all.Go(func() { do(k, k*n/workers, (k+1)*n/workers) })
	}
	all.Wait()
}

// windows divides the cores of c into windows of at most so many cores that share nets.
func (c candidate) windows(g *graph, seed uint64, most, workers int) [][]int32 {
	rng := rand.New(rand.NewPCG(seed, 3))
	off, members := groupByKey(c.core, c.cores)
	taken := make([]bool, c.cores)
	// shared is how often a look at the window's nets met each core, and near
	// lists those that were met.
	shared := make([]int32, c.cores)
	var near []int32
	meet := func(net int32) {
		ends := g.endsOf(net)
		for range min(len(ends), windowLook) {
			at := c.core[ends[rng.IntN(len(ends))].other()]
			if taken[at] {
				continue
			}
			if shared[at] == 0 {
				near = append(near, at)
			}
			shared[at]++
		}
	}
	// Of a very large graph each net is looked at once for a core, not once a pin.
	var nets [][]int32
	if len(g.pins) > hugePins {
		nets = g.netsOf(off, members, workers)
	}
	look := func(core int32) {
		if nets != nil {
			for _, e := range nets[core] {
				meet(e)
			}
			return
		}
		for _, v := range members[off[core]:off[core+1]] {
			for _, p := range g.pinsOf(v) {
				meet(p.other())
			}
		}
	}
	nearest := func() int32 {
		best := int32(-1)
		for _, at := range near {
			if !taken[at] && (best < 0 || shared[at] > shared[best]) {
				best = at
			}
		}
		return best
	}
	var windows [][]int32
	for _, first := range rng.Perm(c.cores) {
		if taken[first] {
			continue
		}
		var window []int32
		vertices := int32(0)
		for next := int32(first); next >= 0; next = nearest() {
			taken[next] = true
			window = append(window, next)
			vertices += off[next+1] - off[next]
			if len(window) == most || vertices > windowVertices {
				break
			}
			look(next)
		}
		for _, at := range near {
			shared[at] = 0
		}
		near = near[:0]
		windows = append(windows, window)
	}
	return windows
}

// subgraph returns the graph of some vertices of g, in their order. Nets are
// numbered as they come, which keeps the cells of a vertex close together. local
// is scratch: -1 for each net of g.
func (g *graph) subgraph(vertices, local []int32) *graph {
	var nets []int32
	for _, v := range vertices {
		for _, p := range g.pinsOf(v) {
			if e := p.other(); local[e] < 0 {
				local[e] = int32(len(nets))
				nets = append(nets, e)
			}
		}
	}
	b := newBuilder(g, len(nets))
	for _, v := range vertices {
		for i := g.off[v]; i < g.off[v+1]; i++ {
			syn := int32(0)
			if g.syn != nil {
				syn = g.syn[i]
			}
			b.pin(local[g.pins[i].other()], g.pins[i].kind(), syn)
		}
		b.end(g.own[v], g.class[v])
	}
	for _, e := range nets {
		local[e] = -1
	}
	return b.finish(func(e int32) int64 { return g.weight[nets[e]] }, func(e int32) int32 { return g.axons[nets[e]] }).tieNets()
}

func newLocal(g *graph) []int32 {
	local := make([]int32, g.nets())
	for e := range local {
		local[e] = -1
	}
	return local
}

// inWindows returns c with each of its windows, of at most so many cores, made better
// by improve, which is given the window as a graph and a candidate, and a seed.
func (s *search) inWindows(g *graph, c candidate, seed uint64, most int, improve func(*graph, candidate, uint64) candidate) candidate {
	windows := c.windows(g, seed, most, s.opt.Workers)
	off, members := groupByKey(c.core, c.cores)
	better := make([]candidate, len(windows))
	vertices := make([][]int32, len(windows))
	scratch := make(chan []int32, s.opt.Workers)
	for range s.opt.Workers {
		scratch <- newLocal(g)
	}
	s.parallel(len(windows), func(i int) {
		if s.ctx.Err() != nil {
			return
		}
		local := <-scratch
		w := candidate{cores: len(windows[i])}
		for at, core := range windows[i] {
			for _, v := range members[off[core]:off[core+1]] {
				vertices[i] = append(vertices[i], v)
				w.core = append(w.core, int32(at))
			}
		}
		sub := g.subgraph(vertices[i], local)
		scratch <- local
		better[i] = improve(sub, w, mix(seed)+uint64(i))
	})
	if s.ctx.Err() != nil {
		return c
	}
	all := candidate{core: make([]int32, len(c.core))}
	for i, w := range better {
		for j, v := range vertices[i] {
			all.core[v] = int32(all.cores) + w.core[j]
		}
		all.cores += w.cores
	}
	return all
}
