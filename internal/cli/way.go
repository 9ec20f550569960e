package cli

import (
	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
)

// wayFlag is --way.
type wayFlag struct{ way string }

func (f *wayFlag) addWay(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.way, "way", "fast", "how the cores are computed, which changes nothing else: fast, portable (without the processor's vector instructions) or plain (neuron by neuron, instruction by instruction: what the others are tested against)")
}

// parse reads it.
func (f *wayFlag) parse() (emulator.Way, error) {
	way, ok := emulator.ParseWay(f.way)
	if !ok {
		return 0, usagef("--way %s: want fast, portable or plain", f.way)
	}
	return way, nil
}
