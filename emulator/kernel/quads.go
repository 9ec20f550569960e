package kernel

import (
	"math"
	"math/bits"
	"slices"
)

// The update in Go of v that are shorts: four lanes of 16 bits in a word. A lane is
// v − Above − 1 + 2¹⁵, so that its upper bit says that it fires. None is negative, and
// so adding words adds their lanes, as long as each is within its range in the end.

// fours are the lanes of a Block: word k has lanes k, k+16, k+32 and k+48. Bit 16·j+k of
// what fires is then bit 16·j+15 of word k, and taking all words in turn is a shift by 1.
type fours [Block / 4]uint64

// each4 is lanes of 1, upper4 the upper bit of each, lower4 the lower byte.
const (
	each4  = 1<<48 | 1<<32 | 1<<16 | 1
	upper4 = each4 << 15
	lower4 = each4 * 0xff
)

// quads are a Fire in that form.
type quads struct {
	// bias, reset and floor have a fours for each Block, or one where all lanes are
	// alike. Where resets subtract, reset is what they do.
	bias, reset, floor         []fours
	subtracts, hasFloor, alike bool
	zero                       Lanes // a v of 0, by lane
	factor                     uint64
	// plain says that lanes are alike, v is put to a number, and there is no floor. Then
	// still is, in all bytes, a sum that changes nothing, if there is one.
	plain, hasStill bool
	still           uint64
}

// setQuads sets the quads of a Fire without decay, and the limits of their v.
func (f *Fire) setQuads(lanes int) {
	q := &quads{subtracts: f.Keep != 0, alike: f.same, factor: 1 << (f.Shift & 63)}
	if q.alike {
		lanes = Block
	}
	q.zero = make(Lanes, lanes)
	f.least, f.most = math.MinInt32, math.MaxInt32
	for lane := range q.zero {
		above := f.Above.at(lane)
		if above > math.MaxInt16 { // no v is: it fits as long as it does not look as if it were
			above, f.most = math.MaxInt16, min(f.most, math.MaxInt16)
		}
		q.zero[lane] = math.MaxInt16 - above
		f.least, f.most = max(f.least, above-math.MaxInt16), min(f.most, above+1<<15)
	}
	q.bias = packFours(lanes, f.Bias.at)
	if q.subtracts {
		q.reset = packFours(lanes, func(lane int) int32 { return inFour(-f.Reset.at(lane)) })
	} else {
		q.reset = packFours(lanes, func(lane int) int32 { return inFour(f.Reset.at(lane) + q.zero[lane]) })
	}
	if q.hasFloor = slices.Max(f.Floor) > max(f.Low, f.least); q.hasFloor {
		q.floor = packFours(lanes, func(lane int) int32 { return inFour(f.Floor.at(lane) + q.zero[lane]) })
	}
	q.plain = q.alike && !q.subtracts && !q.hasFloor
	sum := -f.Bias[0] >> f.Shift
	q.hasStill = sum<<f.Shift == -f.Bias[0] && sum >= -excess8 && sum < excess8
	q.still = uint64(sum+excess8) & 0xff * each8
	f.quads = q
}

// inFour returns a number of a lane of fours. Any is as good that has none: such a lane
// neither fires nor falls while v are shorts.
func inFour(x int32) int32 { return min(max(x, 0), math.MaxUint16) }

// packFours returns numbers of lanes. Negative ones borrow from the next lane, as they do
// where they are added.
func packFours(lanes int, of func(lane int) int32) []fours {
	out := make([]fours, lanes/Block)
	for lane := range lanes {
		out[lane/Block][lane%16] += uint64(int64(of(lane))) << (lane % Block / 16 * 16)
	}
	return out
}

// block returns those of a Block.
func (q *quads) block(of []fours, block int) *fours {
	if q.alike {
		block = 0
	}
	return &of[block]
}

// pack makes lanes of v.
func (q *quads) pack(lanes []fours, v []int32) {
	clear(lanes)
	for k, x := range v {
		lanes[k/Block][k%16] |= uint64(x+q.zero.at(k)) << (k % Block / 16 * 16)
	}
}

// unpack makes v of lanes.
func (q *quads) unpack(v []int32, lanes []fours) {
	for k := range v {
		v[k] = int32(lanes[k/Block][k%16]>>(k%Block/16*16)&math.MaxUint16) - q.zero.at(k)
	}
}

// run updates a Block with its sums, each of which has excess too much, and returns which
// lanes fired, and how many did or changed.
func (q *quads) run(v, sums *fours, block int, excess uint64) (fired uint64, active int) {
	bias, reset, floor := q.block(q.bias, block), q.block(q.reset, block), &fours{}
	if q.hasFloor {
		floor = q.block(q.floor, block)
	}
	factor, less, subtracts, hasFloor := q.factor, excess*q.factor*each4, q.subtracts, q.hasFloor
	changed := uint64(0)
	for k := range v {
		was := v[k]
		x := was + sums[k]*factor + bias[k] - less
		fires := x & upper4
		fired = fired>>1 | fires
		all := fires<<1 - fires>>15
		if subtracts {
			x -= reset[k] & all
		} else {
			x ^= (x ^ reset[k]) & all
		}
		if hasFloor {
			falls := ^((x | upper4) - floor[k]) & upper4 &^ fires
			x ^= (x ^ floor[k]) & (falls<<1 - falls>>15)
		}
		v[k] = x
		x ^= was
		changed = changed>>1 | (x&^upper4+^uint64(upper4)|x)&upper4
	}
	return fired, bits.OnesCount64(changed | fired)
}

// runBytes is run for quads that are plain, and sums of 8 bits.
func (q *quads) runBytes(v *fours, sums *eights) (fired uint64, active int) {
	factor, bias, reset, still := q.factor, q.bias[0][0]-excess8*q.factor*each4, q.reset[0][0], q.still
	changed := uint64(0)
	lower, upper := v[:len(sums)], v[len(sums):][:len(sums)]
	for k, s := range sums[:] {
		x := lower[k] + s&lower4*factor + bias
		fires := x & upper4
		lower[k] = x ^ (x^reset)&(fires<<1-fires>>15)
		fired = fired>>1 | fires>>8
		x = upper[k] + s>>8&lower4*factor + bias
		fires = x & upper4
		upper[k] = x ^ (x^reset)&(fires<<1-fires>>15)
		fired |= fires
		s ^= still
		changed = changed>>1 | (s&^middle8+^uint64(middle8)|s)&middle8
	}
	if !q.hasStill {
		return fired, Block
	}
	return fired, bits.OnesCount64(changed | fired)
}
