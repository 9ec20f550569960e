package events

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/internal/diag"
)

// Packed reads a file of samples for training and of samples for testing, gzipped or
// not, little-endian:
//
//	"NMN1" | u16 training samples | u16 test samples
//	a sample: u8 label | u32 n | n × u8 x | n × u8 y, polarity << 7 | n × u16 µs since the event before
type Packed struct {
	// Train and Test are how many samples it has.
	Train, Test int

	src *source
	// next is the number of the sample that is read next.
	next int
	// label and bytes are of the sample read last, whose events begin at byte at.
	label int
	at    int64
	bytes []byte
}

// maxPacked is how many events a packed sample has at most.
const maxPacked = int64(1 << 24)

// OpenPacked opens a packed file.
func OpenPacked(path string) (*Packed, error) {
	src, err := openSource(path)
	if err != nil {
		return nil, err
	}
	p := &Packed{src: src}
	if err := p.header(); err != nil {
		_ = src.Close()
		return nil, err
	}
	return p, nil
}

func (p *Packed) header() error {
	var head [8]byte
	if err := p.src.must(head[:], "the header"); err != nil {
		return err
	}
	if string(head[:4]) != "NMN1" {
		return p.src.fail(diag.BadFile, "starts with bytes % x, want \"NMN1\" as a packed file of N-MNIST has", head[:4])
	}
	p.Train, p.Test = int(binary.LittleEndian.Uint16(head[4:])), int(binary.LittleEndian.Uint16(head[6:]))
	return nil
}

// Close closes the file.
func (p *Packed) Close() error { return p.src.Close() }

// Next reads the next sample, those for training first, or returns io.EOF behind the
// last one.
func (p *Packed) Next() error {
	if p.next == p.Train+p.Test {
		if _, err := p.src.r.ReadByte(); err == nil {
			return p.src.fail(diag.BadFile, "goes on after byte %d, where its %d samples end", p.src.at, p.Train+p.Test)
		} else if !errors.Is(err, io.EOF) {
			return endOr(p.src.path, err)
		}
		return io.EOF
	}
	what := fmt.Sprintf("sample %d", p.next)
	var head [5]byte
	if err := p.src.must(head[:], what); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(head[1:]))
	if n > maxPacked {
		return p.src.fail(diag.TooLarge, "%s claims %d events at byte %d, at most %d are read", what, n, p.src.at-4, maxPacked)
	}
	p.label, p.at, p.next = int(head[0]), p.src.at, p.next+1
	var err error
	p.bytes, err = p.src.take(4*n, what)
	return err
}

// IsTest reports whether the sample read last is one for testing.
func (p *Packed) IsTest() bool { return p.next > p.Train }

// Label returns the label of the sample read last.
func (p *Packed) Label() int { return p.label }

// Each gives the events of the sample read last.
func (p *Packed) Each(sink Sink) error {
	n := len(p.bytes) / 4
	e, i := Event{}, 0
	where := func() string { return atByte(p.at + int64(i)) }
	for ; i < n; i++ {
		if e.Time += int64(binary.LittleEndian.Uint16(p.bytes[2*n+2*i:])); e.Time > MaxTime {
			return p.src.fail(diag.BadFile, "the time of event %d of sample %d is beyond an hour", i, p.next-1)
		}
		y := p.bytes[n+i]
		e.X, e.Y, e.On = int(p.bytes[i]), int(y&0x7f), y&0x80 != 0
		if err := sink(e, where); err != nil {
			return err
		}
	}
	return nil
}
