package report_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// target returns a chip on which every event and both leakages have a price of
// their own.
func target(arch targets.Arch) *targets.Target {
	t := &targets.Target{Name: "sample", Arch: arch, Timing: sample.Timing()}
	for e := range t.Prices.Energy {
		t.Prices.Energy[e] = float64(e*e+3) * 1e-12
	}
	t.Prices.LeakageChip, t.Prices.LeakageCore = 3e-6, 2e-6
	return t
}

// books returns an image with populations over several cores, and the books of
// a run in which every event happened.
func books(t testing.TB, arch targets.Arch) (*image.Image, *activity.Activity) {
	t.Helper()
	arch = sample.OfChips(arch)
	net := sample.Random(11, arch)
	im := sample.Plastic(net.Image(arch))
	m := emulator.New(emulator.NewChip(im, sample.Timing(), emulator.Cycle))
	current := make([]int32, im.Neurons())
	for n := range current {
		current[n] = int32(n % 5)
	}
	m.SetCurrent(current)
	for _, in := range net.Stimulus(1, 20) {
		m.Tick(in)
	}
	m.HostRead(0)
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	act.Saturations[0] = 7
	for e, info := range targets.Events {
		if info.Where == targets.OnDevices { // which do not learn
			act.Cores[0][e] = int64(100 + e)
		}
	}
	total := act.Total()
	for e, n := range total {
		if n == 0 {
			t.Fatalf("no %s happened: the test is idle", targets.Events[e].Name)
		}
	}
	if len(im.Cores) <= len(im.Manifest.Populations) {
		t.Fatal("no population is on several cores: the test is idle")
	}
	return im, act
}

// near compares sums of the same terms in another order.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b)) }

func TestEnergyAddsUp(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse()} {
		t.Run(name, func(t *testing.T) {
			im, act := books(t, arch)
			chip := target(arch)
			r := report.New(im, chip, false, act, "h")
			total := act.Total()
			byComponent, byPopulation, byCore := 0.0, 0.0, r.EnergyByPopulation["chip"]
			for c, joules := range r.Energy {
				byComponent += joules
				want := 0.0
				for e, info := range targets.Events {
					if info.Component == c {
						want += float64(total[e]) * chip.Prices.Energy[e]
					}
				}
				if c == targets.Leakage {
					want = (chip.Prices.LeakageChip + float64(len(im.Cores))*chip.Prices.LeakageCore) * float64(act.Cycles) / chip.Timing.Clock
				}
				if !near(joules, want) {
					t.Errorf("%s is %g J, counts × prices %g J", c, joules, want)
				}
			}
			for _, joules := range r.EnergyByPopulation {
				byPopulation += joules
			}
			for _, joules := range r.EnergyByCore {
				byCore += joules
			}
			for what, sum := range map[string]float64{"components": byComponent, "populations and chip": byPopulation, "cores and chip": byCore} {
				if !near(sum, r.EnergyJoules) {
					t.Errorf("the sum of %s is %g J, energy_joules %g J", what, sum, r.EnergyJoules)
				}
			}
			if len(r.Energy) != len(targets.Components) || len(r.EnergyByCore) != len(im.Cores) || len(r.EnergyByPopulation) != len(im.Manifest.Populations)+1 {
				t.Errorf("energy of %d components, %d cores, %d populations", len(r.Energy), len(r.EnergyByCore), len(r.EnergyByPopulation))
			}
			if !near(r.PowerWatts*r.Seconds, r.EnergyJoules) || !near(r.Seconds, float64(act.Cycles)/1e6) {
				t.Errorf("%g W for %g s is not %g J", r.PowerWatts, r.Seconds, r.EnergyJoules)
			}
		})
	}
}

