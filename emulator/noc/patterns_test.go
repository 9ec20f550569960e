package noc

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pattern says where k×k cores send. It gives a core 8k² destinations, by
// slot, each as likely as any other: enough for all probabilities to be exact.
type pattern struct {
	name string
	dst  func(k, src, slot int) int
}

// The patterns are those of Dally & Towles, Principles and Practices of
// Interconnection Networks, 2004, section 3.2, and the hot spot of Pfister &
// Norton, IEEE Transactions on Computers C-34, 1985. All but transpose and
// tornado send to the core itself too.
var (
	uniform   = pattern{"uniform", func(k, _, slot int) int { return slot % (k * k) }}
	transpose = pattern{"transpose", func(k, src, _ int) int { return src%k*k + src/k }}
	// tornado goes just short of half way round, along x and along y. On a
	// mesh those at the far side go back.
	tornado = pattern{"tornado", func(k, src, _ int) int {
		shift := (k+1)/2 - 1
		return (src/k+shift)%k*k + (src%k+shift)%k
	}}
	// hotspot is uniform but for an eighth that goes to core (k/2, k/2).
	hotspot = pattern{"hotspot", func(k, src, slot int) int {
		if slot < k*k {
			return k/2*k + k/2
		}
		return uniform.dst(k, src, slot)
	}}
)

// channels counts the packets over each link and into each core if every core
// sends once to each slot: x first, then y, without asking the mesh.
func (p pattern) channels(k int) (links map[[2]int]int64, cores []int64) {
	links, cores = map[[2]int]int64{}, make([]int64, k*k)
	for src := range k * k {
		for slot := range 8 * k * k {
			at, dst := src, p.dst(k, src, slot)
			for at != dst {
				next := at
				switch {
				case at%k < dst%k:
					next++
				case at%k > dst%k:
					next--
				case at < dst:
					next += k
				default:
					next -= k
				}
				links[[2]int{at, next}]++
				at = next
			}
			cores[dst]++
		}
	}
	return links, cores
}

// process says when a core's packet j is due, at or after the one before it,
// which is due at last, or at -1 if there is none.
type process func(j int, last Cycles) Cycles

// sources has every core offer packets over a span of cycles, numbered by core.
// A core deals its slots like cards, over and over, so that few packets are
// enough for the shares to be right.
func (p pattern) sources(k int, span Cycles, next process, rng *rand.Rand) []Source {
	sources := make([]Source, k*k)
	for src := range sources {
		s := &sources[src]
		s.Router = int32(src)
		deck := rng.Perm(8 * k * k)
		for j, at := 0, next(0, -1); at < span; at = next(j, at) {
			dst := p.dst(k, src, deck[j%len(deck)])
			s.Injections = append(s.Injections, Injection{at, Packet{int32(dst), int32(j)}})
			j++
		}
	}
	return sources
}

// saturation is what the closed forms say of a pattern on k×k cores, and what
// is asked of the mesh. Loads and throughputs are shares of the bound.
type saturation struct {
	pattern
	k int
	// link and core are the most packets that a link carries and that a core
	// receives for one packet sent by every core, in expectation.
	link, core float64
	// Up to easy the mesh is as good as empty.
	easy float64
	// With FIFOs of curveDepth places it saturates from least to most.
	least, most float64
}

// A pattern is as heavy as on its most loaded channel (Dally & Towles 2004,
// section 3.3). In a k×k mesh with XY routing that is
//
//	uniform    a link in the middle: half of the k²/2 packets of one side cross
//	           by k links, k/4
//	transpose  the last link of the last row, where all its packets turn: k-1
//	tornado    every link in the middle, both ways: the shift, ⌈k/2⌉-1
//	hotspot    the core, which takes an eighth of k² packets and its share of
//	           the others: 1+(k²-1)/8; the link from the north brings it half
//	           of that eighth and an eighth less of uniform traffic: k²/16+7k/32
//
// Uniform and tornado traffic lose a fifth to two fifths of the bound to FIFOs
// whose head keeps those behind it from other outputs: a switch of four inputs
// under uniform traffic loses 34 % to that (Karol, Hluchyj & Morgan, IEEE
// Transactions on Communications COM-35, 1987). Transpose and hotspot wait for
// one place each, which is never idle.
var saturations = []saturation{
	{uniform, 4, 1, 1, 0.4, 0.55, 0.7},
	{tornado, 4, 1, 1, 1, 1, 1}, // to the next core: hardly anybody meets
	{transpose, 4, 3, 1, 0.6, 0.97, 1},
	{hotspot, 4, 1.875, 2.875, 0.6, 0.9, 1},
	// In order of throughput, as TestSaturation wants them.
	{uniform, 8, 2, 1, 0.6, 0.65, 0.8},
	{tornado, 8, 3, 1, 0.6, 0.7, 0.85},
	{transpose, 8, 7, 1, 0.6, 0.97, 1},
	{hotspot, 8, 5.75, 8.875, 0.6, 0.85, 1},
}

// curveHop is the latency of a link.
const curveHop = 2

