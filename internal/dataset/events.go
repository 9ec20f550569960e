package dataset

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
)

const (
	// maxEvents bounds the events of a set to some 4 GB: 8 bytes each, and as many again
	// while the garbage of reading waits for its collection.
	maxEvents = 250_000_000
	// chunk is how many events stand together.
	chunk = 1 << 13
)

// event is one of a sample: when, in microseconds, and which place of the sample's
// shape.
type event struct{ time, place uint32 }

// Timed reports whether samples are events in time, and not values.
func (s *Set) Timed() bool { return s.starts != nil }

// Events lists the events of sample i of a timed set, as the file has them: the
// time in microseconds from the beginning of the sample, and the place in the
// sample's shape, flat.
func (s *Set) Events(i int) iter.Seq2[uint32, int32] {
	return func(yield func(uint32, int32) bool) {
		for k := s.starts[i]; k < s.starts[i+1]; k++ {
			e := s.events[k/chunk][k%chunk]
			if !yield(e.time, int32(e.place)) {
				return
			}
		}
	}
}

// Cropped returns how many more events the recording of sample i of a timed set has,
// outside what Fit keeps of the sensor.
func (s *Set) Cropped(i int) int { return s.cropped[i] }

// timedBuilder gathers samples of events.
type timedBuilder struct {
	set Set
	// file is what mistakes of the set as a whole are about.
	file   string
	layout *events.Layout
	// n is how many events the set has, cropped how many more the last sample had.
	n, cropped int
}

func newTimed(file string, shape []int, layout *events.Layout) *timedBuilder {
	b := &timedBuilder{set: Set{Shape: shape, size: 1, starts: []int{0}}, file: file, layout: layout}
	for _, d := range shape {
		b.set.size *= d
	}
	return b
}

// sink adds events of a file to the last sample.
func (b *timedBuilder) sink(file string) events.Sink {
	return func(e events.Event, where func() string) error {
		place, err := b.layout.Place(e)
		switch {
		case err != nil:
			return fail(file, "%s %v", where(), err)
		case place < 0:
			b.cropped++
			return nil
		case b.n == maxEvents:
			return diag.One(diag.Pos{File: file}, diag.TooLarge, "%s is one more than %s events, the most that are read", where(), count(maxEvents))
		}
		if b.n%chunk == 0 {
			b.set.events = append(b.set.events, make([]event, chunk))
		}
		b.set.events[b.n/chunk][b.n%chunk] = event{uint32(e.Time), uint32(place)}
		b.n++
		return nil
	}
}

// end ends a sample.
func (b *timedBuilder) end(label int) error {
	if len(b.set.Labels) == MaxSamples {
		return diag.One(diag.Pos{File: b.file}, diag.TooLarge, "has more than %s samples, the most that are read", count(MaxSamples))
	}
	b.set.starts, b.set.cropped = append(b.set.starts, b.n), append(b.set.cropped, b.cropped)
	b.cropped = 0
	b.set.Labels = append(b.set.Labels, label)
	return nil
}

func (b *timedBuilder) done() (*Set, error) {
	s := &b.set
	if s.N = len(s.Labels); s.N == 0 {
		return nil, fail(b.file, "holds no samples")
	}
	s.Classes = slices.Max(s.Labels) + 1
	return s, nil
}

// nmnistSize is that of N-MNIST's camera.
var nmnistSize = []int{34, 34}

// loadNMNIST reads N-MNIST: a folder of folders as it is published, or a packed
// file, of which Part says which of its two parts.
func loadNMNIST(o Options) (*Set, error) {
	info, err := os.Stat(o.File)
	if err == nil && info.IsDir() {
		if o.Part != "" {
			return nil, fail(o.File, "is a folder, which has one part: name its Train or its Test, and drop part")
		}
		o.Size = nmnistSize
		return loadFolder(o)
	}
	shape := o.cameraShape(nmnistSize)
	layout, err := camera(o.File, shape, nmnistSize[1], nmnistSize[0], o)
	if err != nil {
		return nil, err
	}
	p, err := events.OpenPacked(o.File)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	b := newTimed(o.File, shape, layout)
	for {
		err := p.Next()
		if errors.Is(err, io.EOF) {
			return b.done()
		}
		if err != nil {
			return nil, err
		}
		if p.IsTest() == (o.Part == "train") {
			continue
		}
		if err := p.Each(b.sink(o.File)); err != nil {
			return nil, err
		}
		if err := b.end(p.Label()); err != nil {
			return nil, err
		}
	}
}

