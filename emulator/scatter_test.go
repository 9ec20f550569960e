package emulator

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
)

// shortRows is a chip of cores of two neurons, whose rows are short lists. Some of its
// delays are longer than a tick.
func shortRows(r *rand.Rand) *image.Image {
	arch := sample.Dense()
	arch.Neurons, arch.MeshWidth, arch.MeshHeight = 2, 16, 40
	net := manyCores(r, 70+r.IntN(220))
	for k := range net.Synapses {
		if r.IntN(4) > 0 {
			net.Synapses[k].Delay = 1
		}
	}
	return net.Image(arch)
}

// Whatever one does between ticks, spikes that go as sums do what they do as bits, and are
// on the same books.
func TestScatteredSpikesDoTheSame(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 31))
		im := shortRows(r)
		chip := NewChip(im, sample.Timing(), Functional)
		if o := chip.outgoing; o == nil || len(o.synapses) < 100 {
			t.Fatalf("seed %d: no synapses are outgoing", seed)
		}
		fast, plain := New(chip), New(chip.In(Plain))
		spikes := tickBoth(t, r, seed, fast, plain)
		if diff := cmp.Diff(booksOf(plain), booksOf(fast)); diff != "" {
			t.Fatalf("seed %d: books (-want +got):\n%s", seed, diff)
		}
		if spikes < 100 {
			t.Fatalf("seed %d: %d spikes say little", seed, spikes)
		}
	}
}

// tickBoth acts on two machines and runs them, tick by tick, and returns how many spikes
// both had.
func tickBoth(t *testing.T, r *rand.Rand, seed uint64, fast, plain *Machine) (spikes int) {
	t.Helper()
	for tick := range 60 {
		what := act(t, r, fast, plain)
		var inputs []int32
		for in := range int32(10) {
			if r.IntN(3) == 0 {
				inputs = append(inputs, in)
			}
		}
		got, want := fast.Tick(inputs), plain.Tick(inputs)
		spikes += len(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, tick %d, after %q: spikes (-want +got):\n%s", seed, tick, what, diff)
		}
	}
	return spikes
}

// act does something to two machines between ticks, and says what.
func act(t *testing.T, r *rand.Rand, fast, plain *Machine) string {
	t.Helper()
	switch r.IntN(12) {
	case 0:
		if diff := cmp.Diff(booksOf(plain), booksOf(fast)); diff != "" {
			t.Fatalf("books (-want +got):\n%s", diff)
		}
		return "books"
	case 1:
		fast.Watch(&Tick{})
		return "watched"
	case 2:
		fast.Watch(nil)
		return "not watched"
	case 3:
		fast.SetWorkers(1 + r.IntN(5))
		return "other workers"
	case 4:
		current := make([]int32, len(fast.chip.place))
		for k := range current {
			current[k] = r.Int32N(3)
		}
		fast.SetCurrent(current)
		plain.SetCurrent(current)
		return "currents"
	case 5:
		one, other := written(fast), written(plain)
		if !slices.Equal(one, other) {
			t.Fatal("their checkpoints differ")
		}
		c, err := checkpoint.Read("checkpoint", one, nil)
		if err != nil {
			t.Fatal(err)
		}
		fast.Checkpoint(c)
		if err := c.End(); err != nil {
			t.Fatal(err)
		}
		return "checkpoint"
	case 6:
		fast.Reset()
		plain.Reset()
		return "reset"
	}
	return "nothing"
}

func booksOf(m *Machine) *activity.Activity {
	a := activity.New(len(m.cores), len(m.spikes))
	m.Activity(a)
	return a
}

func written(m *Machine) []byte {
	c := checkpoint.Writer()
	m.Checkpoint(c)
	return checkpoint.Bytes(nil, c)
}

// Only cores that a spike comes to are run, where neurons do nothing by themselves.
func TestScatteredSpikesWakeWhomTheyReach(t *testing.T) {
	const neurons = 40
	net := &sample.Net{
		Name: "chain", Inputs: []sample.Group{{Name: "in", N: 1}}, Populations: []sample.Group{{Name: "p", N: neurons}},
		Biases: make([]int32, neurons), Thresholds: make([]int32, neurons),
	}
	for k := range neurons {
		net.Thresholds[k] = 1
		net.Synapses = append(net.Synapses, sample.Synapse{From: k, To: k, Weight: 2, Delay: 1})
	}
	arch := sample.Dense()
	arch.Neurons, arch.MeshWidth, arch.MeshHeight = 1, 8, 8
	m := New(NewChip(net.Image(arch), sample.Timing(), Functional))
	if m.scattering == nil {
		t.Fatal("no synapses are outgoing")
	}
	m.Tick(nil) // in which all find out that they rest
	m.Tick([]int32{0})
	for k := range int32(neurons) {
		fired := m.Tick(nil)
		if diff := cmp.Diff([]int32{k}, fired); diff != "" {
			t.Fatalf("neuron %d (-want +got):\n%s", k, diff)
		}
		if ran := m.workers[0].ran; !slices.Contains(ran, k) || len(ran) > 2 {
			t.Errorf("as neuron %d fires, cores %d are run, want its own and the one before", k, ran)
		}
	}
}

// An axon is reached by sums where one neuron sends to it, once, a tick ahead.
func TestAxonsOfOneNeuronAreOutgoing(t *testing.T) {
	net := &sample.Net{
		Name: "some", Inputs: []sample.Group{{Name: "in", N: 1}}, Populations: []sample.Group{{Name: "p", N: 3}}, Outputs: []int{0},
		Biases: make([]int32, 3), Thresholds: make([]int32, 3),
		Synapses: []sample.Synapse{
			{From: 0, To: 2, Weight: 1, Delay: 1}, // of an input
			{From: 1, To: 2, Weight: 2, Delay: 1},
			{From: 2, To: 2, Weight: 3, Delay: 2},
			{From: 3, To: 2, Weight: 4, Delay: 1},
		},
	}
	arch := sample.Dense()
	arch.Neurons = 1
	im := net.Image(arch)
	weights := func(im *image.Image) (all []uint32) {
		o := NewChip(im, sample.Timing(), Functional).outgoing
		for _, x := range o.synapses {
			all = append(all, x&(1<<o.weightBits-1))
		}
		return all
	}
	if diff := cmp.Diff([]uint32{2, 4}, weights(im)); diff != "" {
		t.Errorf("outgoing weights (-want +got):\n%s", diff)
	}
	im.Cores[0].Dests[0] = append(im.Cores[0].Dests[0], im.Cores[2].Dests[0][0]) // two to one axon
	if diff := cmp.Diff([]uint32{2}, weights(im)); diff != "" {
		t.Errorf("where two share an axon (-want +got):\n%s", diff)
	}
	if NewChip(im, sample.Timing(), Cycle).outgoing != nil {
		t.Error("a mesh carries spikes, not sums")
	}
}

// A chip of more cores than a set has bits for wakes those that share one.
func TestSomeCoresAreAllThatWereAdded(t *testing.T) {
	for _, cores := range []int{1, 255, 256, 257, 4096, 100_000} {
		per := coresABit(cores)
		var s someCores
		for _, k := range []int{0, cores / 3, cores - 1} {
			s.add(k / per)
			if !s.has(k / per) {
				t.Errorf("of %d cores: %d is not in the set", cores, k)
			}
		}
		n := 0
		for k := range cores {
			if s.has(k / per) {
				n++
			}
		}
		if n > 3*per {
			t.Errorf("of %d cores: %d are in the set, want up to %d", cores, n, 3*per)
		}
	}
}
