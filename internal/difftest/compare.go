package difftest

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Run is what happens to a network: Spikes[t−1] lists the inputs that spike in
// tick t, Current is a constant input of each neuron in weight units, or nil.
type Run struct {
	Ticks   int
	Spikes  [][]int32
	Current []int32
}

// NewRun returns a random run of a network, spikes and, unless dead neurons are
// removed, currents; it ends without spikes.
func NewRun(seed uint64, net *network.Network, ticks int) Run {
	inputs, neurons := 0, 0
	for _, in := range net.Inputs {
		inputs += network.Size(in.Shape)
	}
	for _, p := range net.Populations {
		neurons += network.Size(p.Shape)
	}
	run := Run{Ticks: ticks, Spikes: Stimulus(seed, inputs, ticks*5/6)}
	if !net.Optimise.Dead { // which takes no account of currents
		run.Current = Current(seed, neurons)
	}
	return run
}

// stimulus is the run as the oracle takes it.
func (r *Run) stimulus() interp.Stimulus {
	s := interp.Stimulus{Spikes: r.Spikes}
	for _, c := range r.Current {
		s.Current = append(s.Current, float64(c))
	}
	return s
}

// Compare compiles net for a target and runs it on the oracle and on the
// emulated chip, in both modes, by way of the image's bytes. It returns the
// first difference as an error; an error of the compiler comes back as it is.
func Compare(net *network.Network, target *targets.Target, run Run) error {
	return CompareBroken(net, target, nil, run)
}

// CompareBroken is Compare on a chip of which something is dead, around which the
// network is compiled: nothing may be lost, nothing that is dead used.
func CompareBroken(net *network.Network, target *targets.Target, d *targets.Defects, run Run) error {
	return CompareWith(net, target, compiler.Options{Effort: 1, Defects: d}, run)
}

// CompareWith is Compare of what some options make of a network.
func CompareWith(net *network.Network, target *targets.Target, opt compiler.Options, run Run) error {
	res, err := compiler.Compile(context.Background(), net, target.Name, &target.Arch, opt)
	if err != nil {
		return err
	}
	if b := res.Report(nil).Bounds.Cores; b.Found < b.Bound {
		return fmt.Errorf("%d cores were found, and no mapping has fewer than %d: %s", b.Found, b.Bound, b.Argument)
	}
	return onChip(res, target, opt.Defects, run)
}

// onChip runs a compiled network on the oracle and on the emulated chip.
func onChip(res *compiler.Result, target *targets.Target, d *targets.Defects, run Run) error {
	if added := res.Quantized.Neurons() - len(run.Current); run.Current != nil && added > 0 {
		run.Current = slices.Concat(run.Current, make([]int32, added)) // none into relays
	}
	data, err := res.Image.Bytes()
	if err != nil {
		return err
	}
	im, err := image.Read("image", data)
	if err != nil {
		return fmt.Errorf("the image does not read back: %w", err)
	}
	want := interp.Quantized(res.Quantized, run.stimulus(), run.Ticks)
	if res.Mapped.Summed+res.Mapped.Zeros > 0 {
		want.SynapticEvents = -1 // a weight that is a sum is several events on the chip
	}
	var counted [2]activity.Counts
	for _, mode := range []emulator.Mode{emulator.Cycle, emulator.Functional} {
		chip, err := emulator.NewBrokenChip(im, target, d, mode)
		if err != nil {
			return fmt.Errorf("target %s: %w", target.Name, err)
		}
		if use := chip.DeadUse(); use != (emulator.DeadUse{}) {
			return fmt.Errorf("target %s: the image uses what is dead: %+v", target.Name, use)
		}
		ways := []emulator.Way{emulator.Plain, emulator.Fast}
		if mode == emulator.Functional {
			ways = append(ways, emulator.Portable)
		}
		var plain *activity.Activity
		for _, way := range ways {
			m := emulator.New(chip.In(way))
			for _, when := range []string{"at first", "after a reset"} { // which leaves nothing of the first run
				books, err := same(m, im, want, &run)
				if err != nil {
					return fmt.Errorf("target %s, mode %d, way %d, %s: %w", target.Name, mode, way, when, err)
				}
				if plain == nil {
					plain = books
				}
				if !reflect.DeepEqual(plain, books) {
					return fmt.Errorf("target %s, mode %d, way %d, %s: the books are\n%+v\nthose of the plain way\n%+v", target.Name, mode, way, when, *books, *plain)
				}
				m.Reset()
			}
		}
		counted[mode] = plain.Total()
		counted[mode][targets.Cycle] = 0
	}
	if counted[emulator.Cycle] != counted[emulator.Functional] {
		return fmt.Errorf("target %s: events are %v in cycle mode, %v in functional mode", target.Name, counted[emulator.Cycle], counted[emulator.Functional])
	}
	return nil
}

// same runs a chip and holds its spikes, its potentials and some of its counts to
// the oracle's. It returns all that was counted.
func same(m *emulator.Machine, im *image.Image, want *interp.Result, run *Run) (*activity.Activity, error) {
	m.SetCurrent(run.Current)
	next := 0
	for t := 1; t <= run.Ticks; t++ {
		var in []int32
		if t <= len(run.Spikes) {
			in = run.Spikes[t-1]
		}
		for _, n := range m.Tick(in) {
			got := interp.Spike{Tick: int32(t), Neuron: n}
			if next == len(want.Spikes) || want.Spikes[next] != got {
				return nil, fmt.Errorf("spike %d: the chip has %v, the oracle %v", next, got, at(want.Spikes, next))
			}
			next++
		}
		if next < len(want.Spikes) && int(want.Spikes[next].Tick) <= t {
			return nil, fmt.Errorf("spike %d: the oracle has %v, the chip none in tick %d", next, want.Spikes[next], t)
		}
	}
	for n, v := range want.V {
		if got := m.State(n, 0); float64(got) != v {
			return nil, fmt.Errorf("neuron %d ends at %d on the chip, at %v on the oracle", n, got, v)
		}
	}
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	if act.Lost != (activity.Lost{}) {
		return nil, fmt.Errorf("packets were lost: %+v", act.Lost)
	}
	if want.SynapticEvents >= 0 && act.SynapticEvents != want.SynapticEvents {
		return nil, fmt.Errorf("%d synaptic events on the chip, %d on the oracle", act.SynapticEvents, want.SynapticEvents)
	}
	var saturations int64
	for _, s := range act.Saturations {
		saturations += s
	}
	if saturations != want.Saturations {
		return nil, fmt.Errorf("%d saturations on the chip, %d on the oracle", saturations, want.Saturations)
	}
	return act, nil
}

func at(list []interp.Spike, k int) any {
	if k < len(list) {
		return list[k]
	}
	return "none"
}
