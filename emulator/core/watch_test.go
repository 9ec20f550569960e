package core_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

// watched runs two ticks of a core, with a spike at axon 0 due in the first, and returns
// what each program was seen to run for and, in register S0, to do: a line for each
// instruction.
func watched(t *testing.T, c *core.Core, slots int) (seen []string) {
	t.Helper()
	c.Watch(func(m *core.Moment) {
		line := fmt.Sprintf("%v %d", m.Kind, m.PC)
		if m.Together() {
			for slot := range slots {
				line += fmt.Sprintf(" slot %d: %d", slot, m.Lane(slot).Reg[isa.S0])
			}
		} else {
			line += fmt.Sprintf(" slot %d axon %d synapse %d: %d", m.Slot, m.Axon, m.Synapse, m.Lane(m.Slot).Reg[isa.S0])
			if m.Lane(m.Slot+1) != nil {
				t.Errorf("%s: another lane is at work", line)
			}
		}
		seen = append(seen, line)
	})
	c.Receive(0, 1, 1)
	tick(c, 1)
	tick(c, 2)
	return seen
}

// Neurons that look across the core are seen together, an instruction at a time.
func TestWatchOfNeuronsInLockstep(t *testing.T) {
	im := learner(t, sample.Dense(), 2, nil, ".state v\n addi v, v, 2\n xsum v, v\n")
	want := []string{
		"tick 0 slot 0: 0 slot 1: 0", "tick 1 slot 0: 2 slot 1: 2", "tick 2 slot 0: 4 slot 1: 4",
		"tick 0 slot 0: 4 slot 1: 4", "tick 1 slot 0: 6 slot 1: 6", "tick 2 slot 0: 12 slot 1: 12",
	}
	im.Cores[0].Rows = image.PackRows(append(im.Cores[0].Rows.Unpack(), plastic())...)
	if diff := cmp.Diff(want, watched(t, newCore(im), 2)); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
}

// Programs of synapses and axons are seen with what they run for, also where they would
// do nothing.
func TestWatchOfProgramsThatLearn(t *testing.T) {
	im := learner(
		t, sample.Dense(), 2, nil,
		".state v\n spk\n",
		".kind arrive\n.state v\n addi v, v, 3\n",
		".kind post\n.state v\n addi v, v, -1\n",
		".kind axon\n.state x\n acc x, x, 0\n",
	)
	im.Cores[0].Rows = image.PackRows(append(im.Cores[0].Rows.Unpack(), plastic(1, 1))...)
	want := []string{
		"arrive 0 slot 0 axon 0 synapse 0: 0", "arrive 1 slot 0 axon 0 synapse 0: 3",
		"arrive 0 slot 1 axon 0 synapse 1: 0", "arrive 1 slot 1 axon 0 synapse 1: 3",
		"tick 0 slot 0 axon 0 synapse 0: 3", "tick 1 slot 0 axon 0 synapse 0: 3",
		"tick 0 slot 1 axon 0 synapse 0: 3", "tick 1 slot 1 axon 0 synapse 0: 3",
		"axon 0 slot -1 axon 0 synapse 0: 0", "axon 1 slot -1 axon 0 synapse 0: 1",
		"tick 0 slot 0 axon 0 synapse 0: 3", "tick 1 slot 0 axon 0 synapse 0: 3",
		"tick 0 slot 1 axon 0 synapse 0: 3", "tick 1 slot 1 axon 0 synapse 0: 3",
		"axon 0 slot -1 axon 0 synapse 0: 1", "axon 1 slot -1 axon 0 synapse 0: 1",
		"post 0 slot 0 axon 0 synapse 0: 3", "post 1 slot 0 axon 0 synapse 0: 2",
		"post 0 slot 1 axon 0 synapse 1: 3", "post 1 slot 1 axon 0 synapse 1: 2",
	}
	if diff := cmp.Diff(want, watched(t, newCore(im), 2)); diff != "" {
		t.Errorf("seen (-want +got):\n%s", diff)
	}
}

// A sum of inputs saturates where the program takes it as a word, and not where it takes
// it whole.
func TestMomentsTellWhetherASumSaturates(t *testing.T) {
	for program, want := range map[string]bool{"acc v, v, 0": true, "accw v, v, 0": false} {
		arch := sample.Dense()
		arch.StateBits = 8
		row := plastic(127)
		row.Plastic, row.Exp = false, 1
		im := learner(t, arch, 1, nil, ".state v\n"+program+"\n")
		im.Cores[0].Rows = image.PackRows(append(im.Cores[0].Rows.Unpack(), row)...)
		c := newCore(im)
		c.Receive(0, 1, 1)
		c.Watch(func(m *core.Moment) {
			if got := m.Clips(m.Lane(0)); got != want {
				t.Errorf("%s of a sum of 254 in words of 8 bits: saturates %v, want %v", program, got, want)
			}
		})
		tick(c, 1)
	}
}
