package core

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// crossbarOf returns a core of axons × neurons whose weights are given, on 4-bit
// weights: the largest is 8.
func crossbarOf(axons, neurons int, d targets.Devices, weight func(axon, slot int) int) *crossbar {
	if d.GMax == 0 {
		d.GMin, d.GMax = 1e-6, 41e-6
	}
	rows := make([]image.Row, axons)
	for a := range rows {
		for slot := range neurons {
			if w := weight(a, slot); w != 0 {
				rows[a].Slots = append(rows[a].Slots, uint16(slot))
				rows[a].Weights = append(rows[a].Weights, int16(w))
			}
		}
	}
	c := image.Core{Neurons: make([]int32, neurons), Rows: image.PackRows(rows...)}
	arch := targets.Arch{MeshWidth: 1, MeshHeight: 1, Axons: axons, Neurons: neurons, WeightBits: 4}
	return newCrossbar(&image.Image{Manifest: image.Manifest{Arch: arch}, Cores: []image.Core{c}}, 0, &d)
}

func always(w int) func(axon, slot int) int { return func(int, int) int { return w } }

// moments are the mean and the variance of numbers, and the standard errors of
// both where the numbers are normal.
type moments struct{ mean, variance, meanError, varianceError float64 }

func momentsOf(xs []float64) moments {
	n := float64(len(xs))
	var m moments
	for _, x := range xs {
		m.mean += x / n
	}
	for _, x := range xs {
		m.variance += (x - m.mean) * (x - m.mean) / (n - 1)
	}
	m.meanError, m.varianceError = math.Sqrt(m.variance/n), m.variance*math.Sqrt(2/n)
	return m
}

// check holds a measured number to a closed form, within four standard errors.
func check(t *testing.T, what string, got, want, standardError float64) {
	t.Helper()
	if math.Abs(got-want) > 4*standardError {
		t.Errorf("%s is %.6g, want %.6g within 4 standard errors of %.2g", what, got, want, standardError)
	}
}

// The variates have the moments of a normal distribution, and its shares beyond
// one, two, three and four standard deviations.
func TestNormalIsNormal(t *testing.T) {
	const n = 1 << 20
	xs := make([]float64, n)
	var fourth float64
	beyond := make([]float64, 5)
	for k := range xs {
		x := float64(normal(draw(1, uint64(k)))) / normalOne
		xs[k] = x
		fourth += x * x * x * x / n
		for s := range beyond {
			if math.Abs(x) > float64(s) {
				beyond[s]++
			}
		}
	}
	m := momentsOf(xs)
	check(t, "mean", m.mean, 0, m.meanError)
	check(t, "variance", m.variance, 1, m.varianceError)
	check(t, "fourth moment", fourth, 3, math.Sqrt(96.0/n))
	for s := 1; s < len(beyond); s++ {
		p := math.Erfc(float64(s) / math.Sqrt2)
		check(t, fmt.Sprintf("share beyond %d", s), beyond[s]/n, p, math.Sqrt(p*(1-p)/n))
	}
}

func TestNormalTableIsTheCumulativeDistribution(t *testing.T) {
	for k, got := range normalTable {
		want := math.Erf(float64(k) / normalSteps / math.Sqrt2)
		if d := float64(got)/(1<<63) - want; math.Abs(d) > 1e-10 {
			t.Errorf("entry %d is off by %.2g", k, d)
		}
	}
	for _, x := range []uint64{0, 1<<63 - 1} {
		if z := normal(x); z < 0 || z > 8*normalOne || normal(x|1<<63) != -z {
			t.Errorf("bits %x and their opposite give %d and %d", x, z, normal(x|1<<63))
		}
	}
	// Found once and to stay: images' results rest on these numbers.
	for x, want := range map[uint64]int64{0: 0, 1 << 62: 44204, 1<<63 | 3<<61: -75391, 0x0123456789abcdef: 730} {
		if got := normal(x); got != want {
			t.Errorf("normal(%#x) = %d, want %d", x, got, want)
		}
	}
}

