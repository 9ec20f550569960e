package difftest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// FuzzImageRuns runs any image of a target that somebody wrote: each way of running it
// has the spikes of the plain one.
func FuzzImageRuns(f *testing.F) {
	var all []*targets.Target
	for _, c := range chips(f) {
		all = append(all, c.Target)
	}
	seed := func(c *emulator.Chip) {
		if c == nil {
			return
		}
		var text bytes.Buffer
		if err := c.Image().WriteAssembly(&text); err != nil {
			f.Fatal(err)
		}
		if text.Len() < 1<<15 {
			f.Add(text.String(), uint64(text.Len()))
		}
	}
	for n := range uint64(60) {
		net, _ := parse(f, n)
		seed(compiled(net, all[n%uint64(len(all))], nil, emulator.Cycle))
	}
	for _, e := range eventNetworks {
		target, err := targets.Load(e.target)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, target)
		net, _, _ := e.parse(f, 0)
		seed(compiled(net, target, nil, emulator.Cycle))
	}
	f.Fuzz(func(t *testing.T, text string, spikes uint64) {
		im, err := image.ParseAssembly("x.s", text)
		if err != nil {
			golden.Told(t, err, "x.s", []byte(text))
			return
		}
		of := slices.IndexFunc(all, func(t *targets.Target) bool { return t.Arch == im.Manifest.Arch })
		if of < 0 || im.Inputs() > 1<<10 || im.Neurons() > 1<<10 {
			return
		}
		stimulus := Stimulus(spikes, im.Inputs(), 10)
		modes := []emulator.Mode{emulator.Cycle, emulator.Functional}
		if all[of].Arch.Controller.EventDriven() {
			modes = modes[:1]
		}
		var want [][]int32
		for _, mode := range modes {
			chip, err := emulator.NewChipOn(im, all[of], mode)
			if err != nil {
				golden.Told(t, err, "x.s", []byte(text))
				return
			}
			for _, way := range []emulator.Way{emulator.Plain, emulator.Fast, emulator.Portable} {
				m := emulator.New(chip.In(way))
				var got [][]int32
				for _, in := range stimulus {
					got = append(got, slices.Clone(m.Tick(in)))
				}
				if want == nil {
					want = got
				}
				if !slices.EqualFunc(want, got, slices.Equal) {
					t.Fatalf("mode %d, way %d: spikes %v, want %v", mode, way, got, want)
				}
			}
		}
	})
}
