package kernel

import "math/bits"

// MaxTypes is how many types the rows of a Bits have at most.
const MaxTypes = 4

// Bits is a crossbar with a bit a synapse: the weight of a synapse is that of its
// neuron for the type of its row.
type Bits struct {
	lanes, words int
	rows         []uint64 // words of each row
	types        []uint8
	weights      []int16 // lanes of each type
	narrow       []int8  // the same, where they are narrow enough
	// largest is the largest magnitude of a weight.
	largest int
	simd    bool
	// plus and minus are the positive weights and the magnitudes of the negative
	// ones, four to a word, for the loop in Go; nil where a type has none of them.
	plus, minus [MaxTypes][]uint64
}

// NewBits returns a crossbar whose row r has a synapse where bit lane%64 of word
// lane/64 of rows[r·lanes/64:] is set, and whose weights are those of lane and type
// at weights[type·lanes+lane]. It keeps the slices.
func NewBits(lanes int, rows []uint64, types []uint8, weights []int16, opt Options) *Bits {
	b := &Bits{lanes: lanes, words: lanes / 64, rows: rows, types: types, weights: weights, simd: simd && !opt.Portable}
	for _, w := range weights {
		b.largest = max(b.largest, int(w), -int(w))
	}
	switch {
	case !b.simd:
		b.pack()
	case b.largest <= 127:
		b.narrow = make([]int8, len(weights))
		for k, w := range weights {
			b.narrow[k] = int8(w)
		}
		b.weights = nil
	}
	return b
}

// pack fills plus and minus.
func (b *Bits) pack() {
	for t := range len(b.weights) / b.lanes {
		for lane, w := range b.weights[t*b.lanes:][:b.lanes] {
			half, size := &b.plus[t], uint64(w)
			if w < 0 {
				half, size = &b.minus[t], uint64(-int64(w))
			}
			if w == 0 {
				continue
			}
			if *half == nil {
				*half = make([]uint64, b.lanes/4)
			}
			(*half)[lane/4] |= size << (lane % 4 * 16)
		}
	}
}

// Scratch is room that kernels of one goroutine work in.
type Scratch struct {
	list []uint64
	acc  []uint64
}

// Add adds the weights of some rows to the sums of the lanes.
func (b *Bits) Add(sums []int32, axons []int32, s *Scratch) {
	const most = 1<<15 - 1 // of a lane of 16 bits
	chunk := len(axons)
	if b.largest > 0 {
		chunk = min(chunk, max(1, most/b.largest)) // one row always fits, of −2¹⁵ too
	}
	for len(axons) > 0 {
		n := min(chunk, len(axons))
		if b.simd {
			b.addSIMD(sums, axons[:n], s)
		} else {
			b.addWords(sums, axons[:n], s)
		}
		axons = axons[n:]
	}
}

// addSIMD is Add of so many rows that no lane leaves 16 bits.
func (b *Bits) addSIMD(sums []int32, axons []int32, s *Scratch) {
	if cap(s.list) < len(axons) {
		s.list = make([]uint64, max(2*len(axons), 256))
	}
	list := s.list[:len(axons)]
	row, size := uint64(b.words)*8, uint64(b.lanes)*2<<32
	if b.narrow != nil {
		size /= 2
	}
	for k, a := range axons {
		list[k] = uint64(a)*row | uint64(b.types[a])*size
	}
	if b.narrow != nil {
		addBits8(&sums[0], &b.rows[0], &b.narrow[0], &list[0], len(list), b.lanes)
	} else {
		addBits16(&sums[0], &b.rows[0], &b.weights[0], &list[0], len(list), b.lanes)
	}
}

// few is up to how many rows bits are followed one by one.
const few = 1

// addWords is addSIMD in Go: four lanes of 16 bits in a word, which begin in their
// middle, so that none borrows from the next.
func (b *Bits) addWords(sums []int32, axons []int32, s *Scratch) {
	if len(axons) <= few {
		b.addEach(sums, axons)
		return
	}
	const middle = 0x8000_8000_8000_8000
	if cap(s.acc) < b.lanes/4 {
		s.acc = make([]uint64, b.lanes/4)
	}
	acc := s.acc[:b.lanes/4]
	for k := range acc {
		acc[k] = middle
	}
	for _, a := range axons {
		row := b.rows[int(a)*b.words:][:b.words]
		t := b.types[a]
		if plus := b.plus[t]; plus != nil {
			addMasked(acc, plus, row)
		}
		if minus := b.minus[t]; minus != nil {
			subMasked(acc, minus, row)
		}
	}
	sums = sums[:4*len(acc)]
	for k, x := range acc {
		four := sums[4*k:][:4]
		x ^= middle
		four[0] += int32(int16(x))
		four[1] += int32(int16(x >> 16))
		four[2] += int32(int16(x >> 32))
		four[3] += int32(int16(x >> 48))
	}
}

// addMasked adds weights to acc where a row has a synapse, subMasked subtracts
// them.
func addMasked(acc, weights, row []uint64) {
	for k, m := range row {
		a, w := acc[16*k:][:16], weights[16*k:][:16]
		for j := range a {
			a[j] += w[j] & spread[m&15]
			m >>= 4
		}
	}
}

func subMasked(acc, weights, row []uint64) {
	for k, m := range row {
		a, w := acc[16*k:][:16], weights[16*k:][:16]
		for j := range a {
			a[j] -= w[j] & spread[m&15]
			m >>= 4
		}
	}
}

// spread has 16 ones for each bit of its index.
var spread = func() (t [16]uint64) {
	for k := range t {
		for bit := range 4 {
			if k>>bit&1 != 0 {
				t[k] |= 0xffff << (16 * bit)
			}
		}
	}
	return t
}()

// addEach adds the weights of rows bit by bit.
func (b *Bits) addEach(sums []int32, axons []int32) {
	for _, a := range axons {
		weights := b.weights[int(b.types[a])*b.lanes:][:b.lanes]
		for k, set := range b.rows[int(a)*b.words:][:b.words] {
			for set != 0 {
				lane := k<<6 + bits.TrailingZeros64(set)
				set &= set - 1
				sums[lane] += int32(weights[lane])
			}
		}
	}
}
