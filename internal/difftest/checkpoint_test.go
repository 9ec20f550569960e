package difftest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// relay is a run that another machine goes on with every so many ticks, by way of a
// checkpoint: each is of another way or number of workers than the one before.
type relay struct {
	machines []*emulator.Machine
	at       int
}

func newRelay(chip *emulator.Chip) *relay {
	r := &relay{}
	for workers, way := range []emulator.Way{emulator.Fast, emulator.Plain, emulator.Portable, emulator.Plain, emulator.Fast} {
		m := emulator.New(chip.In(way))
		m.SetWorkers(workers + 1)
		r.machines = append(r.machines, m)
	}
	return r
}

// machine is the one whose turn it is.
func (r *relay) machine() *emulator.Machine { return r.machines[r.at%len(r.machines)] }

// pass passes the run on, and returns the checkpoint's bytes.
func (r *relay) pass() ([]byte, error) {
	data := state(r.machine())
	r.at++
	c, err := checkpoint.Read("checkpoint", data, nil)
	if err != nil {
		return nil, err
	}
	r.machine().Checkpoint(c)
	return data, c.End()
}

// state is what a machine writes.
func state(m *emulator.Machine) []byte {
	c := checkpoint.Writer()
	m.Checkpoint(c)
	return checkpoint.Bytes(nil, c)
}

func books(m *emulator.Machine, im *image.Image) *activity.Activity {
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	return act
}

// holds runs a chip, and beside it a relay that is passed on after every tick or every
// 7th, by the number of the run, and tells where these differ: in a spike, in a byte of
// their checkpoints, or in the books at the end.
func holds(chip *emulator.Chip, run *Run, number int) error {
	every := []int{1, 7}[number%2]
	im := chip.Image()
	whole, parts := emulator.New(chip), newRelay(chip)
	for _, m := range append(parts.machines, whole) {
		m.SetRun(number)
	}
	for _, m := range parts.machines[1:] {
		m.SetRun(number + 1) // which the checkpoint puts right
	}
	for _, m := range []*emulator.Machine{whole, parts.machine()} {
		m.SetCurrent(run.Current)
		if len(run.Spikes) > 0 {
			m.Preload(run.Spikes[len(run.Spikes)-1])
		}
	}
	for t := range run.Ticks {
		var in []int32
		if t < len(run.Spikes) {
			in = run.Spikes[t]
		}
		if want, got := whole.Tick(in), parts.machine().Tick(in); !slices.Equal(want, got) {
			return fmt.Errorf("tick %d: %v fire after checkpoints, %v without", t+1, got, want)
		}
		if (t+1)%every != 0 {
			continue
		}
		got, err := parts.pass()
		if err != nil {
			return fmt.Errorf("tick %d: %w", t+1, err)
		}
		if !bytes.Equal(state(whole), got) {
			return fmt.Errorf("tick %d: the state is another after checkpoints than without", t+1)
		}
	}
	if diff := cmp.Diff(books(whole, im), books(parts.machine(), im)); diff != "" {
		return fmt.Errorf("the books (-without +with checkpoints):\n%s", diff)
	}
	return nil
}

// A run that is stopped, and resumed in another way by other workers, is the run that
// never was: on every target, of generated networks with delays, learning, currents and
// parts of neurons, on whole chips and broken ones.
func TestCheckpointsShowNowhere(t *testing.T) {
	ran := map[string]int{}
	for seed := *start; seed < *start+uint64(*long)/3; seed++ {
		net, text := parse(t, seed)
		run := NewRun(seed, net, ticks)
		for k, chip := range chips(t) {
			if (seed/2+uint64(k))%2 != 0 { // half of the pairs is enough
				continue
			}
			var d *targets.Defects
			if seed%3 == 0 && chip.Arch.Models == "" {
				d = broken(t, &chip.Arch, seed)
			}
			c := compiled(net, chip.Target, d, emulator.Mode(seed/4%2))
			if c == nil {
				continue // another test tells
			}
			one := run
			if one.Current != nil {
				one.Current = slices.Concat(run.Current, make([]int32, max(0, c.Image().Neurons()-len(run.Current))))
			}
			if err := holds(c, &one, int(seed)); err != nil {
				t.Errorf("seed %d on %s: %v\n%s", seed, chip.Name, err, text)
			}
			ran[chip.Name]++
		}
	}
	t.Log(ran)
	for _, name := range []string{"xbar256", "loihi", "cut-dense", "cut-sparse", "narrow", "wide"} {
		if want := *long / 3 / 6; ran[name] < want {
			t.Errorf("%d networks ran on %s, want at least %d", ran[name], name, want)
		}
	}
}

// compiled returns the chip of a network, or nil where it does not fit.
func compiled(net *network.Network, target *targets.Target, d *targets.Defects, mode emulator.Mode) *emulator.Chip {
	res, err := compiler.Compile(context.Background(), net, target.Name, &target.Arch, compiler.Options{Effort: 1, Defects: d})
	if err != nil {
		return nil
	}
	c, err := emulator.NewBrokenChip(res.Image, target, d, mode)
	if err != nil {
		return nil
	}
	return c
}

