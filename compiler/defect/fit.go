package defect

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// maxRounds bounds how often Fit lays a network out.
const maxRounds = 12

// Fit lays a network out for a chip of which something is dead, with fewer axons a
// core each time, until Arrange has a place for every core. lay lays it out for an
// arch whose cores have fewer axons than those of the target, and returns an image
// for the target itself. Fit returns the error of the first layout that was not to
// be arranged, or what lay says where that never was.
func Fit(d *targets.Defects, arch *targets.Arch, lay func(*targets.Arch) (*image.Image, error)) error {
	room := NewRoom(d)
	alive := room.aliveAxons(arch.Axons)
	derated := *arch
	var first error
	for range maxRounds {
		im, err := lay(&derated)
		if err != nil {
			return cmp.Or(first, err)
		}
		_, widest, short, err := arrange(im, room)
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
		derated.Axons = min(derated.Axons, widest) // more would change nothing
		if short == 0 || derated.Axons-short < 1 {
			break
		}
		// As many cores as there are have at least the axons of the last of the best.
		derated.Axons = max(min(derated.Axons-1, alive[len(im.Cores)-1]), derated.Axons-short)
	}
	return first
}

// aliveAxons returns how many axons of each usable core are not dead, those with
// most first.
func (r *Room) aliveAxons(axons int) (out []int) {
	for router, usable := range r.Usable {
		if usable {
			out = append(out, axons-len(r.Defects.DeadAxons(int32(router))))
		}
	}
	slices.SortFunc(out, func(a, b int) int { return b - a })
	return out
}