// Without noise, each weight is what the image says.
func TestDevicesWithoutNoiseAreExact(t *testing.T) {
	weight := func(axon, slot int) int { return (axon+slot)%16 - 8 }
	for _, levels := range []int{0, 9, 17} {
		x := crossbarOf(20, 12, targets.Devices{Levels: levels}, weight)
		for k, got := range x.weights {
			if want := weight(k/12, k%12) * one; int(got) != want {
				t.Fatalf("levels %d: pair %d is %d, want %d", levels, k, got, want)
			}
		}
	}
}

func TestWeightsAreRoundedToTheLevelsOfACell(t *testing.T) {
	for _, c := range []struct {
		levels, weight int
		want           float64
	}{
		{9, 5, 5}, {9, -5, -5}, {5, 1, 2}, {5, 3, 4}, {5, -3, -4}, {5, 2, 2}, {2, 3, 0}, {2, 4, 8}, {2, -4, -8}, {4, 3, 8.0 / 3}, {4, -8, -8},
	} {
		x := crossbarOf(1, 1, targets.Devices{Levels: c.levels}, always(c.weight))
		if want := int32(math.Round(c.want * one)); x.weights[0] != want {
			t.Errorf("%d levels, weight %d: got %v, want %v", c.levels, c.weight, float64(x.weights[0])/one, c.want)
		}
	}
}

// A programmed pair is off by what its two cells are, each by the polynomial at
// its own conductance; a conductance is not negative.
func TestProgrammingNoiseHasTheMomentsOfItsPolynomial(t *testing.T) {
	const unit = 8 / 40e-6 // weight units a siemens
	poly := []float64{0.3e-6, 1.5e-6, -1.2e-6}
	sigma := func(g float64) float64 { x := g / 41e-6; return poly[0] + poly[1]*x + poly[2]*x*x }
	// rectified returns mean and variance of max(0, g + σ(g)·Z).
	rectified := func(g float64) (mean, variance float64) {
		s := sigma(g)
		cdf, pdf := math.Erfc(-g/s/math.Sqrt2)/2, math.Exp(-g*g/s/s/2)/math.Sqrt(2*math.Pi)
		mean = g*cdf + s*pdf
		return mean, (g*g+s*s)*cdf + g*s*pdf - mean*mean
	}
	for _, w := range []int{0, 3, -3, 7, -8} {
		x := crossbarOf(256, 256, targets.Devices{ProgramSigma: poly, Seed: 5}, always(w))
		xs := make([]float64, len(x.weights))
		for k, v := range x.weights {
			xs[k] = float64(v) / one
		}
		m := momentsOf(xs)
		plus, plusVar := rectified(1e-6 + max(0, float64(w))*5e-6)
		minus, minusVar := rectified(1e-6 + max(0, -float64(w))*5e-6)
		check(t, fmt.Sprintf("mean of weight %d", w), m.mean, (plus-minus)*unit, m.meanError)
		check(t, fmt.Sprintf("variance of weight %d", w), m.variance, (plusVar+minusVar)*unit*unit, m.varianceError)
	}
	// Where the polynomial is negative nothing is off.
	x := crossbarOf(4, 4, targets.Devices{ProgramSigma: []float64{-1e-6}}, always(3))
	for _, v := range x.weights {
		if v != 3*one {
			t.Errorf("a negative deviation: got %v, want 3", float64(v)/one)
		}
	}
}

