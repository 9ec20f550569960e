package ranc

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// refMesh is the mesh as the HDL has it, with a register for every signal, and
// every router visited in every cycle. It shares no code with mesh.
type refMesh struct {
	width, height, depth int
	fifos                [][numFIFOs][]packet
	regs                 [][numMerges]refMerge
	edges                [][numMerges]int // packets beyond the edge
	input                []packet
	fromCore             []*packet // spike_out and what is sent, at the last edge
	arrivals             []arrival
	cycle                int64
}

// refMerge is the registers of a merge: read_en of each input, dout and wen,
// and for each input what the FIFO put on its output at the last edge.
type refMerge struct {
	read [3]bool
	seen [3]packet
	out  packet
	wen  bool
}

// inputs of the merges, in the order of their priority.
var refInputs = [numMerges][]int{
	{fromWest, coreEast},
	{fromEast, coreWest},
	{fromSouth, eastNorth, westNorth},
	{fromNorth, eastSouth, westSouth},
	{northHere, southHere},
}

func newRefMesh(width, height, depth int) *refMesh {
	n := width * height
	return &refMesh{
		width: width, height: height, depth: depth,
		fifos: make([][numFIFOs][]packet, n), regs: make([][numMerges]refMerge, n),
		edges: make([][numMerges]int, n), fromCore: make([]*packet, n),
	}
}

// neighbour returns where merge m of router i leads, and into which FIFO.
func (f *refMesh) neighbour(i, m int) (j, into int, ok bool) {
	x, y := i%f.width, i/f.width
	switch m {
	case east:
		x, into = x+1, fromWest
	case west:
		x, into = x-1, fromEast
	case north:
		y, into = y+1, fromSouth
	case south:
		y, into = y-1, fromNorth
	}
	return y*f.width + x, into, m != here && x >= 0 && x < f.width && y >= 0 && y < f.height
}

// full is the wire buffers_full.
func (f *refMesh) full(i, m int) bool {
	own := [numMerges][]int{{eastNorth, eastSouth}, {westNorth, westSouth}, {northHere}, {southHere}, nil}[m]
	for _, o := range own {
		if len(f.fifos[i][o]) == f.depth {
			return true
		}
	}
	if m == here {
		return false
	}
	if j, into, ok := f.neighbour(i, m); ok {
		return len(f.fifos[j][into]) == f.depth
	}
	return f.edges[i][m] == f.depth
}

// write is the path decoder behind merge m.
func (f *refMesh) write(i, m int, p packet) {
	straight := p.dx
	if m == north || m == south {
		straight = p.dy
	}
	switch {
	case straight != 0:
		switch m {
		case east:
			p.dx--
		case west:
			p.dx++
		case north:
			p.dy--
		case south:
			p.dy++
		}
		j, into, ok := f.neighbour(i, m)
		if !ok {
			f.edges[i][m]++
			f.arrivals = append(f.arrivals, arrival{place: nowhere, packet: p, cycle: f.cycle})
			return
		}
		f.fifos[j][into] = append(f.fifos[j][into], p)
	case m == north:
		f.fifos[i][northHere] = append(f.fifos[i][northHere], p)
	case m == south:
		f.fifos[i][southHere] = append(f.fifos[i][southHere], p)
	case p.dy >= 0:
		f.fifos[i][eastNorth+(m-east)] = append(f.fifos[i][eastNorth+(m-east)], p)
	default:
		f.fifos[i][eastSouth+(m-east)] = append(f.fifos[i][eastSouth+(m-east)], p)
	}
}

