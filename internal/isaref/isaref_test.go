package isaref_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/internal/isaref"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// timing is any one: it must not matter.
var timing = targets.Timing{
	Clock: 1e6, Tick: 7, Row: 3, Word: 2, Instruction: 2, Lanes: 4, Spike: 2,
	HopX: 2, HopY: 3, Link: 2, Eject: 2, FIFO: 2, Barrier: 11,
}

// compare runs an image on the reference and on the emulator, in both modes, every
// way and again after a reset, and returns the first difference.
func compare(im *image.Image, run isaref.Run) error {
	ways := map[emulator.Mode][]emulator.Way{ // each with another
		emulator.Cycle: {emulator.Fast, emulator.Portable}, emulator.Functional: {emulator.Fast, emulator.Plain},
	}
	for _, mode := range []emulator.Mode{emulator.Cycle, emulator.Functional} {
		chip := emulator.NewChip(im, timing, mode)
		for _, way := range ways[mode] {
			m := emulator.New(chip.In(way))
			for _, when := range []string{"at first", "after a reset"} {
				m.Reset()
				if err := same(isaref.New(im), m, im, run); err != nil {
					return fmt.Errorf("mode %d, way %d, %s: %w", mode, way, when, err)
				}
			}
		}
	}
	return nil
}

func same(want *isaref.Chip, m *emulator.Machine, im *image.Image, run isaref.Run) error {
	want.SetCurrent(run.Current)
	m.SetCurrent(run.Current)
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	for t, inputs := range run.Spikes {
		if t == run.Until {
			want.SetCurrent(nil)
			m.SetCurrent(nil)
		}
		fired := want.Tick(inputs)
		if got := m.Tick(inputs); !slices.Equal(got, fired) {
			return fmt.Errorf("tick %d: neurons %v fire, want %v", t+1, got, fired)
		}
		for k := range im.Cores {
			if err := sameCore(want, m, im, k); err != nil {
				return fmt.Errorf("tick %d, core %d: %w", t+1, k, err)
			}
		}
		act.Clear()
		m.Activity(act)
		got := isaref.Books{Spikes: act.Spikes, Saturations: act.Saturations, SynapticEvents: act.SynapticEvents}
		if diff := cmp.Diff(want.Books, got); diff != "" {
			return fmt.Errorf("tick %d: books (-want +got):\n%s", t+1, diff)
		}
		if got := eventsOf(act); got != want.Events {
			return fmt.Errorf("tick %d: events\n got %+v\nwant %+v", t+1, got, want.Events)
		}
	}
	return nil
}

// sameCore compares state words and weights.
func sameCore(want *isaref.Chip, m *emulator.Machine, im *image.Image, k int) error {
	c := &im.Cores[k]
	for slot, neuron := range c.Neurons {
		for n, v := range want.State(k, slot) {
			if got := m.SlotState(k, slot, n); int64(got) != v {
				return fmt.Errorf("slot %d: s%d is %d, want %d", slot, n, got, v)
			}
			if c.Copies != nil && c.Copies[slot] {
				continue
			}
			for id := range im.Neurons() {
				if im.StandIn(int32(id)) != neuron {
					continue
				}
				if got := m.State(id, n); int64(got) != v {
					return fmt.Errorf("neuron %d: s%d is %d, want %d", id, n, got, v)
				}
			}
		}
	}
	for axon := range c.Rows.Len() {
		for n, v := range want.AxonWords(k, axon) {
			if got := m.AxonWord(k, axon, n); int64(got) != v {
				return fmt.Errorf("axon %d: word %d is %d, want %d", axon, n, got, v)
			}
		}
		for n := range c.Rows.Synapses(axon) {
			if got, w := m.Weight(k, axon, n), want.Weight(k, axon, n); int64(got) != w {
				return fmt.Errorf("axon %d, synapse %d: weight %d, want %d", axon, n, got, w)
			}
		}
	}
	return nil
}

func eventsOf(act *activity.Activity) isaref.Events {
	total := act.Total()
	return isaref.Events{
		SynapticOp: total[targets.SynapticOp], NeuronActive: total[targets.NeuronActive], SpikeOut: total[targets.SpikeOut],
		SynapseUpdate: total[targets.SynapseUpdate], SynapseWrite: total[targets.SynapseWrite], AxonUpdate: total[targets.AxonUpdate],
		PacketSent: total[targets.PacketSent], PacketReceived: total[targets.PacketReceived], HostIn: total[targets.HostIn],
		AxonRow: total[targets.AxonRow],
	}
}

