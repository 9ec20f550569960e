package emulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// defectsOf reads a text as a defects file.
func defectsOf(t *testing.T, a *targets.Arch, text string) *targets.Defects {
	t.Helper()
	d, err := targets.ParseDefects("defects.yaml", []byte(text), a)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func brokenMachine(t *testing.T, im *image.Image, d *targets.Defects, mode Mode) *Machine {
	t.Helper()
	c, err := NewBrokenChip(im, &targets.Target{Timing: sample.Timing()}, d, mode)
	if err != nil {
		t.Fatal(err)
	}
	return New(c)
}

// without returns an image without what is dead, for a whole chip, and the packets
// that the full image would lose for each spike, of inputs and of neurons. Neurons
// of dead cores still run in it.
func without(t *testing.T, net *sample.Net, arch targets.Arch, plastic bool, d *targets.Defects) (*image.Image, map[int32]activity.Lost, map[int32]activity.Lost) {
	t.Helper()
	im := net.Image(arch)
	if plastic {
		im = sample.Plastic(im)
	}
	whole := mesh.New(arch.MeshWidth, arch.MeshHeight, nil)
	inputs, neurons := map[int32]activity.Lost{}, map[int32]activity.Lost{}
	dead := map[int32]map[int32]bool{} // dead axons by core
	for k := range im.Cores {
		dead[int32(k)] = map[int32]bool{}
		for _, axon := range d.DeadAxons(im.Router(int32(k))) {
			dead[int32(k)][axon] = true
		}
	}
	filter := func(from int32, dests []image.Dest, who int32, lost map[int32]activity.Lost) (kept []image.Dest) {
		for _, to := range dests {
			l := lost[who]
			hops, _ := whole.Route(from, im.Router(to.Core))
			crosses := slices.ContainsFunc(hops, func(h mesh.Hop) bool {
				link, _ := whole.Across(h)
				return slices.Contains(d.Links, link)
			})
			switch {
			case crosses:
				l.Links++
			case to.Core != image.Host && d.DeadCore(im.Router(to.Core)):
				l.Cores++
			case to.Core != image.Host && dead[to.Core][to.Axon]:
				l.Axons++
			default:
				kept = append(kept, to)
			}
			lost[who] = l
		}
		return kept
	}
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, id := range c.Neurons {
			c.Dests[slot] = filter(im.Router(int32(k)), c.Dests[slot], id, neurons)
			if d.DeadCore(im.Router(int32(k))) {
				c.Dests[slot] = nil
			}
		}
		rows := c.Rows.Unpack()
		for _, cell := range d.DeadSynapses(im.Router(int32(k))) {
			if int(cell.Axon) >= len(rows) {
				continue
			}
			r := &rows[cell.Axon]
			for i := range slices.Backward(r.Slots) {
				if int32(r.Slots[i]) == cell.Slot {
					r.Slots, r.Weights = slices.Delete(r.Slots, i, i+1), slices.Delete(r.Weights, i, i+1)
					if r.Delays != nil {
						r.Delays = slices.Delete(r.Delays, i, i+1)
					}
				}
			}
		}
		c.Rows = image.PackRows(rows...)
	}
	for i := range im.InputDests {
		im.InputDests[i] = filter(mesh.Host, im.InputDests[i], int32(i), inputs)
	}
	return im, inputs, neurons
}

// TestBrokenChipIsOneWithoutWhatIsDead compares chips of which something is dead
// with whole ones whose image has nothing there, in spikes and in what was lost.
func TestBrokenChipIsOneWithoutWhatIsDead(t *testing.T) {
	total := activity.Lost{}
	var use DeadUse
	for name, arch := range archs {
		for seed := range uint64(24) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				what := []string{"cores: 0.4", "links: 0.3", "axons: 0.3", "synapses: 0.3", "cores: 0.2, links: 0.1, axons: 0.1, synapses: 0.1"}[seed%5]
				d := defectsOf(t, &arch, fmt.Sprintf("{defects: x, random: {seed: %d, %s}}", seed, what))
				net := sample.Random(seed, arch)
				plastic := seed%2 == 1
				im := net.Image(arch)
				if plastic {
					im = sample.Plastic(im)
				}
				for k := range im.Cores { // a row that is not in use, as arranged images have
					im.Cores[k].Rows = image.PackRows(append(im.Cores[k].Rows.Unpack(), image.Row{})...)
				}
				before, err := im.Bytes()
				if err != nil {
					t.Fatal(err)
				}
				reference, lostIn, lostOf := without(t, net, arch, plastic, d)
				stimulus := net.Stimulus(seed, ticks)
				all, _ := run(New(NewChip(reference, sample.Timing(), Functional)), stimulus)
				var want [][]int32
				lost := activity.Lost{}
				for k, fired := range all {
					var alive []int32
					for _, n := range fired {
						if !deadNeuron(im, d, n) {
							alive = append(alive, n)
							lost.Add(lostOf[n])
						}
					}
					for _, in := range stimulus[k] {
						lost.Add(lostIn[in])
					}
					want = append(want, alive)
				}
				var books [2]*activity.Activity
				for mode := range books {
					m := brokenMachine(t, im, d, Mode(mode))
					for _, when := range []string{"at first", "after a reset"} {
						m.Reset()
						got, act := run(m, stimulus)
						if diff := cmp.Diff(want, got); diff != "" {
							t.Fatalf("mode %d, %s: neurons that fire (-want +got):\n%s", mode, when, diff)
						}
						books[mode] = act
						if got := act.Lost; got != lost {
							t.Errorf("mode %d, %s: lost %+v, want %+v", mode, when, got, lost)
						}
					}
					use.Add(m.chip.DeadUse())
					if m.mesh != nil && m.mesh.Counts().Lost != lost.Links { // since the reset
						t.Errorf("the mesh lost %d packets, want %d", m.mesh.Counts().Lost, lost.Links)
					}
				}
				if after, err := im.Bytes(); err != nil || !slices.Equal(before, after) {
					t.Errorf("running the image changed it, or %v", err)
				}
				books[Cycle].Cycles, books[Cycle].Stalls, books[Cycle].Chip[targets.Cycle] = 0, 0, 0
				if diff := cmp.Diff(books[Cycle], books[Functional]); diff != "" {
					t.Errorf("books of the two modes (-cycle +functional):\n%s", diff)
				}
				total.Add(lost)
			})
		}
	}
	if total.Links == 0 || total.Cores == 0 || total.Axons == 0 || use.Cores == 0 || use.Destinations == 0 || use.Axons == 0 || use.Synapses == 0 {
		t.Errorf("lost %+v, used %+v: the test breaks too little", total, use)
	}
}

