package debug

import (
	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/emulator/report"
)

// Bounds of what is kept to go back by.
const (
	firstEvery   = 16
	maxSnapshots = 64
	maxKept      = 256 << 20
)

// history has the run's states between some ticks, the first among them: one in every so
// many, twice as many whenever they become too much.
type history struct {
	every int
	kept  []snapshot
	bytes int
}

// snapshot is the state behind a tick.
type snapshot struct {
	tick int
	hash report.Hash
	data []byte
}

// keep keeps the state between two ticks, if its turn has come.
func (h *history) keep(s *Session) {
	if n := len(h.kept); s.tick%h.every != 0 || n > 0 && h.kept[n-1].tick >= s.tick {
		return
	}
	c := checkpoint.Writer()
	s.machine.Checkpoint(c)
	h.add(snapshot{s.tick, s.hash, checkpoint.Bytes(nil, c)})
	for len(h.kept) > 1 && (len(h.kept) > maxSnapshots || h.bytes > maxKept) {
		h.every *= 2
		all := h.kept
		h.kept, h.bytes = nil, 0
		for _, one := range all {
			if one.tick%h.every == 0 {
				h.add(one)
			}
		}
	}
}

func (h *history) add(one snapshot) {
	h.kept = append(h.kept, one)
	h.bytes += len(one.data)
}

// forget forgets the states behind a tick, and of it.
func (h *history) forget(tick int) {
	for n := len(h.kept); n > 0 && h.kept[n-1].tick >= tick; n-- {
		h.bytes -= len(h.kept[n-1].data)
		h.kept = h.kept[:n-1]
	}
}

// restore goes back to a state from which a tick, if there is one before its end, is
// still to be run: who fired in it is not in a state.
func (h *history) restore(s *Session, tick int) {
	k := len(h.kept) - 1
	for k > 0 && h.kept[k].tick >= tick {
		k--
	}
	one := &h.kept[k]
	c, err := checkpoint.Read("a state that was kept", one.data, nil)
	if err == nil {
		s.machine.Checkpoint(c)
		err = c.End()
	}
	if err != nil {
		panic("debug: " + err.Error())
	}
	s.tick, s.hash, s.last = one.tick, one.hash, tickDone{}
}
