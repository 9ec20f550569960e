package noc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMeshEqualsReference compares every delivery, stall and count with the
// plain reference, on random traffic in random meshes, several runs each.
func TestMeshEqualsReference(t *testing.T) {
	cases := uint64(80)
	if testing.Short() {
		cases = 30
	}
	for seed := range cases {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		switch seed % 8 {
		case 0: // more nodes than bits in a word
			cfg.Width, cfg.Height = 13, 6
		case 1: // latencies beyond the wheel's horizon
			cfg.HopX, cfg.LinkCycles, cfg.EjectCycles = 1+rng.Int64N(200), 1+rng.Int64N(150), 1+rng.Int64N(100)
		}
		m := newVaried(cfg, seed)
		if seed%5 == 0 { // its own time begins anew on the way
			m.now = lateNow - rng.Int64N(1000)
		}
		start := testStart
		if seed%3 == 0 {
			start = -300
		}
		for range 1 + rng.IntN(3) {
			load := randomTraffic(rng)
			sources := load.sources(rng, cfg, start)
			want := runReference(cfg, start, sources, 1_000_000)
			got := observe(m, start, sources)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: %+v, %+v (-want +got):\n%s", seed, cfg, load, diff)
			}
			checkEmpty(t, m)
			start = got.End + rng.Int64N(3) // the links are idle again by contract
		}
	}
}
