package kernel

import (
	"math"
	"unsafe"
)

// A tile's v are shorts, of 16 bits, where its lanes are the same and nothing takes a v
// beyond these: a tick reads and writes half the memory, and an instruction takes twice
// as many. How far they are from the limits is Tile.room, as it is for those of a word.

// setShorts sets what the lanes have as shorts, if they can have it. What of it is beyond
// 16 bits is not asked for: then the room is not there.
func (f *Fire) setShorts() {
	above, floor := f.Above[0], f.Floor[0]
	f.hasShorts = f.simd && f.same && above >= math.MinInt16
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
	low, high := max(f.Low, math.MinInt16), min(f.High, math.MaxInt16)
	room := min(int64(high)-int64(most), int64(least)-int64(low))
	may := t.shorts != nil && room >= worth*need
	if may && !t.inShorts {
		for lane, v := range t.State {
			t.asShorts()[lane] = int16(v)
		}
	}
	t.inShorts = may
	if may {
		t.room = room
	}
}

// Publish sees to it that State is as of the last Tick.
func (t *Tile) Publish() {
	if !t.behind {
		return
	}
	for lane, v := range t.asShorts() {
		t.State[lane] = int32(v)
	}
	t.behind = false
}
