package cli

import (
	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
)

// ways are the values of --way.
var ways = map[string]emulator.Way{"fast": emulator.Fast, "portable": emulator.Portable, "plain": emulator.Plain}

// wayFlag is --way.
type wayFlag struct{ way string }

func (f *wayFlag) addWay(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.way, "way", "fast", "how the cores are computed, which changes nothing else: fast, portable (without the processor's vector instructions) or plain (neuron by neuron, instruction by instruction: what the others are tested against)")
}

// check refuses what is no way.
func (f *wayFlag) check() error {
	if _, ok := ways[f.way]; !ok {
		return usagef("--way %s: want fast, portable or plain", f.way)
	}
	return nil
}

// of returns a chip that is run in the way.
func (f *wayFlag) of(chip *emulator.Chip) *emulator.Chip {
	if way := ways[f.way]; way != emulator.Fast {
		return chip.In(way)
	}
	return chip
}
