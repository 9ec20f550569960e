package dataset

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// maxEvents bounds the events of a set: 8 bytes each.
const maxEvents = int(MaxBytes / 8)

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
		for _, e := range s.events[s.starts[i]:s.starts[i+1]] {
			if !yield(e.time, int32(e.place)) {
				return
			}
		}
	}
}

// N-MNIST's camera: two polarities of 34 × 34 places.
const (
	nmnistSide = 34
	nmnistOn   = nmnistSide * nmnistSide // the first place of the second polarity
)

// timedBuilder gathers samples of events.
type timedBuilder struct {
	set Set
	// onFirst puts brighter in front of darker.
	onFirst bool
}

func newTimed(onFirst bool) *timedBuilder {
	return &timedBuilder{set: Set{Shape: []int{2, nmnistSide, nmnistSide}, size: 2 * nmnistOn, starts: []int{0}}, onFirst: onFirst}
}

// add adds an event to the last sample; at is where its file has it.
func (b *timedBuilder) add(file string, at int64, time uint32, x, y byte, on bool) error {
	if x >= nmnistSide || y >= nmnistSide {
		return fail(file, "the event at byte %d is at x %d, y %d, want 0 to %d", at, x, y, nmnistSide-1)
	}
	if len(b.set.events) == maxEvents {
		return diag.One(diag.Pos{File: file}, diag.TooLarge, "at byte %d there are more than %s events, the most that are read", at, count(maxEvents))
	}
	place := uint32(y)*nmnistSide + uint32(x)
	if on != b.onFirst {
		place += nmnistOn
	}
	b.set.events = append(b.set.events, event{time, place})
	return nil
}

// end ends a sample.
func (b *timedBuilder) end(label int) {
	b.set.starts = append(b.set.starts, len(b.set.events))
	b.set.Labels = append(b.set.Labels, label)
}

func (b *timedBuilder) done(file string) (*Set, error) {
	s := &b.set
	if s.N = len(s.Labels); s.N == 0 {
		return nil, fail(file, "holds no samples")
	}
	s.Classes = slices.Max(s.Labels) + 1
	return s, nil
}

// loadNMNIST reads N-MNIST: a folder of folders 0 to 9 as it is published, or a
// packed file, of which part says which of its two parts.
func loadNMNIST(path, part string, onFirst bool) (*Set, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		if part != "" {
			return nil, fail(path, "is a folder, which has one part: name its Train or its Test, and drop part")
		}
		return loadNMNISTFolder(path, onFirst)
	}
	return loadPacked(path, part, onFirst)
}

// loadNMNISTFolder reads samples label by label, in order of their names.
func loadNMNISTFolder(folder string, onFirst bool) (*Set, error) {
	b := newTimed(onFirst)
	for label := range 10 {
		files, err := filepath.Glob(filepath.Join(globQuoted(folder), strconv.Itoa(label), "*.bin"))
		if err != nil {
			return nil, fail(folder, "cannot be listed: %v", err)
		}
		for _, file := range files {
			if len(b.set.Labels) == MaxSamples {
				return nil, diag.One(diag.Pos{File: folder}, diag.TooLarge, "has more than %s samples, the most that are read", count(MaxSamples))
			}
			if err := b.bin(file); err != nil {
				return nil, err
			}
			b.end(label)
		}
	}
	if len(b.set.Labels) == 0 {
		return nil, fail(folder, "has no samples: want folders 0 to 9 with .bin files in them, as N-MNIST's Train and Test have")
	}
	return b.done(folder)
}

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

