package image

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets"
)

// spread is an image of slots of every role: neurons 0 to 2 of "a" and 3 of "b".
//
//	core 0: 0, 1, a copy of 3           core 2: two relays, the second behind the first
//	core 1: 3, 2, a copy of 0           core 3: parts of 1 and 3, sent at once to core 0 and 1
func spread(t testing.TB) *Image {
	t.Helper()
	arch := fullArch(denseArch)
	im := &Image{
		Manifest: Manifest{Network: "spread", Arch: arch, Inputs: []Symbol{{Name: "in", Shape: []int{1}, N: 1}}, Populations: []Symbol{
			{Name: "a", Shape: []int{3}, N: 3}, {Name: "b", Shape: []int{1}, First: 3, N: 1},
		}},
		InputDests: [][]Dest{{{Core: 2, Axon: 0, Delay: 1}, {Core: 3, Axon: 0, Delay: 1}}},
	}
	for _, text := range []string{
		".program if\n.state v\nacc v, v, 0\ngt q1, v, c0\n@q1 spk\n",
		".program relay\ngt q1, in, zero\n@q1 spk\n",
		".program sums\npart in\n",
	} {
		p, err := isa.Assemble("spread.s", text, isa.AsmOptions{})
		if err != nil {
			t.Fatal(err)
		}
		im.Programs = append(im.Programs, *p)
	}
	one := func(slots ...uint16) Row { return Row{Slots: slots, Weights: make([]int16, len(slots))} }
	im.Cores = []Core{
		{Neurons: []int32{0, 1, 3}, Copies: []bool{false, false, true}, State: make([]int32, 3), Rows: PackRows(one(0, 1)), Dests: make([][]Dest, 3)},
		{X: 1, Neurons: []int32{3, 2, 0}, Copies: []bool{false, false, true}, State: make([]int32, 3), Rows: PackRows(one(2)), Dests: make([][]Dest, 3)},
		{X: 2, Program: 1, Neurons: []int32{NoNeuron, NoNeuron}, Copies: []bool{true, true}, Rows: PackRows(one(0), one(1)), Dests: [][]Dest{
			{{Core: 0, Axon: 0, Delay: 1}, {Core: 2, Axon: 1, Delay: 2}}, {{Core: 1, Axon: 0, Delay: 1}},
		}},
		{Y: 1, Program: 2, Neurons: []int32{1, 3}, Copies: []bool{true, true}, Rows: PackRows(one(0, 1)), Dests: [][]Dest{
			{{Core: 0, Axon: -2}}, {{Core: 1, Axon: -1}},
		}},
	}
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return im
}

func TestRolesOfSlots(t *testing.T) {
	im := spread(t)
	for k, want := range [][]Role{{Own, Own, Copy}, {Own, Own, Copy}, {Relay, Relay}, {Part, Part}} {
		if got := im.Roles(&im.Cores[k]); !slices.Equal(got, want) {
			t.Errorf("core %d has roles %v, want %v", k, got, want)
		}
	}
	for k, want := range [][]int32{{0, 0, 1}, {1, 0, 0}, {0, 0}, {0, 1}} {
		if got := im.PopulationsOf(&im.Cores[k]); !slices.Equal(got, want) {
			t.Errorf("core %d has slots of populations %v, want %v", k, got, want)
		}
	}
	for k, want := range []string{"a +1", "a +1", "relays", "a +1 parts"} {
		if got := im.Label(&im.Cores[k]); got != want {
			t.Errorf("core %d is %q, want %q", k, got, want)
		}
	}
	for k, want := range []bool{false, false, false, true} {
		if got := im.Cores[k].SendsAtOnce(); got != want {
			t.Errorf("core %d sends at once: %v, want %v", k, got, want)
		}
	}
	var b strings.Builder
	if err := im.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"core 0 at (0, 0): a +1, program 0, 2 neurons, 1 copies, 1 axons", "core 2 at (2, 0): relays, program 1, 0 neurons, 2 relays, 2 axons",
		"core 3 at (0, 1): a +1 parts, program 2, 0 neurons, 2 parts, 1 axons",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the summary has no %q:\n%s", want, b.String())
		}
	}
}

// A core whose slots are all neurons of one population is what it always was.
func TestCopiesThatMarkNothingAreNone(t *testing.T) {
	im := random(t, denseArch, 3)
	want := fileOf(t, im)
	for k := range im.Cores {
		im.Cores[k].Copies = make([]bool, len(im.Cores[k].Neurons))
		if roles := im.Roles(&im.Cores[k]); roles != nil {
			t.Errorf("core %d has roles %v", k, roles)
		}
	}
	if got := fileOf(t, im); !slices.Equal(got, want) {
		t.Error("the file is another one")
	}
	if got := im.Label(&im.Cores[2]); got != "out" {
		t.Errorf("core 2 is %q, want out", got)
	}
}