// The chip does what the reference does, on images with programs of every kind
// over the whole instruction set.
func TestChipEqualsReferenceOnRandomPrograms(t *testing.T) {
	const images = 160
	used := map[isa.Kind]map[isa.Op]int{}
	for kind := range isa.NumKinds {
		used[kind] = map[isa.Op]int{}
	}
	var total isaref.Events
	var told int64
	var roles [image.Relay + 1]int
	mixed, first := 0, 0
	var without [2]int
	more, byDoubles := 0, int64(0)
	for seed := range uint64(images) {
		im, run := isaref.Generate(seed)
		if err := compare(im, run); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		for k := range im.Programs {
			insts, err := isa.DecodeAll(im.Programs[k].Words)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range insts {
				used[im.Programs[k].Kind][i.Op]++
			}
		}
		chip := isaref.New(im)
		for _, in := range run.Spikes {
			chip.Tick(in)
		}
		total.SynapseUpdate += chip.Events.SynapseUpdate
		total.SynapseWrite += chip.Events.SynapseWrite
		total.AxonUpdate += chip.Events.AxonUpdate
		total.SpikeOut += chip.Events.SpikeOut
		doubles, removed := im.WithoutSlot()
		without[0], without[1] = without[0]+doubles, without[1]+removed
		for _, n := range chip.Books.Spikes {
			told += n
		}
		if doubles > 0 {
			more++
			again := *im
			again.SameAs = slices.Clone(im.SameAs)
			for n, s := range again.SameAs {
				if int(s) != n {
					again.SameAs[n] = image.NoNeuron
				}
			}
			plain := isaref.New(&again)
			for _, in := range run.Spikes {
				plain.Tick(in)
			}
			for p, n := range chip.Books.Spikes {
				told -= n - plain.Books.Spikes[p]
				byDoubles += n - plain.Books.Spikes[p]
			}
		}
		for k := range im.Cores {
			for role, n := range im.RoleCounts(&im.Cores[k]) {
				roles[role] += n
			}
			if strings.Contains(im.Label(&im.Cores[k]), " +") {
				mixed++
			}
			if im.Cores[k].SendsAtOnce() {
				first++
			}
		}
	}
	if mixed < 40 || first < 15 || roles[image.Copy] < 100 || roles[image.Part] < 40 || roles[image.Relay] < 100 || told > total.SpikeOut*95/100 {
		t.Errorf("%d mixed cores, %d that go first, %v slots by role, %d of %d spikes told: the test is idle", mixed, first, roles, told, total.SpikeOut)
	}
	if more < 20 || without[0] < 100 || without[1] < 50 || byDoubles < 500 {
		t.Errorf("%d images with doubles, %v neurons that are doubles or removed, %d spikes of doubles: the test is idle", more, without, byDoubles)
	}
	for _, info := range isa.Instructions() {
		for kind := range isa.NumKinds {
			if may := info.In == nil || slices.Contains(info.In, kind); may != (used[kind][info.Op] > 0) {
				t.Errorf("%s in programs of kind %s: may be there %v, was %d times", info.Name, kind, may, used[kind][info.Op])
			}
		}
	}
	if total.SynapseUpdate < 10_000 || total.SynapseWrite < 1000 || total.AxonUpdate < 5000 || total.SpikeOut < 10_000 {
		t.Errorf("the images did %+v: the test is idle", total)
	}
}

// The file and the text of a generated image are the image again.
func TestGeneratedImagesReadBack(t *testing.T) {
	text := func(im *image.Image) string {
		var b strings.Builder
		if err := im.WriteAssembly(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for seed := range uint64(60) {
		im, _ := isaref.Generate(seed)
		data, err := im.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		fromFile, err := image.Read("image", data)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		fromText, err := image.ParseAssembly("image.s", text(im))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if text(fromFile) != text(im) || text(fromText) != text(im) {
			t.Errorf("seed %d: the file or the text is of another image", seed)
		}
	}
}

func FuzzChipEqualsReference(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		im, run := isaref.Generate(seed)
		if err := compare(im, run); err != nil {
			t.Error(err)
		}
	})
}
