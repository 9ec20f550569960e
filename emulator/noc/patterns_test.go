package noc

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
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
// Norton, IEEE Transactions on Computers C-34, 1985.
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
				step := k
				switch {
				case at%k < dst%k:
					step = 1
				case at%k > dst%k:
					step = -1
				case at > dst:
					step = -k
				}
				links[[2]int{at, at + step}]++
				at += step
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
		for j, at := 0, next(0, -1); at < span; j, at = j+1, next(j+1, at) {
			dst := p.dst(k, src, deck[j%len(deck)])
			s.Injections = append(s.Injections, Injection{at, Packet{int32(dst), int32(j)}})
		}
	}
	return sources
}

// saturation is what the closed forms say of a pattern on k×k cores, and what
// is asked of the mesh.
type saturation struct {
	pattern
	k int
	// link and core are the most packets that a link carries and that a core
	// receives for one packet sent by every core, in expectation.
	link, core float64
	// Up to easy, a share of the bound, the mesh is as good as empty. With
	// FIFOs of curveDepth places it saturates at a share from least to most.
	easy, least, most float64
}

// A pattern is as heavy as on its most loaded channel (Dally & Towles 2004,
// section 3.3). In a k×k mesh with XY routing that is
//
//	uniform    a link in the middle: half of k²/2 packets cross by k links, k/4
//	transpose  the last link of the last row, where all its packets turn: k-1
//	tornado    every link in the middle, both ways: the shift, ⌈k/2⌉-1
//	hotspot    the core: an eighth of k² packets and 7/8 more, 1+(k²-1)/8; half
//	           that eighth comes by one link, with 7/8 of the k/4 of uniform
//
// FIFOs whose head keeps those behind it from other outputs cost uniform and
// tornado traffic a fifth to two fifths of the bound; a switch of four inputs
// loses 34 % (Karol, Hluchyj & Morgan, IEEE Transactions on Communications
// COM-35, 1987). In transpose and hotspot one channel is never idle.
var saturations = []saturation{
	{uniform, 4, 1, 1, 0.4, 0.55, 0.7},
	{tornado, 4, 1, 1, 1, 1, 1}, // to the next core: nobody waits
	{transpose, 4, 3, 1, 0.6, 0.97, 1},
	{hotspot, 4, 1.875, 2.875, 0.6, 0.9, 1},
	// In order of throughput, as TestSaturation wants them.
	{uniform, 8, 2, 1, 0.6, 0.6, 0.8},
	{tornado, 8, 3, 1, 0.6, 0.7, 0.85},
	{transpose, 8, 7, 1, 0.6, 0.97, 1},
	{hotspot, 8, 5.75, 8.875, 0.6, 0.8, 1},
}

func (s saturation) config(depth int) Config {
	return Config{Width: s.k, Height: s.k, FIFODepth: depth, HopX: curveHop, HopY: curveHop, LinkCycles: 1, EjectCycles: 1}
}

// bound is the packets a core and cycle that the pattern allows at best: a core
// takes one a cycle, and so does a link if there are places. A packet on a link
// takes one of them for curveHop+1 cycles.
func (s saturation) bound(depth int) float64 {
	return 1 / max(s.link, s.link*(curveHop+1)/float64(depth), s.core)
}

