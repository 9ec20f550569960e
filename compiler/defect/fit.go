package defect

import (
	"errors"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// maxRounds bounds how often Fit lays a network out with fewer axons a core, and how
// often with fewer neurons.
const maxRounds = 12

// Fit lays a network out for the cores that defects leave, until Arrange has a
// place for every core: with fewer axons a core each time, which leave room for dead
// rows; then with fewer neurons, whose rows have fewer cells that may be dead. lay
// lays it out for an arch whose cores have fewer of them than those of the target,
// and returns an image for the target itself. Fit returns the image that was arranged,
// or the error of the first layout that was not to be, with how many cores smaller ones
// would have taken, or what lay says where that never was.
func Fit(room *Room, arch *targets.Arch, lay func(*targets.Arch) (*image.Image, error)) (*image.Image, error) {
	f := fit{room: room, arch: arch, lay: lay}
	if done, err := f.fewerAxons(); done || f.first == nil || f.neurons == 0 {
		return f.arranged, err
	}
	err := f.fewerNeurons()
	return f.arranged, err
}

// fit is Fit at work.
type fit struct {
	room *Room
	arch *targets.Arch
	lay  func(*targets.Arch) (*image.Image, error)
	// first is why the first layout was not to be arranged, and neurons the most of a
	// core without a place.
	first   *misfit
	neurons int
	// arranged is the layout that was, with its cores in their places.
	arranged *image.Image
}

// try lays the network out for derated. It returns why that is not to be arranged, or
// nil; the error is that of lay.
func (f *fit) try(derated *targets.Arch) (m *misfit, err error) {
	im, err := f.lay(derated)
	if err != nil {
		return nil, err
	}
	f.arranged, m = arrange(im, f.room)
	if f.first == nil && m != nil {
		f.first, f.neurons = m, m.neurons
	}
	return m, nil
}

// fewerAxons reports whether nothing is left to try: all is arranged, or lay failed at
// first, or was stopped.
func (f *fit) fewerAxons() (done bool, err error) {
	alive := f.room.aliveAxons(f.arch.Axons)
	derated := *f.arch
	for range maxRounds {
		m, err := f.try(&derated)
		if err != nil {
			return f.first == nil || !unfit(err), err
		}
		if m == nil {
			return true, nil
		}
		derated.Axons = min(derated.Axons, m.axons) // more would change nothing
		if m.short == 0 || derated.Axons-m.short < 1 {
			break
		}
		// As many cores as there are have at least the axons of the last of the best.
		derated.Axons = max(min(derated.Axons-1, alive[m.cores-1]), derated.Axons-m.short)
	}
	return false, f.first.err
}

// fewerNeurons looks between so many neurons a core that cores have no place, and so
// few that there are not enough cores.
func (f *fit) fewerNeurons() error {
	derated := *f.arch
	few, many := 0, f.neurons
	var note string
	for range maxRounds {
		if derated.Neurons = (few + many) / 2; derated.Neurons == few {
			break
		}
		m, err := f.try(&derated)
		switch {
		case err != nil && !unfit(err):
			return err
		case err == nil && m == nil:
			return nil
		case err == nil && m.short > 0:
			many = derated.Neurons
			continue
		case err == nil:
			err = m.err
		}
		few = derated.Neurons
		if e, ok := errors.AsType[*diag.Error](err); ok {
			note = fmt.Sprintf("with at most %s a core, %s", diag.Plural(few, "neuron"), e.Diagnostics[0].Message)
		}
	}
	if e, ok := errors.AsType[*diag.Error](f.first.err); ok && note != "" {
		d := &e.Diagnostics[0]
		d.Notes = append(d.Notes, diag.Note{Pos: d.Pos, Message: note})
	}
	return f.first.err
}

// unfit reports whether an error is of what does not fit, and not of who stopped lay.
func unfit(err error) bool {
	_, ok := errors.AsType[*diag.Error](err)
	return ok
}

// CommonAxons returns as many axons as three of four usable cores have at least.
func (r *Room) CommonAxons(axons int) int {
	alive := r.aliveAxons(axons)
	return alive[len(alive)*3/4]
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
