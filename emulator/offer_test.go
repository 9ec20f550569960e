package emulator

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator/noc"
)

// TestSourcesHaveRoom fills lists again and again, one and several, small ones and large: each
// has what was put into it, in the room of the time before.
func TestSourcesHaveRoom(t *testing.T) {
	for _, packets := range [][]int32{{1}, {1000}, {3, 1, 2}, {1, 2, 3, 4000}, {4000, 0, 0, 1}} {
		var s sources
		fill := func() {
			for router, n := range packets {
				src := s.open(int32(router))
				for id := range n {
					src.Injections = append(src.Injections, noc.Injection{At: int64(router), Packet: noc.Packet{ID: id}})
				}
			}
		}
		check := func() {
			for router, n := range packets {
				list := s.list[router]
				if list.Router != int32(router) || len(list.Injections) != int(n) {
					t.Fatalf("%v: the list of router %d has %d packets of router %d", packets, router, len(list.Injections), list.Router)
				}
				for id, in := range list.Injections {
					if in.At != int64(router) || in.Packet.ID != int32(id) {
						t.Fatalf("%v: packet %d of router %d is %+v", packets, id, router, in)
					}
				}
			}
		}
		for range 3 {
			fill()
			check()
			s.clear()
		}
		if n := testing.AllocsPerRun(10, func() { fill(); s.clear() }); n != 0 {
			t.Errorf("%v: %v allocations", packets, n)
		}
	}
}