// TestChannelLoadsAreTheClosedForms sends each pattern's 8k² packets a core
// and compares every link with the count, and the heaviest with the form.
func TestChannelLoadsAreTheClosedForms(t *testing.T) {
	for _, s := range saturations {
		links, cores := s.channels(s.k)
		link, core := slices.Max(slices.Collect(maps.Values(links))), slices.Max(cores)
		slots := 8 * s.k * s.k
		if l, c := float64(link)/float64(slots), float64(core)/float64(slots); l != s.link || c != s.core {
			t.Errorf("%s on %d×%d: %g packets on a link and %g into a core, want %g and %g", s.name, s.k, s.k, l, c, s.link, s.core)
		}
		every := func(j int, _ Cycles) Cycles { return Cycles(j) }
		got := observe(New(s.config(curveDepth)), 0, s.sources(s.k, Cycles(slots), every, newRand(1)))
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
	curveHop     = 2    // cycles
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
	delivered []int   // packets of each source
	all, due  int     // packets delivered and due
	latency   float64 // since a packet was offered, over that of an empty mesh
}

// run moves packets for a span of cycles, without Run to see in every cycle
// what each core offers, and leaves the mesh as it is then.
func (s saturation) run(t *testing.T, depth int, span Cycles, next process, rng *rand.Rand) window {
	m, sources := New(s.config(depth)), s.sources(s.k, span, next, rng)
	w := window{delivered: make([]int, len(sources))}
	offered := make([][]Cycles, len(sources)) // when, each packet
	for i := range sources {
		offered[i] = []Cycles{sources[i].Injections[0].At}
		for _, in := range sources[i].Injections {
			if in.At >= span/4 {
				w.due++
			}
		}
	}
	var sum, zeroLoad Cycles
	m.begin(0, sources, func(d Delivery) {
		if d.At >= span/4 && d.At < span {
			w.delivered[d.Src]++
			w.all++
			sum += d.At - offered[d.Src][d.Packet.ID]
			zeroLoad += m.cfg.ZeroLoad(d.Src, d.Packet.Dst)
		}
	})
	for m.nextCycle() && m.now < span {
		m.step()
		for i, s := range sources {
			if n := len(offered[i]); n < len(s.Injections) && entered(m, i, s.Injections) == n { // one more has
				late := m.now - s.Injections[n-1].At
				offered[i] = append(offered[i], max(s.Injections[n].At+late, m.now+1))
			}
		}
	}
	w.latency = float64(sum) / float64(zeroLoad)
	lost := m.Counts().Packets - m.Counts().Delivered
	for _, c := range m.channels {
		if c.places != endless {
			lost -= int64(c.taken())
		}
	}
	if lost != 0 {
		t.Errorf("%s on %d×%d, %d places: lost %d packets", s.name, s.k, s.k, depth, lost)
	}
	return w
}

// entered is how many packets of a core's source have entered.
func entered(m *Mesh, core int, all []Injection) int {
	if m.apart[core+1] {
		return len(all) - len(m.senders[core+1].rest)
	}
	return sort.Search(len(all), func(k int) bool { return all[k].At > m.now })
}

// measure takes the curve. Up to the bound a core draws in every cycle whether
// it offers a packet, and what counts is all that was accepted. Beyond, where
// some accept more and some less, it offers one in every period, and what
// counts is the core that accepts least (Dally & Towles 2004, chapters 23, 25).
// There a queue takes what a core cannot send, and latency has no limit. Our
// core stands still, and latency levels off.
func (s saturation) measure(t *testing.T) (c curve) {
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
		w := s.run(t, curveDepth, Cycles(packets/rate), draw, rng)
		c.accepted[i], c.latency[i] = load*float64(w.all)/float64(w.due), w.latency
	}
	for i, depth := range curveDepths {
		rng := newRand(1) // the same packets for every depth
		period := max(1/(overload*bound), 1)
		pace := func(j int, _ Cycles) Cycles { return Cycles((float64(j) + rng.Float64()) * period) }
		span := Cycles(packets * period)
		w := s.run(t, depth, span, pace, rng)
		most := float64(span-span/4) * bound
		c.least[i] = float64(slices.Min(w.delivered)) / most
		c.all[i] = float64(w.all) / most / float64(len(w.delivered))
	}
	return c
}

// TestSaturation measures throughput and latency over load and compares them
// with the closed forms and with the known shape of the curves.
func TestSaturation(t *testing.T) {
	curves := make([]curve, len(saturations))
	var wg sync.WaitGroup
	for i, s := range saturations {
		wg.Go(func() { curves[i] = s.measure(t) })
	}
	wg.Wait()
	logCurves(t, saturations[:4], curves[:4])
	logCurves(t, saturations[4:], curves[4:])
	for i, s := range saturations {
		t.Run(fmt.Sprintf("%s/%d×%d", s.name, s.k, s.k), func(t *testing.T) { s.check(t, curves[i]) })
	}
	before := 1.0
	for i, s := range saturations[4:] {
		got := curves[4+i].least[slices.Index(curveDepths[:], curveDepth)] * s.bound(curveDepth)
		if got >= before {
			t.Errorf("8×8: %s saturates at %.3f packets a core and cycle, want less than %.3f as before it", s.name, got, before)
		}
		before = got
	}
}

