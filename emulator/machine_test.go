package emulator

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// archs are the two kinds of crossbar, and a mesh of several chips.
var archs = map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse(), "chips": sample.OfChips(sample.Dense())}

const (
	seeds = 12
	ticks = 24
)

// run returns the neurons that fire, by tick, and the books of the run.
func run(m *Machine, stimulus [][]int32) ([][]int32, *activity.Activity) {
	var fired [][]int32
	for _, in := range stimulus {
		fired = append(fired, append([]int32(nil), m.Tick(in)...))
	}
	im := m.chip.image
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	return fired, act
}

// forEach calls test with random networks and input for them.
func forEach(t *testing.T, test func(t *testing.T, net *sample.Net, im *image.Image, stimulus [][]int32)) {
	t.Helper()
	for name, arch := range archs {
		for seed := range uint64(seeds) {
			net := sample.Random(seed, arch)
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				test(t, net, net.Image(arch), net.Stimulus(seed, ticks))
			})
		}
	}
}

// The chip does what the network does when nobody thinks of cores and axons, in
// both modes, and again after Reset; the modes' books differ in time alone.
func TestMachineEqualsNetwork(t *testing.T) {
	spikes := 0
	forEach(t, func(t *testing.T, net *sample.Net, im *image.Image, stimulus [][]int32) {
		want, events := net.Run(stimulus)
		var books [2]*activity.Activity
		for mode := range books {
			m := New(NewChip(im, sample.Timing(), Mode(mode)))
			for _, when := range []string{"at first", "after a reset"} {
				m.Reset()
				got, act := run(m, stimulus)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("mode %d, %s (-network +chip):\n%s", mode, when, diff)
				}
				if act.SynapticEvents != events {
					t.Errorf("mode %d, %s: %d synaptic events, want %d", mode, when, act.SynapticEvents, events)
				}
				if books[mode] == nil {
					books[mode] = act
				} else if diff := cmp.Diff(books[mode], act); diff != "" {
					t.Errorf("mode %d: books of the first run and of that after a reset:\n%s", mode, diff)
				}
			}
		}
		for _, fired := range want {
			spikes += len(fired)
		}
		cycle, functional := books[Cycle], books[Functional]
		if functional.Cycles != 0 || functional.Stalls != 0 || functional.Chip[targets.Cycle] != 0 {
			t.Errorf("functional mode kept time: %+v", functional)
		}
		cycle.Cycles, cycle.Stalls, cycle.Chip[targets.Cycle] = 0, 0, 0
		if diff := cmp.Diff(cycle, functional); diff != "" {
			t.Errorf("books (-cycle +functional):\n%s", diff)
		}
	})
	if spikes < 1000 {
		t.Errorf("all networks together fired %d spikes: the test is idle", spikes)
	}
}

// The links that are booked from the positions of the cores are those that
// packets crossed in the mesh; so are the packets through the I/O port.
func TestBookedHopsAreThoseOfTheMesh(t *testing.T) {
	crossings := int64(0)
	forEach(t, func(t *testing.T, _ *sample.Net, im *image.Image, stimulus [][]int32) {
		m := New(NewChip(im, sample.Timing(), Cycle))
		_, act := run(m, stimulus)
		total, mesh := act.Total(), m.mesh.Counts()
		for _, x := range []struct {
			what      string
			got, want int64
		}{
			{"hop_x", total[targets.HopX], mesh.HopsX},
			{"hop_y", total[targets.HopY], mesh.HopsY},
			{"chip_hop", total[targets.ChipHop], mesh.Crossings},
			{"host_in", total[targets.HostIn], mesh.HostIn},
			{"host_out", total[targets.HostOut], mesh.HostOut},
			{"packet_sent", total[targets.PacketSent], mesh.Packets - mesh.HostIn},
			{"packet_received", total[targets.PacketReceived], mesh.Delivered - mesh.HostOut},
			{"stalls", act.Stalls, mesh.StallCycles},
			{"cycles", total[targets.Cycle], m.Cycles()},
			{"cycles of the books", act.Cycles, m.Cycles()},
		} {
			if x.got != x.want {
				t.Errorf("%s: booked %d, the mesh had %d", x.what, x.got, x.want)
			}
		}
		crossings += mesh.Crossings
	})
	if crossings == 0 {
		t.Error("no packet goes from chip to chip: the test is idle")
	}
}

