package fixed

import (
	"math/big"
	"testing"
)

// exact is MulShift on integers of any size.
func exact(a, b int32, n int, r Rounding) int64 {
	p := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(b)))
	d := new(big.Int).Lsh(big.NewInt(1), uint(n))
	switch r {
	case Floor:
		return new(big.Int).Div(p, d).Int64() // Euclidean, and d > 0: floor
	case TowardZero:
		return new(big.Int).Quo(p, d).Int64()
	case Nearest:
		two := big.NewInt(2)
		twice := new(big.Int).Mul(new(big.Int).Abs(p), two)
		q := new(big.Int).Quo(twice.Add(twice, d), new(big.Int).Mul(d, two))
		if p.Sign() < 0 {
			q.Neg(q)
		}
		return q.Int64()
	}
	panic("no such rounding")
}

func FuzzFixed(f *testing.F) {
	f.Add(int32(-7), int32(3), uint8(1), int64(1<<40), uint8(24))
	f.Add(int32(1<<31-1), int32(-1<<31), uint8(62), int64(-1<<23), uint8(24))
	f.Add(int32(-1<<31), int32(-1<<31), uint8(40), int64(1<<23), uint8(24))
	f.Fuzz(func(t *testing.T, a, b int32, n uint8, x int64, w uint8) {
		shift := int(n % 63)
		for _, r := range []Rounding{TowardZero, Floor, Nearest} {
			if got, want := MulShift(a, b, shift, r), exact(a, b, shift, r); got != want {
				t.Errorf("MulShift(%d, %d, %d, %d) = %d, want %d", a, b, shift, r, got, want)
			}
		}
		share := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(shift)), big.NewInt(int64(b)))
		left := share.Mul(share, big.NewInt(int64(a)))
		left.Quo(left, new(big.Int).Lsh(big.NewInt(1), uint(shift)))
		if got := Decay(a, b, shift); got != left.Int64() {
			t.Errorf("Decay(%d, %d, %d) = %d, want %d", a, b, shift, got, left)
		}
		bits := 2 + int(w%(MaxBits-1))
		lo, hi := Limits(bits)
		got, clipped := Sat(x, bits)
		want := min(max(x, lo), hi)
		if int64(got) != want || clipped != (want != x) || Fits(x, bits) == clipped {
			t.Errorf("Sat(%d, %d) = %d, %v; want %d, %v", x, bits, got, clipped, want, want != x)
		}
		wrapped := int64(Wrap(x, bits))
		if wrapped < lo || wrapped > hi || (wrapped-x)&(1<<bits-1) != 0 {
			t.Errorf("Wrap(%d, %d) = %d", x, bits, wrapped)
		}
	})
}

func TestMulShiftRoundsAsItSays(t *testing.T) {
	tests := []struct {
		name string
		a, b int32
		n    int
		r    Rounding
		want int64
	}{
		{"toward zero, positive", 7, 1, 1, TowardZero, 3},
		{"toward zero, negative", -7, 1, 1, TowardZero, -3},
		{"floor, negative", -7, 1, 1, Floor, -4},
		{"nearest, tie away from zero", -7, 1, 1, Nearest, -4},
		{"nearest, below the tie", 5, 1, 2, Nearest, 1},
		{"no shift", -3, 5, 0, Nearest, -15},
		{"Loihi's decay of 100 by 2048/4096", 100, 4096 - 2048, 12, TowardZero, 50},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := MulShift(tt.a, tt.b, tt.n, tt.r); got != tt.want {
				t.Errorf("MulShift(%d, %d, %d) = %d, want %d", tt.a, tt.b, tt.n, got, tt.want)
			}
		})
	}
}
