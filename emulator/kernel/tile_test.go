package kernel

import (
	mathbits "math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tile does what its crossbar and its neurons do one after the other, tick by tick,
// or nothing.
func TestTilesAddAndFire(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	ran, refused := 0, 0
	for range 400 {
		lanes, rows := Block*(1+r.IntN(9)), 1+r.IntN(60)
		f, word := randomFire(r, lanes)
		f.Reset = slices.Clone(f.Reset)
		for k, x := range f.Reset { // those that a program may have
			if f.Keep != 0 {
				f.Reset[k] = min(x, 0)
			}
		}
		bits, types := make([]uint64, rows*lanes/64), make([]uint8, rows)
		for k := range bits {
			bits[k] = r.Uint64()
		}
		for k := range types {
			types[k] = uint8(r.IntN(MaxTypes))
		}
		largest := []int{1, 3, 20, 127}[r.IntN(4)]
		weights, whole := make([]int16, MaxTypes*lanes), make([]int8, rows*lanes)
		for k := range weights {
			weights[k] = int16(r.IntN(2*largest+1) - largest)
		}
		withOpposites(r, weights, lanes)
		for k := range whole {
			whole[k] = int8(r.Uint32())
		}
		start := make([]int32, lanes)
		for k := range start {
			start[k] = word() / 2
		}
		for _, opt := range ways {
			f.Prepare(lanes, opt)
			ofBits, ofRows := NewBits(lanes, bits, slices.Clone(types), slices.Clone(weights), opt), NewDense(lanes, whole, opt)
			tile, _ := BitsTile(ofBits, &f, slices.Clone(start))
			add := func(sums, axons []int32) { ofBits.Add(sums, axons, &Scratch{}) }
			if r.IntN(2) == 0 {
				tile = RowsTile(ofRows, &f, slices.Clone(start))
				add = func(sums, axons []int32) { ofRows.Add(sums, axons, &Scratch{}) }
			}
			v := slices.Clone(start)
			var w Work
			w.Grow(lanes)
			for tick := range 12 {
				axons := randomAxons(r, rows, 1+r.IntN(100))
				sums, old, fired := make([]int32, lanes), make([]int32, lanes), make([]uint64, lanes/64)
				add(sums, axons)
				active, ok := f.Run(v, sums, old, fired)
				switch took := tile.Tick(axons, &w); {
				case took && !ok:
					t.Fatalf("%+v, %+v: tick %d was taken, and does not fit", f, opt, tick)
				case !took:
					refused++
					copy(tile.State, v)
					tile.Changed()
				case !slices.Equal(v, tile.State), !slices.Equal(fired, w.Fired[:lanes/64]), active != w.Active:
					t.Fatalf("%+v, %+v: tick %d of %d lanes and %d rows is wrong, or %d active, want %d", f, opt, tick, lanes, len(axons), w.Active, active)
				default:
					ran++
					set := 0
					if tile.bits != nil {
						for _, a := range axons {
							for _, word := range bits[int(a)*lanes/64:][:lanes/64] {
								set += mathbits.OnesCount64(word)
							}
						}
					}
					if set != w.Bits {
						t.Fatalf("%d bits in rows, want %d", w.Bits, set)
					}
				}
				if !ok {
					break
				}
			}
		}
	}
	if ran < 1000 || refused < 300 {
		t.Errorf("%d ticks ran, %d were not taken: too few to say much", ran, refused)
	}
}

// A sum that is shifted out of 32 bits is not taken for a small one.
func TestTilesKnowHowFarASumMayReach(t *testing.T) {
	same := func(x int32) Lanes { return slices.Repeat(Lanes{x}, Block) }
	for _, opt := range ways {
		f := Fire{Bias: same(0), Above: same(100), Reset: same(0), Floor: same(NoFloor), Shift: 25, Low: -1 << 19, High: 1<<19 - 1}
		f.Prepare(Block, opt)
		tile := RowsTile(NewDense(Block, make([]int8, Block), opt), &f, make([]int32, Block))
		var w Work
		w.Grow(Block)
		if tile.Tick([]int32{0}, &w) {
			t.Errorf("%+v: took a row of 8 bits, shifted by 25, for words of 20", opt)
		}
		if !tile.Tick(nil, &w) {
			t.Errorf("%+v: did not take a tick without rows", opt)
		}
	}
}
