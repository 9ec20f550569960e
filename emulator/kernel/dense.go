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
func (d *Dense[W]) Add(sums, axons []int32, s *Scratch) {
	if len(axons) == 0 {
		return
	}
	if d.simd {
		d.addSIMD(sums, axons)
		return
	}
	sums = sums[:d.lanes]
	if d.bytes != nil {
		d.addBytes(sums, axons, s)
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
func (d *Dense[W]) addBytes(sums, axons []int32, s *Scratch) {
	s.grow(d.lanes/Block, 0)
	lanes := s.fours[:d.lanes/Block]
	for len(axons) > 0 {
		n := min(maxRows8, len(axons))
		addTo(sums, lanes, d.sum(lanes, axons[:n]))
		axons = axons[n:]
	}
}

// sum makes the sums of up to maxRows8 rows of 8 bits as fours, each of which has excess
// too much.
func (d *Dense[W]) sum(sums []fours, axons []int32) (excess uint64) {
	clear(sums)
	excess = uint64(len(axons)) * excess8
	row := func(axon int32) []eights { return d.bytes[int(axon)*len(sums):][:len(sums)] }
	for ; len(axons) >= 4; axons = axons[4:] {
		a, b, c, e := row(axons[0]), row(axons[1]), row(axons[2]), row(axons[3])
		for block := range sums {
			sums[block].addFour(&a[block], &b[block], &c[block], &e[block])
		}
	}
	for _, a := range axons {
		bytes := row(a)
		for block := range sums {
			sums[block].add(&bytes[block])
		}
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
