package events

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
)

// dat reads Prophesee's .dat of version 2, as N-CARS and Gen1 are published: lines of
// text that begin with %, a byte that says what events are, one of their size, and
// then 8 bytes an event, little-endian:
//
//	µs 32 bits | x 14 bits, y 14 bits, polarity 1 bit, 3 bits
//
// Width and Height may stand in the header. Time begins with the recording.
type dat struct {
	src   *source
	at    int64 // of the last event
	clock unwrapped
}

// The kinds of events of a .dat; the first two are changes of brightness.
const (
	datTD, datCD, datTrigger = 0x00, 0x0c, 0x0e
	datSize                  = 8
)

func newDAT(r *Reader) (decoder, error) {
	s := r.src
	lines, err := s.comments('%')
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		have := "is empty"
		if head, _ := s.r.Peek(4); len(head) > 0 {
			have = fmt.Sprintf("begins with bytes % x", head)
		}
		return nil, s.fail(diag.BadFile, "%s, want lines of text that begin with %%, as a .dat does", have)
	}
	version := 0
	fields := map[string]*int{"Version": &version, "Width": &r.Width, "Height": &r.Height}
	for _, line := range lines {
		key, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		field := fields[key]
		text = strings.TrimSpace(text)
		v, err := strconv.Atoi(text)
		switch {
		case field == nil:
		case err != nil || v < 1 || v > 1<<14:
			return nil, s.fail(diag.BadFile, "its header has %s %q, want 1 to %d", key, text, 1<<14)
		case *field != 0 && *field != v:
			return nil, s.fail(diag.BadFile, "its header has %s twice, as %d and as %d", key, *field, v)
		default:
			*field = v
		}
	}
	switch {
	case version != 0 && version != 2:
		return nil, s.fail(diag.Unsupported, "is a .dat of version %d, want 2; write it anew with Prophesee's tools", version)
	case r.Width == 0 && r.Height != 0:
		return nil, s.fail(diag.BadFile, "its header has a Height and no Width, want both or none")
	case r.Height == 0 && r.Width != 0:
		return nil, s.fail(diag.BadFile, "its header has a Width and no Height, want both or none")
	}
	at := s.at
	var kind [2]byte
	if err := s.must(kind[:], "what says of what kind its events are"); err != nil {
		return nil, err
	}
	switch {
	case kind[0] == datTrigger:
		return nil, s.fail(diag.Unsupported, "holds triggers, and no events of a camera: byte %d is 0x%02x", at, kind[0])
	case kind[0] != datTD && kind[0] != datCD:
		return nil, s.fail(diag.BadFile, "byte %d, behind its header, says that events are of kind 0x%02x, want 0x%02x or 0x%02x", at, kind[0], datTD, datCD)
	case kind[1] != datSize:
		return nil, s.fail(diag.BadFile, "byte %d, behind its header, says that events have %d bytes, want %d", at+1, kind[1], datSize)
	}
	return &dat{src: s}, nil
}

func (d *dat) next() (Event, error) {
	d.at = d.src.at
	var b [datSize]byte
	if err := d.src.full(b[:], "an event of 8 bytes"); err != nil {
		return Event{}, err
	}
	place := binary.LittleEndian.Uint32(b[4:])
	return Event{
		Time: d.clock.time(binary.LittleEndian.Uint32(b[:])),
		X:    int(place & 0x3fff), Y: int(place >> 14 & 0x3fff), On: place>>28&1 != 0,
	}, nil
}

func (d *dat) where() string { return atByte(d.at) }

// unwrapped tells the time of a clock of 32 bits in full: it runs over every hour
// and more, and is back by more than half of its range when it did.
type unwrapped struct{ last, base int64 }

func (u *unwrapped) time(low uint32) int64 {
	t := u.base + int64(low)
	if t < u.last-1<<31 {
		u.base += 1 << 32
		t += 1 << 32
	}
	u.last = t
	return t
}
