package main

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/ndarray"
)

// normalise scales the parameters so that an activation of 1 is a spike in
// every tick (data-based normalisation: Diehl et al. 2015, with the percentile
// of Rueckauer et al. 2017). It returns what the scale of each layer was: the
// 99.9th percentile of its positive activations over the training samples. The
// classes stay in the order they were.
func (n *mlp) normalise(samples []sample) (lambda1, lambda2 float64) {
	var h, o []float64
	for i := range samples {
		hi, oi := n.forward(samples[i].image[:])
		h, o = append(h, hi[:]...), append(o, oi[:]...)
	}
	lambda1, lambda2 = percentile(h), percentile(o)
	scale(n.w1, 1/lambda1)
	scale(n.b1, 1/lambda1)
	scale(n.w2, lambda1/lambda2)
	scale(n.b2, 1/lambda2)
	return lambda1, lambda2
}

// percentile returns the 99.9th percentile, by nearest rank, of the elements
// above zero.
func percentile(xs []float64) float64 {
	xs = slices.DeleteFunc(slices.Clone(xs), func(x float64) bool { return x <= 0 })
	slices.Sort(xs)
	return xs[(len(xs)*999+999)/1000-1]
}

func scale(xs []float64, by float64) {
	for i := range xs {
		xs[i] *= by
	}
}

// classifySpiking plays network.yaml in floating point: a spike of tick t
// arrives at tick t+1, biases count from tick 1, and the two ticks after the
// image let the last spikes reach the integrators. Each layer starts below
// zero by the biases that come before its first input can.
func (n *mlp) classifySpiking(image []float64) int {
	const drain = 2
	var (
		acc [pixels]float64 // error diffusion: what is owed in spikes
		v1  [hidden]float64
		v2  [classes]float64

		arriving1 [pixels]float64 // spikes of the last tick
		arriving2 [hidden]float64
		in1       [hidden]float64
		in2       [classes]float64
	)
	for i := range acc {
		acc[i] = 0.5
	}
	for j, b := range n.b1 {
		v1[j] = -b
	}
	for k, b := range n.b2 {
		v2[k] = -2 * b
	}
	for tick := 1; tick <= ticks+drain; tick++ {
		affine(in2[:], arriving2[:], n.w2, n.b2)
		for k := range v2 {
			v2[k] += in2[k]
		}
		affine(in1[:], arriving1[:], n.w1, n.b1)
		clear(arriving2[:])
		for j := range v1 {
			v1[j] += in1[j]
			if v1[j] > 1 {
				v1[j]--
				arriving2[j] = 1
			}
		}
		clear(arriving1[:])
		for i := range acc {
			if tick > ticks {
				break
			}
			acc[i] += image[i]
			if acc[i] >= 1 {
				acc[i]--
				arriving1[i] = 1
			}
		}
	}
	return argmax(v2[:])
}

// arrays returns the parameters as they are named in network.yaml.
func (n *mlp) arrays() map[string]*ndarray.Array {
	return map[string]*ndarray.Array{
		"w1": {Shape: []int{pixels, hidden}, Data: n.w1},
		"b1": {Shape: []int{hidden}, Data: n.b1},
		"w2": {Shape: []int{hidden, classes}, Data: n.w2},
		"b2": {Shape: []int{classes}, Data: n.b2},
	}
}