func deadNeuron(im *image.Image, d *targets.Defects, n int32) bool {
	for k := range im.Cores {
		if slices.Contains(im.Cores[k].Neurons, n) {
			return d.DeadCore(im.Router(int32(k)))
		}
	}
	return false
}

// TestImageAroundDefectsRunsEqual has images go around dead links: on a chip with
// these links dead they do what the network does, and lose nothing.
func TestImageAroundDefectsRunsEqual(t *testing.T) {
	detours := int64(0)
	forEach(t, func(t *testing.T, net *sample.Net, im *image.Image, stimulus [][]int32) {
		arch := &im.Manifest.Arch
		r := rand.New(rand.NewPCG(uint64(len(net.Synapses)), 1))
		var d *targets.Defects
		for { // on which no core is cut off
			d = defectsOf(t, arch, fmt.Sprintf("{defects: x, random: {seed: %d, links: 0.2}}", r.IntN(1000)))
			if len(d.Mesh().CutOff()) == 0 {
				break
			}
		}
		want, _ := net.Run(stimulus)
		_, plain := run(New(NewChip(im, sample.Timing(), Functional)), stimulus)
		im.Manifest.Defects = image.NewDefects(d)
		if err := im.Verify(); err != nil {
			t.Fatal(err)
		}
		var hops [2]int64
		for mode := range hops {
			for _, broken := range []*targets.Defects{d, nil} {
				m := brokenMachine(t, im, broken, Mode(mode))
				got, act := run(m, stimulus)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("mode %d: neurons that fire (-want +got):\n%s", mode, diff)
				}
				if act.Lost != (activity.Lost{}) || m.chip.DeadUse() != (DeadUse{}) {
					t.Errorf("mode %d: lost %+v, used %+v, want nothing", mode, act.Lost, m.chip.DeadUse())
				}
				total, before := act.Total(), plain.Total()
				hops[mode] = total[targets.HopX] + total[targets.HopY]
				detours += hops[mode] - before[targets.HopX] - before[targets.HopY]
				if m.mesh != nil {
					c := m.mesh.Counts()
					booked := [3]int64{total[targets.HopX], total[targets.HopY], total[targets.ChipHop]}
					if got := [3]int64{c.HopsX, c.HopsY, c.Crossings}; got != booked {
						t.Errorf("the mesh counts %v hops along x, y and between chips, the books %v", got, booked)
					}
				}
			}
		}
		if hops[Cycle] != hops[Functional] {
			t.Errorf("%d hops in cycle mode, %d in functional mode", hops[Cycle], hops[Functional])
		}
	})
	if detours <= 0 {
		t.Errorf("ways around dead links are %d hops longer: the test shows nothing", detours)
	}
}

// TestDeadSynapseOfDevicesAddsNothing holds a dead cell of a crossbar of devices.
func TestDeadSynapseOfDevicesAddsNothing(t *testing.T) {
	target := noisy()
	target.Devices.ReadSigma = 0
	net := network()
	im := net.Image(target.Arch)
	first, err := NewChipOn(im, target, Functional)
	if err != nil {
		t.Fatal(err)
	}
	whole := history(New(first))
	c, err := NewBrokenChip(im, target, defectsOf(t, &target.Arch, "{defects: x, random: {synapses: 1}}"), Functional)
	if err != nil {
		t.Fatal(err)
	}
	m := New(c)
	for range 5 {
		m.Tick([]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	}
	for n := range 22 {
		// What is left is the bias, in each of five ticks.
		if got, want := m.State(n, 0), 5*net.Biases[n]; got != want {
			t.Errorf("neuron %d is at %d, want %d", n, got, want)
		}
	}
	if got, err := NewChipOn(im, target, Functional); err != nil || history(New(got)) != whole {
		t.Errorf("a whole chip is another after a broken one was made of its image, or %v", err)
	}
}

// Add adds other to u.
func (u *DeadUse) Add(other DeadUse) {
	u.Cores += other.Cores
	u.Destinations += other.Destinations
	u.Axons += other.Axons
	u.Synapses += other.Synapses
}

// changeRow changes a row of a core of an image.
func changeRow(im *image.Image, core, axon int, change func(*image.Row)) {
	rows := im.Cores[core].Rows.Unpack()
	change(&rows[axon])
	im.Cores[core].Rows = image.PackRows(rows...)
}
