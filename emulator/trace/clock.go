package trace

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"github.com/weft-toolchain/weft/targets"
)

// clock turns cycles into picoseconds.
type clock struct{ hertz, perCycle float64 }

// A clock within these bounds, in hertz, is told as time: a cycle is a picosecond
// at least, and runs of 10⁹ cycles fit into the numbers. Outside them a cycle is
// told as a microsecond.
const (
	slowest = 1e3
	fastest = 1e12
)

func newClock(t *targets.Timing) clock {
	if t.Clock < slowest || t.Clock > fastest {
		return clock{perCycle: 1e6}
	}
	return clock{hertz: t.Clock, perCycle: 1e12 / t.Clock}
}

// at returns when a cycle begins. Each is rounded by itself, so that what follows
// one after another does so in picoseconds too.
func (c clock) at(cycle int64) int64 { return int64(math.Round(float64(cycle) * c.perCycle)) }

// String says how long a cycle is.
func (c clock) String() string {
	if c.hertz == 0 {
		return "a cycle is shown as 1 µs, whatever the target's clock"
	}
	return fmt.Sprintf("a cycle is %.6g ns, at %g MHz", 1e9/c.hertz, c.hertz/1e6)
}

// flushAt is how many bytes of a trace are gathered before they are written. Only
// whole events are.
const flushAt = 1 << 16

// flush writes what is gathered of a trace, if it is so many bytes.
func flush(w io.Writer, buf *bytes.Buffer, atLeast int) error {
	if buf.Len() < atLeast {
		return nil
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("write trace: %w", err)
	}
	buf.Reset()
	return nil
}
