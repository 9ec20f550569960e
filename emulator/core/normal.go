package core

import (
	"math/bits"
	"sort"
)

// Normal variates that are the same on every machine: the inverse of the
// cumulative distribution by a table with straight lines between its entries,
// in integers. The table is made of products, sums and quotients alone, each
// rounded as IEEE 754 says and none fused (the conversions see to that), so it
// is the same everywhere too.

// normalOne is a standard deviation, as normal returns it.
const (
	normalBits = 16
	normalOne  = 1 << normalBits
)

// Steps of the table: of 1/64 standard deviation, up to 8 of them, beyond which
// a variate of this kind falls once in 10¹⁵.
const (
	normalSteps = 64
	normalEnd   = 8 * normalSteps
)

// normalTable[k] is 2⁶³ times the probability of a variate within ±k/64.
var normalTable = newNormalTable()

func newNormalTable() [normalEnd + 1]uint64 {
	// The density at x = k/128 is that at 0 times exp(−k²/2¹⁵): each is the one
	// before times a ratio, which falls by exp(−2/2¹⁵). Simpson's rule over three of
	// them is the mass of a step.
	const (
		atZero = 0.797884560802865355879892119868763736951717262 // √(2/π)
		fall   = 0.999938966706357254196617259362932032215688481 // exp(−2/2¹⁵)
	)
	density, ratio := atZero, 0.999969482887531550392307375647069590116166941 // exp(−1/2¹⁵)
	next := func() float64 {
		density = float64(density * ratio)
		ratio = float64(ratio * fall)
		return density
	}
	var mass [normalEnd]float64
	sum := 0.0
	for k := range mass {
		left := density
		middle := next()
		right := next()
		mass[k] = float64((left + float64(4*middle) + right) / (6 * normalSteps))
		sum += mass[k]
	}
	var t [normalEnd + 1]uint64
	below := 0.0
	for k, m := range mass {
		below += m
		t[k+1] = uint64(float64(below/sum) * (1 << 63))
	}
	t[normalEnd] = 1 << 63
	return t
}

// normal returns the normal variate that 64 random bits stand for, with mean 0
// and standard deviation normalOne: the top bit is its sign.
func normal(x uint64) int64 {
	u := x &^ (1 << 63)
	k := sort.Search(normalEnd, func(k int) bool { return normalTable[k+1] > u })
	const step = normalOne / normalSteps
	hi, lo := bits.Mul64(u-normalTable[k], step)
	within, _ := bits.Div64(hi, lo, normalTable[k+1]-normalTable[k])
	z := int64(k)*step + int64(within)
	if x>>63 != 0 {
		return -z
	}
	return z
}