// A core that populations share is theirs by slots: copies and parts are their
// neurons', relays the core's.
func TestEnergyOfASharedCore(t *testing.T) {
	im := &image.Image{
		Manifest: image.Manifest{Populations: []image.Symbol{{Name: "a", N: 2}, {Name: "b", First: 2, N: 2}}},
		Cores: []image.Core{
			{Neurons: []int32{0, 1, 2, 3, image.NoNeuron}, Copies: []bool{false, true, false, false, true}},
			{Population: 1, Neurons: []int32{image.NoNeuron, 3}, Copies: []bool{true, true}},
		},
	}
	act := activity.New(2, 2)
	act.Cores[0][targets.SpikeOut], act.Cores[1][targets.SpikeOut] = 50, 7
	chip := target(sample.Dense())
	r := report.New(im, chip, true, act, "h")
	spike := chip.Prices.Energy[targets.SpikeOut]
	for name, want := range map[string]float64{"a": 30 * spike, "b": 27 * spike, "chip": 0} {
		if got := r.EnergyByPopulation[name]; !near(got, want) {
			t.Errorf("%s has %g J, want %g J", name, got, want)
		}
	}
}

// A population may be called chip: its energy and the chip's stay apart.
func TestAPopulationCalledChip(t *testing.T) {
	im, act := books(t, sample.Dense())
	want := report.New(im, target(sample.Dense()), false, act, "h").EnergyByPopulation
	im.Manifest.Populations[0].Name, im.Manifest.Populations[1].Name = "chip", "_chip"
	r := report.New(im, target(sample.Dense()), false, act, "h")
	want["__chip"], want["chip"], want["_chip"] = want["chip"], want["p0"], want["p1"]
	delete(want, "p0")
	delete(want, "p1")
	if diff := cmp.Diff(want, r.EnergyByPopulation); diff != "" {
		t.Errorf("energy by population (-want +got):\n%s", diff)
	}
}

// Half the price of an event takes half of its share from its component, and
// changes nothing else.
func TestAPriceChangesItsComponentAlone(t *testing.T) {
	im, act := books(t, sample.Dense())
	total := act.Total()
	before := report.New(im, target(sample.Dense()), false, act, "h")
	for e, info := range targets.Events {
		chip := target(sample.Dense())
		chip.Prices.Energy[e] /= 2
		after := report.New(im, chip, false, act, "h")
		share := float64(total[e]) * chip.Prices.Energy[e]
		if got := before.Energy[info.Component] - after.Energy[info.Component]; math.Abs(got-share) > 1e-12*before.EnergyJoules {
			t.Errorf("half the price of %s saves %g J, want %g J", info.Name, got, share)
		}
		for _, c := range targets.Components {
			if c != info.Component && before.Energy[c] != after.Energy[c] {
				t.Errorf("half the price of %s changes %s", info.Name, c)
			}
		}
		if !cmp.Equal(before.Counts, after.Counts) || before.Cycles != after.Cycles || before.Seconds != after.Seconds {
			t.Errorf("half the price of %s changes counts or time", info.Name)
		}
	}
}

func TestLeakageIsPowerTimesTime(t *testing.T) {
	im, act := books(t, sample.Dense())
	chip := target(sample.Dense())
	before := report.New(im, chip, false, act, "h")
	chip.Timing.Clock /= 2
	slow := report.New(im, chip, false, act, "h")
	for _, c := range targets.Components {
		want := before.Energy[c]
		if c == targets.Leakage {
			want *= 2
		}
		if !near(slow.Energy[c], want) {
			t.Errorf("at half the clock %s is %g J, want %g J", c, slow.Energy[c], want)
		}
	}
	chip = target(sample.Dense())
	chip.Prices.LeakageChip = 0
	cores := report.New(im, chip, false, act, "h")
	if want := 2e-6 * float64(len(im.Cores)) * before.Seconds; !near(cores.Energy[targets.Leakage], want) {
		t.Errorf("cores leak %g J, want %g J", cores.Energy[targets.Leakage], want)
	}
}

// A functional run keeps no time: nothing leaks, and the clock is not counted.
func TestFunctionalHasNoTime(t *testing.T) {
	im, act := books(t, sample.Dense())
	act.Cycles, act.Chip[targets.Cycle] = 0, 0
	r := report.New(im, target(sample.Dense()), true, act, "h")
	if r.Timing != "functional" || r.Seconds != 0 || r.PowerWatts != 0 || r.Energy[targets.Leakage] != 0 || r.Counts["cycle"] != 0 {
		t.Errorf("a functional run has %s, %g s, %g W, %g J of leakage, %d cycles", r.Timing, r.Seconds, r.PowerWatts, r.Energy[targets.Leakage], r.Counts["cycle"])
	}
	if r.EnergyJoules == 0 {
		t.Error("a functional run has no energy")
	}
}

