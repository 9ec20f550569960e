package core_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// learner returns an image of one core whose first program is the tick program,
// with others that say their kind, on an arch with every extension.
func learner(t testing.TB, arch targets.Arch, neurons int, rows []image.Row, programs ...string) *image.Image {
	t.Helper()
	arch.Extensions = "MRLGXTC"
	plain := slices.Clone(rows)
	for k := range plain {
		plain[k].Plastic = false // until there are programs for it
	}
	im := single(t, arch, programs[0], neurons, plain)
	for _, text := range programs[1:] {
		p, err := isa.Assemble("learn.s", text, isa.AsmOptions{})
		if err != nil {
			t.Fatal(err)
		}
		im.Programs = append(im.Programs, *p)
		im.Cores[0].Learn[p.Kind] = int32(len(im.Programs))
	}
	im.Cores[0].Rows = image.PackRows(rows...)
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return im
}

func plastic(weights ...int16) image.Row {
	r := image.Row{Weights: weights, Marks: image.Marks{Plastic: true}}
	for k := range weights {
		r.Slots = append(r.Slots, uint16(k))
	}
	return r
}

// tick runs one tick of a core.
func tick(c *core.Core, t int64) {
	c.StartTick(t, 0)
	c.Integrate(t)
	c.Update(t)
	c.Learn()
}

// The pair rule of spike-timing-dependent plasticity, step by step by hand: x is
// the axon's trace, halved in every tick and raised by 16, y the neuron's, raised
// by 8; a spike that comes takes y off the weight, one of the neuron adds x.
func TestPairRuleByHand(t *testing.T) {
	im := learner(
		t, sample.Dense(), 1, []image.Row{plastic(10)},
		".state v\n.state y\n acc v, v, 0\n shr t0, y, 1\n sub y, y, t0\n gt q1, v, c0\n@q1 spk\n@q1 mov v, zero\n@q1 addi y, y, 8\n",
		".kind axon\n.state x\n shr t0, x, 1\n sub x, x, t0\n acc x, x, 4\n",
		".kind pre\n.state v\n.state y\n ldw t0\n sub t0, t0, y\n stw t0, zero, c1\n",
		".kind post\n.state v\n.state y\n ldw t0\n ldx t1, 0\n add t0, t0, t1\n stw t0, zero, c1\n",
	)
	im.Cores[0].Consts[0], im.Cores[0].Consts[1] = 15, 100
	c := newCore(im)
	type words struct {
		V, Y, X int32
		W       int16
		Fired   bool
	}
	for _, when := range []string{"at first", "after a reset"} {
		for k, step := range []struct {
			spike bool
			want  words
		}{
			{true, words{V: 10, Y: 0, X: 16, W: 10}},
			{true, words{V: 0, Y: 8, X: 24, W: 10, Fired: true}}, // 10 + 10 > 15
			{false, words{V: 0, Y: 4, X: 12, W: 22}},             // post: 10 + x, one tick after
			{false, words{V: 0, Y: 2, X: 6, W: 22}},
			{true, words{V: 0, Y: 9, X: 19, W: 20, Fired: true}}, // adds 22, then pre: − y, which was 2
			{false, words{V: 0, Y: 5, X: 10, W: 30}},
		} {
			now := int64(k + 1)
			if step.spike {
				c.Receive(0, now, 1)
			}
			tick(c, now)
			got := words{c.State(0, 0), c.State(0, 1), c.AxonWord(0, 0), c.Weight(0, 0), len(c.Fired) > 0}
			if got != step.want {
				t.Fatalf("%s, tick %d: got %+v, want %+v", when, now, got, step.want)
			}
		}
		c.Reset()
		if got := (words{c.State(0, 0), c.State(0, 1), c.AxonWord(0, 0), c.Weight(0, 0), len(c.Fired) > 0}); got != (words{W: 10}) {
			t.Errorf("%s, reset: %+v, want what it began with", when, got)
		}
	}
}

