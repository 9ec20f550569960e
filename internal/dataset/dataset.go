// Package dataset reads labelled samples for an experiment: IDX as MNIST has
// it, CSV tables, .npz arrays, and recordings of events, which package events
// reads. It is the only one to know how each of them says what is a sample and what
// is its label. What a header claims is checked against the bytes that are there before anything is
// allocated.
package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// Limits of what is read.
const (
	// MaxBytes bounds a file, counted after it is unpacked.
	MaxBytes int64 = 2 << 30
	// MaxSamples bounds the samples of a file.
	MaxSamples = 1 << 24
	// MaxLabel is the largest label.
	MaxLabel = 1<<16 - 1
)

// Set is a set of samples with their labels. It is immutable and may be shared.
type Set struct {
	// Shape is the shape of one sample.
	Shape []int
	// N is the number of samples.
	N int
	// Labels has the label of each sample.
	Labels []int
	// Classes is one more than the largest label of the file, also when the set
	// is only a part of it.
	Classes int

	// Values of all samples, one after the other: bytes when all are whole
	// numbers from 0 to 255, floats otherwise.
	bytes  []uint8
	floats []float32
	size   int
	scale  float64
	scaled [256]float64 // what each byte is after scaling

	// events of all samples of a timed set, in chunks, for one that grows would be
	// copied; starts where those of each begin, and where those of the last end.
	events [][]event
	starts []int
	// cropped is how many events of each are not kept.
	cropped []int
}

// Format is a format of data sets.
type Format string

// The formats.
const (
	IDX Format = "idx"
	CSV Format = "csv"
	NPZ Format = "npz"
	// These have samples of events.
	NMNIST Format = "nmnist"
	AEDAT4 Format = "aedat4"
	DAT    Format = "dat"
	SHD    Format = "shd"
)

// Options says what to read and how.
type Options struct {
	Format Format
	// Images and Labels are files (IDX) or names of arrays (NPZ).
	Images, Labels string
	// File is the one file (CSV, NPZ, SHD), a folder (AEDAT4, DAT), or either
	// (NMNIST).
	File string
	// Part is "train" or "test", of a packed file (NMNIST); empty is "test".
	Part string
	// Polarity says which comes first (NMNIST, AEDAT4, DAT).
	Polarity events.Polarity
	// Size is the height and the width of a sample, and Fit what becomes of a larger
	// sensor (AEDAT4, DAT); nil is the sensor's.
	Size []int
	Fit  events.Fit
	// Units is how many a sample has (SHD); zero means 700.
	Units int
	// Label is the column of the labels (CSV): a header's name, a number from 0,
	// or -1 for the last.
	Label string
	// Scale divides every value; zero means 1.
	Scale float64
}

// Load reads a data set. Its error is a *diag.Error: a mistake in a line of
// text stands at its place, any other at the file as a whole, that is with
// line 0.
func Load(o Options) (*Set, error) {
	var s *Set
	var err error
	switch o.Format {
	case IDX:
		s, err = loadIDX(o.Images, o.Labels)
	case CSV:
		s, err = loadCSV(o.File, o.Label)
	case NPZ:
		s, err = loadNPZ(o.File, o.Images, o.Labels)
	case NMNIST:
		s, err = loadNMNIST(o)
	case AEDAT4, DAT:
		s, err = loadFolder(o)
	case SHD:
		s, err = loadSHD(o)
	default:
		panic(fmt.Sprintf("dataset: unknown format %q", o.Format))
	}
	if err != nil {
		return nil, err
	}
	s.setScale(o.Scale)
	return s, nil
}

// Sample writes the values of sample i into dst, divided by the scale. It
// panics when dst does not have the size of a sample, and for a timed set.
func (s *Set) Sample(i int, dst []float64) {
	if s.Timed() {
		panic("dataset: a timed set has no values")
	}
	if len(dst) != s.size {
		panic(fmt.Sprintf("dataset: %d places for a sample of %d values", len(dst), s.size))
	}
	from, to := i*s.size, (i+1)*s.size
	if s.bytes != nil {
		for j, v := range s.bytes[from:to] {
			dst[j] = s.scaled[v]
		}
		return
	}
	for j, v := range s.floats[from:to] {
		dst[j] = float64(v) / s.scale
	}
}

// Size returns the number of values of a sample.
func (s *Set) Size() int { return s.size }

// Slice returns n samples from sample first on, sharing the values. It panics
// when there are not as many.
func (s *Set) Slice(first, n int) *Set {
	part := *s
	part.N = n
	part.Labels = s.Labels[first : first+n : first+n]
	switch {
	case s.Timed():
		part.starts, part.cropped = s.starts[first:first+n+1], s.cropped[first:first+n]
	case s.bytes != nil:
		part.bytes = s.bytes[first*s.size : (first+n)*s.size]
	default:
		part.floats = s.floats[first*s.size : (first+n)*s.size]
	}
	return &part
}