// The names are a contract: other programs read them.
func TestJSONNames(t *testing.T) {
	im, act := books(t, sample.Dense())
	data, err := json.Marshal(report.New(im, target(sample.Dense()), false, act, "0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"target", "ticks", "cycles", "seconds", "energy_joules", "power_watts", "energy", "counts", "spikes", "synaptic_events", "spike_hash",
	} {
		if _, ok := got[name]; !ok {
			t.Errorf("JSON has no %q: %s", name, data)
		}
	}
	counts, ok := got["counts"].(map[string]any)
	if !ok || len(counts) != int(targets.NumEvents) {
		t.Errorf("counts are %v, want one of each event", got["counts"])
	}
	energy, ok := got["energy"].(map[string]any)
	if !ok || len(energy) != len(targets.Components) {
		t.Errorf("energy is %v, want one of each component", got["energy"])
	}
}

// The values were computed apart from this program, from the definition:
// h = (h ^ word) · 0x100000001b3 from 0xcbf29ce484222325, modulo 2⁶⁴.
func TestHash(t *testing.T) {
	type spike struct {
		tick   int64
		neuron int32
	}
	for _, tt := range []struct {
		spikes []spike
		want   string
	}{
		{nil, "cbf29ce484222325"},
		{[]spike{{1, 0}}, "082f2207b4e88cc4"},
		{[]spike{{1, 0}, {1, 5}, {3, 2}}, "6ff675cf795687af"},
		{[]spike{{2, 0}, {3, 0}, {4, 1}}, "b1142a4702d43d0b"}, // examples/hello
	} {
		h := report.NewHash()
		for _, s := range tt.spikes {
			h.Spikes(s.tick, []int32{s.neuron})
		}
		if h.String() != tt.want {
			t.Errorf("%v: hash is %s, want %s", tt.spikes, h, tt.want)
		}
	}
	a, b := report.NewHash(), report.NewHash()
	a.Spikes(1, []int32{0, 5})
	a.Spikes(2, nil)
	a.Spikes(3, []int32{2})
	for _, w := range []uint64{1, 0, 1, 5, 3, 2} {
		b.Word(w)
	}
	if a != b {
		t.Errorf("spikes hash to %s, their words to %s", a, b)
	}
}

func TestSI(t *testing.T) {
	for _, tt := range []struct {
		x    float64
		want string
	}{
		{0, "0 J"},
		{1, "1 J"},
		{12.345678e-6, "12.35 µJ"},
		{-12.345678e-6, "-12.35 µJ"},
		{999.94e-6, "999.9 µJ"},
		{999.96e-6, "1 mJ"},
		{1e-3, "1 mJ"},
		{1.5e-18, "1.5 aJ"},
		{1.5e-21, "0.0015 aJ"},
		{23.6e-12, "23.6 pJ"},
		{4.2e3, "4.2 kJ"},
		{5e12, "5000 GJ"},
	} {
		if got := report.SI(tt.x, "J"); got != tt.want {
			t.Errorf("%g: %q, want %q", tt.x, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	im, act := books(t, sample.Dense())
	r := report.New(im, target(sample.Dense()), false, act, "0123456789abcdef")
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/report.txt", trimmed(b.String()))
	for _, name := range slices.Concat(names(im.Manifest.Populations), []string{"chip"}) {
		if !strings.Contains(b.String(), "\n"+name+" ") {
			t.Errorf("the text does not tell of %s", name)
		}
	}
}

func names(symbols []image.Symbol) []string {
	var out []string
	for _, s := range symbols {
		out = append(out, s.Name)
	}
	return out
}

// trimmed returns text without blanks at ends of lines, which editors remove.
func trimmed(text string) []byte {
	lines := strings.Split(text, "\n")
	for k := range lines {
		lines[k] = strings.TrimRight(lines[k], " ")
	}
	return []byte(strings.Join(lines, "\n"))
}
