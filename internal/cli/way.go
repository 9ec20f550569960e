package cli

import (
	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
)

// wayFlag is --way.
type wayFlag struct{ way string }

func (f *wayFlag) addWay(cmd *cobra.Command) {
	f.way = emulator.Fast.String()
	addWord(cmd, &f.way, "way", []string{f.way, emulator.Portable.String(), emulator.Plain.String()}, "how the cores are computed, which changes nothing else: fast, portable (without the processor's vector instructions) or plain (neuron by neuron, instruction by instruction: what the others are tested against)")
}

// parse returns what it is set to.
func (f *wayFlag) parse() emulator.Way {
	way, _ := emulator.ParseWay(f.way)
	return way
}

// addTiming adds --timing.
func addTiming(cmd *cobra.Command, to *string) {
	*to = emulator.Cycle.String()
	addWord(cmd, to, "timing", []string{*to, emulator.Functional.String()}, "cycle (mesh and clock) or functional (spikes and counts only)")
}

// mode returns what --timing is set to.
func mode(timing string) emulator.Mode {
	m, _ := emulator.ParseMode(timing)
	return m
}
