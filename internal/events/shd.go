package events

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/hdf5"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// SHD is a file of samples in the manner of the spiking Heidelberg data (Cramer et
// al. 2020), HDF5, gzipped or not:
//
//	spikes/times   of each sample, the times of its spikes in seconds
//	spikes/units   of each sample, which unit spikes
//	labels         of each sample; may be left out
type SHD struct {
	// N is the number of samples.
	N int
	// Labels has the label of each sample, or is nil.
	Labels []int64

	path         string
	times, units *hdf5.Sequences
}

// OpenSHD opens a file.
func OpenSHD(path string) (*SHD, error) {
	src, err := ndarray.Open(path, hdf5.MaxFile)
	if err != nil {
		return nil, ndarray.FileError(path, err)
	}
	data, err := io.ReadAll(src)
	_ = src.Close()
	if err != nil {
		return nil, ndarray.FileError(path, err)
	}
	s := &SHD{path: path}
	if err := s.open(data); err != nil {
		return nil, s.told(err)
	}
	return s, nil
}

// sequences opens a dataset of sequences.
func sequences(f *hdf5.File, name string) (*hdf5.Sequences, error) {
	d, err := f.Root().Dataset(name)
	if err != nil {
		return nil, err
	}
	return d.Sequences()
}

// told tells an error of the HDF5 reader.
func (s *SHD) told(err error) error {
	e, ok := errors.AsType[*hdf5.Error](err)
	if !ok {
		return err
	}
	message := e.Message()
	if e.Code == diag.UnknownName {
		message += "; want the datasets spikes/times and spikes/units, as the spiking Heidelberg data have"
	}
	return s.fail(e.Code, "%s", message)
}

func (s *SHD) open(data []byte) error {
	f, err := hdf5.Open(s.path, data)
	if err != nil {
		return err
	}
	if s.times, err = sequences(f, "spikes/times"); err != nil {
		return err
	}
	if s.units, err = sequences(f, "spikes/units"); err != nil {
		return err
	}
	s.N = s.times.Len()
	if n := s.units.Len(); n != s.N {
		return s.fail(diag.BadFile, "spikes/times has %d samples, spikes/units %d; want one of each for a sample", s.N, n)
	}
	if !f.Root().Has("labels") {
		return nil
	}
	labels, err := f.Root().Dataset("labels")
	if err != nil {
		return err
	}
	if s.Labels, err = labels.Ints(); err != nil {
		return err
	}
	if n := len(s.Labels); n != s.N {
		return s.fail(diag.BadFile, "labels has %d elements for the %d samples of spikes/times", n, s.N)
	}
	return nil
}

// Each gives the events of sample i, whose X are the units.
func (s *SHD) Each(i int, sink Sink) error {
	times := s.times.Floats(i)
	units, err := s.units.Ints(i)
	if err != nil {
		return s.told(err)
	}
	if len(times) != len(units) {
		return s.fail(diag.BadFile, "sample %d has %d times and %d units, want one of each for a spike", i, len(times), len(units))
	}
	k := 0
	where := func() string { return fmt.Sprintf("spike %d of sample %d (both from 0)", k, i) }
	for ; k < len(times); k++ {
		t := math.Round(times[k] * 1e6)
		if !(t >= 0 && t <= MaxTime) { // NaN included
			return s.fail(diag.BadFile, "%s is at %v s, want 0 to %v s", where(), times[k], MaxTime/1e6)
		}
		if u := units[k]; u < 0 || u > math.MaxInt32 {
			return s.fail(diag.BadFile, "%s is of unit %d", where(), u)
		}
		if err := sink(Event{Time: int64(t), X: int(units[k]), On: true}, where); err != nil {
			return err
		}
	}
	return nil
}

func (s *SHD) fail(code diag.Code, format string, args ...any) error {
	return diag.One(diag.Pos{File: s.path}, code, format, args...)
}
