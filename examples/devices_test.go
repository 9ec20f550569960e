package examples

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/targets"
)

// deviceChips is how many chips of a kind the digits are run on.
const deviceChips = 10

// What devices cost the digits, one by one: digits/rram/want.txt is the table of
// its README. With all of them off, the chip does what a digital one does.
func TestWhatDevicesCostTheDigits(t *testing.T) {
	exp, net, data := opened(t, "digits/experiment.yaml")
	run := func(target *targets.Target, mode emulator.Mode) *eval.Result {
		res := compile(t, net, target, exp.Quantise)
		if res == nil {
			t.Fatalf("the digits do not fit %s", target.Name)
		}
		chip, err := emulator.NewChipOn(res.Image, target, mode)
		if err != nil {
			t.Fatal(err)
		}
		r, err := eval.Run(t.Context(), eval.Config{
			Experiment: exp, Network: net, Data: data, Target: target, Chip: chip, Functional: mode == emulator.Functional,
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%-22s  %-7s  %-19s  %-9s  %-9s  %s\n", "target", "chip 1", "mean of 10 chips", "latency", "synapse", "energy")
	hashes := map[string]string{}
	for _, name := range []string{
		"xbar256", "digital", "ideal", "rram",
		"no-programming-noise", "no-read-noise", "no-wires", "no-converters", "day", "stuck", "one-bit",
	} {
		path := filepath.Join("digits/rram", name+".yaml")
		if _, err := os.Stat(path); err != nil {
			path = name
		}
		target, err := targets.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		r := run(target, emulator.Cycle)
		hashes[name] = r.SpikeHash
		chips := "the same"
		if target.Devices != nil && name != "ideal" {
			chips = accuracyOfChips(target, r, run)
		}
		n := float64(r.Samples)
		fmt.Fprintf(&out, "%-22s  %5.2f %%  %-19s  %-9s  %-9s  %s\n", name, 100*r.Accuracy, chips,
			report.SI(r.Latency.Seconds.Mean, "s"), report.SI(r.Energy[targets.Synapse]/n, "J"), report.SI(r.EnergyPerInference, "J"))
	}
	if hashes["ideal"] != hashes["digital"] {
		t.Errorf("ideal devices have spike hash %s, the digital crossbar %s", hashes["ideal"], hashes["digital"])
	}
	golden.Check(t, "digits/rram/want.txt", out.Bytes())
	readme, err := os.ReadFile("digits/rram/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), out.String()) {
		t.Error("digits/rram/README.md does not have the table of want.txt")
	}
}

// accuracyOfChips returns mean and standard deviation of chips 1, 2, …, of which
// the first is known.
func accuracyOfChips(target *targets.Target, first *eval.Result, run func(*targets.Target, emulator.Mode) *eval.Result) string {
	sum, squares := 0, 0
	for seed := range uint64(deviceChips) {
		correct := first.Correct
		if seed+1 != target.Devices.Seed {
			chip, devices := *target, *target.Devices
			devices.Seed = seed + 1
			chip.Devices = &devices
			correct = run(&chip, emulator.Functional).Correct
		}
		sum += correct
		squares += correct * correct
	}
	n := float64(deviceChips)
	mean := float64(sum) / n
	deviation := math.Sqrt((float64(squares) - float64(float64(sum)*mean)) / (n - 1))
	share := 100 / float64(first.Samples)
	return fmt.Sprintf("%5.2f %% ± %.2f %%", mean*share, deviation*share)
}
