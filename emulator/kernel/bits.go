package kernel

import (
	"math/bits"
	"slices"
)

// MaxTypes is how many types the rows of a Bits have at most.
const MaxTypes = 4

// Bits is a crossbar with a bit a synapse: the weight of a synapse is that of its
// neuron for the type of its row.
type Bits struct {
	lanes, words int
	rows         []uint64 // words of each row
	types        []uint8
	weights      []int16 // lanes of each type
	// narrow is the same, where they are narrow enough, but for types that are those of
	// another with the other sign: their rows are of that one, and negative.
	narrow []int8
	// largest is the largest magnitude of a weight, few how many rows add up in 8 bits.
	largest, few int
	simd         bool
	// four and eight are the weights for the loop in Go, so many to a word: eight where
	// they are narrow enough, else four.
	four, eight [MaxTypes]packed
	// signs has a bit for whether eight has positive weights, and one for negative ones.
	signs [MaxTypes]uint8
}

// packed are positive weights and the magnitudes of negative ones; nil where there are
// none.
type packed struct{ plus, minus []uint64 }

// maxNarrow is the largest magnitude of a weight, or of a sum, that 8 bits take,
// maxWide that of 16.
const (
	maxNarrow = 1<<7 - 1
	maxWide   = 1<<15 - 1
)

// NewBits returns a crossbar whose row r has a synapse where bit lane%64 of word
// lane/64 of rows[r·lanes/64:] is set, and whose weights are those of lane and type
// at weights[type·lanes+lane]. The slices are its own from then on.
func NewBits(lanes int, rows []uint64, types []uint8, weights []int16, opt Options) *Bits {
	b := &Bits{lanes: lanes, words: lanes / 64, rows: rows, types: types, weights: weights, simd: simd && !opt.Portable}
	for _, w := range weights {
		b.largest = max(b.largest, int(w), -int(w))
	}
	b.few = maxNarrow / max(1, b.largest)
	if !b.simd {
		b.pack()
		return b
	}
	if b.largest <= maxNarrow {
		b.narrow = make([]int8, len(weights))
		for k, w := range weights {
			b.narrow[k] = int8(w)
		}
		b.weights = nil
		b.fold()
	}
	return b
}

// negative marks the type of rows whose weights are subtracted.
const negative = 1 << 7

// fold leaves out the weights of types that are those of another one with the other
// sign, as TrueNorth's users have them: a tick reads half as many.
func (b *Bits) fold() {
	var as [MaxTypes]uint8
	kept := 0
	of := func(t int) []int8 { return b.narrow[t*b.lanes:][:b.lanes] }
types:
	for t := range len(b.narrow) / b.lanes {
		for k := range kept {
			if opposite(of(t), of(k)) {
				as[t] = uint8(k) | negative
				continue types
			}
		}
		copy(of(kept), of(t))
		as[t] = uint8(kept)
		kept++
	}
	b.narrow = slices.Clip(b.narrow[:kept*b.lanes])
	for k, t := range b.types {
		b.types[k] = as[t]
	}
}

func opposite(a, b []int8) bool {
	for k, w := range a {
		if w != -b[k] {
			return false
		}
	}
	return true
}

// Bytes is how large a crossbar is, where its ticks are in assembly.
func (b *Bits) Bytes() int { return 8*len(b.rows) + len(b.types) + len(b.narrow) }

// JoinBits puts the rows of crossbars side by side.
func JoinBits(all []*Bits) {
	Join(len(all), func(k int) *[]uint64 { return &all[k].rows })
	Join(len(all), func(k int) *[]uint8 { return &all[k].types })
	Join(len(all), func(k int) *[]int8 { return &all[k].narrow })
}