// A row that is read has its weights changed by arrive, added, and changed by pre.
func TestArriveThenAddThenPre(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse()} {
		row := plastic(5)
		if arch.DelayPlace == targets.DelaySynapse {
			row.Delays = []uint16{1}
		}
		c := newCore(learner(
			t, arch, 1, []image.Row{row}, keep,
			".kind arrive\n.state v\n ldw t0\n addi t0, t0, 1\n stw t0, t0, t0\n",
			".kind pre\n.state v\n ldw t0\n addi t0, t0, 10\n stw t0, t0, t0\n",
		))
		for k, want := range []struct {
			sum int32
			w   int16
		}{{6, 16}, {17, 27}} {
			c.Receive(0, int64(k+1), 1)
			tick(c, int64(k+1))
			if got := c.State(0, 0); got != want.sum || c.Weight(0, 0) != want.w {
				t.Errorf("%s, spike %d: added %d and left weight %d, want %d and %d", name, k, got, c.Weight(0, 0), want.sum, want.w)
			}
		}
	}
}

// Programs of synapses change the words of their neuron, in order of axons, and
// wake a neuron that rested.
func TestProgramsOfSynapsesChangeTheirNeuron(t *testing.T) {
	c := newCore(learner(
		t, sample.Dense(), 2, []image.Row{plastic(1, 0), plastic(2, 0)},
		".state v\n add v, v, zero\n", // rests whatever comes
		".kind pre\n.state v\n ldw t0\n addw v, v, v\n add v, v, t0\n",
	))
	for now, want := range []int32{0, 0, 4, 20} { // ((0·2 + 1)·2 + 2), and so on from 4
		if now == 0 {
			continue
		}
		if now > 1 {
			c.Receive(1, int64(now), 1)
			c.Receive(0, int64(now), 1)
		}
		tick(c, int64(now))
		if got := c.State(0, 0); got != want {
			t.Errorf("tick %d: v is %d, want %d", now, got, want)
		}
	}
	if got := c.State(1, 0); got != 0 {
		t.Errorf("v of a neuron without weights is %d, want 0", got)
	}
}

// A silent row adds nothing; where it is plastic, its programs run.
func TestSilentRowsAddNothing(t *testing.T) {
	silent, both := image.Row{Slots: []uint16{0}, Weights: []int16{50}}, plastic(7)
	silent.Silent, both.Silent = true, true
	c := newCore(learner(t, sample.Dense(), 1, []image.Row{silent, both}, keep, ".kind arrive\n.state v\n ldw t0\n addi t0, t0, 1\n stw t0, t0, t0\n"))
	c.Receive(0, 1, 1)
	c.Receive(1, 1, 1)
	tick(c, 1)
	if got := c.State(0, 0); got != 0 || c.Weight(0, 0) != 50 || c.Weight(1, 0) != 8 {
		t.Errorf("the sum is %d, the weights %d and %d; want 0, 50 and 8", got, c.Weight(0, 0), c.Weight(1, 0))
	}
	if c.Counts[targets.SynapticOp] != 0 || c.Counts[targets.AxonRow] != 2 || c.Counts[targets.SynapseUpdate] != 1 {
		t.Errorf("counted %d synaptic operations, %d rows and %d updates, want 0, 2 and 1",
			c.Counts[targets.SynapticOp], c.Counts[targets.AxonRow], c.Counts[targets.SynapseUpdate])
	}
}

// A row's weights are the same numbers whether it is plastic or not, those at the
// limits too.
func TestExponentsOfPlasticRows(t *testing.T) {
	arch := sample.Dense()
	arch.WeightBits = 16
	weights := []int16{math.MinInt16, math.MaxInt16, -300, 300, -1, 1, 0}
	for exp := int8(-8); exp <= 7; exp++ {
		plain, learns := plastic(weights...), plastic(weights...)
		plain.Exp, learns.Exp, plain.Plastic = exp, exp, false
		c := newCore(learner(t, arch, len(weights), []image.Row{plain, learns}, keep, ".kind pre\n.state v\n"))
		c.Receive(0, 1, 1)
		c.Receive(1, 2, 1)
		tick(c, 1)
		var first, second []int32
		for slot := range weights {
			first = append(first, c.State(slot, 0))
		}
		tick(c, 2)
		for slot := range weights {
			second = append(second, c.State(slot, 0))
		}
		if exp == 0 && first[0] != math.MinInt16 {
			t.Errorf("the least weight adds %d", first[0])
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("exponent %d (-plain +plastic):\n%s", exp, diff)
		}
	}
}