// recordings are the formats of a file for each sample, in folders that are their
// labels, and the endings of the files.
var recordings = map[Format]struct {
	format events.Format
	ending string
}{
	NMNIST: {events.BIN, ".bin"},
	AEDAT4: {events.AEDAT4, ".aedat4"},
	DAT:    {events.DAT, ".dat"},
}

// loadFolder reads samples label by label, in order of their names.
func loadFolder(o Options) (*Set, error) {
	files, err := labelled(o.File, recordings[o.Format].ending)
	if err != nil {
		return nil, err
	}
	var b *timedBuilder
	for _, f := range files {
		r, err := events.Open(f.path, recordings[o.Format].format)
		if err != nil {
			return nil, err
		}
		if b, err = sample(b, o, f, r); err != nil {
			_ = r.Close()
			return nil, err
		}
		if err := r.Close(); err != nil {
			return nil, fail(f.path, "cannot be closed: %v", err)
		}
	}
	return b.done()
}

// sample reads a sample; that of the first file makes the builder.
func sample(b *timedBuilder, o Options, f labelledFile, r *events.Reader) (*timedBuilder, error) {
	if b == nil {
		if o.Size == nil {
			o.Size = []int{r.Height, r.Width}
		}
		if o.Size[0] == 0 {
			return nil, fail(f.path, "does not say how large its sensor is: say it with size: [HEIGHT, WIDTH]")
		}
		b = newTimed(o.File, o.cameraShape(o.Size), nil)
	}
	var err error
	if b.layout, err = camera(f.path, b.set.Shape, r.Width, r.Height, o); err != nil {
		return nil, err
	}
	if err := r.Each(b.sink(f.path)); err != nil {
		return nil, err
	}
	return b, b.end(f.label)
}

// cameraShape is the shape of a sample of a height and width.
func (o *Options) cameraShape(size []int) []int {
	if o.Polarity == events.Merged {
		return size
	}
	return append([]int{2}, size...)
}

// camera lays out a sensor, of width 0 if not known.
func camera(file string, shape []int, width, height int, o Options) (*events.Layout, error) {
	l, err := events.Camera(shape, width, height, o.Fit, o.Polarity)
	if err != nil {
		return nil, fail(file, "%v", events.WithRemedy(err, "fit: crop keeps the middle of the sensor, fit: scale all of it"))
	}
	return l, nil
}

// labelledFile is the file of a sample.
type labelledFile struct {
	path, class string
	label       int
}

// FolderFiles lists the files that a data set of a format is read from which is a folder,
// in the order of its folders and their names; of one that is none, nothing. Nothing is
// opened.
func FolderFiles(format Format, folder string) ([]string, error) {
	r, ok := recordings[format]
	if info, err := os.Stat(folder); !ok || err != nil || !info.IsDir() {
		return nil, nil
	}
	files, err := samplesIn(folder, r.ending)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.path)
	}
	return paths, nil
}

