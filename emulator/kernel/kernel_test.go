package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// ways are the options that give different code.
var ways = []Options{{}, {Portable: true}}

// randomAxons returns some rows of so many, repeated ones among them.
func randomAxons(r *rand.Rand, rows, most int) []int32 {
	out := make([]int32, r.IntN(most+1))
	for k := range out {
		out[k] = int32(r.IntN(rows))
	}
	return out
}

func randomSums(r *rand.Rand, lanes int) []int32 {
	out := make([]int32, lanes)
	for k := range out {
		out[k] = int32(r.IntN(2001) - 1000)
	}
	return out
}

// Rows of every kind add what their weights say, in Go and in assembly.
func TestRowsAddTheirWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		lanes, rows := Block*(1+r.IntN(9)), 1+r.IntN(40)
		largest := []int{1, 3, 127, 255, 32767, 32768}[r.IntN(6)]
		weight := func() int { return r.IntN(2*largest+1) - largest }
		bits, types := make([]uint64, rows*lanes/64), make([]uint8, rows)
		for k := range bits {
			bits[k] = r.Uint64() & (r.Uint64() | -uint64(r.IntN(2)))
		}
		for k := range types {
			types[k] = uint8(r.IntN(MaxTypes))
		}
		byType := make([]int16, MaxTypes*lanes)
		for k := range byType {
			byType[k] = int16(weight())
		}
		if r.IntN(2) == 0 { // types of one sign
			for k := range byType {
				if (byType[k] < 0) != (k/lanes%2 == 0) {
					byType[k] = -byType[k]
				}
			}
		}
		withOpposites(r, byType, lanes)
		rows8, rows16 := make([]int8, rows*lanes), make([]int16, rows*lanes)
		for k := range rows8 {
			rows8[k], rows16[k] = int8(r.Uint32()), int16(weight())
		}
		axons, start := randomAxons(r, rows, 300), randomSums(r, lanes)
		wantBits, want8, want16 := slices.Clone(start), slices.Clone(start), slices.Clone(start)
		for _, a := range axons {
			for lane := range lanes {
				if bits[int(a)*lanes/64+lane/64]>>(lane%64)&1 != 0 {
					wantBits[lane] += int32(byType[int(types[a])*lanes+lane])
				}
				want8[lane] += int32(rows8[int(a)*lanes+lane])
				want16[lane] += int32(rows16[int(a)*lanes+lane])
			}
		}
		for _, opt := range ways {
			var s Scratch
			got := slices.Clone(start)
			NewBits(lanes, bits, slices.Clone(types), byType, opt).Add(got, axons, &s)
			if !slices.Equal(got, wantBits) {
				t.Fatalf("%d lanes, %d of %d rows of bits, weights to %d, %+v: wrong sums", lanes, len(axons), rows, largest, opt)
			}
			got = slices.Clone(start)
			NewDense(lanes, rows8, opt).Add(got, axons, &s)
			if !slices.Equal(got, want8) {
				t.Fatalf("%d lanes, %d of %d rows of 8 bits, %+v: wrong sums", lanes, len(axons), rows, opt)
			}
			got = slices.Clone(start)
			NewDense(lanes, rows16, opt).Add(got, axons, &s)
			if !slices.Equal(got, want16) {
				t.Fatalf("%d lanes, %d of %d rows of 16 bits, %+v: wrong sums", lanes, len(axons), rows, opt)
			}
		}
	}
}

// Sums of many rows are right where all of their weights are the largest.
func TestManyRowsOfTheLargestWeight(t *testing.T) {
	for _, weight := range []int{1, 3, 127, -1, -3, -127, -128} {
		rows := 120_000 / max(weight, -weight)
		axons, want := make([]int32, rows), slices.Repeat([]int32{int32(rows * weight)}, Block)
		for _, opt := range ways {
			got := make([]int32, Block)
			NewBits(Block, []uint64{^uint64(0)}, []uint8{0}, slices.Repeat([]int16{int16(weight)}, MaxTypes*Block), opt).Add(got, axons, &Scratch{})
			if !slices.Equal(got, want) {
				t.Errorf("%+v: %d rows of bits of %d add up to %d, want %d", opt, rows, weight, got[0], want[0])
			}
			got = make([]int32, Block)
			NewDense(Block, slices.Repeat([]int8{int8(weight)}, Block), opt).Add(got, axons, &Scratch{})
			if !slices.Equal(got, want) {
				t.Errorf("%+v: %d rows of %d add up to %d, want %d", opt, rows, weight, got[0], want[0])
			}
		}
	}
}

// withOpposites makes some types those of the other sign of others.
func withOpposites(r *rand.Rand, weights []int16, lanes int) {
	for t := 1; t < len(weights)/lanes; t++ {
		if r.IntN(2) == 0 {
			continue
		}
		of := r.IntN(t)
		for lane := range lanes {
			weights[t*lanes+lane] = -weights[of*lanes+lane]
		}
	}
}

