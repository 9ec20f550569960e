package difftest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/debug"
	"github.com/weft-toolchain/weft/targets"
)

// reported runs a chip and returns its report: spikes, cycles, and all that was counted.
func reported(t *testing.T, chip *emulator.Chip, target *targets.Target, mode emulator.Mode, train *stimulus.Train, ticks int) string {
	t.Helper()
	m := emulator.New(chip)
	hash := report.NewHash()
	for tick := 1; tick <= ticks; tick++ {
		hash.Spikes(int64(tick), m.Tick(train.At(tick)))
	}
	var out bytes.Buffer
	rep := report.New(chip.Image(), target, mode == emulator.Functional, books(m, chip.Image()), hash.String())
	if err := rep.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// debugged does so in a debugger that is led about: to where neurons fire, saturate and
// have a value, by phases, neurons and instructions, and back again.
func debugged(t *testing.T, chip *emulator.Chip, target *targets.Target, mode emulator.Mode, train *stimulus.Train, ticks int, r *rand.Rand) string {
	t.Helper()
	var out bytes.Buffer
	s := debug.New(&out, debug.Options{Chip: chip, Target: target, Mode: mode, Train: train, Ticks: ticks})
	defer s.Close()
	do := func(format string, args ...any) {
		line := fmt.Sprintf(format, args...)
		out.Reset()
		c, err := s.Parse(line)
		if err != nil {
			return // of a neuron that is removed, or on a chip without ticks
		}
		// What cannot be done here and now, such as going back at the start, is no matter.
		_ = s.Do(t.Context(), c)
	}
	for range 40 {
		p := chip.Image().Manifest.Populations[r.IntN(len(chip.Image().Manifest.Populations))]
		who := fmt.Sprintf("%s[%d]", p.Name, r.IntN(p.N))
		switch r.IntN(14) {
		case 0, 1:
			do("tick")
		case 2, 3:
			do("phase %d", 1+r.IntN(9))
		case 4, 5:
			do("neuron %d", 1+r.IntN(50))
		case 6, 7:
			do("step %d", 1+r.IntN(300))
		case 8:
			do("back %d", 1+r.IntN(3))
		case 9:
			do("break %s%s", []string{"", "spike ", "saturate "}[r.IntN(3)], who)
		case 10:
			do("break %s.v > %d", who, r.IntN(200))
		case 11:
			do("run")
		case 12:
			do("delete")
		case 13:
			for _, look := range []string{"registers", "print " + who, "axons", "disasm", "counts", "cycle", "where", "synapses " + who} {
				do("%s", look)
			}
		}
	}
	do("delete")
	do("run")
	do("report")
	return out.String()
}

// A run that is debugged is the run: of generated networks on every target, the chips
// without ticks among them, in both modes.
func TestDebuggingChangesNothing(t *testing.T) {
	ran := map[string]int{}
	try := func(seed uint64, chip *emulator.Chip, target *targets.Target, mode emulator.Mode, run Run, text string) {
		train := &stimulus.Train{Ticks: len(run.Spikes), Spikes: run.Spikes}
		want := reported(t, chip, target, mode, train, run.Ticks)
		got := debugged(t, chip, target, mode, train, run.Ticks, rand.New(rand.NewPCG(seed, 9)))
		if got != want {
			t.Errorf("seed %d on %s: debugged, the run is\n%s\nand else\n%s\n%s", seed, target.Name, got, want, text)
		}
		ran[target.Name]++
	}
	for seed := *start; seed < *start+uint64(*long)/3; seed++ {
		net, text := parse(t, seed)
		for _, chip := range chips(t) {
			mode := emulator.Mode(seed % 2)
			if c := compiled(net, chip.Target, nil, mode); c != nil {
				try(seed, c, chip.Target, mode, NewRun(seed, net, ticks), text)
			}
		}
	}
	for _, test := range eventNetworks {
		target := chipNamed(t, test.target)
		net, text, _ := test.parse(t, 3)
		try(3, compiled(net, target, nil, emulator.Cycle), target, emulator.Cycle, NewRun(3, net, ticks), text)
	}
	t.Log(ran)
	for _, name := range []string{"xbar256", "loihi", "cut-dense", "cut-sparse", "narrow", "wide"} {
		if want := *long / 3 / 3; ran[name] < want {
			t.Errorf("%d networks ran on %s, want at least %d", ran[name], name, want)
		}
	}
}
