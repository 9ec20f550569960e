package events

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
)

// bin reads a sample of N-MNIST, or of N-Caltech101, as it is published, 5 bytes an
// event:
//
//	x | y | polarity 1 bit, time 23 bits (µs), big-endian
//
// An event of y 240 is none, but says that the time of all that follow is 2^13
// later.
type bin struct {
	src  *source
	at   int64 // of the last event
	base int64
}

func newBin(r *Reader) (decoder, error) { return &bin{src: r.src}, nil }

func (d *bin) next() (Event, error) {
	const overflow, later = 240, 1 << 13
	for {
		d.at = d.src.at
		var e [5]byte
		if err := d.src.full(e[:], "an event of 5 bytes"); err != nil {
			return Event{}, err
		}
		if e[1] == overflow {
			if d.base > MaxTime {
				return Event{}, d.src.fail(diag.BadFile, "the time at byte %d is beyond an hour, so this is no sample of N-MNIST", d.at)
			}
			d.base += later
			continue
		}
		return Event{
			Time: d.base + (int64(e[2]&0x7f)<<16 | int64(e[3])<<8 | int64(e[4])),
			X:    int(e[0]), Y: int(e[1]), On: e[2]&0x80 != 0,
		}, nil
	}
}

func (d *bin) where() string { return atByte(d.at) }
func atByte(at int64) string { return fmt.Sprintf("the event at byte %d", at) }
