package emulator

import (
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
)

// Ticks run tiles, in either mode, unless somebody watches or a way has none: the books
// of tiles say so.
func TestTicksRunTiles(t *testing.T) {
	arch := sample.Dense()
	arch.Neurons, arch.MeshWidth, arch.MeshHeight = 8, 8, 10
	im := fullCores(rand.New(rand.NewPCG(21, 22)), 70).Image(arch)
	for _, mode := range []Mode{Cycle, Functional} {
		chip := NewChip(im, sample.Timing(), mode)
		for _, x := range []struct {
			name  string
			chip  *Chip
			watch bool
			want  bool
		}{
			{"fast", chip, false, true},
			{"portable", chip.In(Portable), false, true},
			{"plain", chip.In(Plain), false, false},
			{"watched", chip, true, false},
		} {
			m := New(x.chip)
			if x.watch {
				m.Watch(&Tick{})
			}
			for range 20 {
				m.Tick([]int32{0, 3, 7})
			}
			var all core.Book
			for k := range m.tiles {
				b := &m.tiles[k].Book
				all.Rows += b.Rows
				all.Spikes += b.Spikes
				all.Packets += b.Packets
			}
			if ran := all.Rows > 0 && all.Spikes > 0 && all.Packets > 0; ran != x.want || !x.want && all != (core.Book{}) {
				t.Errorf("%v, %s: the tiles' books are %+v, and they ran: %v, want %v", mode, x.name, all, ran, x.want)
			}
		}
	}
}