// pack fills eight where weights are narrow enough, else four.
func (b *Bits) pack() {
	for t := range len(b.weights) / b.lanes {
		weights := b.weights[t*b.lanes:][:b.lanes]
		if b.largest > maxNarrow {
			b.four[t] = pack(weights, 4, func(lane int) (word, at int) { return lane / 4, lane % 4 })
			continue
		}
		b.eight[t] = pack(weights, 8, func(lane int) (word, at int) { return lane/Block*8 + lane%8, lane % Block / 8 })
		if b.eight[t].plus != nil {
			b.signs[t] |= 1
		}
		if b.eight[t].minus != nil {
			b.signs[t] |= 2
		}
	}
	b.weights = nil
}

// pack returns weights, so many to a word, of which place says where each is.
func pack(weights []int16, count int, place func(lane int) (word, at int)) (p packed) {
	for lane, w := range weights {
		half, size := &p.plus, uint64(w)
		if w < 0 {
			half, size = &p.minus, uint64(-int64(w))
		}
		if w == 0 {
			continue
		}
		if *half == nil {
			*half = make([]uint64, len(weights)/count)
		}
		word, at := place(lane)
		(*half)[word] |= size << (at * (64 / count))
	}
	return p
}

// Scratch is room that kernels of one goroutine work in.
type Scratch struct {
	list, acc   []uint64
	fours       []fours
	bytes       []eights
	plus, minus []int32
}

// Add adds the weights of some rows to the sums of the lanes.
func (b *Bits) Add(sums []int32, axons []int32, s *Scratch) {
	if !b.simd && b.largest <= maxNarrow {
		b.addBytes(sums, axons, s)
		return
	}
	chunk := len(axons)
	if b.largest > 0 {
		chunk = min(chunk, max(1, maxWide/b.largest)) // one row always fits, of −2¹⁵ too
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
	if b.narrow == nil {
		for k, a := range axons {
			list[k] = uint64(a)*row | uint64(b.types[a])*size
		}
		addBits16(&sums[0], &b.rows[0], &b.weights[0], &list[0], len(list), b.lanes)
		return
	}
	plus, minus := 0, len(list) // rows that are added are in front of those subtracted
	for _, a := range axons {
		t := b.types[a]
		at := uint64(a)*row | uint64(t&^negative)*(size/2)
		if t&negative == 0 {
			list[plus] = at
			plus++
		} else {
			minus--
			list[minus] = at
		}
	}
	if plus > 0 {
		addBits8(&sums[0], &b.rows[0], &b.narrow[0], &list[0], plus, b.lanes)
	}
	if minus < len(list) {
		invert(sums)
		addBits8(&sums[0], &b.rows[0], &b.narrow[0], &list[minus], len(list)-minus, b.lanes)
		invert(sums)
	}
}

// invert makes a sum one from which what is added is subtracted: ^(^x + w) is x − w.
func invert(sums []int32) {
	for k := range sums {
		sums[k] = ^sums[k]
	}
}

// addBytes is Add in Go, of weights of 8 bits.
func (b *Bits) addBytes(sums []int32, axons []int32, s *Scratch) {
	const most = (1<<16 - 1) / (1<<8 - 1) // so often 8 bits add up in 16
	s.grow(b.words, 0)
	lanes := s.fours[:b.words]
	for len(axons) > 0 {
		n := min(most*b.few, len(axons))
		addTo(sums, lanes, b.sum(lanes, axons[:n], s))
		axons = axons[n:]
	}
}

// addWords is that of any weights: four lanes of 16 bits in a word, which begin in their
// middle, so that none borrows from the next.
func (b *Bits) addWords(sums []int32, axons []int32, s *Scratch) {
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
		if plus := b.four[t].plus; plus != nil {
			addMasked(acc, plus, row)
		}
		if minus := b.four[t].minus; minus != nil {
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

// count counts the bits of rows.
func (b *Bits) count(axons []int32) (set int) {
	for _, a := range axons {
		for _, m := range b.rows[int(a)*b.words:][:b.words] {
			set += bits.OnesCount64(m)
		}
	}
	return set
}
