package kernel

// Dense8 is a crossbar with a weight of 8 bits for each lane of each row.
type Dense8 struct {
	lanes int
	rows  []int8
	simd  bool
}

// NewDense8 returns the crossbar whose rows stand one after another. It keeps the
// slice.
func NewDense8(lanes int, rows []int8, opt Options) *Dense8 {
	return &Dense8{lanes: lanes, rows: rows, simd: simd && !opt.Portable}
}

// Add adds the weights of some rows to the sums of the lanes.
func (d *Dense8) Add(sums []int32, axons []int32) {
	if d.simd {
		const most = (1<<15 - 1) / (1 << 7) // rows that a lane of 16 bits holds
		for len(axons) > 0 {
			n := min(most, len(axons))
			addRows8(&sums[0], &d.rows[0], &axons[0], n, d.lanes)
			axons = axons[n:]
		}
		return
	}
	sums = sums[:d.lanes]
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

func (d *Dense8) row(axon int32) []int8 { return d.rows[int(axon)*d.lanes:] }

// Dense16 is Dense8 with 16 bits.
type Dense16 struct {
	lanes int
	rows  []int16
	simd  bool
}

// NewDense16 returns the crossbar whose rows stand one after another. It keeps the
// slice.
func NewDense16(lanes int, rows []int16, opt Options) *Dense16 {
	return &Dense16{lanes: lanes, rows: rows, simd: simd && !opt.Portable}
}

// Add adds the weights of some rows to the sums of the lanes.
func (d *Dense16) Add(sums []int32, axons []int32) {
	if d.simd && len(axons) > 0 {
		addRows16(&sums[0], &d.rows[0], &axons[0], len(axons), d.lanes)
		return
	}
	for _, a := range axons {
		for k, w := range d.rows[int(a)*d.lanes:][:d.lanes] {
			sums[k] += int32(w)
		}
	}
}
