package lavanet

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
)

// maxPotential is the largest v.
const maxPotential = 1<<23 - 1

// aligned returns the parameter v_init of a layer with a bias: what v must be
// before tick 1 to be 0 after as many ticks of bias alone as its input is late.
func (w *writer) aligned(l *Layer) []string {
	channels := max(len(l.Bias), len(l.Neuron.VDecay), len(l.Neuron.Threshold))
	at := func(v []int, c int) int { return v[c%len(v)] } // of one or of all
	init := make([]int, channels)
	for c := range init {
		v, ok := backward(at(l.Bias, c)<<BiasExp, at(l.Neuron.VDecay, c), at(l.Neuron.Threshold, c)<<6, w.depth)
		if !ok {
			w.add(l, diag.Unsupported, "channel %d cannot be aligned: its bias alone, %d, makes it fire in the %d ticks before its input arrives, or needs a potential beyond 2^23; do without alignment", c, at(l.Bias, c), w.depth)
			return nil
		}
		init[c] = v
	}
	return []string{"v_init: " + w.value(fmt.Sprintf("v_init%d", l.Index), l, init)}
}

// backward returns the v from which the bias alone leads to 0 in so many steps of
// v ← RZ(v, decay) + bias, without a v above the threshold on the way. There
// always is one step back, since a step of v changes RZ by at most one.
func backward(bias, decay, threshold, steps int) (int, bool) {
	v := 0
	for i := range steps {
		if i > 0 && v > threshold {
			return 0, false
		}
		want := v - bias // what RZ of the v before must be
		if decay == maxDecay {
			// No memory: v is the bias in each tick, whatever it was before.
			return 0, bias <= threshold
		}
		size := max(want, -want)
		keep := maxDecay - decay
		v = (size*4096 + keep - 1) / keep
		if want < 0 {
			v = -v
		}
		if v > maxPotential || v < -maxPotential {
			return 0, false
		}
	}
	return v, true
}
