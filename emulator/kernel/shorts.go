package kernel

import (
	"math"
	"slices"
	"unsafe"
)

// A tile's v are shorts, of 16 bits, where nothing takes a v beyond these: a tick reads and
// writes half the memory, and an instruction takes twice as many. For the assembly its
// lanes have to be the same; in Go shorts are quads, in an order of their own. How far they
// are from the limits is Tile.room, as it is for those of a word.

// setShorts sets what the lanes have as shorts, if they can have it, and the limits of v
// that are. What is beyond 16 bits is not asked for: then the room is not there.
func (f *Fire) setShorts(lanes int) {
	f.quads, f.least, f.most = nil, math.MinInt16, math.MaxInt16
	if !f.simd {
		if f.hasShorts = f.Decay == nil && (f.Keep == 0 || slices.Max(f.Reset) <= 0); f.hasShorts {
			f.setQuads(lanes)
		}
		return
	}
	above, floor := f.Above[0], f.Floor[0]
	f.hasShorts = f.same && above >= math.MinInt16
	if f.hasShorts { // no v is above the largest, nor below the least
		f.shorts = [...]int16{int16(f.Bias[0]), int16(min(above, math.MaxInt16)), int16(f.Reset[0]), int16(max(floor, math.MinInt16))}
	}
}

// JoinShorts makes room for the shorts of tiles, side by side.
func JoinShorts(n int, of func(tile int) *Tile) {
	rows := make([][]int16, n)
	for k := range n {
		if t := of(k); t.fire != nil && t.fire.hasShorts {
			rows[k] = make([]int16, len(t.State))
		}
	}
	Join(n, func(k int) *[]int16 { return &rows[k] })
	for k := range n {
		of(k).shorts = unsafe.SliceData(rows[k])
	}
}

// asShorts returns the shorts of all lanes.
func (t *Tile) asShorts() []int16 { return unsafe.Slice(t.shorts, len(t.State)) }

// worth is how many ticks, at least, that are as this one v are made shorts for.
const worth = 16

// narrow makes the v shorts, where they and what comes are least to most, or says that
// they are not.
func (t *Tile) narrow(least, most int32, need int64) {
	f := t.fire
	low, high := max(f.Low, f.least), min(f.High, f.most)
	room := min(int64(high)-int64(most), int64(least)-int64(low))
	may := t.shorts != nil && room >= worth*need
	if may && !t.inShorts {
		t.toShorts()
	}
	t.inShorts = may
	if may {
		t.room = room
	}
}

// toShorts makes shorts of State.
func (t *Tile) toShorts() {
	if q := t.fire.quads; q != nil {
		q.pack(t.asFours(), t.State)
		return
	}
	for lane, v := range t.State {
		t.asShorts()[lane] = int16(v)
	}
}

// Publish sees to it that State is as of the last Tick.
func (t *Tile) Publish() {
	if !t.behind {
		return
	}
	t.behind = false
	if q := t.fire.quads; q != nil {
		q.unpack(t.State, t.asFours())
		return
	}
	for lane, v := range t.asShorts() {
		t.State[lane] = int32(v)
	}
}
