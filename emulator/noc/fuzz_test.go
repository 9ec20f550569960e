package noc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// FuzzMesh reads a mesh and its traffic from bytes and compares with the
// reference.
func FuzzMesh(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0})                    // a stream of three
	f.Add([]byte{3, 3, 0, 7, 2, 3, 1, 0, 0, 0, 5, 0, 0, 9, 0, 0, 2, 0, 0, 255, 0, 0, 16, 9})  // all to one, one place
	f.Add([]byte{2, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 4, 0, 3, 5, 7, 200, 4, 0, 0}) // to and from the host, long waits
	f.Add([]byte{0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1})           // a single router
	f.Add([]byte{3, 3, 1, 2, 3, 1, 1, 2, 70, 3, 1, 0, 9, 16, 1, 0, 6, 11, 0, 3, 14, 1})       // four chips
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, sources := readTraffic(data)
		if err := cfg.Verify(); err != nil {
			t.Fatal(err)
		}
		want := runReference(cfg, testStart, sources, 1_000_000)
		m := newVaried(cfg, uint64(len(data)))
		got := observe(m, testStart, sources)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v, %+v (-want +got):\n%s", cfg, sources, diff)
		}
		checkConserved(t, cfg, testStart, sources, got)
		checkEmpty(t, m)
	})
}

// readTraffic reads ten bytes of a Config and then three a packet: source,
// destination and the cycles since the one before from there; 200 packets at
// most, in a mesh of 4×4 at most.
func readTraffic(data []byte) (Config, []Source) {
	next := func(n int) int {
		if len(data) == 0 {
			return 0
		}
		b := int(data[0])
		data = data[1:]
		return b % n
	}
	cfg := Config{
		Width:       1 + next(4),
		Height:      1 + next(4),
		FIFODepth:   1 + next(4),
		HopX:        1 + Cycles(next(8)),
		HopY:        1 + Cycles(next(8)),
		LinkCycles:  1 + Cycles(next(4)),
		EjectCycles: 1 + Cycles(next(4)),
	}
	if side := next(3); side > 0 { // whole chips
		cfg.Chips = mesh.Chips{Width: side, Height: side}
		cfg.Width, cfg.Height = (cfg.Width+side-1)/side*side, (cfg.Height+side-1)/side*side
	}
	cfg.ChipHop, cfg.ChipPeriod = Cycles(next(128)), 1+Cycles(next(8))
	sources := make([]Source, cfg.Routers()+1)
	at := make([]Cycles, len(sources))
	for i := range sources {
		sources[i].Router = int32(i) - 1
		at[i] = testStart
	}
	for id := int32(0); len(data) > 0 && id < 200; id++ {
		i, dst := next(len(sources)), int32(next(len(sources)))-1
		at[i] += Cycles(next(256))
		sources[i].Injections = append(sources[i].Injections, Injection{at[i], Packet{dst, id}})
	}
	return cfg, sources
}
