package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Neurons do in 16 bits what they do in 32, go over to these before
// a v no longer fits, and come back when it does.
func TestShortsAreAsWords(t *testing.T) {
	for _, opt := range ways {
		if opt.Portable || SIMD() {
			t.Run(fmt.Sprintf("portable=%t", opt.Portable), func(t *testing.T) { shortsAreAsWords(t, opt) })
		}
	}
}

func shortsAreAsWords(t *testing.T, opt Options) {
	r := rand.New(rand.NewPCG(9, 10))
	inShorts, wide, turns := 0, 0, 0
	for trial := range 300 {
		lanes, rows := Block*(1+r.IntN(9)), 1+r.IntN(40)
		near := func() int32 { // anything, and what is at the limits of 16 bits
			x := []int32{0, 100, 1000, 20_000, math.MaxInt16, 1 << 20}[r.IntN(6)] + int32(r.IntN(5)-2)
			return x * int32(1-2*r.IntN(2))
		}
		above := near()
		f := Fire{
			Bias: same(int32(r.IntN(400)-200), Block), Above: same(above, Block), Reset: same(min(0, near()), Block),
			Floor: same(min(above, []int32{NoFloor, -40_000, -300, 0}[r.IntN(4)]), Block),
			Keep:  -int32(r.IntN(2)), Shift: r.IntN(5), Low: -1 << 22, High: 1<<22 - 1,
		}
		if f.Keep == 0 {
			f.Reset = same(near(), Block)
		}
		if opt.Portable && r.IntN(2) == 0 { // there lanes need not be the same
			vary := func(of Lanes) Lanes {
				out := make(Lanes, lanes)
				for k := range out {
					out[k] = of[0] - r.Int32N(5)
				}
				return out
			}
			f.Bias, f.Reset, f.Floor = vary(f.Bias), vary(f.Reset), vary(f.Floor)
			f.Above = slices.Repeat(f.Above, lanes/Block)
			for k := range f.Above {
				f.Above[k] += r.Int32N(5)
			}
		}
		f.Prepare(lanes, opt)
		bits, types, weights, whole := make([]uint64, rows*lanes/64), make([]uint8, rows), make([]int16, MaxTypes*lanes), make([]int8, rows*lanes)
		for k := range bits {
			bits[k] = r.Uint64()
		}
		for k := range types {
			types[k] = uint8(r.IntN(MaxTypes))
		}
		for k := range weights {
			weights[k] = int16(r.IntN(31) - 15)
		}
		for k := range whole {
			whole[k] = int8(r.Uint32())
		}
		ofBits, ofRows := NewBits(lanes, bits, types, weights, opt), NewDense(lanes, whole, opt)
		v := make([]int32, lanes)
		for k := range v {
			v[k] = int32(r.IntN(2001) - 1000)
		}
		tile, _ := BitsTile(ofBits, &f, slices.Clone(v))
		add := func(sums, axons []int32) { ofBits.Add(sums, axons, &Scratch{}) }
		if trial%2 == 0 {
			tile = RowsTile(ofRows, &f, slices.Clone(v))
			add = func(sums, axons []int32) { ofRows.Add(sums, axons, &Scratch{}) }
		}
		JoinShorts(1, func(int) *Tile { return &tile })
		var w Work
		w.Grow(lanes)
		for tick := range 300 {
			axons := randomAxons(r, rows, r.IntN(30))
			sums, old, fired := make([]int32, lanes), make([]int32, lanes), make([]uint64, lanes/64)
			add(sums, axons)
			active, ok := f.Run(v, sums, old, fired)
			was := tile.inShorts
			if took := tile.Tick(axons, &w); !took || !ok {
				break
			}
			if tile.inShorts != was {
				turns++
			}
			if tile.inShorts {
				inShorts++
			} else {
				wide++
			}
			if r.IntN(4) > 0 { // not looked at
				continue
			}
			tile.Publish()
			if !slices.Equal(v, tile.State) || !slices.Equal(fired, w.Fired[:lanes/64]) || active != w.Active {
				t.Fatalf("trial %d, %+v: tick %d of %d lanes and %d rows is wrong, in shorts %t, or %d active, want %d", trial, f, tick, lanes, len(axons), tile.inShorts, w.Active, active)
			}
			if r.IntN(8) == 0 {
				v[r.IntN(lanes)] = max(near(), f.Floor[0], f.Low)
				copy(tile.State, v)
				tile.Changed()
			}
		}
	}
	if inShorts < 5_000 || wide < 5_000 || turns < 400 {
		t.Errorf("%d ticks in shorts, %d in words, %d changes: too few to say much", inShorts, wide, turns)
	}
}

// A lane that is far from what it fires at, and whose reset has more than 16 bits, does not
// bear on others.
func TestShortsKeepToTheirLane(t *testing.T) {
	for _, far := range []int32{1 << 15, 1<<16 - 1, 1 << 16, 70_000, 200_000} {
		f := Fire{Bias: same(0, Block), Above: same(99, Block), Reset: same(-100, Block), Floor: same(NoFloor, Block), Keep: -1, Low: -1 << 22, High: 1<<22 - 1}
		v := make([]int32, Block)
		for k := range v {
			if v[k] = int32(500 + k); k%32 < 16 {
				v[k], f.Above[k], f.Reset[k] = 0, far-1, -far
			}
		}
		f.Prepare(Block, Options{Portable: true})
		tile := RowsTile(NewDense(Block, make([]int8, Block), Options{Portable: true}), &f, slices.Clone(v))
		JoinShorts(1, func(int) *Tile { return &tile })
		var w Work
		w.Grow(Block)
		for tick := range 8 {
			fired := make([]uint64, 1)
			active, _ := f.Run(v, make([]int32, Block), make([]int32, Block), fired)
			if !tile.Tick(nil, &w) || !tile.inShorts {
				t.Fatalf("%d: tick %d was not run, or not in shorts", far, tick)
			}
			if tile.Publish(); !slices.Equal(tile.State, v) || w.Fired[0] != fired[0] || w.Active != active {
				t.Fatalf("%d: tick %d: %b fired, %d active, %v; want %b, %d, %v", far, tick, w.Fired[0], w.Active, tile.State, fired[0], active, v)
			}
		}
	}
}