// So it is on noisy devices, whose noise is of the run and the tick, on chips that lose
// packets because the network is not compiled around what is dead, and where ticks are
// late.
func TestCheckpointsShowNowhereOnUnsoundChips(t *testing.T) {
	for _, name := range []string{"rram", "xbar256", "loihi"} {
		target, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		ran := 0
		for seed := uint64(0); seed < 60 && ran < 5; seed++ {
			net, text := parse(t, seed)
			res, err := compiler.Compile(context.Background(), net, name, &target.Arch, compiler.Options{Effort: 1})
			if err != nil {
				continue
			}
			late := *target
			late.Timing.Period = 100 // which some ticks do not keep to
			c, err := emulator.NewBrokenChip(res.Image, &late, broken(t, &target.Arch, seed), emulator.Mode(seed/2%2))
			if err != nil {
				continue
			}
			run := NewRun(seed, net, ticks)
			run.Current = nil
			if err := holds(c, &run, int(seed)); err != nil {
				t.Errorf("seed %d on %s: %v\n%s", seed, name, err, text)
			}
			ran++
		}
		if ran < 3 {
			t.Errorf("%d networks ran on %s: too few to show anything", ran, name)
		}
	}
}

// And on chips without ticks.
func TestCheckpointsShowNowhereOnEventDrivenChips(t *testing.T) {
	for _, test := range eventNetworks {
		target, err := targets.Load(test.target)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(4) {
			net, text, _ := test.parse(t, seed)
			c := compiled(net, target, nil, emulator.Cycle)
			run := NewRun(seed, net, 60)
			run.Current = nil
			if err := holds(c, &run, int(seed)); err != nil {
				t.Errorf("seed %d on %s: %v\n%s", seed, test.target, err, text)
			}
		}
	}
}

// Neurons that drive each other for ever leave spikes in the scheduler of such a chip
// when a tick is over, and addresses on its bus.
func TestCheckpointsHaveWhatWaitsOnEventDrivenChips(t *testing.T) {
	for name, neuron := range map[string]string{"tinyodin": "tinyodin_lif", "odin": "odin_lif"} {
		target, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		net, err := network.Parse("loop.yaml", fmt.Appendf(nil, `
inputs: {in: {shape: 2}}
populations: {n: {shape: 5, neuron: %s, params: {threshold: {integer: [3, 9], seed: 1}, leak: 1}}}
projections:
  - {from: in, to: n, connect: dense, weights: 7}
  - {from: n, to: n, connect: dense, weights: {integer: [2, 7], seed: 2}}
outputs: [n]
`, neuron))
		if err != nil {
			t.Fatal(err)
		}
		c := compiled(net, target, nil, emulator.Cycle)
		run := Run{Ticks: 2, Spikes: [][]int32{{0, 1}, {0, 1}}}
		if err := holds(c, &run, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		m := emulator.New(c)
		for _, in := range run.Spikes {
			m.Tick(in)
		}
		if act := books(m, c.Image()); act.Late == 0 {
			t.Errorf("%s: the chip comes to rest, so that nothing waits", name)
		}
	}
}

// Whatever numbers a checkpoint has, a machine that takes them does something in every
// tick and takes no memory for it.
func FuzzCheckpoint(f *testing.F) {
	var all []*emulator.Chip
	for seed := uint64(0); len(all) < 12; seed++ {
		net, _ := parse(f, seed)
		targets := chips(f)
		c := compiled(net, targets[seed%uint64(len(targets))].Target, nil, emulator.Mode(seed%2))
		if c == nil {
			continue
		}
		all = append(all, c.In(emulator.Way(seed%3)))
	}
	odin, err := targets.Load("odin")
	if err != nil {
		f.Fatal(err)
	}
	for _, test := range eventNetworks[1:] {
		net, _, _ := test.parse(f, 0)
		all = append(all, compiled(net, odin, nil, emulator.Cycle))
	}
	head := len(checkpoint.Bytes(nil, checkpoint.Writer())) - sha256.Size
	for k, c := range all {
		m := emulator.New(c)
		for range 5 {
			m.Tick(nil)
		}
		data := state(m)
		f.Add(byte(k), data[head:len(data)-sha256.Size])
	}
	empty := checkpoint.Bytes(nil, checkpoint.Writer())[:head]
	f.Fuzz(func(t *testing.T, which byte, numbers []byte) {
		data := slices.Concat(empty, numbers)
		sum := sha256.Sum256(data)
		c, err := checkpoint.Read("checkpoint", append(data, sum[:]...), nil)
		if err != nil {
			t.Fatal(err)
		}
		m := emulator.New(all[int(which)%len(all)])
		m.Checkpoint(c)
		if c.End() != nil {
			m.Reset()
		}
		for range 20 {
			m.Tick(nil)
		}
	})
}
