package kernel

import "unsafe"

// Tile is a core's crossbar and neurons as a tick reads them, side by side with those
// of other cores: of bits, or of whole rows of 8 bits, with neurons that integrate and
// fire.
type Tile struct {
	// State has the v of each lane, as of the last Publish where they are shorts.
	State []int32
	// shorts has them in 16 bits, while inShorts: half the memory, and twice as many to
	// an instruction. It is nil where that cannot be. State is behind until Publish.
	shorts           *int16
	inShorts, behind bool
	// bits are rows, as those of Bits, and types those of the rows; nil where weights
	// are whole rows.
	bits    *uint64
	types   *uint8
	weights *int8
	fire    *Fire
	// most is how many rows one tick takes, few how many of bits add up in 8 bits, and
	// ofTypes how many bytes of weights types have.
	most, few, ofTypes int32
	kind               kind
	// room is by how much each v can change before one may be beyond its limits:
	// each row changes it by up to each, bias by up to bias. least and highest are what
	// resets and floors make of a v.
	room, each           int64
	bias, least, highest int32
	// inGo is nil where there is assembly.
	inGo *inGo
}

// BitsTile returns the tile of a crossbar of bits, or false where its weights have
// more than 8 bits.
func BitsTile(b *Bits, f *Fire, state []int32) (Tile, bool) {
	if b.largest > maxNarrow {
		return Tile{}, false
	}
	t := newTile(f, state, b.largest)
	t.bits, t.types, t.weights = unsafe.SliceData(b.rows), unsafe.SliceData(b.types), unsafe.SliceData(b.narrow)
	t.few, t.most, t.ofTypes = int32(b.few), int32(maxWide/max(1, b.largest)), int32(len(b.narrow))
	if !b.simd {
		t.inGo = &inGo{bits: b}
	}
	return t, true
}

// RowsTile returns the tile of a crossbar of whole rows.
func RowsTile(d *Dense[int8], f *Fire, state []int32) Tile {
	t := newTile(f, state, 1<<7)
	t.weights, t.most = unsafe.SliceData(d.rows), maxRows8
	t.kind += rowsSame - bitsSame
	if !d.simd {
		t.inGo = &inGo{rows: d}
	}
	return t
}

// newTile returns a tile without rows, whose weights are up to a magnitude.
func newTile(f *Fire, state []int32, largest int) Tile {
	t := Tile{State: state, fire: f, room: -1, each: int64(largest) << f.Shift}
	switch {
	case f.Decay != nil:
		t.kind = bitsLeak
	case !f.same:
		t.kind = bitsFire
	}
	for lane := range state {
		bias, above, reset, floor := f.Bias.at(lane), int64(f.Above.at(lane)), f.Reset.at(lane), f.Floor.at(lane)
		t.bias = max(t.bias, bias, -bias)
		t.highest = max(t.highest, floor)
		if f.Keep == 0 {
			t.least, t.highest = min(t.least, reset), max(t.highest, reset)
		} else {
			t.least = int32(min(int64(t.least), above+1+int64(reset)))
		}
	}
	return t
}

// Work is what a tick of a Tile needs besides, and what it was.
type Work struct {
	// Fired has a bit for each lane that fired.
	Fired []uint64
	// Active is how many fired or changed, Bits how many bits of rows were set: 0 of
	// whole rows.
	Active, Bits int

	old, sums []int32
	scratch   Scratch
}

// Grow makes room for tiles of so many lanes.
func (w *Work) Grow(lanes int) {
	if lanes > len(w.old) {
		w.old, w.sums, w.Fired = make([]int32, lanes), make([]int32, lanes), Alone[uint64](lanes/64)
	}
}

// Tick adds the rows of axons up, and updates the neurons with that. It returns
// false, and has done nothing, where there are more rows than it takes, or a v may go
// beyond its limits.
func (t *Tile) Tick(axons []int32, w *Work) bool {
	need := int64(len(axons))*t.each + int64(t.bias)
	if len(axons) > int(t.most) || need > t.room && !t.fits(need) {
		return false
	}
	t.room -= need
	t.behind = t.inShorts
	first, fired := unsafe.SliceData(axons), &w.Fired[0]
	if t.inGo != nil {
		t.tick(axons, w)
		return true
	}
	w.Active, w.Bits = ticks[t.kindOf(len(axons))](t, first, len(axons), fired)
	return true
}

// kind is which of the assembly's functions runs a tick.
type kind int32

const (
	bitsSame kind = iota
	bitsFire
	bitsLeak
	manySame
	manyFire
	manyLeak
	rowsSame
	rowsFire
	rowsLeak
	bitsShort
	manyShort
	rowsShort
)

var ticks = [...]func(t *Tile, axons *int32, n int, fired *uint64) (active, bits int){
	bitsSame: tickBitsSame, bitsFire: tickBits, bitsLeak: tickBitsLeak,
	manySame: tickManySame, manyFire: tickMany, manyLeak: tickManyLeak,
	rowsSame: tickRowsSame, rowsFire: tickRows, rowsLeak: tickRowsLeak,
	bitsShort: tickBitsShort, manyShort: tickManyShort, rowsShort: tickRowsShort,
}

// kindOf returns that of a tick of so many rows.
func (t *Tile) kindOf(rows int) kind {
	k := t.kind
	if t.bits != nil && rows > int(t.few) {
		k += manySame - bitsSame
	}
	if t.inShorts {
		k = asShorts[k]
	}
	return k
}

// asShorts are the functions for shorts of those of the same lanes.
var asShorts = [...]kind{bitsSame: bitsShort, manySame: manyShort, rowsSame: rowsShort}

// fits finds out how far the v are from their limits, and reports whether that is as
// much as is needed.
func (t *Tile) fits(need int64) bool {
	t.Publish()
	f := t.fire
	least, most := t.least, t.highest
	for _, v := range t.State {
		least, most = min(least, v), max(most, v)
	}
	t.room = min(int64(f.High)-int64(most), int64(least)-int64(f.Low))
	t.narrow(least, most, need)
	return need <= t.room
}

// Prefetch asks for the memory that a Tick with such axons reads.
func (t *Tile) Prefetch(axons []int32) {
	if t.inGo != nil {
		return
	}
	ask, v, size := prefetchBits, (*byte)(unsafe.Pointer(unsafe.SliceData(t.State))), 4*len(t.State)
	if t.bits == nil {
		ask = prefetchRows
	}
	if t.inShorts {
		v, size = (*byte)(unsafe.Pointer(t.shorts)), size/2
	}
	ask(t, v, size, unsafe.SliceData(axons), len(axons))
}

// Changed says that State has others than the last Tick left.
func (t *Tile) Changed() { t.room, t.inShorts, t.behind = -1, false, false }