// check holds a curve against the closed forms.
func (s saturation) check(t *testing.T, c curve) {
	const (
		draws = 0.01 // of a throughput, for what was drawn and for both ends of the window
		noise = 0.02 // of a throughput or a latency, between two runs
		near  = 1.4  // times the latency of an empty mesh, up to easy
		bend  = 3    // times the rise up to easy, from there to the bound
		keeps = 0.9  // of the throughput at the bound, beyond it
		gain  = 1.5  // times the throughput with one place, with curveDepth
	)
	empty, easy, full := c.latency[0], 0.0, c.latency[len(curveLoads)-1]
	for i, load := range curveLoads {
		if c.accepted[i] > load*(1+draws) || load <= s.easy && c.accepted[i] < load*(1-draws) {
			t.Errorf("load %.2f: accepts %.3f, want all up to %.2f and never more", load, c.accepted[i], s.easy)
		}
		if i > 0 && c.latency[i] < c.latency[i-1]*(1-noise) {
			t.Errorf("load %.2f: latency × %.2f, want × %.2f as with less load", load, c.latency[i], c.latency[i-1])
		}
		if load <= s.easy {
			easy = c.latency[i]
		}
	}
	if empty < 1 || easy > near || full-easy < bend*(easy-empty) {
		t.Errorf("latency × %.2f, %.2f at load %.2f, %.2f at load 1: want at most %g and then a bend", empty, easy, s.easy, full, near)
	}
	for i, depth := range curveDepths {
		least := c.least[i]
		if most := s.bound(depth) / s.bound(curveDepth); least > most*(1+draws) {
			t.Errorf("%d places: saturates at %.3f, want at most %.3f", depth, least, most)
		}
		if i > 0 && c.all[i] < c.all[i-1]*(1-noise) {
			t.Errorf("%d places: accepts %.3f, want %.3f as with fewer", depth, c.all[i], c.all[i-1])
		}
		if depth == curveDepth && (least < s.least || least > s.most*(1+draws)) {
			t.Errorf("saturates at %.3f, want %.2f..%.2f", least, s.least, s.most)
		}
		if atBound := c.accepted[len(curveLoads)-1]; depth == curveDepth && c.all[i] < max(keeps*atBound, gain*c.all[0]) {
			t.Errorf("accepts %.3f, want %g × %.3f as at the bound, %g × %.3f as with one place", c.all[i], keeps, atBound, gain, c.all[0])
		}
	}
}

// logCurves prints the curves of one size side by side.
func logCurves(t *testing.T, ss []saturation, cs []curve) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d×%d, shares of the bound; latency × that of an empty mesh; places at %.1f × the bound\n%-9s", ss[0].k, ss[0].k, overload, "")
	for _, s := range ss {
		fmt.Fprintf(&b, " │ %-17s", fmt.Sprintf("%s %.4f", s.name, s.bound(curveDepth)))
	}
	row := func(label string, of func(c curve) (float64, float64)) {
		fmt.Fprintf(&b, "%-9s", label)
		for _, c := range cs {
			left, right := of(c)
			fmt.Fprintf(&b, " │ %8.3f %8.3f", left, right)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%-9s%s\n", "offered", strings.Repeat(" │ accepted  latency", len(ss)))
	for i, load := range curveLoads {
		row(fmt.Sprintf("%.2f", load), func(c curve) (float64, float64) { return c.accepted[i], c.latency[i] })
	}
	fmt.Fprintf(&b, "%-9s%s\n", "places", strings.Repeat(" │    least      all", len(ss)))
	for i, depth := range curveDepths {
		row(fmt.Sprint(depth), func(c curve) (float64, float64) { return c.least[i], c.all[i] })
	}
	t.Log(b.String())
}
