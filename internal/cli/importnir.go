package cli

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler/nir"
)

// nirFlags are the choices that a NIR graph leaves open, as they are written.
type nirFlags struct {
	dt, timeUnit, reset, decay, amplitude string
	synOrder, layout, polarity            string
	vMin                                  string
	multiSpike, repair                    bool
}

// nirOnly are the flags that are for .nir files alone.
var nirOnly = []string{
	"dt", "time-unit", "reset", "decay", "spike-amplitude", "syn-order", "layout", "polarity", "v-min", "multi-spike", "repair",
}

// nirWords are what flags take that take one of some words.
var nirWords = map[string][]string{
	"time-unit":       {"s", "ms"},
	"reset":           {"file", string(nir.ResetZero), string(nir.ResetSubtract)},
	"decay":           {string(nir.Euler), string(nir.Exact)},
	"spike-amplitude": {string(nir.Unit), string(nir.Dirac)},
	"syn-order":       {"new", "old"},
	"layout":          {string(nir.CHW), string(nir.HWC)},
	"polarity":        {"file", "swapped"},
}

func (f *nirFlags) addNIR(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.dt, "dt", "", "of a .nir: duration of a tick, such as 1ms (default: 0.1ms, which snnTorch and Norse assume)")
	flags.StringVar(&f.timeUnit, "time-unit", "s", "of a .nir: what its time constants are counted in: s or ms")
	flags.StringVar(&f.reset, "reset", "file", "of a .nir: what a spike does to the potential: file (it becomes v_reset), zero or subtract (the threshold)")
	flags.StringVar(&f.decay, "decay", "euler", "of a .nir: what remains after a tick: euler (1 − dt/τ) or exact (e^(−dt/τ))")
	flags.StringVar(&f.amplitude, "spike-amplitude", "", "of a .nir: unit (a spike is a current that lasts a tick) or dirac (its integral is 1) (default: unit where neurons leak; I and IF add r·weight)")
	flags.StringVar(&f.synOrder, "syn-order", "new", "of a .nir: which synaptic current a membrane sees: new (of its tick) or old (of the tick before)")
	flags.StringVar(&f.layout, "layout", "chw", "of a .nir: how an input of three dimensions is numbered: chw (as the file has it) or hwc")
	flags.StringVar(&f.polarity, "polarity", "file", "of a .nir: the two channels of such an input: file (as it has them) or swapped")
	flags.StringVar(&f.vMin, "v-min", "none", "of a .nir: lowest potential: none is all that there is")
	flags.BoolVar(&f.multiSpike, "multi-spike", false, "of a .nir: several spikes of a neuron in a tick: no chip has them")
	flags.BoolVar(&f.repair, "repair", false, "of a .nir: take what a mistaken file most likely means, and say so")
	for flag, all := range nirWords {
		offer(cmd, flag, words(all...))
	}
}

// options reads the flags.
func (f *nirFlags) options() (nir.Options, error) {
	o := nir.Options{SwapPolarity: f.polarity == "swapped", OldCurrent: f.synOrder == "old", Repair: f.repair}
	for _, given := range [][2]string{
		{"time-unit", f.timeUnit},
		{"reset", f.reset},
		{"decay", f.decay},
		{"spike-amplitude", f.amplitude},
		{"syn-order", f.synOrder},
		{"layout", f.layout},
		{"polarity", f.polarity},
	} {
		flag, word := given[0], given[1]
		if words := nirWords[flag]; word != "" && !slices.Contains(words, word) {
			return o, usagef("--%s %s: want %s", flag, word, joined(words))
		}
	}
	switch {
	case f.multiSpike:
		return o, usagef("--multi-spike: a neuron fires once a tick at most; with --reset subtract what is left above the threshold fires in the ticks after, and a shorter --dt leaves less")
	case f.vMin != "none":
		return o, usagef("--v-min %s: no model of neurons has a lowest potential but those of chips; train without one (of sinabs: min_v_mem=None), or write the population as neuron truenorth, whose neg_threshold is one", f.vMin)
	}
	if f.dt != "" {
		tick, err := parseNumber(f.dt)
		if d, asDuration := time.ParseDuration(f.dt); asDuration == nil {
			tick, err = float64(d)/float64(time.Second), nil
		}
		if err != nil || !(tick >= 1e-9 && tick <= 1e9) {
			return o, usagef("--dt %s: want a duration such as 1ms, or a number of seconds", f.dt)
		}
		o.Tick = tick
	}
	if f.timeUnit == "ms" {
		o.TimeUnit = 1e-3
	}
	if f.reset != "file" {
		o.Reset = nir.Reset(f.reset)
	}
	o.Decay, o.Amplitude, o.Layout = nir.Decay(f.decay), nir.Amplitude(f.amplitude), nir.Layout(f.layout)
	return o, nil
}

func importNIR(o importOptions, stem string) (*imported, error) {
	opt, err := o.options()
	if err != nil {
		return nil, err
	}
	opt.Arrays, opt.Align = filepath.Base(stem)+".npz", o.align
	res, err := nir.Import(o.in, opt)
	if err != nil {
		return nil, err
	}
	return networkOf(res), nil
}