func TestFileAndTextHoldCopies(t *testing.T) {
	im := spread(t)
	again, err := Read("x.weft", fileOf(t, im))
	if err != nil {
		t.Fatal(err)
	}
	fromText, err := ParseAssembly("x.s", textOf(t, im))
	if err != nil {
		t.Fatal(err)
	}
	for k := range im.Cores {
		for _, got := range []*Core{&again.Cores[k], &fromText.Cores[k]} {
			if diff := cmp.Diff([]any{im.Cores[k].Neurons, im.Cores[k].Copies}, []any{got.Neurons, got.Copies}); diff != "" {
				t.Errorf("core %d (-want +got):\n%s", k, diff)
			}
		}
	}
	im.Cores[3].Neurons = []int32{0, 0, 1, 2, 3, 3}
	im.Cores[3].Copies = []bool{true, true, true, true, true, true}
	im.Cores[3].Dests = append(im.Cores[3].Dests, nil, nil, nil, nil)
	text := textOf(t, im)
	for _, want := range []string{"\n.neurons 0 1 copy=3\n", "\n.neurons relay relay\n", "\n.neurons copy=0 copy=0..3 copy=3\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text has no %q:\n%s", want, text)
		}
	}
	checkText(t, im)
}

func TestRelaysStandInOrder(t *testing.T) {
	im := spread(t)
	want := []RelaySlot{{2, 0}, {2, 1}}
	if got, ok := im.Relays(); !ok || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, ok, want)
	}
	c := &im.Cores[2]
	c.Dests[0], c.Dests[1] = []Dest{{Core: 1, Axon: 0, Delay: 1}}, []Dest{{Core: 2, Axon: 0, Delay: 1}}
	slices.Reverse(want)
	if got, ok := im.Relays(); !ok || !slices.Equal(got, want) {
		t.Errorf("turned round: got %v, %v, want %v", got, ok, want)
	}
	if got, ok := random(t, denseArch, 1).Relays(); !ok || got != nil {
		t.Errorf("an image without relays has %v, %v", got, ok)
	}
}

func TestVerifyOfCopies(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(im *Image)
		want   string
	}{
		{"a neuron with two slots of its own", func(im *Image) { im.Cores[0].Neurons[1] = 0 }, "core 0: neuron 0 is in two slots, and neither is marked as a copy"},
		{"a neuron with copies alone", func(im *Image) { im.Cores[0].Copies[0] = true }, "slots for 3 neurons, the populations 4"},
		{"a relay that is not marked", func(im *Image) { im.Cores[2].Copies[1] = false; im.Cores[0].Copies[0] = true }, "core 2: slot 1: neuron -1 of 4"},
		{"a copy of nothing", func(im *Image) { im.Cores[3].Neurons[0] = 4 }, "core 3: slot 0: neuron 4 of 4"},
		{"a copy before the first", func(im *Image) { im.Cores[3].Neurons[0] = -2 }, "core 3: slot 0: neuron -2 of 4"},
		{"marks of slots that are not there", func(im *Image) { im.Cores[3].Copies = []bool{true, true, false} }, "core 3: marks of copies for 3 of 2 slots"},
		{"a core of a later population", func(im *Image) { im.Cores[3].Population = 1 }, `core 3: is of population "b", and its first neurons are of "a"`},
		{"a relay to itself", func(im *Image) { im.Cores[2].Dests[1] = []Dest{{Core: 2, Axon: 1, Delay: 1}} }, "relays send to each other in a loop"},
		{"a loop of relays", func(im *Image) { im.Cores[2].Dests[1] = []Dest{{Core: 2, Axon: 0, Delay: 1}} }, "relays send to each other in a loop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			im := spread(t)
			c.damage(im)
			if err := im.Verify(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	im := &Image{
		Manifest: Manifest{Arch: denseArch, Populations: []Symbol{{Name: "p", Shape: []int{1}, N: 1}}},
		Programs: programs(t)[2:], InputDests: [][]Dest{},
		Cores: []Core{{Neurons: []int32{0, 0}, Copies: []bool{false, true}, Dests: make([][]Dest, 2)}},
	}
	im.Manifest.Arch.Controller, im.Manifest.Arch.WeightBits = targets.ODINEvents, 3
	if err := im.Verify(); err == nil || !strings.Contains(err.Error(), "a copy of a neuron, and the chip has none") {
		t.Errorf("got %v, want that an event-driven chip has no copies", err)
	}
}