func (s saturation) config(depth int) Config {
	return Config{Width: s.k, Height: s.k, FIFODepth: depth, HopX: curveHop, HopY: curveHop, LinkCycles: 1, EjectCycles: 1}
}

// bound is the packets a core and cycle that the pattern allows at best. A core
// takes one a cycle. So does a link, and so does a source, if there are places:
// one is taken for curveHop+1 cycles behind a link and for 2 behind a source.
func (s saturation) bound(depth int) float64 {
	link := max(1, float64(curveHop+1)/float64(depth))
	source := max(1, 2/float64(depth))
	return 1 / max(s.link*link, s.core, source)
}

// TestChannelLoadsAreTheClosedForms sends each pattern's 8k² packets a core
// and compares every link with the count, and the heaviest with the form.
func TestChannelLoadsAreTheClosedForms(t *testing.T) {
	for _, s := range saturations {
		links, cores := s.channels(s.k)
		var link, core int64
		for _, n := range links {
			link = max(link, n)
		}
		for _, n := range cores {
			core = max(core, n)
		}
		slots := 8 * s.k * s.k
		if l, c := float64(link)/float64(slots), float64(core)/float64(slots); l != s.link || c != s.core {
			t.Errorf("%s on %d×%d: %g packets on a link and %g into a core, want %g and %g", s.name, s.k, s.k, l, c, s.link, s.core)
		}
		every := func(j int, _ Cycles) Cycles { return Cycles(j) }
		sources := s.sources(s.k, Cycles(slots), every, newRand(1))
		got := observe(New(s.config(curveDepth)), 0, sources)
		if diff := cmp.Diff(links, got.Loads); diff != "" {
			t.Errorf("%s on %d×%d: packets on links (-want +got):\n%s", s.name, s.k, s.k, diff)
		}
	}
}

var (
	curveLoads  = [...]float64{0.05, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1} // shares of the bound
	curveDepths = [...]int{1, 2, 4, 16}
)

const (
	curveDepth   = 4    // for all of curveLoads
	curvePackets = 2400 // a core offers 1/k of them in a run
	overload     = 1.5  // times the bound, for all of curveDepths
)

// curve is what a mesh did with a pattern.
type curve struct {
	accepted, latency [len(curveLoads)]float64  // at curveDepth
	least, all        [len(curveDepths)]float64 // accepted at overload
}

// window is what a mesh did in the last three quarters of a span of cycles.
type window struct {
	delivered, due []int   // packets of each source
	latency        float64 // since a packet was offered, over that of an empty mesh
}

// run moves packets for a span of cycles, and leaves the mesh as it is then. It
// sees every cycle, to know when a core that stands still offers a packet.
func (s saturation) run(depth int, span Cycles, next process, rng *rand.Rand) window {
	cfg := s.config(depth)
	m, sources := New(cfg), s.sources(s.k, span, next, rng)
	w := window{delivered: make([]int, len(sources)), due: make([]int, len(sources))}
	offered := make([][]Cycles, len(sources)) // for each packet
	for i := range sources {
		offered[i] = []Cycles{sources[i].Injections[0].At}
		for _, in := range sources[i].Injections {
			if in.At >= span/4 {
				w.due[i]++
			}
		}
	}
	var sum, zeroLoad Cycles
	m.begin(0, sources, func(d Delivery) {
		if d.At >= span/4 && d.At < span {
			w.delivered[d.Src]++
			sum += d.At - offered[d.Src][d.Packet.ID]
			zeroLoad += cfg.ZeroLoad(d.Src, d.Packet.Dst)
		}
	})
	for m.nextCycle() && m.wheel.now < span {
		m.step()
		for i := range offered {
			if m.senders[i].next == int32(len(offered[i])) { // one more has entered
				offered[i] = append(offered[i], m.nodes[i].offer)
			}
		}
	}
	w.latency = float64(sum) / float64(zeroLoad)
	return w
}

// measure takes the curve. Up to the bound a core draws in every cycle whether
// it offers a packet, and what counts is all that was accepted. Beyond, where
// some accept more and some less, it offers one in every period, and what
// counts is the core that accepts least (Dally & Towles 2004, chapters 23 and
// 25).
func (s saturation) measure() (c curve) {
	bound := s.bound(curveDepth)
	packets := float64(curvePackets / s.k)
	for i, load := range curveLoads {
		rng := newRand(uint64(i))
		rate := load * bound
		draw := func(_ int, last Cycles) Cycles {
			at := last + 1
			for rng.Float64() >= rate {
				at++
			}
			return at
		}
		w := s.run(curveDepth, Cycles(packets/rate), draw, rng)
		c.accepted[i] = load * float64(total(w.delivered)) / float64(total(w.due))
		c.latency[i] = w.latency
	}
	for i, depth := range curveDepths {
		rng := newRand(1) // the same packets for every depth
		period := max(1/(overload*bound), 1)
		pace := func(j int, _ Cycles) Cycles { return Cycles((float64(j) + rng.Float64()) * period) }
		span := Cycles(packets * period)
		w := s.run(depth, span, pace, rng)
		most := float64(span-span/4) * bound
		c.least[i] = float64(slices.Min(w.delivered)) / most
		c.all[i] = float64(total(w.delivered)) / most / float64(len(w.delivered))
	}
	return c
}