func (s *Set) setScale(scale float64) {
	if scale == 0 {
		scale = 1
	}
	s.scale = scale
	for v := range s.scaled {
		s.scaled[v] = float64(v) / scale
	}
}

// build makes a set of n samples of shape, whose values and labels are checked
// already. Floats that are whole numbers from 0 to 255 become bytes.
func build(shape []int, labels []int, bytes []uint8, floats []float32) *Set {
	s := &Set{Shape: shape, N: len(labels), Labels: labels, size: 1, bytes: bytes, floats: floats}
	for _, d := range shape {
		s.size *= d
	}
	s.Classes = slices.Max(labels) + 1
	if bytes == nil && !slices.ContainsFunc(floats, func(v float32) bool { return v != float32(uint8(clampByte(v))) }) {
		s.bytes = make([]uint8, len(floats))
		for i, v := range floats {
			s.bytes[i] = uint8(v)
		}
		s.floats = nil
	}
	return s
}

func clampByte(v float32) float32 { return min(max(v, 0), 255) }

// checkSamples checks the shape of an array of samples, the first dimension of
// which counts them, and that there are as many labels.
func checkSamples(images place, shape []int, labels place, labelShape []int) error {
	switch {
	case len(labelShape) != 1:
		return labels.fail("holds %s, want one label for each sample, shape [N]%s", describe(labelShape), swapped(shape, labelShape))
	case len(shape) < 2:
		return images.fail("holds %s, want samples, shape [N, …]", describe(shape))
	case shape[0] > MaxSamples:
		return images.failAs(diag.TooLarge, "holds %s samples, at most %s are read", count(shape[0]), count(MaxSamples))
	case slices.Contains(shape, 0):
		return images.fail("holds no samples: its shape is %s", formatShape(shape))
	case shape[0] != labelShape[0]:
		return labels.fail("holds %s labels for %s samples in %s", count(labelShape[0]), count(shape[0]), images)
	}
	return nil
}

func swapped(shape, labelShape []int) string {
	if len(shape) == 1 && len(labelShape) > 1 {
		return "; `images` and `labels` look swapped"
	}
	return ""
}

func describe(shape []int) string {
	if len(shape) == 0 {
		return "a single number"
	}
	return "an array of shape " + formatShape(shape)
}

// labelOf returns a label, or what is wrong with the number that stands for it.
func labelOf(v float64) (int, string) {
	switch {
	case v != math.Trunc(v), math.IsInf(v, 0): // NaN included
		return 0, "want a whole number"
	case v < 0 || v > MaxLabel:
		return 0, fmt.Sprintf("want 0 to %d", MaxLabel)
	}
	return int(v), ""
}

// toLabels turns numbers of a file into labels.
func toLabels(in place, values []float64) ([]int, error) {
	labels := make([]int, len(values))
	for i, v := range values {
		label, wrong := labelOf(v)
		if wrong != "" {
			return nil, in.fail("the label of sample %d (from 0) is %v, %s", i, v, wrong)
		}
		labels[i] = label
	}
	return labels, nil
}

// checkFinite reports the first value of the samples that is NaN or infinite.
func checkFinite(in place, shape []int, values []float32) error {
	for i, v := range values {
		if v-v == 0 {
			continue
		}
		size := len(values) / shape[0]
		return in.failAs(diag.NotFinite, "value %d of sample %d (both from 0) is %v, want finite numbers", i%size, i/size, v)
	}
	return nil
}

// place is a file, or an array in it.
type place struct{ file, array string }

// String names the place as messages do.
func (p place) String() string {
	if p.array == "" {
		return p.file
	}
	return fmt.Sprintf("array %q", p.array)
}

// fail is a mistake of a file, or of an array in it, as a whole.
func (p place) fail(format string, args ...any) error {
	return p.failAs(diag.BadDataset, format, args...)
}

func (p place) failAs(code diag.Code, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	if p.array != "" {
		message = p.String() + ": " + message
	}
	return diag.One(diag.Pos{File: p.file}, code, "%s", message)
}

// fail is a mistake of a file as a whole.
func fail(file, format string, args ...any) error {
	return place{file: file}.fail(format, args...)
}

// arrayError tells an error of package ndarray as a diagnostic at the file, and any
// other as that of a data set.
func arrayError(file string, err error) error {
	if _, ok := errors.AsType[*ndarray.Error](err); ok {
		return ndarray.FileError(file, err)
	}
	return fail(file, "%v", err)
}

// formatShape writes a shape as a user does: [28, 28].
func formatShape(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}

// count writes a number of things with commas: 10,000.
func count(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
