package noc

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// makeOfChips has a mesh made of 1 to 3 × 3 chips of a random size.
func makeOfChips(rng *rand.Rand, cfg *Config) {
	cfg.Chips = mesh.Chips{Width: 1 + rng.IntN(4), Height: 1 + rng.IntN(4)}
	cfg.Width, cfg.Height = cfg.Chips.Width*(1+rng.IntN(3)), cfg.Chips.Height*(1+rng.IntN(3))
	cfg.ChipHop = []Cycles{0, rng.Int64N(20), rng.Int64N(150)}[rng.IntN(3)]
	cfg.ChipPeriod = []Cycles{1, cfg.LinkCycles, 1 + rng.Int64N(12), 1 + rng.Int64N(100)}[rng.IntN(4)]
}

// TestMeshOfChipsEqualsReference compares crossings with the plain reference, on
// whole meshes and on those with dead and severed links.
func TestMeshOfChipsEqualsReference(t *testing.T) {
	crossed, far, lost := int64(0), 0, int64(0)
	for seed := range uint64(120) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		makeOfChips(rng, &cfg)
		if seed%4 == 0 {
			cfg.HopX = 1 + rng.Int64N(100)
		}
		breakMesh(rng, &cfg, []float64{0, 0, 0.1}[seed%3])
		if seed%5 == 0 {
			cfg.Severed = someLinks(rng, cfg, 0.1)
		}
		m := newVaried(cfg, seed)
		if m.far && !m.farChip {
			far++
		}
		if seed%7 == 0 { // its own time begins anew on the way
			m.now = lateNow - rng.Int64N(1000)
		}
		start := testStart
		for range 1 + rng.IntN(3) {
			load := randomTraffic(rng)
			sources := onlyConnected(cfg, load.sources(rng, cfg, start))
			want := runReference(cfg, start, sources, 1_000_000)
			got := observe(m, start, sources)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: %+v, %+v (-want +got):\n%s", seed, cfg, load, diff)
			}
			checkEmpty(t, m)
			crossed += got.Counts.Crossings
			lost += got.Counts.Lost
			start = got.End + rng.Int64N(3)
		}
	}
	if crossed == 0 || far == 0 || lost == 0 {
		t.Errorf("%d crossings, %d meshes where they alone go beyond the horizon, %d packets lost: the test compares nothing", crossed, far, lost)
	}
}

// TestChipsThatCostNothingChangeNothing has the same traffic on a mesh, and on one of
// chips whose links are as those inside.
func TestChipsThatCostNothingChangeNothing(t *testing.T) {
	for seed := range uint64(30) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		makeOfChips(rng, &cfg)
		cfg.ChipHop, cfg.ChipPeriod = 0, cfg.LinkCycles
		sources := randomTraffic(rng).sources(rng, cfg, testStart)
		got := observe(New(cfg), testStart, sources)
		got.Counts.Crossings = 0
		cfg.Chips = mesh.Chips{}
		if diff := cmp.Diff(observe(New(cfg), testStart, sources), got); diff != "" {
			t.Errorf("seed %d: %+v (-one chip +chips):\n%s", seed, cfg, diff)
		}
	}
}

// TestZeroLoadLatencyBetweenChips sends one packet between every two places of four
// chips.
func TestZeroLoadLatencyBetweenChips(t *testing.T) {
	cfg := Config{
		Width: 6, Height: 4, FIFODepth: 2, HopX: 3, HopY: 5, LinkCycles: 4, EjectCycles: 2,
		Chips: mesh.Chips{Width: 3, Height: 2}, ChipHop: 90, ChipPeriod: 7,
	}
	m := New(cfg)
	for from := Host; from < 24; from++ {
		for to := Host; to < 24; to++ {
			one := cfg
			one.Chips = mesh.Chips{}
			want := one.ZeroLoad(from, to)
			if max(from, 0)%6 < 3 != (max(to, 0)%6 < 3) {
				want += cfg.ChipHop
			}
			if max(from, 0) < 12 != (max(to, 0) < 12) {
				want += cfg.ChipHop
			}
			m.Run(0, []Source{{Router: from, Injections: []Injection{{0, Packet{to, 0}}}}}, func(d Delivery) {
				if d.At != want || cfg.ZeroLoad(from, to) != want {
					t.Errorf("from %d to %d: delivered at %d, ZeroLoad %d, want %d", from, to, d.At, cfg.ZeroLoad(from, to), want)
				}
			})
		}
	}
}

func TestVerifyOfChips(t *testing.T) {
	good := Config{Width: 4, Height: 2, FIFODepth: 4, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1, Chips: mesh.Chips{Width: 2, Height: 1}, ChipPeriod: 1}
	if err := good.Verify(); err != nil {
		t.Errorf("%+v: %v", good, err)
	}
	for _, c := range []struct {
		damage func(*Config)
		want   string
	}{
		{func(c *Config) { c.Chips.Width = 3 }, "chips of 3×1 routers do not make a mesh of 4×2"},
		{func(c *Config) { c.ChipHop = -1 }, "ChipHop is -1, want 0..1048576"},
		{func(c *Config) { c.ChipPeriod = 0 }, "ChipPeriod is 0, want 1..1048576"},
	} {
		bad := good
		c.damage(&bad)
		if err := bad.Verify(); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", bad, err, c.want)
		}
	}
}