func total(counts []int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// TestSaturation measures throughput and latency over load and compares them
// with the closed forms and with the known shape of the curves.
func TestSaturation(t *testing.T) {
	curves := make([]curve, len(saturations))
	var wg sync.WaitGroup
	for i, s := range saturations {
		wg.Go(func() { curves[i] = s.measure() })
	}
	wg.Wait()
	logCurves(t, saturations[:4], curves[:4])
	logCurves(t, saturations[4:], curves[4:])
	for i, s := range saturations {
		t.Run(fmt.Sprintf("%s/%d×%d", s.name, s.k, s.k), func(t *testing.T) { s.check(t, curves[i]) })
	}
	for i := 4; i+1 < len(saturations); i++ {
		a, b := saturations[i], saturations[i+1]
		more, less := curves[i].saturated[2]*a.bound(curveDepth), curves[i+1].saturated[2]*b.bound(curveDepth)
		if more <= less {
			t.Errorf("8×8: %s saturates at %.3f packets a core and cycle, want more than %s at %.3f", a.name, more, b.name, less)
		}
	}
}

// check holds a curve against the closed forms.
func (s saturation) check(t *testing.T, c curve) {
	const (
		draws  = 0.01 // of a throughput, for what was drawn and for both ends of the window
		noise  = 0.05 // of a throughput or a latency, between two runs
		near   = 1.6  // times the latency of an empty mesh, up to easy
		bend   = 3    // times the rise up to easy, from there to the bound
		stable = 0.9  // of the throughput at the bound is left beyond it
	)
	easy := 0
	for i, load := range curveLoads {
		if c.accepted[i] > load*(1+draws) {
			t.Errorf("load %.2f: accepts %.3f, which is more", load, c.accepted[i])
		}
		if i > 0 && c.latency[i] < c.latency[i-1]*(1-noise) {
			t.Errorf("load %.2f: latency × %.2f, want at least × %.2f as with less load", load, c.latency[i], c.latency[i-1])
		}
		if load > s.easy {
			continue
		}
		easy = i
		if c.accepted[i] < load*(1-draws) {
			t.Errorf("load %.2f: accepts %.3f, want all", load, c.accepted[i])
		}
		if c.latency[i] < 1 || c.latency[i] > near {
			t.Errorf("load %.2f: latency × %.2f, want 1..%g", load, c.latency[i], near)
		}
	}
	last := len(curveLoads) - 1
	if rise := c.latency[easy] - c.latency[0]; c.latency[last]-c.latency[easy] < bend*rise {
		t.Errorf("latency × %.2f, %.2f and %.2f at loads %.2f, %.2f and 1: want a bend", c.latency[0], c.latency[easy], c.latency[last], curveLoads[0], s.easy)
	}
	for i, depth := range curveDepths {
		got := c.saturated[i]
		if most := s.bound(depth) / s.bound(curveDepth); got > most*(1+draws) {
			t.Errorf("%d places: saturates at %.3f, want at most %.3f", depth, got, most)
		}
		if i > 0 && got < c.SAT {
			t.Errorf("%d places: saturates at %.3f, want at least %.3f as with fewer", depth, got, c.saturated[i-1])
		}
		if depth != curveDepth {
			continue
		}
		if got < s.least || got > s.most*(1+draws) {
			t.Errorf("saturates at %.3f, want %.2f..%.2f", got, s.least, s.most)
		}
		if got < stable*c.accepted[last] {
			t.Errorf("saturates at %.3f beyond the bound, want at least %g of %.3f", got, stable, c.accepted[last])
		}
	}
	if few, many := c.saturated[0], c.saturated[len(curveDepths)-1]; many < 1.5*few {
		t.Errorf("saturates at %.3f with %d places, want 1.5 × %.3f with one", many, curveDepths[len(curveDepths)-1], few)
	}
}

// logCurves prints the curves of one size side by side.
func logCurves(t *testing.T, ss []saturation, cs []curve) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d×%d, shares of the bound; latency × that of an empty mesh\n%-9s", ss[0].k, ss[0].k, "")
	for _, s := range ss {
		fmt.Fprintf(&b, " │ %-16s", fmt.Sprintf("%s %.4f", s.name, s.bound(curveDepth)))
	}
	fmt.Fprintf(&b, "\n%-9s%s\n", "offered", strings.Repeat(" │ accepted latency", len(ss)))
	for i, load := range curveLoads {
		fmt.Fprintf(&b, "%-9.2f", load)
		for _, c := range cs {
			fmt.Fprintf(&b, " │ %8.3f %7.2f", c.accepted[i], c.latency[i])
		}
		b.WriteByte('\n')
	}
	for i, depth := range curveDepths {
		fmt.Fprintf(&b, "%-9s", fmt.Sprintf("%.2f, %d", overload, depth))
		for _, c := range cs {
			fmt.Fprintf(&b, " │ %8.3f %7s", c.saturated[i], "")
		}
		b.WriteByte('\n')
	}
	t.Log(b.String())
}
