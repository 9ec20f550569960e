package trace

import (
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
