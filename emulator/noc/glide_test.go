package noc

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// glided is what glide leaves.
type glided struct {
	Kept, Rest []flit
	Channels   []channel
}

// TestGlidesAreAlike moves flits in channels of any state, by assembly and in Go.
func TestGlidesAreAlike(t *testing.T) {
	if !simd {
		t.Skip("no assembly for this processor")
	}
	kept, stayed := 0, 0
	for seed := range uint64(400) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		cfg.Width, cfg.Height = 1+rng.IntN(20), 2+rng.IntN(20)
		m := New(cfg)
		m.now, m.roomy = 1000, rng.Uint32N(uint32(cfg.FIFODepth)+1)
		before := make([]channel, len(m.channels))
		for i := range before {
			before[i] = randomChannel(rng, cfg)
		}
		flits := randomFlits(rng, m, 1+rng.IntN(60))
		if len(flits) == 0 {
			continue
		}
		for _, f := range flits { // they are in flight
			before[f.at].places = max(before[f.at].places, 1)
		}
		moved := func(simd bool) glided {
			m.simd, m.channels = simd, slices.Clone(before)
			list, rest := slices.Clone(flits), make([]flit, len(flits))
			n := m.glide(list, rest)
			return glided{list[:n], rest[:len(list)-n], m.channels}
		}
		want, got := moved(false), moved(true)
		if !reflect.DeepEqual(want, got) {
			diff := cmp.Diff(want, got, cmp.AllowUnexported(flit{}, channel{}))
			t.Fatalf("seed %d: %+v (-Go +assembly):\n%s", seed, cfg, diff)
		}
		kept, stayed = kept+len(got.Kept), stayed+len(got.Rest)
	}
	if kept == 0 || stayed == 0 {
		t.Errorf("%d flits went on, %d did not", kept, stayed)
	}
}

// randomChannel draws the state of a channel in cycle 1000.
func randomChannel(rng *rand.Rand, cfg Config) channel {
	recent := func() int32 { return []int32{longAgo, 1000 - rng.Int32N(5)}[rng.IntN(2)] }
	c := channel{sent: recent(), left: recent(), winner: rng.Int32(), places: rng.Uint32N(uint32(cfg.FIFODepth) + 1)}
	switch rng.IntN(8) {
	case 0:
		c.places += oneHeld
	case 1:
		c.places = endless
	}
	return c
}

// randomFlits draws flits along x, or along y, that go on for any hops that the mesh has, one
// of a channel.
func randomFlits(rng *rand.Rand, m *Mesh, n int) []flit {
	sides := [][]int32{{east, west}, {north, south}}[rng.IntN(2)]
	var flits []flit
	taken := map[int32]bool{}
	for id := range int32(n) {
		at, side := m.at[1+rng.Int32N(m.routers)], sides[rng.IntN(2)]
		most := map[int32]int{east: m.cfg.Width - 2 - int(at.x), west: int(at.x) - 1, north: int(at.y) - 1, south: m.cfg.Height - 2 - int(at.y)}[side]
		if c := m.channel(side, at); most >= 0 && !taken[c] {
			taken[c] = true
			flits = append(flits, flit{id, c, way(rng.IntN(most+1)) + way(rng.IntN(6))*oneSide})
		}
	}
	return flits
}