// Cells are stuck at either end at their rates, each cell of a pair by itself.
func TestStuckCellsHaveTheirRates(t *testing.T) {
	const on, off, n = 0.0175, 0.0904, 256 * 256.0
	share := func(weight int) map[int32]float64 {
		x := crossbarOf(256, 256, targets.Devices{StuckOn: on, StuckOff: off, Seed: 2}, always(weight))
		out := map[int32]float64{}
		for _, v := range x.weights {
			out[v/one] += 1 / n
		}
		return out
	}
	for weight, want := range map[int]map[int32]float64{
		// Of weight 0, a cell that is stuck off is no loss.
		0: {8: on * (1 - on), -8: on * (1 - on), 0: on*on + (1-on)*(1-on)},
		4: {8: on * (1 - on), 0: off*(1-on) + on*on, -8: off * on, -4: (1 - on - off) * on, 4: (1 - on - off) * (1 - on)},
	} {
		got := share(weight)
		if len(got) > len(want) {
			t.Errorf("weight %d: got %v", weight, got)
		}
		for w, p := range want {
			check(t, fmt.Sprintf("share of %d among cells of %d", w, weight), got[w], p, math.Sqrt(p*(1-p)/n))
		}
	}
}

// runs returns a core on a crossbar, and what its columns sum up to in a tick.
func reads(x *crossbar, axons int) (c *Core, read func(tick int64, active int) []int64) {
	s := &Spec{
		image: &image.Core{Neurons: make([]int32, x.neurons)}, rows: make([]row, axons), axons: axons, ring: 1, devices: x,
		stateWords: 1, Populations: []int32{0}, group: make([]int32, x.neurons),
	}
	s.image.State = make([]int32, x.neurons)
	c = New(s)
	return c, func(tick int64, active int) []int64 {
		for a := range active {
			c.Receive(int32(a), tick, 1)
		}
		c.Integrate(tick)
		out := append([]int64(nil), c.sums[0]...)
		clear(c.sums[0])
		return out
	}
}

// The noise of a read is that of its active pairs, independent from tick to
// tick, column to column and run to run.
func TestReadNoiseGrowsWithTheRootOfActiveRows(t *testing.T) {
	const sigma, neurons, ticks = 0.5, 64, 1000
	for _, active := range []int{1, 9, 100} {
		x := crossbarOf(100, neurons, targets.Devices{ReadSigma: sigma, Seed: 3}, always(0))
		c, read := reads(x, 100)
		var xs, products, between []float64
		last := make([]int64, neurons)
		for tick := range int64(ticks) {
			now := read(tick, active)
			for k, v := range now {
				xs = append(xs, float64(v))
				products = append(products, float64(v)*float64(last[k]))
				between = append(between, float64(v)*float64(now[(k+1)%neurons]))
			}
			last = now
		}
		m := momentsOf(xs)
		// Rounded to weight units, a sum has a twelfth more variance.
		want := sigma*sigma*64*float64(active) + 1.0/12
		check(t, "mean", m.mean, 0, m.meanError)
		check(t, fmt.Sprintf("variance of %d rows", active), m.variance, want, m.varianceError)
		check(t, "covariance of ticks", momentsOf(products).mean, 0, momentsOf(products).meanError)
		check(t, "covariance of columns", momentsOf(between).mean, 0, momentsOf(between).meanError)
		first := read(7, active)
		again := read(7, active)
		c.SetRun(1)
		other := read(7, active)
		if fmt.Sprint(first) != fmt.Sprint(again) || fmt.Sprint(first) == fmt.Sprint(other) {
			t.Error("the noise is not that of the tick and the run")
		}
	}
	if got := fmt.Sprint(momentsOf([]float64{1, 3})); got != "{2 2 1 2}" {
		t.Errorf("moments of 1 and 3: %s", got)
	}
}