// Watching changes nothing, and what is seen agrees with the books.
func TestWatchChangesNothing(t *testing.T) {
	forEach(t, func(t *testing.T, _ *sample.Net, im *image.Image, stimulus [][]int32) {
		chip := NewChip(im, sample.Timing(), Cycle)
		want, wantAct := run(New(chip), stimulus)
		m := New(chip)
		var seen Tick
		m.Watch(&seen)
		received := map[int32]int64{}
		var cycles int64
		for k, in := range stimulus {
			fired := m.Tick(in)
			if diff := cmp.Diff(want[k], append([]int32(nil), fired...)); diff != "" {
				t.Fatalf("tick %d (-unwatched +watched):\n%s", k+1, diff)
			}
			checkTick(t, &seen, int64(k+1), m)
			for _, d := range seen.Deliveries {
				received[d.To]++
			}
			cycles += seen.Phases.Done
		}
		act := activity.New(len(im.Cores), len(im.Manifest.Populations))
		m.Activity(act)
		if diff := cmp.Diff(wantAct, act); diff != "" {
			t.Errorf("books (-unwatched +watched):\n%s", diff)
		}
		for k := range act.Cores {
			if act.Cores[k][targets.PacketReceived] != received[int32(k)] {
				t.Errorf("core %d received %d packets, %d were seen", k, act.Cores[k][targets.PacketReceived], received[int32(k)])
			}
		}
		if received[image.Host] != act.Chip[targets.HostOut] || cycles != act.Cycles {
			t.Errorf("seen %d packets to the host in %d cycles, booked %d in %d", received[image.Host], cycles, act.Chip[targets.HostOut], act.Cycles)
		}
	})
}

// checkTick checks that the phases of a tick stand in order.
func checkTick(t *testing.T, seen *Tick, number int64, m *Machine) {
	t.Helper()
	p := seen.Phases
	last := p.Updated
	for k, c := range seen.Cores {
		if c.Integrated > c.Updated || c.Updated > p.Updated || c.Integrated > p.Integrated {
			t.Errorf("tick %d, core %d: %+v in %+v", number, k, c, p)
		}
		last = max(last, c.Sent)
	}
	at := int64(0)
	for _, d := range seen.Deliveries {
		if d.At < at {
			t.Errorf("tick %d: delivery %+v comes after one at %d", number, d, at)
		}
		at = d.At
		last = max(last, d.At+1)
	}
	if p.Routed != last || p.Done != last+m.chip.timing.Barrier || seen.Number != number {
		t.Errorf("tick %d is %d, %+v, want the mesh done at %d", number, seen.Number, p, last)
	}
}

// chain is an input, a neuron and another one whose spikes go to the host; with
// places for the two.
func chain(places [][2]int32, delay int) *sample.Net {
	return &sample.Net{
		Name: "chain", Inputs: []sample.Group{{Name: "in", N: 1}},
		Populations: []sample.Group{{Name: "a", N: 1}, {Name: "b", N: 1}}, Outputs: []int{1},
		Synapses:   []sample.Synapse{{From: 0, To: 0, Weight: 2, Delay: 1}, {From: 1, To: 1, Weight: 2, Delay: delay}},
		Biases:     []int32{0, 0},
		Thresholds: []int32{1, 1},
		Places:     places,
	}
}

