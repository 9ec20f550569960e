// Command wholes rounds the weights of a trained network without biases to whole
// numbers, as chips take them whose neurons are circuits: each layer by the scale that
// makes the squared error of its weights least. It prints the scales: a threshold
// times that of the weights before it is the chip's.
//
//	go run ./examples/mnist/wholes examples/mnist/mnist_mlp128_nobias.npz 7 examples/mnist/wholes/wholes.npz
package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/internal/ndarray"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: wholes MODEL.npz LARGEST OUT.npz")
		os.Exit(2)
	}
	largest, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = run(os.Args[1], float64(largest), os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(model string, largest float64, out string) error {
	names, err := ndarray.Names(model)
	if err != nil {
		return err
	}
	arrays := map[string]*ndarray.Array{}
	for k := 0; slices.Contains(names, fmt.Sprintf("W%d", k)); k++ {
		name := fmt.Sprintf("W%d", k)
		w, err := ndarray.Load(model, name)
		if err != nil {
			return err
		}
		scale := best(w.Data, largest)
		for i, x := range w.Data {
			w.Data[i] = whole(x, scale, largest)
		}
		w.Type = ndarray.Int32
		arrays[name] = w
		fmt.Printf("%s: scale %.4f\n", name, scale)
	}
	return ndarray.WriteNPZ(out, arrays)
}

// whole is the whole number nearest to x times scale, of those that are not too large.
func whole(x, scale, largest float64) float64 {
	return max(-largest, min(math.Round(x*scale), largest))
}

// steps is how many scales are tried, from one that clips nothing.
const steps = 200

// best returns the scale of the least squared error.
func best(weights []float64, largest float64) float64 {
	most := 0.0
	for _, x := range weights {
		most = max(most, math.Abs(x))
	}
	best, least := 0.0, math.Inf(1)
	for k := range steps {
		scale := largest / most * (1 + 10*float64(k)/steps)
		sum := 0.0
		for _, x := range weights {
			d := x - whole(x, scale, largest)/scale
			sum += float64(d * d)
		}
		if sum < least {
			best, least = scale, sum
		}
	}
	return best
}
