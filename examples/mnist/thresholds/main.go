// Command thresholds prints the firing thresholds that make a trained ReLU
// network run as integrate-and-fire neurons: for each hidden layer the 99th
// percentile of its positive activations over training images (Rueckauer et al.
// 2017, robust normalisation; they take the 99.9th, at 8 ticks the 99.5th gets more
// training images right). The networks of this example were made with it.
//
//	go run ./examples/mnist/thresholds examples/mnist/mnist_mlp256x2.npz train-images-idx3-ubyte.gz
package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// images is how many training images are looked at.
const images = 5000

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: thresholds MODEL.npz TRAIN-IMAGES")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(model, train string) error {
	layers, err := load(model)
	if err != nil {
		return err
	}
	set, err := readImages(train)
	if err != nil {
		return err
	}
	seen := make([][]float64, len(layers)-1)
	x := make([]float64, set.Size())
	for i := range min(images, set.N) {
		set.Sample(i, x)
		a := x
		for l := range seen {
			a = layers[l].apply(a)
			for k, v := range a {
				a[k] = max(v, 0)
				if v > 0 {
					seen[l] = append(seen[l], v)
				}
			}
		}
	}
	for l, values := range seen {
		slices.Sort(values)
		fmt.Printf("layer %d: %.4f\n", l+1, values[len(values)*995/1000])
	}
	return nil
}

// layer is an affine map; taps lists, for each output, its inputs and weights.
type layer struct {
	bias []float64
	taps [][]tap
}

type tap struct {
	from   int
	weight float64
}

func (l *layer) apply(x []float64) []float64 {
	out := slices.Clone(l.bias)
	for k, taps := range l.taps {
		for _, t := range taps {
			out[k] += t.weight * x[t.from]
		}
	}
	return out
}

// load reads a model of dense layers W0, b0, W1, b1, … or of the convolutions
// C1, c1, C2, c2 and the dense F, f.
func load(path string) ([]layer, error) {
	names, err := ndarray.Names(path)
	if err != nil {
		return nil, err
	}
	if slices.Contains(names, "C1") {
		return loadConv(path)
	}
	var out []layer
	for k := 0; slices.Contains(names, fmt.Sprintf("W%d", k)); k++ {
		l, err := dense(path, fmt.Sprintf("W%d", k), fmt.Sprintf("b%d", k))
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func dense(path, weights, bias string) (layer, error) {
	w, err := ndarray.Load(path, weights)
	if err != nil {
		return layer{}, err
	}
	b, err := ndarray.Load(path, bias)
	if err != nil {
		return layer{}, err
	}
	l := layer{bias: b.Data, taps: make([][]tap, len(b.Data))}
	for k := range l.taps {
		for i := range w.Shape[0] {
			l.taps[k] = append(l.taps[k], tap{i, w.Data[i*len(b.Data)+k]})
		}
	}
	return l, nil
}

func loadConv(path string) ([]layer, error) {
	var out []layer
	for _, g := range []struct {
		weights, bias    string
		size, in, kernel int
	}{{"C1", "c1", 28, 1, 5}, {"C2", "c2", 12, 8, 3}} {
		l, err := dense(path, g.weights, g.bias)
		if err != nil {
			return nil, err
		}
		out = append(out, unroll(l, g.size, g.in, g.kernel))
	}
	f, err := dense(path, "F", "f")
	return append(out, f), err
}

// unroll makes a convolution of stride 2 without padding, (H, W, C) laid out,
// from a layer over its (kernel, kernel, in) window.
func unroll(window layer, size, in, kernel int) layer {
	var l layer
	n := (size-kernel)/2 + 1
	for y := range n {
		for x := range n {
			for c, taps := range window.taps {
				l.bias = append(l.bias, window.bias[c])
				var at []tap
				for _, t := range taps {
					ky, kx, ic := t.from/(kernel*in), t.from/in%kernel, t.from%in
					at = append(at, tap{((2*y+ky)*size+2*x+kx)*in + ic, t.weight})
				}
				l.taps = append(l.taps, at)
			}
		}
	}
	return l
}

// readImages reads an IDX file of images without labels.
func readImages(path string) (*dataset.Set, error) {
	return dataset.Load(dataset.Options{Format: dataset.IDX, Images: path, Labels: labelsBeside(path), Scale: 255})
}

// labelsBeside returns the label file that belongs to an image file.
func labelsBeside(path string) string {
	return replaceLast(replaceLast(path, "images", "labels"), "idx3", "idx1")
}

func replaceLast(s, from, to string) string {
	for k := len(s) - len(from); k >= 0; k-- {
		if s[k:k+len(from)] == from {
			return s[:k] + to + s[k+len(from):]
		}
	}
	return s
}