// The cycles of each tick of the chain are the sums that TIMING.md says.
func TestCyclesOfATick(t *testing.T) {
	for name, arch := range archs {
		t.Run(name, func(t *testing.T) {
			x := sample.Timing()
			m := New(NewChip(chain([][2]int32{{1, 0}, {3, 2}}, 3).Image(arch), x, Cycle))
			words := int64(2) // a dense row of 12 neurons, 8 to a word
			if arch.SynapseFormat == targets.Sparse {
				words = 1
			}
			const instructions = 5
			update := instructions * x.Instruction
			row := x.Row + words*x.Word
			idle := x.Tick + update
			active := x.Tick + row + update
			between := int64(0) // b is one chip east and two south of both
			if arch.SeveralChips() {
				between = 3 * x.ChipHop
			}
			toA := 1 + x.HopX + x.Eject + 1                     // from the I/O port, at (0, 0); it is over one cycle later
			aToB := 1 + 2*x.HopX + 2*x.HopY + between + x.Eject // the packet is ready when a is done
			bToHost := 1 + 3*x.HopX + 2*x.HopY + between + x.Eject
			// The row of b is read when its spike is due where delays are at axons,
			// and in the tick after it was sent where they are at synapses.
			tick3, tick5 := idle, active
			if arch.DelayPlace == targets.DelaySynapse {
				tick3, tick5 = active, idle
			}
			want := []int64{
				max(idle, toA) + x.Barrier,
				active + aToB + 1 + x.Barrier, // a fires
				tick3 + x.Barrier,
				idle + x.Barrier,
				tick5 + bToHost + 1 + x.Barrier, // b fires, three ticks after a
				idle + x.Barrier,
			}
			var got []int64
			for k := range want {
				before := m.Cycles()
				in := []int32(nil)
				if k == 0 {
					in = []int32{0}
				}
				m.Tick(in)
				got = append(got, m.Cycles()-before)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("cycles (-want +got):\n%s", diff)
			}
		})
	}
}

// Packets of one core: those of a neuron are ready when its group of lanes is
// done, and each is offered spike cycles after the one before.
func TestPacketsLeaveOneAfterAnother(t *testing.T) {
	net := &sample.Net{
		Name: "burst", Inputs: []sample.Group{{Name: "in", N: 1}}, Populations: []sample.Group{{Name: "p", N: 10}}, Outputs: []int{0},
		Biases: make([]int32, 10), Thresholds: make([]int32, 10),
	}
	for _, to := range []int{0, 1, 2, 9} {
		net.Synapses = append(net.Synapses, sample.Synapse{From: 0, To: to, Weight: 5, Delay: 1})
	}
	x := sample.Timing() // 4 lanes
	x.Link = 1
	x.FIFO = 64
	for _, spike := range []int64{0, 1, 2, 50} {
		x.Spike = spike
		m := New(NewChip(net.Image(sample.Dense()), x, Cycle))
		var seen Tick
		m.Watch(&seen)
		m.Tick([]int32{0})
		m.Tick(nil)
		integrated := x.Tick + x.Row + 2*x.Word
		group := 5 * x.Instruction
		gap := max(spike, 1)
		first := integrated + group
		var want []int64
		for k, at := range []int64{first, first + gap, first + 2*gap, max(integrated+3*group, first+3*gap)} {
			want = append(want, at+1+x.Eject)
			if k == 3 && seen.Cores[0].Sent != at+1 {
				t.Errorf("spike %d: the last packet was sent by %d, want %d", spike, seen.Cores[0].Sent, at+1)
			}
		}
		var got []int64
		for _, d := range seen.Deliveries {
			got = append(got, d.At)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("spike %d: deliveries (-want +got):\n%s", spike, diff)
		}
		if m.stalls != 0 {
			t.Errorf("spike %d: %d cycles stalled on an empty mesh", spike, m.stalls)
		}
	}
}

