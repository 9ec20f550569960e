package emulator

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
)

// oneEach is cores of so many neurons, of which each drives half of one core, or is told to
// the host.
func oneEach(r *rand.Rand, per, cores, told int) *image.Image {
	const inputs = 10
	n := &sample.Net{
		Name: "one", Inputs: []sample.Group{{Name: "in", N: inputs}}, Outputs: []int{1},
		Populations: []sample.Group{{Name: "a", N: per * cores}, {Name: "b", N: per * told}},
	}
	for k := range per * (cores + told) {
		bias := int32(r.IntN(3)) * int32(k/per%2) // every other core rests where nothing comes
		n.Biases, n.Thresholds = append(n.Biases, bias), append(n.Thresholds, int32(3+r.IntN(10)))
	}
	drives := func(from, core int) {
		delay, first := 1+r.IntN(5), core*per
		for to := first; to < first+per; to++ {
			if to == first || r.IntN(2) == 0 {
				n.Synapses = append(n.Synapses, sample.Synapse{From: from, To: to, Weight: []int{3, -1}[from%2], Delay: delay})
			}
		}
	}
	for from := range inputs {
		drives(from, r.IntN(cores))
	}
	for k, other := range r.Perm(per * cores) {
		drives(inputs+k, other%(cores+told))
	}
	arch := sample.Dense()
	arch.Neurons, arch.MeshWidth, arch.MeshHeight = per, 16, 20
	return n.Image(arch)
}

// Whatever one does between ticks, spikes that go in bunches do what they do one by one, and
// are on the same books: in cores of one word of axons and of two, on chips whose slots are
// in the order of their neurons and on others, near by and not.
func TestBunchesDoTheSame(t *testing.T) {
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 41))
		per, cores, told := 8, 60+r.IntN(100), 1+r.IntN(10)
		if seed%4 == 3 {
			per, cores, told = 90, 8, 2
		}
		im := oneEach(r, per, cores, told)
		if seed%2 == 1 {
			slices.Reverse(im.Cores[3].Neurons)
		}
		chip := NewChip(im, sample.Timing(), []Mode{Functional, Cycle}[seed/2%2])
		apart := *chip.In(Plain)
		apart.briefs = nil
		fast, plain := New(chip), New(&apart)
		if b := chip.briefs; b == nil || b.numbered != (seed%2 == 0) || 1<<b.shift != chip.specs[0].Words() || !fast.bunches() || plain.bunches() {
			t.Fatalf("seed %d: briefs are %v", seed, b != nil)
		}
		fast.asks = seed%3 == 0
		spikes := tickBoth(t, r, seed, fast, plain)
		want := booksOf(plain)
		if diff := cmp.Diff(want, booksOf(fast)); diff != "" {
			t.Fatalf("seed %d: books (-want +got):\n%s", seed, diff)
		}
		if spikes < 1000 {
			t.Fatalf("seed %d: %d spikes say little", seed, spikes)
		}
	}
}

// Spikes that go in bunches are offered to the mesh when they are one by one.
func TestBunchesCrossTheMesh(t *testing.T) {
	r := rand.New(rand.NewPCG(46, 47))
	chip := NewChip(oneEach(r, 8, 100, 4), sample.Timing(), Cycle)
	apart := *chip
	apart.briefs = nil
	bunches, single := New(chip), New(&apart)
	for tick := range 100 {
		inputs := []int32{r.Int32N(5), 5 + r.Int32N(5)}
		bunches.Tick(inputs)
		single.Tick(inputs)
		if got, want := bunches.Cycles(), single.Cycles(); got != want {
			t.Fatalf("tick %d ends in cycle %d, want %d", tick, got, want)
		}
	}
	if diff := cmp.Diff(single.LinkLoads(), bunches.LinkLoads()); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(booksOf(single), booksOf(bunches)); diff != "" {
		t.Errorf("books (-want +got):\n%s", diff)
	}
}

// A chip has briefs if each of its slots has one spot, and its cores as many words of
// axons each.
func TestChipsHaveBriefs(t *testing.T) {
	r := rand.New(rand.NewPCG(42, 43))
	im := oneEach(r, 8, 20, 2)
	if NewChip(im, sample.Timing(), Functional).briefs == nil {
		t.Error("a chip of one spot a slot has no briefs")
	}
	two := oneEach(r, 8, 20, 2)
	two.Cores[1].Dests[2] = append(two.Cores[1].Dests[2], image.Dest{Core: image.Host})
	if NewChip(two, sample.Timing(), Functional).briefs != nil {
		t.Error("a slot of two spots has a brief")
	}
	far := oneEach(r, 8, 20, 2)
	far.Manifest.Arch = sample.OfChips(far.Manifest.Arch)
	if NewChip(far, sample.Timing(), Functional).briefs != nil {
		t.Error("a spot on another chip has a brief")
	}
	uneven := oneEach(r, 8, 20, 2)
	rows := uneven.Cores[4].Rows.Unpack()
	for len(rows) <= 64 {
		rows = append(rows, rows[0])
	}
	uneven.Cores[4].Rows = image.PackRows(rows...)
	if NewChip(uneven, sample.Timing(), Functional).briefs != nil {
		t.Error("cores of one word and of two have briefs")
	}
}

// A brief has what its spot has, up to the largest.
func TestBriefsHaveWhatSpotsHave(t *testing.T) {
	r := rand.New(rand.NewPCG(44, 45))
	var hops uint64
	var x, y int64
	for n := range briefSum - 1 {
		to := spot{synapses: math.MaxUint16, hopX: math.MaxUint8, hopY: math.MaxUint8, delay: briefDelays - 1, bit: 63}
		word := uint32(briefWords - 1)
		if n%2 == 1 {
			to = spot{synapses: uint16(r.Uint32()), hopX: uint8(r.Uint32()), hopY: math.MaxUint8, delay: uint8(r.IntN(briefDelays)), bit: uint8(r.IntN(64))}
			word = r.Uint32N(briefWords)
		}
		b := newBrief(&to, word)
		if b.bit() != uint64(to.bit) || b.word() != word || b.delay() != uint32(to.delay) || b.synapses() != uint64(to.synapses) {
			t.Fatalf("%+v, word %d: bit %d, word %d, delay %d, %d synapses", to, word, b.bit(), b.word(), b.delay(), b.synapses())
		}
		hops += b.hops()
		x += int64(to.hopX)
		y += int64(to.hopY)
	}
	if gotX, gotY := hopsXY(hops); gotX != x || gotY != y {
		t.Errorf("links %d and %d, want %d and %d", gotX, gotY, x, y)
	}
}
