package noc

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// someLinks draws links of a mesh, each with a probability.
func someLinks(rng *rand.Rand, cfg Config, p float64) (out []mesh.Link) {
	for _, l := range mesh.New(cfg.Width, cfg.Height, nil).Links() {
		if rng.Float64() < p {
			out = append(out, l)
		}
	}
	return out
}

// breakMesh gives a mesh dead links, and routes around them.
func breakMesh(rng *rand.Rand, cfg *Config, p float64) {
	cfg.Routes = mesh.New(cfg.Width, cfg.Height, someLinks(rng, *cfg, p))
}

// onlyConnected leaves out the packets without a way.
func onlyConnected(cfg Config, sources []Source) []Source {
	for k := range sources {
		var kept []Injection
		for _, in := range sources[k].Injections {
			if cfg.Routes.Connected(sources[k].Router, in.Packet.Dst) {
				kept = append(kept, in)
			}
		}
		sources[k].Injections = kept
	}
	return sources
}

// TestBrokenMeshEqualsReference compares routes around dead links, and losses on
// severed ones, with the plain reference.
func TestBrokenMeshEqualsReference(t *testing.T) {
	lost, around := int64(0), 0
	for seed := range uint64(60) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		breakMesh(rng, &cfg, []float64{0, 0.05, 0.2, 0.5}[rng.IntN(4)])
		if seed%3 == 0 {
			cfg.Severed = someLinks(rng, cfg, 0.1)
		}
		if !cfg.Routes.Whole() {
			around++
		}
		m := newVaried(cfg, seed)
		start := testStart
		for range 1 + rng.IntN(3) {
			sources := onlyConnected(cfg, randomTraffic(rng).sources(rng, cfg, start))
			want := runReference(cfg, start, sources, 1_000_000)
			got := observe(m, start, sources)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: %+v, dead %v (-want +got):\n%s", seed, cfg, cfg.Routes.Dead(), diff)
			}
			checkEmpty(t, m)
			lost += got.Counts.Lost
			start = got.End + rng.Int64N(3)
		}
	}
	if lost == 0 || around == 0 {
		t.Errorf("%d packets lost, %d meshes with dead links: the test compares nothing", lost, around)
	}
}

// TestBrokenMeshDoesNotDeadlock saturates random broken meshes with uniform
// traffic, with shallow FIFOs: everything arrives, once and in order, and nothing
// crosses a dead link.
func TestBrokenMeshDoesNotDeadlock(t *testing.T) {
	for seed := range uint64(80) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		cfg.Width, cfg.Height = 2+rng.IntN(9), 2+rng.IntN(9)
		cfg.FIFODepth = 1 + int(seed%4)
		breakMesh(rng, &cfg, []float64{0.02, 0.05, 0.1, 0.3}[rng.IntN(4)])
		load := traffic{packets: 120, host: seed%2 == 0}
		sources := onlyConnected(cfg, load.sources(rng, cfg, testStart))
		m := New(cfg)
		o := observe(m, testStart, sources)
		checkConserved(t, cfg, testStart, sources, o)
		checkEmpty(t, m)
		for _, l := range cfg.Routes.Dead() {
			a, b := int(l[0]), int(l[1])
			if n := o.Loads[[2]int{a, b}] + o.Loads[[2]int{b, a}]; n > 0 {
				t.Errorf("dead link %v carried %d packets", l, n)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d: %+v, dead %v", seed, cfg, cfg.Routes.Dead())
		}
	}
}

// TestRoutesAroundACircleDeadlock shows that the test above can fail: the
// routes that all lead clockwise do deadlock.
func TestRoutesAroundACircleDeadlock(t *testing.T) {
	// Four routers in a square, each with packets for the one two steps clockwise:
	// the first FIFOs fill with packets that wait for each other in a circle.
	cfg := Config{Width: 2, Height: 2, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1}
	cfg.Routes = mesh.New(2, 2, nil)
	m := New(cfg)
	m.ways, m.down = make([][]uint8, 4), make([]uint8, 4)
	clockwise := []mesh.Side{mesh.East, mesh.South, mesh.North, mesh.West} // out of routers 0, 1, 2, 3
	for to := range m.ways {
		m.ways[to] = make([]uint8, 4)
		for at := range m.ways[to] {
			way := uint8(clockwise[at])
			if at == to {
				way = uint8(mesh.Local)
			}
			m.ways[to][at] = way | way<<4
		}
	}
	var sources []Source
	for r := range int32(4) {
		s := Source{Router: r}
		for k := range int32(20) {
			s.Injections = append(s.Injections, Injection{0, Packet{3 - r, r*20 + k}})
		}
		sources = append(sources, s)
	}
	defer func() {
		if recover() == nil {
			t.Error("traffic around a circle did not deadlock, so the tests of broken meshes show nothing")
		}
	}()
	m.Run(0, sources, nil)
}

// TestZeroLoadLatencyOfABrokenMesh sends one packet between every two places.
func TestZeroLoadLatencyOfABrokenMesh(t *testing.T) {
	rng := newRand(7)
	cfg := Config{Width: 5, Height: 4, FIFODepth: 2, HopX: 3, HopY: 5, LinkCycles: 4, EjectCycles: 2}
	breakMesh(rng, &cfg, 0.2)
	m := New(cfg)
	detours, n := 0, int32(cfg.Routers())
	for from := Host; from < n; from++ {
		for to := Host; to < n; to++ {
			hops, ok := cfg.Routes.Route(from, to)
			if !ok {
				continue
			}
			want := 1 + cfg.EjectCycles
			for _, h := range hops {
				if h.Side == mesh.East || h.Side == mesh.West {
					want += cfg.HopX
				} else {
					want += cfg.HopY
				}
			}
			whole := cfg
			whole.Routes = nil
			if want > whole.ZeroLoad(from, to) {
				detours++
			}
			m.Run(0, []Source{{Router: from, Injections: []Injection{{0, Packet{to, 0}}}}}, func(d Delivery) {
				if d.At != want || cfg.ZeroLoad(from, to) != want {
					t.Errorf("from %d to %d: delivered at %d, ZeroLoad %d, want %d", from, to, d.At, cfg.ZeroLoad(from, to), want)
				}
			})
		}
	}
	if detours == 0 {
		t.Error("no route is longer than on a whole mesh: the test shows nothing")
	}
}

func TestBrokenMeshRefusesWhatItCannotMean(t *testing.T) {
	cfg := Config{Width: 3, Height: 1, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1}
	wrong := cfg
	wrong.Routes = mesh.New(2, 1, nil)
	wrong.Severed = []mesh.Link{{0, 2}}
	want := "routes are of 2×1 routers, want 3×1\nsevered: no link between routers 0 and 2"
	if err := wrong.Verify(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	cfg.Routes = mesh.New(3, 1, []mesh.Link{{1, 2}})
	defer func() {
		if got, want := recover(), "noc: no way from router -1 to router 2"; got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	New(cfg).Run(0, []Source{{Router: Host, Injections: []Injection{{0, Packet{2, 0}}}}}, nil)
}