func TestConverterClipsAndRounds(t *testing.T) {
	for _, c := range []struct {
		bits    int
		limit   float64 // in multiples of the largest weight, which is 8
		sum     float64
		want    int64
		clipped bool
	}{
		{0, 0, 3.49, 3, false},
		{0, 0, 3.5, 4, false},
		{0, 0, -3.5, -3, false},
		{0, 0, -3.51, -4, false},
		{0, 0, 1e6, 1e6, false},
		// 4 bits over ±8: a step is a unit.
		{4, 1, 6.4, 6, false},
		{4, 1, 7.49, 7, false},
		{4, 1, 7.5, 7, true},
		{4, 1, 100, 7, true},
		{4, 1, -8.5, -8, false},
		{4, 1, -8.51, -8, true},
		// Over ±32: a step is 4 units.
		{4, 4, 1.99, 0, false},
		{4, 4, 2, 4, false},
		{4, 4, -2, 0, false},
		{4, 4, -2.01, -4, false},
		{4, 4, 1000, 28, true},
		{4, 4, -1000, -32, true},
		// Over ±4: a step is half a unit, and half a unit goes up.
		{4, 0.5, 0.25, 1, false},
		{4, 0.5, 0.24, 0, false},
		{4, 0.5, -0.5, 0, false},
		{4, 0.5, 3.6, 4, false},
		{4, 0.5, 5, 4, true},
		// Steps of a third of a unit, 2·8/48, are none of a binary fraction.
		{4, 1.0 / 3, 1.5, 2, false},
	} {
		x := crossbarOf(1, 1, targets.Devices{ADCBits: c.bits, ADCRange: c.limit}, always(1))
		got, clipped := x.code(int64(math.Round(c.sum * one)))
		if got != c.want || clipped != c.clipped {
			t.Errorf("%d bits over ±%v: %v becomes %d (clipped %v), want %d (%v)", c.bits, 8*c.limit, c.sum, got, clipped, c.want, c.clipped)
		}
	}
}

func TestRangeOfTheConverterFollowsTheWeights(t *testing.T) {
	for _, c := range []struct {
		axons, rows, weight int
		want                float64
	}{
		{1, 0, 0, 1}, {1, 0, 1, 2}, {4, 0, 1, 4}, {5, 0, 1, 8}, {64, 0, 7, 128}, {64, 32, 7, 64},
	} {
		x := crossbarOf(c.axons, 3, targets.Devices{ADCBits: 6, Rows: c.rows}, always(c.weight))
		if got := float64(x.step) * 32 / one; got != c.want {
			t.Errorf("%d axons of weight %d, %d rows an array: range %v, want %v", c.axons, c.weight, c.rows, got, c.want)
		}
	}
}

// A core of several arrays converts each column of each, and adds up.
func TestArraysAreConvertedByThemselves(t *testing.T) {
	d := targets.Devices{Rows: 6, ADCBits: 4, ADCRange: 1}
	x := crossbarOf(7, 2, d, always(3)) // arrays of axons 0–2, 3–5 and 6
	c, read := reads(x, 7)
	c.spec.timing = targets.Timing{Tick: 1, Row: 10, Read: 100, Conversion: 1000, Converters: 4}
	for active, want := range map[int]int64{0: 0, 1: 3, 2: 6, 3: 7, 4: 10, 6: 14, 7: 17} {
		if got := read(1, active); got[0] != want || got[1] != want {
			t.Errorf("%d active axons: got %v, want %d", active, got, want)
		}
	}
	c.Reset()
	for a := range int32(7) {
		c.Receive(a, 1, 1)
	}
	if got, want := c.Integrate(1), int64(1+7*10+100+2*1000); got != want { // six conversions, four at once
		t.Errorf("took %d cycles, want %d", got, want)
	}
	want := activity.Counts{targets.PacketReceived: 7, targets.AxonRow: 7, targets.RowDrive: 14, targets.CellRead: 28, targets.ADCConversion: 6}
	if c.Counts != want || c.Saturations[0] != 4 {
		t.Errorf("counts %v, %d saturations; want %v and 4", c.Counts, c.Saturations[0], want)
	}
	if got := c.Integrate(1); got != 1 || c.Counts != want {
		t.Errorf("a tick without spikes took %d cycles and counted, want 1 and nothing", got)
	}
}

