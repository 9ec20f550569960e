// Package events reads recordings of event cameras and of artificial ears, one
// event after another: N-MNIST's files, AEDAT4, Prophesee's .dat and the spiking
// Heidelberg data. It is the only one to know those formats, and how the places of
// a sensor become those of an array (Layout). Files may be gzipped. What a header
// claims is checked against the bytes that are there before anything is allocated,
// and an error tells the byte of the (unpacked) file at which it breaks. Every error
// is a *diag.Error at the file as a whole, that is with line 0.
package events

import (
	"errors"
	"io"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// Limits of what is read.
const (
	// MaxBytes bounds a file, and what its packets unpack to.
	MaxBytes int64 = 2 << 30
	// MaxTime is the latest time of an event, in microseconds: an hour and more.
	MaxTime = 1<<32 - 1
	// maxLine and maxHeader bound a line, and a whole header of text.
	maxLine, maxHeader = 1 << 12, 1 << 20
)

// Event is one event.
type Event struct {
	// Time is in microseconds from the beginning of the recording, 0 to MaxTime.
	Time int64
	// X and Y are the place on the sensor, from the left and from the top; the
	// channels of an ear are X of a single row.
	X, Y int
	// On says that the place became brighter.
	On bool
}

// Format is a format of recordings, of one sample each.
type Format string

// The formats.
const (
	// BIN is that of N-MNIST and N-Caltech101.
	BIN    Format = "bin"
	AEDAT4 Format = "aedat4"
	DAT    Format = "dat"
)

// decoders make a format's decoder, which reads the header.
var decoders = map[Format]func(*Reader) (decoder, error){
	BIN:    newBin,
	AEDAT4: newAEDAT4,
	DAT:    newDAT,
}

// decoder reads the events of an open file.
type decoder interface {
	// next returns the next event, its time by the file's own clock, or io.EOF.
	next() (Event, error)
	// where says which event the last one is, as "the event at byte 5".
	where() string
}

// Sink takes an event; where says which one it is, as "the event at byte 5". Its
// error ends the reading.
type Sink func(e Event, where func() string) error

// Reader reads the events of a recording.
type Reader struct {
	// Width and Height are the sensor's; 0 where the file does not say.
	Width, Height int

	src *source
	dec decoder
	// fromFirst says that time counts from the first event: the file's clock does
	// not begin with the recording.
	fromFirst bool
}

// Open opens a recording and reads what stands in front of its events.
func Open(path string, format Format) (*Reader, error) {
	src, err := openSource(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{src: src}
	if r.dec, err = decoders[format](r); err != nil {
		_ = src.Close()
		return nil, err
	}
	return r, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.src.Close() }

// Each reads all events, in the order of the file, which has at least one. It can be
// called once.
func (r *Reader) Each(sink Sink) error {
	origin := int64(0)
	where := r.dec.where // once, for it is allocated
	for n := 0; ; n++ {
		e, err := r.dec.next()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return r.src.fail(diag.BadFile, "has no events")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n == 0 && r.fromFirst:
			origin = e.Time
		}
		at := e.Time
		switch e.Time -= origin; {
		case at < origin:
			return r.src.fail(diag.BadFile, "%s is of %d µs, before the recording begins at %d µs", where(), at, origin)
		case e.Time < 0 || e.Time > MaxTime: // below 0 where the difference runs over
			return r.src.fail(diag.TooLarge, "%s is later than %d µs, the most that is read", where(), int64(MaxTime))
		case r.Width > 0 && (e.X < 0 || e.X >= r.Width || e.Y < 0 || e.Y >= r.Height):
			return r.src.fail(diag.BadFile, "%s is at x %d, y %d, but the sensor has %d × %d places", where(), e.X, e.Y, r.Width, r.Height)
		}
		if err := sink(e, where); err != nil {
			return err
		}
	}
}

// endOr returns io.EOF as it is, and any other error as one of the file.
func endOr(path string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return ndarray.FileError(path, err)
}
