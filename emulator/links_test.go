package emulator

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Every hop on the books is over some link, to a neighbour; a reset empties links,
// too.
func TestLinksCarryTheHops(t *testing.T) {
	loaded := 0
	forEach(t, func(t *testing.T, _ *sample.Net, im *image.Image, stimulus [][]int32) {
		m := New(NewChip(im, sample.Timing(), Cycle))
		_, act := run(m, stimulus)
		var x, y int64
		width := im.Manifest.Arch.MeshWidth
		for _, l := range m.LinkLoads() {
			loaded++
			switch {
			case l.From/width == l.To/width && max(l.From-l.To, l.To-l.From) == 1:
				x += l.Packets
			case max(l.From-l.To, l.To-l.From) == width:
				y += l.Packets
			default:
				t.Errorf("a link from router %d to %d of a mesh %d wide", l.From, l.To, width)
			}
		}
		if total := act.Total(); x != total[targets.HopX] || y != total[targets.HopY] {
			t.Errorf("links carry %d and %d packets, the hops are %d and %d", x, y, total[targets.HopX], total[targets.HopY])
		}
		m.Reset()
		if left := m.LinkLoads(); left != nil {
			t.Errorf("after a reset links carry %v", left)
		}
		functional := New(NewChip(im, sample.Timing(), Functional))
		run(functional, stimulus)
		if loads := functional.LinkLoads(); loads != nil {
			t.Errorf("without a mesh links carry %v", loads)
		}
	})
	if loaded == 0 {
		t.Error("no link carried anything")
	}
}
