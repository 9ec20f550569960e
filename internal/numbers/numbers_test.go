package numbers_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/internal/numbers"
)

// same compares bit for bit, so that −0 is not 0 and NaN is itself.
func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

// integers puts numbers into ints, where all are integers.
func integers(x []float64, ints []int32) bool {
	for i, v := range x {
		ints[i] = int32(v)
		if float64(ints[i]) != v || v == 0 && math.Signbit(v) {
			return false
		}
	}
	return true
}

// Numbers of every type, and those at its ends, in any order and any pieces: what
// is put in comes out, to the bit.
func TestListsKeepEveryNumber(t *testing.T) {
	ends := []float64{
		0, math.Copysign(0, -1), 1, -1, 127, 128, -128, -129, 32767, 32768, -32768, -32769,
		1<<31 - 1, 1 << 31, -1 << 31, -1<<31 - 1, 1<<24 + 1, 0.5, 0.1, float64(float32(0.1)),
		math.MaxFloat32, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 1e300,
	}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		var b numbers.Builder
		if seed%2 == 0 {
			b.Reserve(r.IntN(3000))
		}
		var want []float64
		kinds := ends[:1+r.IntN(len(ends))]
		for range r.IntN(5) {
			piece := make([]float64, r.IntN(900))
			for i := range piece {
				piece[i] = float64(r.IntN(200) - 100)
				if r.IntN(300) == 0 {
					piece[i] = kinds[r.IntN(len(kinds))]
				}
			}
			if ints := make([]int32, len(piece)); integers(piece, ints) && r.IntN(2) == 0 {
				b.AppendInts(ints)
			} else {
				b.Append(piece)
			}
			want = append(want, piece...)
		}
		l := b.List()
		if l.Len() != len(want) || !same(l.Floats(), want) {
			t.Fatalf("seed %d: the list has %d numbers, not the %d that were put in", seed, l.Len(), len(want))
		}
		var blocks, singly []float64
		for first, block := range l.Blocks {
			if first != len(blocks) {
				t.Fatalf("seed %d: a block begins at %d, after %d", seed, first, len(blocks))
			}
			blocks = append(blocks, block...)
		}
		at := make([]int32, 0, len(want))
		for i := range want {
			singly = append(singly, l.At(i))
			at = append(at, int32(i))
		}
		if !same(blocks, want) || !same(singly, want) || !same(l.Pick(at).Floats(), want) {
			t.Fatalf("seed %d: blocks, single numbers or those picked are others", seed)
		}
	}
}

func TestListsTakeNoMoreThanTheyNeed(t *testing.T) {
	for _, c := range []struct {
		x        []float64
		bytes    bool
		integers bool
	}{
		{[]float64{1, -128, 127}, true, true},
		{[]float64{1, 128}, false, true},
		{[]float64{1, 1 << 20}, false, true},
		{[]float64{1, 0.5}, false, false},
		{[]float64{1, math.Copysign(0, -1)}, false, false},
		{nil, false, true},
	} {
		l := numbers.Of(c.x...)
		if _, ok := l.Bytes(); ok != c.bytes {
			t.Errorf("%v: in bytes: %v", c.x, ok)
		}
		list, ok := l.Int32s()
		if ok != c.integers || ok && len(list) != len(c.x) {
			t.Errorf("%v: integers: %v, %v", c.x, list, ok)
		}
		for i := range list {
			if float64(list[i]) != c.x[i] {
				t.Errorf("%v: the integers are %v", c.x, list)
			}
		}
	}
}

func TestDistinctNumbers(t *testing.T) {
	for _, c := range []struct {
		list numbers.List
		want []float64
		ok   bool
	}{
		{numbers.Of(3, -128, 127, 3, 0), []float64{-128, 0, 3, 127}, true},
		{numbers.Repeat(0.3, 9), []float64{0.3}, true},
		{numbers.Repeat(0.3, 0), []float64{}, true},
		{numbers.Of(3, 1000), nil, false},
	} {
		if got, ok := c.list.Distinct(); ok != c.ok || !slices.Equal(got, c.want) {
			t.Errorf("%v: distinct are %v, %v", c.list.Floats(), got, ok)
		}
	}
}

func TestOneNumberStandsForAll(t *testing.T) {
	if l := numbers.Of(0.1); l.At(7) != 0.1 {
		t.Errorf("number 7 is %g", l.At(7))
	}
}

func TestEqualComparesNumbersAndNotTypes(t *testing.T) {
	wide := numbers.Of(1, 2, 0.1).Pick([]int32{0, 1})
	for _, c := range []struct {
		with numbers.List
		want bool
	}{{numbers.Of(1, 2), true}, {numbers.Of(1, 3), false}, {numbers.Of(1), false}, {numbers.List{}, false}} {
		if got := wide.Equal(c.with); got != c.want {
			t.Errorf("equal to %v: %v", c.with.Floats(), got)
		}
	}
}
