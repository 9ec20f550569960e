package targets

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// heir returns what comes of a file that inherits from a built-in target.
func heir(t *testing.T, parent, arch, devices string) (*Target, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heir.yaml")
	text := "target: heir\ninherits: " + parent + "\narch: {" + arch + "}\ndevices: {" + devices + "}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestDevicesAreReadWithTheirUnitsAndDefaults(t *testing.T) {
	got, err := heir(t, "xbar256", "extensions: [M]", "g_min: 500nS, g_max: 0.04mS")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Devices{GMin: 5e-7, GMax: 4e-5, DACBits: 1}, got.Devices); diff != "" {
		t.Errorf("least (-want +got):\n%s", diff)
	}
	got, err = heir(t, "xbar256", "extensions: [M]", `g_min: 1uS, g_max: 40µS, levels: 16, program_sigma: [1uS, -2uS, 3e-6],
  read_sigma: 0.01, stuck_on: 1e-3, stuck_off: 0.5, wire_row: 500mOhm, wire_column: 0.002kOhm, rows: 64,
  adc_bits: 6, adc_range: 2.5, dac_bits: 4, seed: 9`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Devices{
		GMin: 1e-6, GMax: 4e-5, Levels: 16, ProgramSigma: []float64{1e-6, -2e-6, 3e-6}, ReadSigma: 0.01, StuckOn: 1e-3, StuckOff: 0.5,
		WireRow: 0.5, WireColumn: 2, Rows: 64, ADCBits: 6, ADCRange: 2.5, DACBits: 4, Seed: 9,
	}
	if diff := cmp.Diff(want, got.Devices); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	got, err = heir(t, "rram", "", "program_sigma: 2uS")
	if err != nil {
		t.Fatal(err)
	}
	rram := *load(t, "rram").Devices
	rram.ProgramSigma = []float64{2e-6}
	if diff := cmp.Diff(&rram, got.Devices); diff != "" {
		t.Errorf("heir of rram (-want +got):\n%s", diff)
	}
}

// What fits no crossbar of devices is refused with what to change.
func TestDevicesThatCannotBeAreRefused(t *testing.T) {
	const fine = "g_min: 1uS, g_max: 40uS"
	for _, c := range []struct{ parent, arch, devices, want string }{
		{"xbar256", "extensions: [M]", "g_max: 40uS", `devices: field "g_min" is required`},
		{"xbar256", "extensions: [M]", "g_min: 40uS, g_max: 40uS", "want a g_max above g_min"},
		{"xbar256", "extensions: [M]", "g_min: 1uS, g_max: 1e9S", "above 1000 S"},
		{"xbar256", "extensions: [M]", fine + ", program_sigma: [1uS, -1e300]", "above 1000 S"},
		{"xbar256", "extensions: [M]", fine + ", wire_row: 1e10Ohm", "above 1e+09 ohm"},
		{"xbar256", "extensions: [M]", fine + ", levels: 1", "levels: is 1, want 2"},
		{"xbar256", "extensions: [M]", fine + ", adc_bits: 1", "adc_bits: is 1, want 2"},
		{"xbar256", "extensions: [M]", fine + ", rows: 1", "an axon takes 2"},
		{"xbar256", "extensions: [M]", fine + ", stuck_on: 0.6, stuck_off: 0.5", "are 1.1 together"},
		{"xbar256", "extensions: [M]", fine + ", program_sigma: [0, 0, 0, 0, 0, 0, 0, 0, 0]", "has 9 coefficients, want 8 at most"},
		{"xbar256", "", fine, "leave L out of arch.extensions"},
		{"loihi", "extensions: [M]", fine, "need arch.synapses: dense"},
		{"truenorth", "extensions: [M]", fine, "need arch.weights: signed"},
		{"tinyodin", "", fine, "need arch.controller: ticks"},
		{"xbar256", "extensions: [M], axons: 100000, weight_bits: 4", fine, "has 25600000 pairs of cells, want 16777216 at most"},
	} {
		_, err := heir(t, c.parent, c.arch, c.devices)
		if err == nil || !regexp.MustCompile(regexp.QuoteMeta(c.want)).MatchString(err.Error()) {
			t.Errorf("%s, {%s}, {%s}: got %v, want %q", c.parent, c.arch, c.devices, err, c.want)
		}
	}
}

func TestArraysHoldWholePairs(t *testing.T) {
	for _, c := range []struct{ rows, axons, want int }{{0, 128, 128}, {256, 128, 128}, {255, 200, 127}, {1000, 128, 128}, {2, 9, 1}} {
		d := Devices{Rows: c.rows}
		if got := d.ArrayAxons(c.axons); got != c.want {
			t.Errorf("arrays of %d rows in cores of %d axons hold %d, want %d", c.rows, c.axons, got, c.want)
		}
	}
}
