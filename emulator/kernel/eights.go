package kernel

// eights are eight lanes in a word: byte b of word k is lane k+8·b of a Block. The bits of
// a word of a row that are for word k are then those at k, k+8, …: each its byte's lowest
// when they are shifted by k.
type eights [Block / 8]uint64

// each8 is lanes of 1, middle8 the middle of 8 bits, where sums in them begin, so that they
// have excess8 too much.
const (
	each8   = 0x0101_0101_0101_0101
	middle8 = each8 << 7
	excess8 = 1 << 7
)

// sum makes sums of rows as fours, each of which has excess too much.
func (b *Bits) sum(sums []fours, axons []int32, s *Scratch) (excess uint64) {
	clear(sums)
	for len(axons) > 0 {
		n := min(b.few, len(axons))
		bytes := b.sumBytes(axons[:n], s)
		for block := range bytes {
			sums[block].add(&bytes[block])
		}
		excess += excess8
		axons = axons[n:]
	}
	return excess
}

// grow makes room for blocks of lanes, and for axons.
func (s *Scratch) grow(blocks, axons int) {
	if blocks > len(s.bytes) {
		s.fours, s.bytes = make([]fours, blocks), make([]eights, blocks)
	}
	if axons > len(s.plus) {
		s.plus, s.minus = make([]int32, 2*axons), make([]int32, 2*axons)
	}
}

// sumBytes makes sums of so few rows that they have 8 bits; each has excess8 too much.
func (b *Bits) sumBytes(axons []int32, s *Scratch) (sums []eights) {
	s.grow(b.words, len(axons))
	sums = s.bytes[:b.words]
	for block := range sums {
		for k := range sums[block] {
			sums[block][k] = middle8
		}
	}
	// Which rows have positive weights is hard to foresee: there is no branch.
	plus, minus := 0, 0
	for _, a := range axons {
		of := b.signs[b.types[a]&(MaxTypes-1)]
		s.plus[plus], s.minus[minus] = a, a
		plus, minus = plus+int(of&1), minus+int(of>>1)
	}
	for _, a := range s.plus[:plus] {
		addMaskedBytes(sums, b.eight[b.types[a]].plus, b.rows[int(a)*b.words:][:b.words])
	}
	for _, a := range s.minus[:minus] {
		subMaskedBytes(sums, b.eight[b.types[a]].minus, b.rows[int(a)*b.words:][:b.words])
	}
	return sums
}

// addMaskedBytes and subMaskedBytes are addMasked and subMasked of bytes, without a
// loop over the words that a word of bits is for.
func addMaskedBytes(sums []eights, weights []uint64, row []uint64) {
	for k, m := range row {
		s, w := &sums[k], (*eights)(weights[8*k:])
		s[0] += w[0] & (m & each8 * 255)
		s[1] += w[1] & (m >> 1 & each8 * 255)
		s[2] += w[2] & (m >> 2 & each8 * 255)
		s[3] += w[3] & (m >> 3 & each8 * 255)
		s[4] += w[4] & (m >> 4 & each8 * 255)
		s[5] += w[5] & (m >> 5 & each8 * 255)
		s[6] += w[6] & (m >> 6 & each8 * 255)
		s[7] += w[7] & (m >> 7 & each8 * 255)
	}
}

func subMaskedBytes(sums []eights, weights []uint64, row []uint64) {
	for k, m := range row {
		s, w := &sums[k], (*eights)(weights[8*k:])
		s[0] -= w[0] & (m & each8 * 255)
		s[1] -= w[1] & (m >> 1 & each8 * 255)
		s[2] -= w[2] & (m >> 2 & each8 * 255)
		s[3] -= w[3] & (m >> 3 & each8 * 255)
		s[4] -= w[4] & (m >> 4 & each8 * 255)
		s[5] -= w[5] & (m >> 5 & each8 * 255)
		s[6] -= w[6] & (m >> 6 & each8 * 255)
		s[7] -= w[7] & (m >> 7 & each8 * 255)
	}
}

// add adds bytes to lanes of 16 bits.
func (f *fours) add(bytes *eights) {
	for k, x := range bytes {
		f[k] += x & lower4
		f[k+len(bytes)] += x >> 8 & lower4
	}
}

// addFour is add of four at a time.
func (f *fours) addFour(a, b, c, d *eights) {
	for k := range a {
		x0, x1, x2, x3 := a[k], b[k], c[k], d[k]
		f[k] += x0&lower4 + x1&lower4 + x2&lower4 + x3&lower4
		f[k+len(a)] += x0>>8&lower4 + x1>>8&lower4 + x2>>8&lower4 + x3>>8&lower4
	}
}

// addTo adds lanes less their excess to sums.
func addTo(sums []int32, lanes []fours, excess uint64) {
	less := int32(excess)
	for block := range lanes {
		of := (*[Block]int32)(sums[block*Block:])
		for k, x := range &lanes[block] {
			of[k] += int32(x&0xffff) - less
			of[k+16] += int32(x>>16&0xffff) - less
			of[k+32] += int32(x>>32&0xffff) - less
			of[k+48] += int32(x>>48) - less
		}
	}
}

// packEights returns the weights of rows, with excess8 too much.
func packEights(rows []int8) []eights {
	out := make([]eights, len(rows)/Block)
	for k, w := range rows {
		out[k/Block][k%8] |= uint64(uint8(w)^excess8) << (k % Block / 8 * 8)
	}
	return out
}