// bin reads a sample of N-MNIST as it is published, 5 bytes an event:
//
//	x | y | polarity 1 bit, time 23 bits (µs), big-endian
//
// An event of y 240 is none, but says that the time of all that follow is 2^13
// later.
func (b *timedBuilder) bin(file string) error {
	src, err := ndarray.Open(file, MaxBytes)
	if err != nil {
		return arrayError(file, err)
	}
	defer src.Close()
	r := bufio.NewReaderSize(src, 1<<16)
	const overflow, later = 240, 1 << 13
	base := uint32(0)
	for at := int64(0); ; at += 5 {
		var e [5]byte
		n, err := io.ReadFull(r, e[:])
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fail(file, "is cut short: it ends at byte %d, inside an event of 5 bytes", at+int64(n))
		case err != nil:
			return arrayError(file, err)
		case e[1] == overflow:
			if base > math.MaxUint32/2 {
				return fail(file, "the time at byte %d is beyond half an hour, so this is no sample of N-MNIST", at)
			}
			base += later
			continue
		}
		time := base + (uint32(e[2]&0x7f)<<16 | uint32(e[3])<<8 | uint32(e[4]))
		if err := b.add(file, at, time, e[0], e[1], e[2]&0x80 != 0); err != nil {
			return err
		}
	}
}

// packed is a file of samples for training and of samples for testing, gzipped or
// not, little-endian:
//
//	"NMN1" | u16 training samples | u16 test samples
//	a sample: u8 label | u32 n | n × u8 x | n × u8 y, polarity << 7 | n × u16 µs since the event before
type packed struct {
	file string
	r    *bufio.Reader
	at   int64
}

// read fills b, of what the file has at this place.
func (p *packed) read(b []byte, what string) error {
	n, err := io.ReadFull(p.r, b)
	p.at += int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fail(p.file, "is cut short: it ends at byte %d, inside %s; copy the file again", p.at, what)
	case err != nil:
		return arrayError(p.file, err)
	}
	return nil
}

func loadPacked(file, part string, onFirst bool) (*Set, error) {
	src, err := ndarray.Open(file, MaxBytes)
	if err != nil {
		return nil, arrayError(file, err)
	}
	defer src.Close()
	p := &packed{file: file, r: bufio.NewReaderSize(src, 1<<16)}
	var head [8]byte
	if err := p.read(head[:], "the header"); err != nil {
		return nil, err
	}
	if string(head[:4]) != "NMN1" {
		return nil, fail(file, "starts with bytes % x, want \"NMN1\", or a folder with folders 0 to 9", head[:4])
	}
	train, test := int(binary.LittleEndian.Uint16(head[4:])), int(binary.LittleEndian.Uint16(head[6:]))
	b := newTimed(onFirst)
	for k := range train + test {
		if err := p.sample(b, fmt.Sprintf("sample %d", k), (k >= train) == (part != "train")); err != nil {
			return nil, err
		}
	}
	if _, err := p.r.ReadByte(); err == nil {
		return nil, fail(file, "goes on after byte %d, where its %s samples end", p.at, count(train+test))
	} else if !errors.Is(err, io.EOF) {
		return nil, arrayError(file, err)
	}
	return b.done(file)
}

// sample reads a sample, and keeps it if it is wanted. Pieces bound the memory by
// the bytes that are there.
func (p *packed) sample(b *timedBuilder, what string, wanted bool) error {
	var head [5]byte
	if err := p.read(head[:], what); err != nil {
		return err
	}
	n, start := int(binary.LittleEndian.Uint32(head[1:])), p.at
	if n > maxEvents {
		return diag.One(diag.Pos{File: p.file}, diag.TooLarge, "%s claims %s events at byte %d, at most %s are read", what, count(n), start-4, count(maxEvents))
	}
	var bytes []byte
	for left := 4 * n; left > 0; {
		piece := min(left, 1<<16)
		bytes = append(bytes, make([]byte, piece)...)
		if err := p.read(bytes[len(bytes)-piece:], what); err != nil {
			return err
		}
		left -= piece
	}
	if !wanted {
		return nil
	}
	time := uint64(0)
	for i := range n {
		if time += uint64(binary.LittleEndian.Uint16(bytes[2*n+2*i:])); time > math.MaxUint32 {
			return fail(p.file, "the time of event %d of %s is beyond an hour", i, what)
		}
		y := bytes[n+i]
		if err := b.add(p.file, start+int64(i), uint32(time), bytes[i], y&0x7f, y&0x80 != 0); err != nil {
			return err
		}
	}
	b.end(int(head[0]))
	return nil
}