// What a row is driven with is clipped to the width of its driver.
func TestPayloadsAreClippedToTheDriver(t *testing.T) {
	for _, c := range []struct{ bits, payload, want, saturations int }{
		{1, 1, 3, 0}, {1, 5, 3, 1}, {1, -2, 0, 1}, {2, -1, -3, 0}, {4, 7, 21, 0}, {4, 8, 21, 1}, {4, -9, -21, 1}, {16, 30000, 90000, 0},
	} {
		x := crossbarOf(1, 1, targets.Devices{DACBits: c.bits}, always(3))
		core, _ := reads(x, 1)
		core.payloads = [][]int64{{0}}
		core.Receive(0, 1, int32(c.payload))
		core.Integrate(1)
		if got := core.sums[0][0]; got != int64(c.want) || core.Saturations[0] != int64(c.saturations) {
			t.Errorf("%d bits, payload %d: got %d and %d saturations, want %d and %d", c.bits, c.payload, got, core.Saturations[0], c.want, c.saturations)
		}
	}
}

// What a chip's devices are is a matter of its seed and their place.
func TestDevicesAreOfTheirChipAndPlace(t *testing.T) {
	d := targets.Devices{ProgramSigma: []float64{1e-6}, GMin: 1e-6, GMax: 40e-6, Seed: 1}
	im := func(x, y int32, seed int64) *crossbar {
		c := image.Core{X: x, Y: y, Neurons: make([]int32, 3), Rows: image.PackRows(make([]image.Row, 2)...)}
		e := d
		e.Seed = uint64(seed)
		return newCrossbar(&image.Image{Manifest: image.Manifest{Arch: targets.Arch{MeshWidth: 4, MeshHeight: 4, Axons: 2, Neurons: 3, WeightBits: 4}}, Cores: []image.Core{c}}, 0, &e)
	}
	seen := map[string]string{}
	for _, c := range [][3]int64{{0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}} {
		key := fmt.Sprint(im(int32(c[0]), int32(c[1]), c[2]).weights)
		if other, ok := seen[key]; ok {
			t.Errorf("%v has the devices of %s", c, other)
		}
		seen[key] = fmt.Sprint(c)
		if again := fmt.Sprint(im(int32(c[0]), int32(c[1]), c[2]).weights); again != key {
			t.Errorf("%v is programmed in two ways", c)
		}
	}
}

// currents solves the circuit of an array exactly, every node on every wire. It
// returns, for each row and column, the current into the column's converter
// while the row alone is driven with a volt.
func currents(g []float64, rows, columns int, wireRow, wireColumn float64) []float64 {
	// Unknowns: the row's node and the column's node at each crossing.
	n := rows * columns
	a := mat.NewDense(2*n, 2*n, nil)
	top := func(i, j int) int { return i*columns + j }
	bottom := func(i, j int) int { return n + i*columns + j }
	link := func(p, q int, conductance float64) {
		a.Set(p, p, a.At(p, p)+conductance)
		a.Set(q, q, a.At(q, q)+conductance)
		a.Set(p, q, a.At(p, q)-conductance)
		a.Set(q, p, a.At(q, p)-conductance)
	}
	for i := range rows {
		for j := range columns {
			link(top(i, j), bottom(i, j), g[i*columns+j])
			if j == 0 { // to the driver
				a.Set(top(i, 0), top(i, 0), a.At(top(i, 0), top(i, 0))+1/wireRow)
			} else {
				link(top(i, j), top(i, j-1), 1/wireRow)
			}
			if i == 0 { // to the converter, at 0 V
				a.Set(bottom(0, j), bottom(0, j), a.At(bottom(0, j), bottom(0, j))+1/wireColumn)
			} else {
				link(bottom(i, j), bottom(i-1, j), 1/wireColumn)
			}
		}
	}
	drives := mat.NewDense(2*n, rows, nil)
	for i := range rows {
		drives.Set(top(i, 0), i, 1/wireRow)
	}
	var v mat.Dense
	if err := v.Solve(a, drives); err != nil {
		panic(err)
	}
	out := make([]float64, n)
	for i := range rows {
		for j := range columns {
			out[i*columns+j] = v.At(bottom(0, j), i) / wireColumn
		}
	}
	return out
}

