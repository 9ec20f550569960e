package noc

import (
	"math/rand/v2"
	"testing"
)

// TestSlowerLinksEndLater doubles LinkCycles and HopX under random traffic. A
// greedy schedule is not monotone (see the package comment): the test holds
// how rarely and by how little a slower mesh is done earlier.
func TestSlowerLinksEndLater(t *testing.T) {
	links := func(c *Config) { c.LinkCycles *= 2 }
	linksAndX := func(c *Config) { c.LinkCycles *= 2; c.HopX *= 2 }
	everything := func(c *Config) { c.LinkCycles *= 2; c.HopX *= 2; c.HopY *= 2 }
	deep := func(rng *rand.Rand) (Config, []Source) {
		cfg := Config{Width: 8, Height: 8, FIFODepth: 4 + 4*rng.IntN(2), HopX: 1 + rng.Int64N(4), HopY: 1 + rng.Int64N(4), LinkCycles: 1 + rng.Int64N(2), EjectCycles: 1}
		load := randomTraffic(rng)
		load.packets = 100
		return cfg, load.sources(rng, cfg, 0)
	}
	small := func(rng *rand.Rand) (Config, []Source) {
		cfg := randomConfig(rng)
		return cfg, randomTraffic(rng).sources(rng, cfg, 0)
	}
	for _, c := range []struct {
		name          string
		draw          func(*rand.Rand) (Config, []Source)
		slower        func(*Config)
		runs          int
		rarely, worst float64 // share of the runs, share of a run
	}{
		{"small meshes, links", small, links, 1500, 0.01, 0.1},
		{"small meshes, links and hops along x", small, linksAndX, 1500, 0.01, 0.1},
		{"small meshes, everything", small, everything, 1500, 0.001, 0.05},
		{"8×8, 4 or 8 places, links", deep, links, 60, 0, 0},
		{"8×8, 4 or 8 places, links and hops along x", deep, linksAndX, 60, 0, 0},
	} {
		earlier, worst := 0, 0.0
		for seed := range uint64(c.runs) {
			cfg, sources := c.draw(newRand(seed))
			slow := cfg
			c.slower(&slow)
			end, slowEnd := New(cfg).Run(0, sources, nil), New(slow).Run(0, sources, nil)
			if slowEnd < end {
				earlier++
				worst = max(worst, float64(end-slowEnd)/float64(end))
			}
		}
		t.Logf("%s: %d of %d runs end earlier, by %.1f %% at worst", c.name, earlier, c.runs, 100*worst)
		if float64(earlier) > c.rarely*float64(c.runs) || worst > c.worst {
			t.Errorf("%s: too many, or by too much: want %g of the runs, by %g of a run", c.name, c.rarely, c.worst)
		}
	}
}

// TestUniformThroughputIsPlausible offers all that a mesh can take. Of uniform
// traffic half crosses the middle, so that k×k routers accept 4/k packets a
// core and cycle at best, and one at most.
func TestUniformThroughputIsPlausible(t *testing.T) {
	for _, c := range []struct {
		side, depth int
		link        Cycles
		least       float64 // share of the bound
	}{
		{4, 1, 1, 0.25},
		{4, 4, 1, 0.6},
		{4, 16, 1, 0.65},
		{8, 1, 1, 0.25},
		{8, 4, 1, 0.7},
		{8, 16, 1, 0.75},
		{4, 4, 4, 0.75},
		{8, 4, 4, 0.75},
	} {
		cfg := Config{Width: c.side, Height: c.side, FIFODepth: c.depth, HopX: 1, HopY: 1, LinkCycles: c.link, EjectCycles: 1}
		rng := newRand(1)
		const packets = 1000
		sources := make([]Source, cfg.Routers())
		for i := range sources {
			sources[i].Router = int32(i)
			for range packets {
				sources[i].Injections = append(sources[i].Injections, Injection{0, Packet{rng.Int32N(int32(len(sources))), 0}})
			}
		}
		end := New(cfg).Run(0, sources, nil)
		accepted := float64(packets) / float64(end)
		bound := min(4/float64(c.side)/float64(c.link), 1)
		t.Logf("%d×%d, %d places, link %d: %.3f packets a core and cycle, %.0f %% of %.3f",
			c.side, c.side, c.depth, c.link, accepted, 100*accepted/bound, bound)
		if accepted < c.least*bound || accepted > 1.05*bound {
			t.Errorf("%+v accepts %.3f packets a core and cycle, want %.2f..1.05 of %.3f", cfg, accepted, c.least, bound)
		}
	}
}