// model is one lane of Fire in wide integers; ok is false where v is beyond its
// limits.
func (f *Fire) model(v, in, bias, above, reset, floor, decay int64) (after int64, fires, ok bool) {
	if f.Decay != nil {
		v = v * decay / (1 << f.DecayShift)
	}
	x := v + in<<f.Shift + bias
	ok = x >= int64(f.Low) && x <= int64(f.High)
	if x > above {
		return x&int64(f.Keep) + reset, true, ok
	}
	return max(x, floor), false, ok
}

// Bits are listed in order, from any number on, behind what a list has.
func TestListHasTheBits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		words := make([]uint64, r.IntN(6))
		for k := range words {
			words[k] = r.Uint64() & (r.Uint64() | -uint64(r.IntN(2))) & (r.Uint64() | -uint64(r.IntN(2)))
		}
		first := r.Int32() >> r.IntN(32)
		want := []int32{-7}
		for k := range 64 * len(words) {
			if words[k/64]>>(k%64)&1 != 0 {
				want = append(want, first+int32(k))
			}
		}
		for name, list := range map[string]func([]int32, []uint64, int32) []int32{"List": List, "listWords": listWords} {
			start := make([]int32, 1, 1+r.IntN(400))
			start[0] = -7
			if got := list(start, words, first); !slices.Equal(got, want) {
				t.Fatalf("%s of %x from %d on: %d, want %d", name, words, first, got, want)
			}
		}
	}
}

// randomFire returns neurons of some width, and what draws a word of it.
func randomFire(r *rand.Rand, lanes int) (f Fire, word func() int32) {
	bits := 8 + r.IntN(22)
	f = Fire{Shift: r.IntN(12), Keep: -int32(r.IntN(2))}
	span := int64(1) << (bits - 1)
	f.Low, f.High = int32(-span+r.Int64N(span/4)), int32(span-1-r.Int64N(span/4))
	word = func() int32 { return int32(r.Int64N(2*span) - span) }
	values := func(of func() int32) Lanes {
		if r.IntN(2) == 0 {
			return slices.Repeat(Lanes{of()}, Block)
		}
		out := make(Lanes, lanes)
		for k := range out {
			out[k] = of()
		}
		return out
	}
	f.Bias, f.Reset = values(func() int32 { return word() / 8 }), values(func() int32 { return word() / 4 })
	f.Above = values(func() int32 { return max(word(), 0) })
	f.Floor = values(func() int32 { return min(word(), 0) })
	if r.IntN(2) == 0 {
		f.Floor = slices.Repeat(Lanes{NoFloor}, Block)
	}
	if r.IntN(2) == 0 {
		f.DecayShift = r.IntN(31)
		f.Decay = values(func() int32 { return r.Int32N(1<<f.DecayShift + 1) })
	}
	return f, word
}

// Neurons do what Fire says, and nothing where something does not fit.
func TestFireAgreesWithItsModel(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	fitted, refused := 0, 0
	for range 3000 {
		lanes := Block * (1 + r.IntN(5))
		f, word := randomFire(r, lanes)
		v, sums := make([]int32, lanes), make([]int32, lanes)
		for k := range v {
			v[k], sums[k] = word()/2, word()/8>>f.Shift
		}
		if r.IntN(3) == 0 { // one lane that may not fit
			sums[r.IntN(lanes)] = (int32(r.Uint32()) >> 2 >> r.IntN(29)) >> f.Shift
		}
		at := func(l Lanes, k int) int64 { return int64(l[k%len(l)]) }
		decay := func(k int) int64 {
			if f.Decay == nil {
				return 0
			}
			return at(f.Decay, k)
		}
		want, wantFired, wantActive, wantOK := make([]int32, lanes), make([]uint64, lanes/64), 0, true
		for k := range v {
			x, fires, ok := f.model(int64(v[k]), int64(sums[k]), at(f.Bias, k), at(f.Above, k), at(f.Reset, k), at(f.Floor, k), decay(k))
			wantOK = wantOK && ok
			want[k] = int32(x)
			if fires {
				wantFired[k/64] |= 1 << (k % 64)
			}
			if fires || want[k] != v[k] {
				wantActive++
			}
		}
		for _, opt := range ways {
			f.Prepare(lanes, opt)
			got, old, fired := slices.Clone(v), make([]int32, lanes), make([]uint64, lanes/64)
			active, ok := f.Run(got, sums, old, fired)
			switch {
			case ok != wantOK:
				t.Fatalf("%+v, %+v: fits %v, want %v", f, opt, ok, wantOK)
			case !ok && !slices.Equal(got, v):
				t.Fatalf("%+v, %+v: does not fit, and changed", f, opt)
			case !ok:
				refused++
			case !slices.Equal(got, want), !slices.Equal(fired, wantFired), active != wantActive:
				t.Fatalf("%+v, %+v: wrong, or %d active, want %d", f, opt, active, wantActive)
			default:
				fitted++
			}
		}
	}
	if fitted < 1000 || refused < 300 {
		t.Errorf("%d runs fitted, %d did not: too few to say much", fitted, refused)
	}
}
