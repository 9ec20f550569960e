package emulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// chip returns an image of cores of some neurons each, that all run one program
// and form one population, on an arch with every extension.
func chip(t *testing.T, arch targets.Arch, program string, cores ...[]int32) *image.Image {
	t.Helper()
	arch.Extensions = "MRLGXTC"
	p, err := isa.Assemble("chip.s", program, isa.AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	im := &image.Image{Manifest: image.Manifest{Arch: arch}, Programs: []isa.Program{*p}}
	n := 0
	for k, neurons := range cores {
		im.Cores = append(im.Cores, image.Core{
			X: int32(k), Neurons: neurons, State: make([]int32, len(neurons)*len(p.State)), Dests: make([][]image.Dest, len(neurons)),
		})
		n += len(neurons)
	}
	im.Manifest.Populations = []image.Symbol{{Name: "p", Shape: []int{n}, N: n}}
	return im
}

func machine(t *testing.T, im *image.Image, mode Mode) *Machine {
	t.Helper()
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return New(NewChip(im, sample.Timing(), mode))
}

// What broadcast inputs say in a tick is in the registers of all cores in the
// next tick, and in that one alone.
func TestBroadcastReachesAllCoresInTheNextTick(t *testing.T) {
	im := chip(t, sample.Dense(), ".state v\n ldm v\n", []int32{0}, []int32{1})
	im.Manifest.Inputs = []image.Symbol{
		{Name: "plain", Shape: []int{1}, N: 1},
		{Name: "reward", Shape: []int{3}, First: 1, N: 3, Broadcast: []int32{5, -7, 1 << 30}},
	}
	im.InputDests = make([][]image.Dest, 4)
	for _, mode := range []Mode{Cycle, Functional} {
		m := machine(t, im, mode)
		for range 2 {
			for k, c := range []struct {
				in   []int32
				want int32
			}{{[]int32{0, 1}, 0}, {[]int32{1, 2}, 5}, {[]int32{0}, -2}, {[]int32{3}, 0}, {nil, 1<<23 - 1}, {[]int32{2}, 0}} {
				m.Tick(c.in)
				if got := [2]int32{m.State(0, 0), m.State(1, 0)}; got != [2]int32{c.want, c.want} {
					t.Errorf("mode %d, tick %d: registers hold %v, want %d", mode, k+1, got, c.want)
				}
			}
			act := activity.New(2, 1)
			m.Activity(act)
			if got := act.Chip[targets.HostIn]; got != 5 {
				t.Errorf("mode %d: %d packets from the host, want one for each of 5 broadcast spikes", mode, got)
			}
			m.Reset() // and what was said in the last tick is gone
		}
	}
}

// Random bits go by neuron, tick and seed, wherever a neuron is placed and
// whatever the others draw.
func TestRandomNumbersDoNotDependOnPlaces(t *testing.T) {
	const draw = ".state v\n.state w\n rnd v, 20\n rndq q1, c0, 1\n@q1 rnd w, 20\n rnd w, 20\n"
	values := func(im *image.Image, mode Mode) (out []string) {
		m := machine(t, im, mode)
		for range 5 {
			m.Tick(nil)
			for n := range im.Neurons() {
				out = append(out, fmt.Sprint(m.State(n, 0), m.State(n, 1)))
			}
		}
		return out
	}
	one := chip(t, sample.Dense(), draw, []int32{0, 1, 2, 3, 4, 5})
	other := chip(t, sample.Dense(), draw, []int32{4, 1}, []int32{5, 0, 3, 2})
	want := values(one, Cycle)
	if diff := cmp.Diff(want, values(other, Functional)); diff != "" {
		t.Errorf("draws (-one core +two):\n%s", diff)
	}
	seen := map[string]bool{}
	for _, v := range want {
		if seen[v] {
			t.Errorf("%s was drawn twice", v)
		}
		seen[v] = true
	}
	one.Manifest.Seed = 1
	for k, v := range values(one, Cycle) {
		if v == want[k] {
			t.Errorf("draw %d is %s with another seed too", k, v)
		}
	}
}

// A partial sum is in the sum of its slot as many ticks later as its destination
// says, wherever the target keeps delays; a spike of the same neuron goes to
// other destinations.
func TestPartialSumsTakeTheirDelay(t *testing.T) {
	for name, arch := range archs {
		for _, mode := range []Mode{Cycle, Functional} {
			for delay := 1; delay <= arch.MaxDelay; delay++ {
				im := chip(t, arch, ".state v\n acc v, zero, 0\n eq q1, v, c0\n@q1 movi t0, 9\n@q1 part t0\n gt q2, v, c0\n@q2 spk\n", []int32{0}, []int32{1, 2})
				im.Cores[0].Consts[0], im.Cores[1].Consts[0] = 3, 100
				im.Cores[0].Dests[0] = []image.Dest{{Core: 1, Axon: -2, Delay: int32(delay)}, {Core: image.Host}, {Core: 1, Axon: -1, Delay: int32(delay)}}
				m := machine(t, im, mode)
				for now := 1; now <= 2*arch.MaxDelay+4; now++ {
					m.SetCurrent([]int32{map[int]int32{2: 3, 3: 4, 4: 3}[now], 0, 0}) // a part in ticks 2 and 4, a spike in 3
					fired := len(m.Tick(nil)) > 0
					want := int32(0)
					if now == 2+delay || now == 4+delay {
						want = 9
					}
					if got := [2]int32{m.State(1, 0), m.State(2, 0)}; got != [2]int32{want, want} || fired != (now == 3) {
						t.Fatalf("%s, mode %d, delay %d, tick %d: sums %v, fired %v; want %d", name, mode, delay, now, got, fired, want)
					}
				}
				act := activity.New(2, 1)
				m.Activity(act)
				if total := act.Total(); total[targets.PacketSent] != 5 || total[targets.PacketReceived] != 4 || total[targets.HostOut] != 1 {
					t.Errorf("%s, mode %d: %d packets sent, %d received, %d to the host; want 5, 4 and 1", name, mode,
						total[targets.PacketSent], total[targets.PacketReceived], total[targets.HostOut])
				}
			}
		}
	}
}

// Depth goes along partial sums too, by the delays of their destinations.
func TestDepthFollowsPartialSums(t *testing.T) {
	for name, arch := range archs {
		im := chip(t, arch, ".state v\n mov v, in\n part v\n", []int32{0}, []int32{1})
		im.Manifest.Populations = []image.Symbol{{Name: "parts", Shape: []int{1}, N: 1}, {Name: "whole", Shape: []int{1}, First: 1, N: 1}}
		im.Cores[1].Population = 1
		im.Manifest.Inputs = []image.Symbol{{Name: "in", Shape: []int{1}, N: 1}}
		row := image.Row{Slots: []uint16{0}, Weights: []int16{1}}
		if arch.DelayPlace == targets.DelaySynapse {
			row.Delays = []uint16{2}
		}
		im.Cores[0].Rows = image.PackRows(row)
		im.InputDests = [][]image.Dest{{{Axon: 0, Delay: 2}}}
		im.Cores[0].Dests[0] = []image.Dest{{Core: 1, Axon: -1, Delay: 3}}
		machine(t, im, Functional)
		if spikes, direct := Depth(im, 0, 1); spikes != 5 || direct != 3 {
			t.Errorf("%s: depth %d of spikes and %d of currents, want 5 and 3", name, spikes, direct)
		}
	}
}

// A current is what the weights of rows say: times 2 to their exponents, and
// nothing of silent ones.
func TestCurrentHeedsMarks(t *testing.T) {
	im := chip(t, sample.Dense(), ".state v\n mov v, in\n", []int32{0})
	im.Manifest.Inputs = []image.Symbol{{Name: "in", Shape: []int{1}, N: 1}}
	im.Cores[0].Rows = image.PackRows(
		image.Row{Slots: []uint16{0}, Weights: []int16{7}, Marks: image.Marks{Exp: -1}},
		image.Row{Slots: []uint16{0}, Weights: []int16{7}, Marks: image.Marks{Exp: 2}},
		image.Row{Slots: []uint16{0}, Weights: []int16{100}, Marks: image.Marks{Silent: true}},
	)
	im.InputDests = [][]image.Dest{{{Axon: 0, Delay: 1}, {Axon: 1, Delay: 1}, {Axon: 2, Delay: 1}}}
	m := machine(t, im, Functional)
	if diff := cmp.Diff([]int32{62}, m.chip.Current([]float64{2}, 0)); diff != "" { // 2 · (3 + 28)
		t.Errorf("current (-want +got):\n%s", diff)
	}
	m.Tick([]int32{0})
	m.Tick(nil)
	if got := m.State(0, 0); got != 31 {
		t.Errorf("a spike adds %d, want 31", got)
	}
}

// A population that learns has weights to tell, and Reset takes them back.
func TestMachineTellsWeights(t *testing.T) {
	net := sample.Random(11, sample.Sparse())
	im := sample.Plastic(net.Image(sample.Sparse()))
	weights := func(m *Machine) string {
		var b strings.Builder
		for k := range im.Cores {
			rows := &im.Cores[k].Rows
			for axon := range rows.Len() {
				for n := range rows.Synapses(axon) {
					fmt.Fprint(&b, m.Weight(k, axon, n), " ")
				}
				fmt.Fprintln(&b, m.AxonWord(k, axon, 0))
			}
		}
		return b.String()
	}
	m := New(NewChip(im, sample.Timing(), Cycle))
	first := weights(m)
	run(m, net.Stimulus(1, ticks))
	learned := weights(m)
	m.Reset()
	if learned == first || weights(m) != first {
		t.Error("the weights stayed as they were, or a reset kept them")
	}
	other := New(NewChip(im, sample.Timing(), Functional))
	run(other, net.Stimulus(1, ticks))
	if weights(other) != learned {
		t.Error("the modes learn different weights")
	}
}