func (f *refMesh) step() {
	type write struct {
		i, m int
		p    packet
	}
	var writes []write
	for i := range f.regs { // the rising edge sees what was there before it
		for m := range f.regs[i] {
			if g := &f.regs[i][m]; g.wen && m != here && !f.full(i, m) {
				writes = append(writes, write{i, m, g.out})
			}
		}
	}
	for i := range f.regs {
		for m := range f.regs[i] {
			g := &f.regs[i][m]
			for k, in := range refInputs[m] {
				if !g.read[k] {
					continue
				}
				if i == 0 && in == fromWest {
					g.seen[k], f.input = f.input[0], f.input[1:]
					continue
				}
				g.seen[k], f.fifos[i][in] = f.fifos[i][in][0], f.fifos[i][in][1:]
			}
		}
	}
	for _, w := range writes {
		f.write(w.i, w.m, w.p)
	}
	for i, p := range f.fromCore {
		if p == nil {
			continue
		}
		into := coreEast
		if p.dx < 0 {
			into = coreWest
		}
		f.fifos[i][into] = append(f.fifos[i][into], *p)
		f.fromCore[i] = nil
	}
	for i := range f.regs { // the falling edge
		for m := range f.regs[i] {
			g := &f.regs[i][m]
			if f.full(i, m) {
				continue
			}
			if k := slices.Index(g.read[:], true); k >= 0 {
				g.wen, g.out, g.read = true, g.seen[k], [3]bool{}
				if m == here {
					f.arrivals = append(f.arrivals, arrival{place: int32(i), packet: g.out, cycle: f.cycle})
				}
				continue
			}
			g.wen = false
			for k, in := range refInputs[m] {
				if len(f.fifos[i][in]) > 0 || i == 0 && in == fromWest && len(f.input) > 0 {
					g.read[k] = true
					break
				}
			}
		}
	}
	f.cycle++
}

// sortArrivals orders what arrives in one cycle, which has no order.
func sortArrivals(a []arrival) []arrival {
	slices.SortFunc(a, func(a, b arrival) int {
		return cmp.Or(
			cmp.Compare(a.cycle, b.cycle), cmp.Compare(a.place, b.place), cmp.Compare(a.axon, b.axon),
			cmp.Compare(a.dx, b.dx), cmp.Compare(a.dy, b.dy),
		)
	})
	return a
}

// TestMeshEqualsReference sends random traffic, from none to more than the mesh
// can carry, through both.
func TestMeshEqualsReference(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		width, height, depth := 1+rng.IntN(5), 1+rng.IntN(4), 1+rng.IntN(4)
		m, f := newMesh(width, height, depth), newRefMesh(width, height, depth)
		var input []Packet
		for range rng.IntN(40) {
			p := Packet{X: rng.IntN(width), Y: rng.IntN(height), Axon: rng.IntN(1 << 16)}
			input = append(input, p)
			f.input = append(f.input, packet{dx: int32(p.X), dy: int32(p.Y), axon: uint16(p.Axon)})
		}
		m.begin(input, 0)
		sent := make([]*packet, width*height)
		every, beyond := 1+rng.IntN(60), rng.IntN(20) == 0
		for cycle := range int64(1500) {
			m.runTo(cycle) // the cores decide on the state before the cycle
			for place := range m.routers {
				if got, want := m.full(place), len(f.fifos[place][coreEast]) == depth || len(f.fifos[place][coreWest]) == depth; got != want {
					t.Fatalf("seed %d, cycle %d: router %d is full: got %t, want %t", seed, cycle, place, got, want)
				}
				if cycle > 1000 || cycle%4 != int64(place%4) || rng.IntN(every) > 0 || m.full(place) {
					continue
				}
				x, y := place%width, place/width
				p := packet{dx: int32(rng.IntN(width) - x), dy: int32(rng.IntN(height) - y), axon: uint16(rng.IntN(1 << 16))}
				if beyond && rng.IntN(8) == 0 {
					p.dx, p.dy = -int32(x)-1, p.dy-2
				}
				m.send(place, p, cycle)
				sent[place] = &p
			}
			f.step()
			copy(f.fromCore, sent)
			clear(sent)
		}
		m.runTo(1500)
		if len(f.arrivals) == 0 && every < 10 {
			t.Errorf("seed %d: nothing arrives", seed)
		}
		opt := gocmp.AllowUnexported(arrival{}, packet{})
		if diff := gocmp.Diff(sortArrivals(f.arrivals), sortArrivals(m.arrivals), opt); diff != "" {
			t.Fatalf("seed %d: %d×%d mesh, FIFOs of %d: arrivals (-reference +mesh):\n%s", seed, width, height, depth, diff)
		}
	}
}
