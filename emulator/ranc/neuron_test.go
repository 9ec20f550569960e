package ranc

import "testing"

func TestFireResetsByMode(t *testing.T) {
	absolute := Neuron{PositiveThreshold: 10, NegativeThreshold: -6, ResetPotential: 3, Reset: Absolute}
	linear := absolute
	linear.Reset = Linear
	crossed := Neuron{PositiveThreshold: 2, NegativeThreshold: 5, Reset: Linear}
	for _, c := range []struct {
		name      string
		neuron    Neuron
		symmetric bool
		bits      int
		v, want   int64
		spike     bool
	}{
		{name: "at rest", neuron: absolute, bits: 64, v: 4, want: 4},
		{name: "just below", neuron: absolute, bits: 64, v: 9, want: 9},
		{name: "absolute, at the threshold", neuron: absolute, bits: 64, v: 10, want: 3, spike: true},
		{name: "absolute, beyond", neuron: absolute, bits: 64, v: 100, want: 3, spike: true},
		{name: "linear, at the threshold", neuron: linear, bits: 64, v: 10, want: 0, spike: true},
		{name: "linear, beyond", neuron: linear, bits: 64, v: 35, want: 25, spike: true},
		{name: "at the negative threshold", neuron: absolute, bits: 64, v: -6, want: -6},
		{name: "at the negative threshold, symmetric", neuron: absolute, symmetric: true, bits: 64, v: -6, want: -3},
		{name: "at the negative threshold, symmetric and linear", neuron: linear, symmetric: true, bits: 64, v: -6, want: 0},
		{name: "absolute, below", neuron: absolute, bits: 64, v: -7, want: -3},
		{name: "linear, below", neuron: linear, bits: 64, v: -9, want: -3},
		{name: "the positive threshold is asked first", neuron: crossed, bits: 64, v: 3, want: 1, spike: true},
		{name: "unbounded", neuron: linear, bits: 64, v: 1 << 40, want: 1<<40 - 10, spike: true},
		{name: "wraps to negative", neuron: linear, bits: 9, v: 256, want: -250},
		{name: "wraps to positive", neuron: linear, bits: 9, v: -257, want: 245, spike: true},
		{name: "wraps after the reset", neuron: Neuron{PositiveThreshold: -256, NegativeThreshold: -256, Reset: Linear}, bits: 9, v: 255, want: -1, spike: true},
		{name: "9 bits have no +256", neuron: Neuron{PositiveThreshold: 9, NegativeThreshold: -1, ResetPotential: -256}, bits: 9, v: -2, want: -256},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNeuron(&c.neuron, c.symmetric)
			if v, spike := n.fire(c.v, c.bits); v != c.want || spike != c.spike {
				t.Errorf("fire(%d) = %d, %t, want %d, %t", c.v, v, spike, c.want, c.spike)
			}
		})
	}
}
