package kernel

import "slices"

// Fire is neurons that integrate and fire:
//
//	v ← v·Decay/2^DecayShift, rounded toward zero, where there is a Decay
//	v ← v + I·2^Shift + Bias
//	v > Above: fires, v ← (v ∧ Keep) + Reset
//	otherwise: v ← max(v, Floor)
//
// where no v is both above Above and below Floor. Sums are so small, in magnitude,
// that I·2^Shift is below 2³⁰, as all other values are.
type Fire struct {
	Bias, Above, Reset, Floor Lanes
	Keep                      int32 // 0 or −1
	Shift                     int
	// Decay is nil, or from 0 to 2^DecayShift.
	Decay      Lanes
	DecayShift int // up to 30
	// Low and High are the limits of v before it is compared.
	Low, High int32
	simd      bool
	// steps has a bit for each of Bias, Above, Reset and Floor that has all lanes.
	steps int
	// same says that all lanes have the same and there is no decay, alike that, besides,
	// v is put to a number, and no floor is above its limits.
	same, alike bool
	// shorts are Bias, Above, Reset and Floor in 16 bits, for v that have no more;
	// they are those only where hasShorts.
	shorts    [4]int16
	hasShorts bool
	// least and most are the limits of v that are shorts; quads are for those in Go, and
	// nil where there are none.
	least, most int32
	quads       *quads
}

// Lanes is a value for each lane: as many as there are lanes, or, where all are
// alike, Block of them.
type Lanes []int32

// NoFloor is a Floor that is below every v.
const NoFloor = -1 << 30

// Prepare says how the neurons of so many lanes are to be run, once the rest is set.
func (f *Fire) Prepare(lanes int, opt Options) {
	f.simd = simd && !opt.Portable
	if f.Decay != nil {
		for _, l := range [...]*Lanes{&f.Bias, &f.Above, &f.Reset, &f.Floor, &f.Decay} {
			if len(*l) < lanes {
				*l = slices.Repeat((*l)[:1], lanes)
			}
		}
	}
	f.steps = 0
	for k, l := range [...]Lanes{f.Bias, f.Above, f.Reset, f.Floor} {
		if len(l) == lanes {
			f.steps |= 1 << k
		}
	}
	f.same = f.Decay == nil && (f.steps == 0 || lanes == Block && f.sameLanes())
	f.alike = f.same && f.Keep == 0 && f.Floor[0] <= f.Low
	f.setShorts(lanes)
}

// sameLanes reports whether all lanes of a Block have the same.
func (f *Fire) sameLanes() bool {
	for _, l := range [...]Lanes{f.Bias, f.Above, f.Reset, f.Floor} {
		for _, x := range l {
			if x != l[0] {
				return false
			}
		}
	}
	return true
}

// Run updates neurons: states v and sums of the lanes. It sets the bits of those
// that fire, and returns how many fired or changed. Where a v was beyond its limits
// it returns false, and has changed nothing but fired. old is room for the lanes.
func (f *Fire) Run(v, sums, old []int32, fired []uint64) (active int, ok bool) {
	if f.simd {
		var least, most int32
		if f.Decay != nil {
			active, least, most = runFireLeak(f, &v[0], &sums[0], &old[0], &fired[0], len(v))
		} else {
			active, least, most = runFire(f, &v[0], &sums[0], &old[0], &fired[0], len(v))
		}
		ok = least >= f.Low && most <= f.High
		if !ok {
			copy(v, old)
		}
		return active, ok
	}
	copy(old, v)
	if f.alike {
		active, ok = f.runAlike(v, sums, fired)
	} else {
		active, ok = f.run(v, sums, old, fired)
	}
	if !ok {
		copy(v, old)
	}
	return active, ok
}

// run is Run in Go, without a way back. old is what v was.
func (f *Fire) run(v, sums, old []int32, fired []uint64) (active int, ok bool) {
	shift, keep := f.Shift&31, f.Keep
	low, span := f.Low, uint32(f.High-f.Low)
	for k := range fired {
		from := k * Block
		v, sums, before := (*[Block]int32)(v[from:]), (*[Block]int32)(sums[from:]), (*[Block]int32)(old[from:])
		bias, above, reset, floor := f.Bias.block(from), f.Above.block(from), f.Reset.block(from), f.Floor.block(from)
		set := uint64(0)
		changed := 0
		if f.Decay != nil {
			f.leak(v, f.Decay.block(from))
		}
		for i := range Block {
			was := before[i]
			x := v[i] + sums[i]<<shift + bias[i]
			if uint32(x-low) > span {
				return 0, false
			}
			if x > above[i] {
				set |= 1 << (i & 63)
				x = x&keep + reset[i]
				if x == was {
					changed++ // it fired
				}
			} else if x < floor[i] {
				x = floor[i]
			}
			if x != was {
				changed++
			}
			v[i] = x
		}
		fired[k] = set
		active += changed
	}
	return active, true
}

// runAlike is run where all lanes are alike.
func (f *Fire) runAlike(v, sums []int32, fired []uint64) (active int, ok bool) {
	factor := int32(1) << (f.Shift & 31)
	for k := range fired {
		from := k * Block
		set, still, ok := fireBlock((*[Block]int32)(v[from:]), (*[Block]int32)(sums[from:]), factor, f.Bias[0], f.Above[0], f.Reset[0], f.Low, uint32(f.High-f.Low))
		if !ok {
			return 0, false
		}
		fired[k] = set
		active += Block - still
	}
	return active, true
}

// fireBlock is runAlike for a block, of which it returns the lanes that fired and
// how many changed nothing: a loop of so few values that they stay in registers, where
// it is not inlined.
//
//go:noinline
func fireBlock(v, sums *[Block]int32, factor, bias, above, reset, low int32, span uint32) (set uint64, still int, ok bool) {
	for i := range Block {
		x := v[i] + sums[i]*factor + bias
		if uint32(x-low) > span {
			return 0, 0, false
		}
		if x > above {
			set |= 1 << (i & 63)
			v[i] = reset
			continue
		}
		if x == v[i] {
			still++
		}
		v[i] = x
	}
	return set, still, true
}

// leak makes what is left of v.
func (f *Fire) leak(v, decay *[Block]int32) {
	n := f.DecayShift & 31
	rest := int64(1)<<n - 1
	for i := range Block {
		p := int64(v[i]) * int64(decay[i])
		v[i] = int32((p + p>>63&rest) >> n)
	}
}

// block returns the values of Block lanes.
func (l Lanes) block(from int) *[Block]int32 {
	if len(l) == Block {
		from = 0
	}
	return (*[Block]int32)(l[from:])
}

// at returns the value of a lane.
func (l Lanes) at(lane int) int32 { return l[lane%len(l)] }

// Key tells a Fire whose lanes are alike from others.
type Key struct {
	bias, above, reset, floor, keep, low, high int32
	shift                                      int
	portable                                   bool
}

// Key returns what a Fire is, and whether that is all of it.
func (f *Fire) Key() (Key, bool) {
	k := Key{f.Bias[0], f.Above[0], f.Reset[0], f.Floor[0], f.Keep, f.Low, f.High, f.Shift, !f.simd}
	return k, f.steps == 0 && f.Decay == nil
}