// A synapse holds what its format says, whatever a program writes.
func TestWeightsKeepToTheirFormat(t *testing.T) {
	for _, c := range []struct {
		format targets.WeightFormat
		lo, hi int16
	}{{targets.Signed, -128, 127}, {targets.Mantissa, -256, 255}, {targets.AxonSign, -255, 255}} {
		arch := sample.Dense()
		arch.WeightFormat = c.format
		for to, want := range map[string]int16{"-32768": c.lo, "32767": c.hi} {
			k := newCore(learner(t, arch, 1, []image.Row{plastic(1)}, keep, ".kind pre\n.state v\n movi t0, "+to+"\n stw t0, t0, t0\n"))
			k.Receive(0, 1, 1)
			tick(k, 1)
			if got := k.Weight(0, 0); got != want || k.Saturations[0] != 0 {
				t.Errorf("%s: weight %s becomes %d with %d saturations, want %d and none", c.format, to, got, k.Saturations[0], want)
			}
		}
	}
}

// Arrive and pre cost in the integrate phase, axon and post in that of learning,
// by groups of lanes; what they do is counted.
func TestLearningCostsByGroups(t *testing.T) {
	timing := sample.Timing() // 4 lanes, instructions of 2 cycles
	im := learner(
		t, sample.Dense(), 9, []image.Row{plastic(1, 1, 1, 1, 1, 1, 1, 1, 1), plastic(2, 2), plastic(), {}},
		".state v\n mov v, in\n gt q1, v, zero\n@q1 spk\n",
		".kind arrive\n.state v\n ldw t0\n",
		".kind pre\n.state v\n ldw t0\n addi t0, t0, 1\n stw t0, t0, t0\n",
		".kind axon\n.state x\n acc x, x, 0\n rnd t0, 1\n",
		".kind post\n.state v\n ldw t0\n stw t0, t0, t0\n",
	)
	c := newCore(im)
	run := func(now int64) (integrate, learn int64) {
		c.StartTick(now, 0)
		integrate = c.Integrate(now) - timing.Tick
		c.Update(now)
		return integrate, c.Learn()
	}
	row := timing.Row + 2*timing.Word // 12 neurons, 8 a word
	axons := int64(1 * 2 * 2)         // three plastic rows are a group: two instructions
	for k, want := range []struct {
		due              []int32
		integrate, learn int64
		counts           activity.Counts
	}{
		{nil, 0, axons, activity.Counts{targets.AxonUpdate: 3}},
		{[]int32{0, 3}, 2*row + 3*(1+3)*2, axons, activity.Counts{targets.SynapseUpdate: 18, targets.SynapseWrite: 9, targets.AxonUpdate: 3}},
		// All nine fired: the first two are in two plastic rows, each a group.
		{[]int32{1}, row + 1*(1+3)*2, axons + 9*1*2*2, activity.Counts{targets.SynapseUpdate: 4 + 11, targets.SynapseWrite: 2, targets.AxonUpdate: 3}},
		{nil, 0, axons + 2*1*2*2, activity.Counts{targets.SynapseUpdate: 4, targets.AxonUpdate: 3}},
		{[]int32{2}, row, axons, activity.Counts{targets.AxonUpdate: 3}},
	} {
		for _, a := range want.due {
			c.Receive(a, int64(k+1), 1)
		}
		before := c.Counts
		integrate, learn := run(int64(k + 1))
		if integrate != want.integrate || learn != want.learn {
			t.Errorf("tick %d: integrated in %d cycles and learned in %d, want %d and %d", k+1, integrate, learn, want.integrate, want.learn)
		}
		for _, e := range []targets.Event{targets.SynapseUpdate, targets.SynapseWrite, targets.AxonUpdate} {
			if got := c.Counts[e] - before[e]; got != want.counts[e] {
				t.Errorf("tick %d: %s is %d, want %d", k+1, targets.Events[e].Name, got, want.counts[e])
			}
		}
	}
}

