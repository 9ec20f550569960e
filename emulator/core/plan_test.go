package core

import (
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// specOf returns a core of three neurons that run a model, all parameters 0 but the
// thresholds, and the rows given.
func specOf(t *testing.T, model string, opt models.Options, rows []image.Row) *Spec {
	t.Helper()
	m, ok := models.Lookup(model)
	if !ok {
		t.Fatalf("no model %s", model)
	}
	p, err := m.Assemble(opt)
	if err != nil {
		t.Fatal(err)
	}
	const n = 3
	arch := sample.Dense()
	arch.Neurons, arch.Extensions, arch.ParamWords, arch.StateWords = 64, "MRGXTC", 8, 8
	c := image.Core{Program: 0, Neurons: []int32{0, 1, 2}, Dests: make([][]image.Dest, n), State: make([]int32, n*len(p.State)), Rows: image.PackRows(rows...)}
	for _, b := range p.Params {
		if b.Reg < isa.C0 {
			c.ParamWords = max(c.ParamWords, int32(b.Reg-isa.P0)+1)
		}
	}
	c.Params = make([]int32, n*int(c.ParamWords))
	for _, b := range p.Params {
		for slot := range n {
			if at := slot*int(c.ParamWords) + int(b.Reg-isa.P0); strings.HasSuffix(b.Name, "threshold") {
				c.Params[at] = int32(10 + slot)
			}
		}
	}
	im := &image.Image{
		Manifest: image.Manifest{Arch: arch, Populations: []image.Symbol{{Name: "p", Shape: []int{n}, N: n}}},
		Programs: []isa.Program{*p}, Cores: []image.Core{c},
	}
	return NewSpec(im, 0, targets.Timing{}).Planned(kernel.Options{})
}

// The models that integrate and fire run as one loop, the others of this table over
// all neurons at once, and some as they always did.
func TestHowModelsArePlanned(t *testing.T) {
	for _, x := range []struct {
		model string
		opt   models.Options
		want  string
	}{
		{"if", models.Options{Reset: "zero"}, "fire"},
		{"if", models.Options{Reset: "subtract", Frac: 4}, "fire"},
		{"if", models.Options{Reset: "value"}, "fire"},
		{"if", models.Options{Reset: "zero", Refractory: true}, "program"},
		{"lif", models.Options{Reset: "zero", FactorBits: 12}, "fire"},
		{"lif", models.Options{Reset: "subtract", FactorBits: 16, Frac: 2}, "fire"},
		{"truenorth", models.Options{Reset: "zero"}, "fire"},
		{"truenorth", models.Options{Reset: "zero", Choices: map[string]string{"negative": "reset"}}, "program"},
		{"truenorth", models.Options{Reset: "zero", Choices: map[string]string{"noise": "true"}}, "program"},
		{"cuba_lif", models.Options{Reset: "zero", FactorBits: 12}, "program"},
		{"loihi", models.Options{Reset: "zero"}, "program"},
	} {
		p := specOf(t, x.model, x.opt, nil).plan
		got := "plain"
		switch {
		case p == nil:
		case p.fire != nil:
			got = "fire"
		default:
			got = "program"
		}
		if got != x.want {
			t.Errorf("%s %+v is run as %s, want %s", x.model, x.opt, got, x.want)
		}
	}
}

// Synapses are laid out as is smallest for them.
func TestHowRowsAreLaidOut(t *testing.T) {
	row := func(weights ...int16) image.Row {
		r := image.Row{}
		for slot, w := range weights {
			if w != 0 {
				r.Slots, r.Weights = append(r.Slots, uint16(slot)), append(r.Weights, w)
			}
		}
		return r
	}
	var different []image.Row
	for k := range int16(5) {
		different = append(different, row(k+1, k+2, k-9))
	}
	for _, x := range []struct {
		name string
		rows []image.Row
		want func(l layout) bool
	}{
		{"two types of weights", []image.Row{row(1, 2, 3), row(-1, 0, -2), row(1, 0, 3)}, func(l layout) bool { _, ok := l.(bitRows); return ok }},
		{"weights of many kinds, few of them", different, func(l layout) bool { _, ok := l.(*lists); return ok }},
	} {
		if l := specOf(t, "if", models.Options{Reset: "zero"}, x.rows).plan.layout; !x.want(l) {
			t.Errorf("%s: laid out as %T", x.name, l)
		}
	}
}

// Cores of bits that fire are tiles, which take a tick; cores of lists are not, nor are
// those with a program of another kind.
func TestWhichCoresAreTiles(t *testing.T) {
	bits := []image.Row{{Slots: []uint16{0, 2}, Weights: []int16{3, -1}}}
	var different []image.Row
	for k := range int16(5) {
		different = append(different, image.Row{Slots: []uint16{0, 1}, Weights: []int16{k + 1, k - 9}})
	}
	for _, x := range []struct {
		name, model string
		rows        []image.Row
		want        bool
	}{
		{"bits", "if", bits, true},
		{"lists", "if", different, false},
		{"another program", "loihi", bits, false},
	} {
		s := specOf(t, x.model, models.Options{Reset: "zero"}, x.rows)
		tile, ok := New(s).Tile()
		if ok != x.want {
			t.Errorf("%s: a tile %v, want %v", x.name, ok, x.want)
		}
		if !ok {
			continue
		}
		var w kernel.Work
		w.Grow(len(tile.State))
		if _, ok := tile.Tick([]int32{0}, &w); !ok || tile.Book.Rows != 1 || tile.Book.Synapses != 2 || tile.State[0] != 3 || tile.State[2] != -1 {
			t.Errorf("%s: tick taken %v, book %+v, state %d", x.name, ok, tile.Book, tile.State[:3])
		}
	}
}