// The host has one port: a packet a cycle, in the order of the inputs.
func TestHostSendsOnePacketACycle(t *testing.T) {
	net := &sample.Net{
		Name: "port", Inputs: []sample.Group{{Name: "in", N: 3}}, Populations: []sample.Group{{Name: "p", N: 1}},
		Biases: []int32{0}, Thresholds: []int32{1000},
	}
	for from := range 3 {
		net.Synapses = append(net.Synapses, sample.Synapse{From: from, To: 0, Weight: 5, Delay: 1})
	}
	x := sample.Timing()
	m := New(NewChip(net.Image(sample.Dense()), x, Cycle))
	var seen Tick
	m.Watch(&seen)
	m.Tick([]int32{0, 1, 2})
	var want []Delivery
	for k := range 3 {
		want = append(want, Delivery{Offered: int64(k), At: int64(k) + 1 + x.Eject, From: image.Host, To: 0, Axon: int32(k)})
	}
	if diff := cmp.Diff(want, seen.Deliveries); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

// A cost that grows makes no run end earlier, and no run's spikes others. It
// could end earlier, for the mesh is a greedy schedule and those have anomalies
// (see package noc): of 8,800 runs like these three did. None of these does.
func TestSlowerIsNeverFaster(t *testing.T) {
	slower := map[string]func(x *targets.Timing){
		"tick":        func(x *targets.Timing) { x.Tick += 5 },
		"row":         func(x *targets.Timing) { x.Row += 3 },
		"word":        func(x *targets.Timing) { x.Word += 2 },
		"instruction": func(x *targets.Timing) { x.Instruction++ },
		"lanes":       func(x *targets.Timing) { x.Lanes /= 2 },
		"spike":       func(x *targets.Timing) { x.Spike++ },
		"hop_x":       func(x *targets.Timing) { x.HopX *= 2 },
		"hop_y":       func(x *targets.Timing) { x.HopY *= 2 },
		"chip_hop":    func(x *targets.Timing) { x.ChipHop *= 2 },
		"chip_period": func(x *targets.Timing) { x.ChipPeriod *= 3 },
		"link":        func(x *targets.Timing) { x.Link *= 2 },
		"eject":       func(x *targets.Timing) { x.Eject *= 2 },
		"barrier":     func(x *targets.Timing) { x.Barrier++ },
	}
	later := map[string]int{}
	forEach(t, func(t *testing.T, _ *sample.Net, im *image.Image, stimulus [][]int32) {
		fired, act := run(New(NewChip(im, sample.Timing(), Cycle)), stimulus)
		for what, change := range slower {
			x := sample.Timing()
			change(&x)
			slowFired, slow := run(New(NewChip(im, x, Cycle)), stimulus)
			if !cmp.Equal(fired, slowFired) {
				t.Errorf("a slower %s changes the spikes", what)
			}
			if slow.Cycles < act.Cycles {
				t.Errorf("a slower %s takes %d cycles instead of %d", what, slow.Cycles, act.Cycles)
			}
			if slow.Cycles > act.Cycles {
				later[what]++
			}
		}
	})
	for what := range slower {
		if later[what] < seeds/2 {
			t.Errorf("%s matters in %d of %d runs only", what, later[what], 2*seeds)
		}
	}
}

// Deeper FIFOs leave the spikes and the counts alone.
func TestBackPressureLosesNothing(t *testing.T) {
	stalls := int64(0)
	forEach(t, func(t *testing.T, _ *sample.Net, im *image.Image, stimulus [][]int32) {
		x := sample.Timing()
		x.FIFO, x.Spike, x.Link = 1, 0, 9
		fired, act := run(New(NewChip(im, x, Cycle)), stimulus)
		x.FIFO = 1000
		deepFired, deep := run(New(NewChip(im, x, Cycle)), stimulus)
		if !cmp.Equal(fired, deepFired) {
			t.Errorf("deeper FIFOs change the spikes")
		}
		stalls += act.Stalls
		if deep.Stalls > 0 {
			t.Errorf("%d stalls with FIFOs that hold everything", deep.Stalls)
		}
		total, deepTotal := act.Total(), deep.Total()
		total[targets.Cycle], deepTotal[targets.Cycle] = 0, 0
		if diff := cmp.Diff(total, deepTotal); diff != "" {
			t.Errorf("counts (-shallow +deep):\n%s", diff)
		}
	})
	if stalls == 0 {
		t.Error("no run had back-pressure")
	}
}

// Books of two runs are those of each added up, and Clear empties them.
func TestActivityAddsUp(t *testing.T) {
	net := sample.Random(5, sample.Dense())
	im := net.Image(sample.Dense())
	m := New(NewChip(im, sample.Timing(), Cycle))
	_, first := run(m, net.Stimulus(1, ticks))
	m.Reset()
	_, second := run(m, net.Stimulus(2, ticks))
	sum := activity.New(len(im.Cores), len(im.Manifest.Populations))
	sum.Add(first)
	m.Activity(sum) // the machine's own are those of the second run
	want := activity.New(len(im.Cores), len(im.Manifest.Populations))
	want.Add(second)
	want.Add(first)
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Errorf("sum (-want +got):\n%s", diff)
	}
	if sum.Ticks != 2*ticks || sum.Cycles != first.Cycles+second.Cycles {
		t.Errorf("%d ticks, %d cycles", sum.Ticks, sum.Cycles)
	}
	sum.Clear()
	if diff := cmp.Diff(activity.New(len(im.Cores), len(im.Manifest.Populations)), sum); diff != "" {
		t.Errorf("cleared (-want +got):\n%s", diff)
	}
}
