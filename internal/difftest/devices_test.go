package difftest

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// ideal returns a target whose devices, if it has some, have no noise and no
// wires, and whose converters are wide enough for every sum.
func ideal(t *targets.Target) *targets.Target {
	if t.Devices == nil {
		return t
	}
	out, d := *t, t.Devices
	out.Devices = &targets.Devices{
		GMin: d.GMin, GMax: d.GMax, Levels: d.Levels, Rows: d.Rows, ADCBits: 24, ADCRange: 256, DACBits: 16, Seed: d.Seed,
	}
	return &out
}

// A chip of ideal devices equals the oracle, spike for spike and saturation for
// saturation: of a cell for each weight, of cells of any conductance, of several
// arrays in a core, and without converters.
func TestIdealDevicesEqualTheOracle(t *testing.T) {
	chips := map[string]*targets.Target{}
	for name, d := range map[string]targets.Devices{
		"levels":        {Levels: 129},
		"any":           {},
		"arrays":        {Levels: 257, Rows: 90},
		"no converters": {Rows: 2},
	} {
		c, err := targets.Load("xbar256")
		if err != nil {
			t.Fatal(err)
		}
		d.GMin, d.GMax = 2e-6, 50e-6
		c.Name, c.Devices = name, &d
		c.Arch.Extensions = strings.ReplaceAll(c.Arch.Extensions, "L", "")
		c = ideal(c)
		if name == "no converters" {
			c.Devices.ADCBits = 0
		}
		chips[name] = c
	}
	ran := 0
	for seed := *start; seed < *start+uint64(*long)/4; seed++ {
		net, text := parse(t, seed)
		run := NewRun(seed, net, ticks)
		for name, c := range chips {
			var user *diag.Error
			if err := Compare(net, c, run); errors.As(err, &user) {
				t.Logf("seed %d does not fit %s: %v", seed, name, err)
			} else if err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, text)
			} else {
				ran++
			}
		}
	}
	if want := *long / 4 * len(chips) / 2; ran < want {
		t.Errorf("%d networks ran, want at least %d", ran, want)
	}
}
