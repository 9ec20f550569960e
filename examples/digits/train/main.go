// Train makes the weights of the digits example: it trains a small ReLU
// network, turns it into integrate-and-fire neurons with thresholds of 1, plays
// these in floating point as the chip would, and writes digits.npz.
//
//	go run ./examples/digits/train
//
// The same bytes come out on every machine: the arithmetic is only + - * / and
// the square root, whose roundings IEEE 754 fixes, in a fixed order, and every
// product that is added to something is rounded first (see mulAdd).
package main

import (
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"strconv"

	"github.com/weft-toolchain/weft/internal/ndarray"
)

const (
	pixels  = 64 // 8×8
	hidden  = 64
	classes = 10
	ticks   = 16 // grey values go from 0 to 16, so a rate over 16 ticks is exact

	// firstTest is where the 360 held-out images begin. The data set's own order
	// keeps writers together, so most of these are by hands not trained on.
	firstTest = 1437
)

// sample is one image, its pixels from 0 to 1.
type sample struct {
	image [pixels]float64
	label int
}

func main() {
	data := flag.String("data", "examples/digits/digits.csv.gz", "the data set")
	out := flag.String("o", "examples/digits/digits.npz", "the weights to write")
	epochs := flag.Int("epochs", 500, "passes over the training set")
	flag.Parse()
	if err := run(*data, *out, *epochs); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(data, out string, epochs int) error {
	samples, err := load(data)
	if err != nil {
		return err
	}
	training, test := samples[:firstTest], samples[firstTest:]
	net := train(training, epochs)
	fmt.Printf("float, training:   %s\n", accuracy(training, net.classify))
	fmt.Printf("float, held out:   %s\n", accuracy(test, net.classify))
	lambda1, lambda2 := net.normalise(training)
	fmt.Printf("thresholds before scaling to 1: hidden %.3f, digit %.3f\n", lambda1, lambda2)
	fmt.Printf("spiking, held out: %s (%d ticks)\n", accuracy(test, net.classifySpiking), ticks)
	return ndarray.WriteNPZ(out, net.arrays())
}

// load reads rows of 64 grey values from 0 to 16 and a label.
func load(path string) ([]sample, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("unzip %s: %w", path, err)
	}
	r := csv.NewReader(unzipped)
	r.FieldsPerRecord = pixels + 1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(rows) <= firstTest {
		return nil, fmt.Errorf("read %s: %d rows, want more than %d", path, len(rows), firstTest)
	}
	samples := make([]sample, len(rows))
	for i, row := range rows {
		for j, field := range row {
			n, err := strconv.Atoi(field)
			if err != nil {
				return nil, fmt.Errorf("read %s: row %d: %w", path, i+1, err)
			}
			if j == pixels {
				samples[i].label = n
			} else {
				samples[i].image[j] = float64(n) / 16
			}
		}
	}
	return samples, nil
}

// score counts right answers.
type score struct{ correct, of int }

func (s score) String() string {
	return fmt.Sprintf("%d of %d, %.2f %%", s.correct, s.of, 100*float64(s.correct)/float64(s.of))
}

func accuracy(samples []sample, classify func(image []float64) int) score {
	s := score{of: len(samples)}
	for i := range samples {
		if classify(samples[i].image[:]) == samples[i].label {
			s.correct++
		}
	}
	return s
}

// argmax returns the index of the largest element, the first of equals.
func argmax(xs []float64) int {
	best := 0
	for i, x := range xs {
		if x > xs[best] {
			best = i
		}
	}
	return best
}