// The closed form of what wires cost is held to the circuit: what a volt on each
// row drives into each column's converter. Halving the wires quarters what is
// left, as it must to first order.
func TestWiresAreRightToFirstOrder(t *testing.T) {
	const rows, columns = 16, 12
	r := rand.New(rand.NewPCG(1, 2))
	g := make([]float64, rows*columns)
	const gMax = 40e-6
	gSum := 0.0
	for k := range g {
		g[k] = 1e-6 + 39e-6*r.Float64()
		gSum += g[k]
	}
	last := 0.0
	for k, wire := range []float64{32, 16, 8, 4} {
		exact := currents(g, rows, columns, wire, 2*wire)
		pass := passes(g, rows, columns, wire, 2*wire)
		var worst, loss, sum, exactSum float64
		for k := range g {
			loss = max(loss, (g[k]-exact[k])/gMax)
			worst = max(worst, math.Abs(g[k]*pass[k]-exact[k])/gMax)
			sum += g[k] * pass[k]
			exactSum += exact[k]
		}
		t.Logf("wires of %v and %v ohm: cells lose up to %.2f %% of g_max, deviation %.3f %% at most; of all currents together %.2f %% are lost, deviation %+.3f %%",
			wire, 2*wire, 100*loss, 100*worst, 100*(1-exactSum/gSum), 100*(sum/exactSum-1))
		if worst > loss*loss {
			t.Errorf("wires of %v ohm: deviates by %.4f of g_max, want less than the loss squared, %.4f", wire, worst, loss*loss)
		}
		if k > 0 && (last/worst < 3 || last/worst > 5) {
			t.Errorf("wires of %v ohm: halving them divides the deviation by %.2f, want 3 to 5", wire, last/worst)
		}
		last = worst
	}
}

// A line of equal cells, driven at its far end, is the one for which the exact
// solution can be written down.
func TestALineOfEqualCellsPassesOneOverCosh(t *testing.T) {
	const n = 256
	g := make([]float64, n)
	for k := range g {
		g[k] = 5e-6
	}
	pass := passes(g, n, 1, 0, 0.861)
	exact := 1 / math.Cosh(n*math.Sqrt(0.861*5e-6))
	t.Logf("256 cells of 5 µS at 0.861 ohm: %.4f, exactly %.4f", pass[n-1], exact)
	if math.Abs(pass[n-1]/exact-1) > 0.01 {
		t.Errorf("the far cell passes %.4f, want %.4f within 1 %%", pass[n-1], exact)
	}
	if pass[0] < 0.995 || pass[0] > 1 {
		t.Errorf("the near cell passes %.4f, want nearly all", pass[0])
	}
}

// Cells that are not in use load the wires as well.
func TestUnusedCellsLoadTheWires(t *testing.T) {
	full := image.Core{Neurons: make([]int32, 1), Rows: image.PackRows(image.Row{Slots: []uint16{0}, Weights: []int16{8}})}
	loaded := func(axons, neurons int) int32 {
		arch := targets.Arch{MeshWidth: 1, MeshHeight: 1, Axons: axons, Neurons: neurons, WeightBits: 4}
		d := targets.Devices{GMin: 1e-6, GMax: 40e-6, WireRow: 1, WireColumn: 1}
		return newCrossbar(&image.Image{Manifest: image.Manifest{Arch: arch}, Cores: []image.Core{full}}, 0, &d).weights[0]
	}
	if alone, among := loaded(1, 1), loaded(128, 256); among >= alone || alone > 8*one {
		t.Errorf("a weight of 8 passes %v alone and %v among 256 × 256 cells, want less", float64(alone)/one, float64(among)/one)
	}
}

func BenchmarkIntegrateDevices(b *testing.B) {
	x := crossbarOf(128, 256, targets.Devices{
		ProgramSigma: []float64{1e-6}, ReadSigma: 0.01, ADCBits: 6,
	}, always(3))
	c, _ := reads(x, 128)
	for b.Loop() {
		for a := range int32(128) {
			c.Receive(a, 1, 1)
		}
		c.Integrate(1)
		clear(c.sums[0])
	}
}
