package core

import (
	"math"
	"math/bits"
	"slices"

	"github.com/weft-toolchain/weft/internal/splitmix"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// one is a weight unit in the integers that the crossbar of devices computes
// in.
const (
	oneBits = 12
	one     = 1 << oneBits
)

// crossbar is a core's crossbar of devices as programming left it: made once
// for all machines that run the image, and immutable.
//
// An axon's rows are 2·axon, whose cells count for their columns, and
// 2·axon + 1, whose cells count against. A column is a neuron's slot. Drivers
// stand before column 0, converters below row 0 of each array:
//
//	           column 0    1     2
//	row 3  ▷───────┼─────┼─────┼──   against axon 1
//	row 2  ▷───────┼─────┼─────┼──   for axon 1
//	row 1  ▷───────┼─────┼─────┼──   against axon 0
//	row 0  ▷───────┼─────┼─────┼──   for axon 0
//	              ADC   ADC   ADC
type crossbar struct {
	// neurons and columns are those in use, and those that there are; axons are
	// those of an array.
	neurons, columns, axons int
	// weights are what the columns get of a row driven with 1, by axon and slot, in
	// units of 1/one.
	weights []int32
	// readSigma is the standard deviation of a pair's read, in units of 1/one.
	readSigma float64
	// readKey is the stream of the read noise.
	readKey uint64
	// step is a step of the converters in units of 1/one, 0 where they lose
	// nothing; low and high are their codes' limits.
	step, low, high int64
	// dacLow and dacHigh limit what a row is driven with.
	dacLow, dacHigh int64
}

// The streams of random numbers, told apart by what they are for.
const (
	streamProgram = 1 + iota
	streamStuck
	streamRead
)

// draw returns the random bits of a place in a stream: of a chain over what tells its
// draws apart, as in package isa.
func draw(key uint64, place ...uint64) uint64 {
	for _, p := range place {
		key = splitmix.Mix(key + (p+1)*splitmix.Increment)
	}
	return key
}

// newCrossbar programs the devices of a core that stands at a router with an
// image's weights.
func newCrossbar(im *image.Image, k int, d *targets.Devices) *crossbar {
	a := &im.Manifest.Arch
	c := &im.Cores[k]
	router := uint64(c.Y)*uint64(a.MeshWidth) + uint64(c.X)
	_, hi := a.WeightLimits()
	largest := float64(hi + 1)
	x := &crossbar{
		neurons: len(c.Neurons), columns: a.Neurons, axons: d.ArrayAxons(a.Axons),
		weights:   make([]int32, c.Rows.Len()*len(c.Neurons)),
		readSigma: float64(d.ReadSigma * largest * one),
		readKey:   draw(d.Seed, streamRead, router),
		dacLow:    0, dacHigh: 1,
	}
	if d.DACBits > 1 {
		x.dacHigh = 1<<(d.DACBits-1) - 1
		x.dacLow = -x.dacHigh
	}
	x.setConverter(c, d, largest)
	p := programmer{
		Devices: d, largest: largest,
		noise: draw(d.Seed, streamProgram, router), stuck: draw(d.Seed, streamStuck, router),
	}
	for first := 0; first < c.Rows.Len(); first += x.axons {
		x.program(c, first, &p)
	}
	return x
}

// setConverter chooses the steps of the converters.
func (x *crossbar) setConverter(c *image.Core, d *targets.Devices, largest float64) {
	if d.ADCBits == 0 {
		return
	}
	x.low, x.high = -1<<(d.ADCBits-1), 1<<(d.ADCBits-1)-1
	full := d.ADCRange * largest
	if d.ADCRange == 0 {
		full = float64(autoRange(c, x.axons, x.neurons))
	}
	x.step = max(1, int64(math.Round(math.Ldexp(full, oneBits+1-d.ADCBits))))
}

// autoRange returns the power of two that is at least twice the root of the sum
// of squares of any column's weights in an array.
func autoRange(c *image.Core, axons, neurons int) int64 {
	largest := int64(0)
	squares := make([]int64, neurons)
	for axon, row := range c.Rows.All() {
		if axon%axons == 0 {
			clear(squares)
		}
		for k, slot := range row.Slots {
			w := int64(row.Weights[k])
			squares[slot] += w * w
			largest = max(largest, squares[slot])
		}
	}
	full := int64(1)
	for full*full < 4*largest {
		full *= 2
	}
	return full
}

// programmer programs cells.
type programmer struct {
	*targets.Devices
	largest      float64
	noise, stuck uint64
}

// program programs the array whose first axon is given.
func (x *crossbar) program(c *image.Core, first int, p *programmer) {
	axons := min(x.axons, c.Rows.Len()-first)
	rows, columns := targets.CellsPerWeight*axons, x.neurons
	wired := p.WireRow > 0 || p.WireColumn > 0
	if wired { // cells that are not in use conduct too
		rows, columns = targets.CellsPerWeight*x.axons, x.columns
	}
	g := make([]float64, rows*columns)
	for k := range g {
		g[k] = p.GMin
	}
	weights := make([]int16, x.neurons)
	for axon := range axons {
		clear(weights)
		row := c.Rows.Row(first + axon)
		for k, slot := range row.Slots {
			weights[slot] = row.Weights[k]
		}
		for slot, w := range weights {
			pair := 2 * axon * columns
			g[pair+slot] = p.cell(first+axon, slot, 0, int64(w))
			g[pair+columns+slot] = p.cell(first+axon, slot, 1, int64(-w))
		}
	}
	var passed []float64
	if wired {
		passed = passes(g, rows, columns, p.WireRow, p.WireColumn)
	}
	unit := p.largest * one / (p.GMax - p.GMin)
	for axon := range axons {
		pair := 2 * axon * columns
		for slot := range x.neurons {
			plus, minus := g[pair+slot], g[pair+columns+slot]
			if wired {
				plus = float64(plus * passed[pair+slot])
				minus = float64(minus * passed[pair+columns+slot])
			}
			w := math.Round(float64((plus - minus) * unit))
			x.weights[(first+axon)*x.neurons+slot] = int32(min(max(w, -1<<30), 1<<30))
		}
	}
}

// cell returns the conductance of a cell that is to hold a weight; one that is
// negative is the other cell's of the pair.
func (p *programmer) cell(axon, slot, which int, weight int64) float64 {
	place := []uint64{uint64(axon), uint64(slot), uint64(which)}
	if p.StuckOn > 0 || p.StuckOff > 0 {
		u := float64(draw(p.stuck, place...)>>11) / (1 << 53)
		if u < p.StuckOn {
			return p.GMax
		}
		if u < p.StuckOn+p.StuckOff {
			return p.GMin
		}
	}
	share := float64(max(weight, 0)) / p.largest
	if p.Levels > 0 {
		top := float64(p.Levels - 1)
		share = math.Round(float64(share*top)) / top
	}
	g := p.GMin + float64(share*(p.GMax-p.GMin))
	if len(p.ProgramSigma) == 0 {
		return g
	}
	sigma, at := 0.0, g/p.GMax
	for _, coefficient := range slices.Backward(p.ProgramSigma) {
		sigma = float64(sigma*at) + coefficient
	}
	z := float64(normal(draw(p.noise, place...))) / normalOne
	return max(0, g+float64(max(sigma, 0)*z))
}

// passes returns, for each cell of an array, the share of its current that
// wires leave: what a driver's volt on its row makes of it in its column's
// converter, both ends taken to be without resistance, and rows that are not
// driven to be held at 0 V.
//
// To first order in the wires a volt on row i loses, on its way to column j,
// wireRow times the sum over the row's cells l of g(i,l) · min(j,l) (the wire
// that both have in common, in cells, from the driver); and the current of cell
// (i,j) lifts the other cells of its column, which then pull that much less:
// wireColumn times the sum over the column's cells m of g(m,j) · min(i,m). With
// r the sum of the two, 1 − r is exact to first order. 1/(1 + r) is so too, and
// is nearer where r is not small: a line of equal cells passes 1/cosh(√2r) to
// its far end, which is 1/(1 + r + r²/6 + …).
func passes(g []float64, rows, columns int, wireRow, wireColumn float64) []float64 {
	out := make([]float64, len(g))
	for i := range rows {
		addLosses(out[i*columns:], g[i*columns:], columns, 1, wireRow)
	}
	for j := range columns {
		addLosses(out[j:], g[j:], rows, columns, wireColumn)
	}
	for k, r := range out {
		out[k] = 1 / (1 + r)
	}
	return out
}

// addLosses adds, to each of n cells of a line, wire · Σ g·min(distances). The
// cells are stride apart, the first one cell of wire from the line's end.
func addLosses(out, g []float64, n, stride int, wire float64) {
	beyond := 0.0 // the sum over the cells farther than this one
	for k := range n {
		beyond += g[k*stride]
	}
	nearer := 0.0 // that of g · distance over the others
	for k := range n {
		distance := float64(k + 1)
		beyond -= g[k*stride]
		nearer += float64(g[k*stride] * distance)
		out[k*stride] += float64(wire * (nearer + float64(beyond*distance)))
	}
}

// integrateDevices is Integrate on a crossbar of devices: all rows of the axons
// that are due are driven together, and each array's columns are read once.
func (c *Core) integrateDevices(t int64) (cycles int64) {
	s, x := c.spec, c.spec.devices
	due := c.pending[t%int64(len(c.pending))]
	now := c.sums[t%int64(s.ring)]
	var rows, arrays, squares int64
	array := -1
	for k, set := range due {
		for set != 0 {
			axon := k<<6 + bits.TrailingZeros64(set)
			set &= set - 1
			if axon/x.axons != array {
				if array >= 0 {
					c.convert(t, array, squares, now)
				}
				array, squares = axon/x.axons, 0
				arrays++
			}
			rows++
			c.Counts[targets.SynapticOp] += s.rows[axon].synapses
			drive := int64(1)
			if c.payloads != nil {
				p := &c.payloads[t%int64(len(c.payloads))][axon]
				drive, *p = *p, 0
				if drive < x.dacLow || drive > x.dacHigh {
					drive = min(max(drive, x.dacLow), x.dacHigh)
					c.Saturations[s.home]++
				}
			}
			squares += drive * drive
			for slot, w := range x.weights[axon*x.neurons:][:x.neurons] {
				c.column[slot] += int64(w) * drive
			}
		}
		due[k] = 0
	}
	if array < 0 {
		return s.timing.Tick
	}
	c.convert(t, array, squares, now)
	conversions := arrays * int64(x.neurons)
	c.Counts[targets.AxonRow] += rows
	c.Counts[targets.RowDrive] += targets.CellsPerWeight * rows
	c.Counts[targets.CellRead] += targets.CellsPerWeight * rows * int64(x.columns)
	c.Counts[targets.ADCConversion] += conversions
	converters := max(s.timing.Converters, 1)
	return s.timing.Tick + rows*s.timing.Row + s.timing.Read + (conversions+converters-1)/converters*s.timing.Conversion
}

// convert adds what an array's columns sum up to, and their noise, to the
// accumulators. squares is the sum of squares of what drives the rows: the
// noises of their pairs add up to one of that root.
func (c *Core) convert(t int64, array int, squares int64, now []int64) {
	x := c.spec.devices
	key, sigma := uint64(0), int64(0)
	if x.readSigma > 0 {
		const most = 1 << 42 // a sum that no accumulator holds
		sigma = int64(min(math.Round(float64(x.readSigma*math.Sqrt(float64(squares)))), most))
		key = draw(x.readKey, c.run, uint64(t), uint64(array))
	}
	for slot, sum := range c.column {
		if sigma > 0 {
			sum += (sigma*normal(draw(key, uint64(slot))) + normalOne/2) >> normalBits
		}
		v, clipped := x.code(sum)
		if clipped {
			c.saturated(slot, 1)
		}
		now[slot] += v
	}
	clear(c.column)
}

// code returns what a converter makes of a sum, in weight units, and whether it
// was beyond the range. What is between two steps, or two weight units, goes to
// the nearer; half a step, up.
func (x *crossbar) code(sum int64) (v int64, clipped bool) {
	if x.step == 0 {
		return (sum + one/2) >> oneBits, false
	}
	k := floorDiv(sum+x.step/2, x.step)
	if k < x.low || k > x.high {
		k, clipped = min(max(k, x.low), x.high), true
	}
	return (k*x.step + one/2) >> oneBits, clipped
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// SetRun tells the core which of many runs from the initial state this is: each
// has a read noise of its own.
func (c *Core) SetRun(n uint64) { c.run = n }
