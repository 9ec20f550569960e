package kernel

import "unsafe"

// Dense is a crossbar with a weight for each lane of each row.
type Dense[W int8 | int16] struct {
	lanes int
	rows  []W
	// bytes are rows of 8 bits as Go adds them, instead.
	bytes []eights
	simd  bool
}

// maxRows8 is how many rows of 8 bits a lane of 16 bits holds.
const maxRows8 = (1<<15 - 1) / (1 << 7)

// NewDense returns the crossbar whose rows stand one after another. It keeps the
// slice.
func NewDense[W int8 | int16](lanes int, rows []W, opt Options) *Dense[W] {
	d := &Dense[W]{lanes: lanes, rows: rows, simd: simd && !opt.Portable}
	if rows, ok := any(rows).([]int8); ok && !d.simd {
		d.bytes, d.rows = packEights(rows), nil
	}
	return d
}

// Bytes is how large a crossbar is.
func (d *Dense[W]) Bytes() int { var w W; return int(unsafe.Sizeof(w)) * len(d.rows) }

// JoinDense puts the rows of crossbars side by side.
func JoinDense[W int8 | int16](all []*Dense[W]) {
	Join(len(all), func(k int) *[]W { return &all[k].rows })
	Join(len(all), func(k int) *[]eights { return &all[k].bytes })
}

// Add adds the weights of some rows to the sums of the lanes.
func (d *Dense[W]) Add(sums []int32, axons []int32) {
	if len(axons) == 0 {
		return
	}
	if d.simd {
		d.addSIMD(sums, axons)
		return
	}
	sums = sums[:d.lanes]
	if d.bytes != nil {
		d.addBytes(sums, axons)
		return
	}
	for ; len(axons) >= 4; axons = axons[4:] {
		r0, r1, r2, r3 := d.row(axons[0]), d.row(axons[1]), d.row(axons[2]), d.row(axons[3])
		r0, r1, r2, r3 = r0[:len(sums)], r1[:len(sums)], r2[:len(sums)], r3[:len(sums)]
		for k := range sums {
			sums[k] += int32(r0[k]) + int32(r1[k]) + int32(r2[k]) + int32(r3[k])
		}
	}
	for _, a := range axons {
		for k, w := range d.row(a)[:len(sums)] {
			sums[k] += int32(w)
		}
	}
}

// addBytes is Add for rows of 8 bits in Go.
func (d *Dense[W]) addBytes(sums, axons []int32) {
	var of fours
	for len(axons) > 0 {
		n := min(maxRows8, len(axons))
		for block := range d.lanes / Block {
			excess := d.sumBlock(&of, block, axons[:n])
			of.addTo((*[Block]int32)(sums[block*Block:]), excess)
		}
		axons = axons[n:]
	}
}

// sum makes the sums of up to maxRows8 rows of 8 bits as fours, each of which has excess
// too much.
func (d *Dense[W]) sum(sums []fours, axons []int32) (excess uint64) {
	for block := range sums {
		excess = d.sumBlock(&sums[block], block, axons)
	}
	return excess
}

// sumBlock is sum of a Block.
func (d *Dense[W]) sumBlock(sums *fours, block int, axons []int32) (excess uint64) {
	*sums = fours{}
	excess = uint64(len(axons)) * excess8
	stride := d.lanes / Block
	for ; len(axons) >= 4; axons = axons[4:] {
		r0, r1 := &d.bytes[int(axons[0])*stride+block], &d.bytes[int(axons[1])*stride+block]
		r2, r3 := &d.bytes[int(axons[2])*stride+block], &d.bytes[int(axons[3])*stride+block]
		for k := range r0 {
			x0, x1, x2, x3 := r0[k], r1[k], r2[k], r3[k]
			sums[k] += x0&lower4 + x1&lower4 + x2&lower4 + x3&lower4
			sums[k+8] += x0>>8&lower4 + x1>>8&lower4 + x2>>8&lower4 + x3>>8&lower4
		}
	}
	for _, a := range axons {
		sums.add(&d.bytes[int(a)*stride+block])
	}
	return excess
}

// addSIMD is Add in assembly. Weights of 8 bits are added in lanes of 16.
func (d *Dense[W]) addSIMD(sums []int32, axons []int32) {
	switch rows := any(d.rows).(type) {
	case []int8:
		for len(axons) > 0 {
			n := min(maxRows8, len(axons))
			addRows8(&sums[0], &rows[0], &axons[0], n, d.lanes)
			axons = axons[n:]
		}
	case []int16:
		addRows16(&sums[0], &rows[0], &axons[0], len(axons), d.lanes)
	}
}

func (d *Dense[W]) row(axon int32) []W { return d.rows[int(axon)*d.lanes:] }