// samplesIn lists the files with an ending, gzipped or not, in the folders of a folder,
// without their labels. What is hidden is passed over.
func samplesIn(folder, ending string) ([]labelledFile, error) {
	if _, err := os.Stat(folder); err != nil {
		return nil, diag.One(diag.Pos{File: folder}, diag.MissingFile, "no such folder")
	}
	paths, err := filepath.Glob(filepath.Join(globQuoted(folder), "*", "*"))
	if err != nil {
		return nil, fail(folder, "cannot be listed: %v", err)
	}
	var files []labelledFile
	seen := map[string]string{} // by the path without .gz
	for _, path := range paths {
		f := labelledFile{path: path, class: filepath.Base(filepath.Dir(path))}
		plain := path
		if ext := filepath.Ext(path); strings.EqualFold(ext, ".gz") {
			plain = strings.TrimSuffix(path, ext)
		}
		if !strings.EqualFold(filepath.Ext(plain), ending) || hidden(filepath.Base(path)) || hidden(f.class) {
			continue
		}
		if other, ok := seen[plain]; ok {
			return nil, fail(path, "is there twice: %s stands beside it; want one of them", filepath.Base(other))
		}
		seen[plain] = path
		switch info, err := os.Stat(path); {
		case errors.Is(err, fs.ErrNotExist):
			return nil, diag.One(diag.Pos{File: path}, diag.MissingFile, "is a link to a file that is not there")
		case err == nil && info.IsDir():
			return nil, diag.One(diag.Pos{File: path}, diag.MissingFile, "is a directory, want the file of a sample")
		case err == nil && !info.Mode().IsRegular():
			return nil, fail(path, "is a pipe or a device, want the file of a sample")
		case len(files) == MaxSamples:
			return nil, diag.One(diag.Pos{File: folder}, diag.TooLarge, "has more than %s samples, the most that are read", count(MaxSamples))
		}
		files = append(files, f)
	}
	return files, nil
}

// labelled lists the files of samples in the folders of a folder. These are named by
// their labels, or else the labels count them in the order of their names.
func labelled(folder, ending string) ([]labelledFile, error) {
	files, err := samplesIn(folder, ending)
	if err != nil {
		return nil, err
	}
	numbers, words := "", ""
	for i := range files {
		f := &files[i]
		f.label, err = strconv.Atoi(f.class)
		switch {
		case errors.Is(err, strconv.ErrSyntax):
			words = f.class
		case err != nil || f.label < 0 || f.label > MaxLabel:
			return nil, fail(filepath.Dir(f.path), "is a folder of label %s, want 0 to %d", f.class, MaxLabel)
		default:
			numbers = f.class
		}
	}
	switch {
	case len(files) == 0:
		return nil, fail(folder, "has no samples: want a folder for each label, with %s files in them", ending)
	case numbers != "" && words != "":
		return nil, fail(folder, "has samples in the folders %s and %s: want all of them numbers from 0 to %d, or none", numbers, words, MaxLabel)
	case words != "":
		label := 0
		for i := range files { // in order of the folders' names
			if i > 0 && files[i].class != files[i-1].class {
				label++
			}
			files[i].label = label
		}
	}
	slices.SortStableFunc(files, func(a, b labelledFile) int { return a.label - b.label })
	return files, nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// globQuoted writes a path so that Glob takes it as it is.
func globQuoted(path string) string {
	var out []rune
	for _, r := range path {
		if r == '*' || r == '?' || r == '[' || r == '\\' && filepath.Separator != '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// defaultUnits is how many the spiking Heidelberg data have.
const defaultUnits = 700

// loadSHD reads a file in the manner of the spiking Heidelberg data.
func loadSHD(o Options) (*Set, error) {
	s, err := events.OpenSHD(o.File)
	if err != nil {
		return nil, err
	}
	if s.Labels == nil {
		return nil, fail(o.File, "has no labels: want a dataset of this name beside spikes")
	}
	units := cmp.Or(o.Units, defaultUnits)
	b := newTimed(o.File, []int{units}, events.Units(units))
	for i, v := range s.Labels {
		label, wrong := labelOf(float64(v))
		if wrong != "" {
			return nil, fail(o.File, "the label of sample %d (from 0) is %d, %s", i, v, wrong)
		}
		if err := s.Each(i, b.sink(o.File)); err != nil {
			return nil, err
		}
		if err := b.end(label); err != nil {
			return nil, err
		}
	}
	return b.done()
}
