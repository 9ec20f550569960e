package defect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/defect"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// small is a chip of 3 × 2 cores of 8 axons and 4 neurons.
func small(t *testing.T) *targets.Arch {
	t.Helper()
	c, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	a := c.Arch
	a.MeshWidth, a.MeshHeight, a.Axons, a.Neurons, a.FanOut, a.PartialSums = 3, 2, 8, 4, 64, false
	return &a
}

func load(t *testing.T, a *targets.Arch, text string) *targets.Defects {
	t.Helper()
	d, err := targets.ParseDefects("die.yaml", []byte(text), a)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// dense is a network of some inputs that all drive all of some neurons.
func dense(inputs, neurons string) string {
	return "network: dense\ntick: 1ms\ninputs: {in: {shape: [" + inputs + "]}}\npopulations: {p: {shape: [" + neurons + "], neuron: if, params: {threshold: 3.0}}}\n" +
		"projections:\n  - {from: in, to: p, connect: dense, weights: 1.0}\noutputs: [p]\n"
}

// apart is a network of neurons with so many inputs each that no other has.
func apart(neurons, inputs int) string {
	var list []string
	for i := range neurons * inputs {
		list = append(list, fmt.Sprintf("[%d, %d, 1.0]", i, i/inputs))
	}
	return fmt.Sprintf("network: apart\ntick: 1ms\ninputs: {in: {shape: [%d]}}\npopulations: {p: {shape: [%d], neuron: if, params: {threshold: 0.5}}}\n", neurons*inputs, neurons) +
		"projections:\n  - {from: in, to: p, connect: {list: [" + strings.Join(list, ", ") + "]}}\noutputs: [p]\n"
}

func compile(t *testing.T, a *targets.Arch, net string, d *targets.Defects) (*image.Image, error) {
	t.Helper()
	n, err := network.Parse("net.yaml", []byte(net))
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Compile(context.Background(), n, "small", a, compiler.Options{Defects: d})
	if err != nil {
		return nil, err
	}
	return res.Image, nil
}

func mustCompile(t *testing.T, a *targets.Arch, net string, d *targets.Defects) *image.Image {
	t.Helper()
	im, err := compile(t, a, net, d)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestWhatDoesNotFitIsSaid holds the messages.
func TestWhatDoesNotFitIsSaid(t *testing.T) {
	for _, tt := range []struct{ name, net, defects, want string }{
		{
			"too few cores", dense("4", "20"), "{defects: die, cores: [[0, 0], [2, 1]]}",
			"die.yaml: the network needs at least 5 cores (if takes 20 slots at least, a core has 4), 1 more than the 4 that die leaves of the target's 6: 2 are dead; choose a chip with fewer defects, a larger target, or a smaller network [does-not-fit]",
		},
		{
			"cores cut off", dense("4", "20"), "{defects: die, cores: [[1, 0]], links: [[[1, 0], [2, 0]], [[1, 1], [2, 1]]]}",
			"die.yaml: the network needs at least 5 cores (if takes 20 slots at least, a core has 4), 2 more than the 3 that die leaves of the target's 6: 1 is dead, and 2 are cut off from the I/O port by dead links; choose a chip with fewer defects, a larger target, or a smaller network [does-not-fit]",
		},
		{
			"all cores dead", dense("4", "4"), "{defects: die, random: {cores: 1}}",
			"die.yaml: the network needs at least 1 core (if takes 4 slots at least, a core has 4), 1 more than the 0 that die leaves of the target's 6: 6 are dead; choose a chip with fewer defects, a larger target, or a smaller network [does-not-fit]",
		},
		{
			"fewer cores than the search finds", apart(4, 5), "{defects: die, cores: [[0, 0], [1, 1], [2, 1]]}",
			"die.yaml: the network needs 4 cores, 1 more than the 3 that die leaves of the target's 6: 3 are dead; without these defects it would fit: choose a chip with fewer, a larger target, or a smaller network [does-not-fit]",
		},
		{
			"dead axons", dense("8", "4"), "{defects: die, random: {axons: 0.3}}",
			`die.yaml: population "p": a core of 4 neurons and 8 axons has no place on the cores that die leaves (6 tried); at [0, 0], which comes nearest, 7 axons of 8 can be used, 1 too few; choose a chip with fewer dead axons and synapses, or a sparser or smaller network [does-not-fit]`,
		},
		{
			"dead synapses", dense("8", "4"), "{defects: die, cores: [[1, 0], [2, 0], [0, 1], [1, 1], [2, 1]], synapses: [{core: [0, 0], synapses: [[0, 0], [3, 1]]}]}",
			`die.yaml: population "p": a core of 4 neurons and 8 axons has no place on the cores that die leaves (1 tried); at [0, 0], which comes nearest, 2 of the axons find no row whose dead synapses they do not need; 2 synapses and 0 axons are dead there; choose a chip with fewer dead axons and synapses, or a sparser or smaller network [does-not-fit]` +
				"\n\tdie.yaml: with at most 3 neurons a core, the network needs 2 cores, 1 more than the 1 that die leaves of the target's 6: 5 are dead; without these defects it would fit: choose a chip with fewer, a larger target, or a smaller network",
		},
		{
			"several cores", dense("8", "12"), "{defects: die, random: {axons: 0.3}}",
			`die.yaml: 3 of 3 cores have no place on the cores that die leaves, the worst of them one of population "p" with 4 neurons and 8 axons (6 tried); at [0, 0], which comes nearest, 7 axons of 8 can be used, 1 too few; choose a chip with fewer dead axons and synapses, or a sparser or smaller network [does-not-fit]` +
				"\n\tdie.yaml: with at most 1 neuron a core, the network needs 12 cores, 6 more cores than the target's 6 cores; population \"p\" takes most: choose a target with more cores, or more axons a core",
		},
	} {
		a := small(t)
		if _, err := compile(t, a, tt.net, load(t, a, tt.defects)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got\n%v\nwant\n%s", tt.name, err, tt.want)
		}
	}
}

// TestDeadAxonsLeaveSmallerCores holds that cores are made with as few axons as
// the chip's have.
func TestDeadAxonsLeaveSmallerCores(t *testing.T) {
	a := small(t)
	chain := apart(12, 2)
	if im := mustCompile(t, a, chain, nil); len(im.Cores) != 3 {
		t.Fatalf("%d cores without defects, want 3", len(im.Cores))
	}
	d := load(t, a, "{defects: die, random: {axons: 0.3}}")
	im := mustCompile(t, a, chain, d)
	if len(im.Cores) < 4 {
		t.Errorf("%d cores with dead axons, want more than 3", len(im.Cores))
	}
	if im.Manifest.Arch != *a {
		t.Error("the image is for another target")
	}
}

// TestDeadSynapsesLeaveSmallerCores holds that cores get fewer neurons where fewer
// axons are no way out: all neurons have all inputs, and two rows of the last column
// are dead.
func TestDeadSynapsesLeaveSmallerCores(t *testing.T) {
	a := small(t)
	column := "{defects: die, synapses: ["
	for router := range 6 {
		column += fmt.Sprintf("{core: [%d, %d], synapses: [[0, 3], [3, 3]]}, ", router%3, router/3)
	}
	im := mustCompile(t, a, dense("8", "8"), load(t, a, column+"]}"))
	if len(im.Cores) < 3 {
		t.Errorf("%d cores, of which none has 4 neurons that work: want 3 or more", len(im.Cores))
	}
}

// Who stops a layout stops the search, and is told why.
func TestAStoppedLayoutEndsTheSearch(t *testing.T) {
	a := small(t)
	im := mustCompile(t, a, dense("8", "4"), nil)
	rounds := 0
	_, err := defect.Fit(defect.NewRoom(load(t, a, "defects: die\nrandom: {synapses: 1}\n")), a, func(*targets.Arch) (*image.Image, error) {
		if rounds++; rounds > 1 {
			return nil, context.Canceled
		}
		return im, nil
	})
	if !errors.Is(err, context.Canceled) || rounds != 2 {
		t.Errorf("%v after %d rounds, want %v after 2", err, rounds, context.Canceled)
	}
}

// Cores that need few axons are laid out anew only with fewer than those: all else
// would be the same again.
func TestNothingIsLaidOutTheSameAgain(t *testing.T) {
	a := small(t)
	im := mustCompile(t, a, dense("2", "1"), nil)
	rounds := 0
	_, err := defect.Fit(defect.NewRoom(load(t, a, "defects: die\nrandom: {synapses: 1}\n")), a, func(*targets.Arch) (*image.Image, error) {
		rounds++
		return im, nil
	})
	if err == nil || rounds != 1 {
		t.Errorf("%v after %d rounds, want that it does not fit, after one", err, rounds)
	}
}

func TestArrangeTouchesNothingInVain(t *testing.T) {
	a := small(t)
	plain := mustCompile(t, a, dense("6", "12"), nil)
	if got, err := defect.Arrange(plain, nil); err != nil || got != plain {
		t.Errorf("without defects: %p, %v; want the image itself, %p", got, err, plain)
	}
	before, err := plain.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	// What is dead is not in use: the fourth core, a free axon, a free cell.
	d := load(t, a, "{defects: die, cores: [[2, 1]], axons: [{core: [0, 0], axons: [7]}], synapses: [{core: [1, 0], synapses: [[6, 0]]}]}")
	got, err := defect.Arrange(plain, d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&image.Defects{Name: "die", Fingerprint: d.Fingerprint()}, got.Manifest.Defects); diff != "" {
		t.Errorf("the manifest's defects (-want +got):\n%s", diff)
	}
	again := *got
	again.Manifest.Defects = nil
	if data, err := again.Bytes(); err != nil || !bytes.Equal(before, data) {
		t.Errorf("the image changed, or %v (-want +got):\n%s", err, cmp.Diff(plain, &again))
	}
	// What is dead is in use: something moves, and the image given stays as it is.
	d = load(t, a, "{defects: die, cores: [[1, 0]], axons: [{core: [0, 0], axons: [0]}], synapses: [{core: [0, 1], synapses: [[1, 1]]}]}")
	moved, err := defect.Arrange(plain, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := moved.Verify(); err != nil {
		t.Error(err)
	}
	for k := range moved.Cores {
		c := &moved.Cores[k]
		if c.X == 1 && c.Y == 0 || c.X == 0 && c.Y == 0 && c.Rows.Synapses(0) > 0 {
			t.Errorf("core %d uses what is dead", k)
		}
	}
	if after, err := plain.Bytes(); err != nil || !bytes.Equal(before, after) {
		t.Errorf("arranging changed the image, or %v", err)
	}
}

// TestCompilerErrorsComeFirst holds that what never fits is told as without
// defects.
func TestCompilerErrorsComeFirst(t *testing.T) {
	a := small(t)
	_, want := compile(t, a, dense("9", "4"), nil)
	_, got := compile(t, a, dense("9", "4"), load(t, a, "{defects: die, cores: [[0, 0]]}"))
	if got == nil || want == nil || got.Error() != want.Error() || !strings.Contains(got.Error(), "1 more than the 8 of a core") {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, ours := errors.AsType[*compiler.InternalError](got); ours {
		t.Error(got)
	}
}

// TestNeuronsTakeEverythingAlong has a dead column, so that a neuron changes
// places with one that has no synapses: with its number, its destinations, and the
// partial sums that are for it.
func TestNeuronsTakeEverythingAlong(t *testing.T) {
	a := small(t)
	net := "network: column\ntick: 1ms\ninputs: {in: {shape: [3]}}\npopulations: {p: {shape: [4], neuron: if, params: {threshold: [1.0, 2.0, 3.0, 4.0]}}}\n" +
		"projections:\n  - {from: in, to: p, connect: {list: [[0, 0, 1.0], [1, 1, 1.0], [2, 2, 1.0]]}}\noutputs: [p]\n"
	im := mustCompile(t, a, net, nil)
	old := &im.Cores[0]
	old.Dests[0] = append(old.Dests[0], image.Dest{Core: 0, Axon: -1 - 2, Delay: 1})
	old.State = []int32{10, 11, 12, 13}
	d := load(t, a, "{defects: die, synapses: [{core: [0, 0], synapses: [[0, 2], [1, 2], [2, 2], [3, 2], [4, 2], [5, 2], [6, 2], [7, 2]]}]}")
	got, err := defect.Arrange(im, d)
	if err != nil {
		t.Fatal(err)
	}
	c := &got.Cores[0]
	if c.X != 0 || c.Y != 0 || c.Neurons[2] == 2 {
		t.Fatalf("core at (%d, %d) with neurons %v", c.X, c.Y, c.Neurons)
	}
	for slot, n := range c.Neurons {
		if c.State[slot] != 10+n || c.Params[slot*int(c.ParamWords)] != old.Params[int(n)*int(c.ParamWords)] || len(c.Dests[slot]) != len(old.Dests[n]) {
			t.Errorf("neuron %d in slot %d has state %d, parameters %v, destinations %v", n, slot, c.State[slot], c.Params, c.Dests[slot])
		}
	}
	for i, dests := range got.InputDests {
		row := c.Rows.Row(int(dests[0].Axon))
		if len(row.Slots) != 1 || c.Neurons[row.Slots[0]] != int32(i) {
			t.Errorf("input %d reaches slots %v of neurons %v", i, row.Slots, c.Neurons)
		}
	}
	first := c.Dests[slices.Index(c.Neurons, 0)]
	if slot, ok := first[len(first)-1].Slot(); !ok || c.Neurons[slot] != 2 {
		t.Errorf("the partial sum for neuron 2 goes to %v", first)
	}
	if err := got.Verify(); err != nil {
		t.Error(err)
	}
}