// A compartment knows its number also in a program that looks at no other.
func TestCompartmentsKnowTheirNumber(t *testing.T) {
	for _, more := range []string{"", " prv t0, v\n"} {
		c := newCore(learner(t, sample.Dense(), 6, nil, ".compartments 3\n.state v\n seg v\n"+more))
		tick(c, 1)
		for slot := range 6 {
			if got := c.State(slot, 0); got != int32(slot%3) {
				t.Errorf("slot %d is compartment %d, want %d", slot, got, slot%3)
			}
		}
	}
}

// Where spikes are graded, those that are due at one axon at once are added up,
// and multiply its weights and its axon's input.
func TestPayloadsOfOneAxonAddUp(t *testing.T) {
	im := learner(t, sample.Dense(), 2, []image.Row{plastic(3, -2), {Slots: []uint16{0, 1}, Weights: []int16{3, -2}}},
		".state v\n mov v, in\n gt q1, c0, c1\n@q1 spkg v\n",
		".kind axon\n.state x\n mov x, in\n")
	c := newCore(im)
	for axon := range int32(2) {
		for now, payloads := range [][]int32{{}, {7}, {5, -9}, {4, -4}, {}} {
			c.Reset()
			sum := int32(0)
			for _, p := range payloads {
				c.Receive(axon, int64(now+1), p)
				sum += p
			}
			for t := range now + 1 {
				tick(c, int64(t+1))
			}
			if got, want := [2]int32{c.State(0, 0), c.State(1, 0)}, [2]int32{3 * sum, -2 * sum}; got != want {
				t.Errorf("axon %d, payloads %v: sums %v, want %v", axon, payloads, got, want)
			}
			if got := c.AxonWord(0, 0); axon == 0 && got != sum {
				t.Errorf("payloads %v: the axon sees %d, want %d", payloads, got, sum)
			}
		}
	}
}

// A partial sum adds to the sum of a slot, in the tick in which it is due, and
// is no row.
func TestPartialSumsAddWithoutAnAxon(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse()} {
		c := newCore(learner(t, arch, 2, nil, ".state v\n mov v, in\n gt q1, c0, c1\n@q1 part v\n"))
		last := int64(arch.MaxDelay)
		c.ReceivePart(1, 1, 8)
		c.ReceivePart(1, 1, -3)
		c.ReceivePart(1, last, 70)
		for now := int64(1); now <= 2*last; now++ {
			tick(c, now)
			want := map[int64]int32{1: 5, last: 70}[now]
			if got := [2]int32{c.State(0, 0), c.State(1, 0)}; got != [2]int32{0, want} {
				t.Errorf("%s, tick %d: sums %v, want 0 and %d", name, now, got, want)
			}
		}
		if c.Counts[targets.AxonRow] != 0 || c.Counts[targets.PacketReceived] != 3 {
			t.Errorf("%s: counted %d rows and %d packets, want 0 and 3", name, c.Counts[targets.AxonRow], c.Counts[targets.PacketReceived])
		}
	}
}

// accw takes the sum as it is, so that one beyond a word is no saturation.
func TestWrappedSumsAreNoSaturations(t *testing.T) {
	arch := sample.Dense()
	arch.StateBits, arch.WeightBits = 8, 16
	for program, want := range map[string]struct {
		v           int32
		saturations int64
	}{
		".state v\n accw v, zero, 1\n": {600 - 512, 0}, // 2 · 300 wrapped to 8 bits
		".state v\n acc v, zero, 0\n":  {127, 1},
	} {
		c := newCore(learner(t, arch, 1, []image.Row{{Slots: []uint16{0}, Weights: []int16{300}}}, program))
		c.Receive(0, 1, 1)
		tick(c, 1)
		if got := c.State(0, 0); got != want.v || c.Saturations[0] != want.saturations {
			t.Errorf("%q: v is %d with %d saturations, want %d and %d", program, got, c.Saturations[0], want.v, want.saturations)
		}
	}
}
