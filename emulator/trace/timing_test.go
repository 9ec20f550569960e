package trace_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// picture is a run that TIMING.md shows: an image for a target, and the ticks shown
// of it.
type picture struct {
	name     string
	image    func(targets.Arch) *image.Image
	target   string
	stimulus [][]int32
	from, to int64
}

var pictures = []picture{
	{"hello", hello, "xbar256", [][]int32{{0}, {0}, nil, nil}, 1, 2},
	{"synapse delay", hello, "loihi", [][]int32{{0}, nil}, 2, 2},
	{"back-pressure", burst, "xbar256", [][]int32{{0}, nil}, 2, 2},
	{"learning", learning, "xbar256", [][]int32{{0}, nil, nil}, 2, 3},
	{"partial sums at once", sample.Spread, "xbar256", [][]int32{{0}, nil, nil, nil}, 4, 4},
}

// resets is sample.Program with reset: zero.
var resets = strings.Replace(sample.Program, "sub v, v, threshold", "mov v, zero", 1)

// hello is examples/hello as the compiler lays it out.
func hello(arch targets.Arch) *image.Image {
	net := &sample.Net{
		Name: "hello", Inputs: []sample.Group{{Name: "button", N: 1}},
		Populations: []sample.Group{{Name: "relay", N: 1}, {Name: "bell", N: 1}}, Outputs: []int{1},
		Synapses: []sample.Synapse{{From: 0, To: 0, Weight: 2, Delay: 1}, {From: 1, To: 1, Weight: 2, Delay: 1}},
		Biases:   []int32{0, 0}, Thresholds: []int32{1, 3},
		Program: resets,
	}
	return net.Image(arch)
}

// burst has two populations that fire at once, and send all their spikes over
// one link.
func burst(arch targets.Arch) *image.Image {
	const n = 16
	net := &sample.Net{
		Name: "burst", Inputs: []sample.Group{{Name: "in", N: 1}},
		Populations: []sample.Group{{Name: "far", N: n}, {Name: "near", N: n}, {Name: "sink", N: 1}},
		Biases:      make([]int32, 2*n+1), Thresholds: make([]int32, 2*n+1),
	}
	for k := range 2 * n {
		net.Synapses = append(net.Synapses,
			sample.Synapse{From: 0, To: k, Weight: 1, Delay: 1},
			sample.Synapse{From: 1 + k, To: 2 * n, Weight: 1, Delay: 1})
	}
	return net.Image(arch)
}

// wide has one input that makes twenty neurons fire.
func wide(arch targets.Arch) *image.Image {
	const n = 20
	net := &sample.Net{
		Name: "wide", Inputs: []sample.Group{{Name: "in", N: 1}}, Populations: []sample.Group{{Name: "all", N: n}},
		Biases: make([]int32, n), Thresholds: make([]int32, n), Program: resets,
	}
	for k := range n {
		net.Synapses = append(net.Synapses, sample.Synapse{From: 0, To: k, Weight: 1, Delay: 1})
	}
	return net.Image(arch)
}

// learning is wide with a plastic row.
func learning(arch targets.Arch) *image.Image { return sample.Plastic(wide(arch)) }

// The pictures in TIMING.md are what the machine does.
func TestPicturesOfTimingMD(t *testing.T) {
	const path = "../TIMING.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, p := range pictures {
		begin := fmt.Sprintf("<!-- timeline: %s -->\n```text\n", p.name)
		before, rest, found := strings.Cut(text, begin)
		_, after, closed := strings.Cut(rest, "\n```\n")
		if !found || !closed {
			t.Errorf("TIMING.md has no block that begins with %q", begin)
			continue
		}
		chip, err := targets.Load(p.target)
		if err != nil {
			t.Fatal(err)
		}
		im := p.image(chip.Arch)
		m := emulator.New(emulator.NewChip(im, chip.Timing, emulator.Cycle))
		var picture strings.Builder
		line := trace.NewTimeline(&picture, im)
		var seen emulator.Tick
		m.Watch(&seen)
		for _, in := range p.stimulus {
			m.Tick(in)
			if seen.Number < p.from || seen.Number > p.to {
				continue
			}
			if err := line.Tick(&seen); err != nil {
				t.Fatal(err)
			}
		}
		text = before + begin + strings.TrimSpace(picture.String()) + "\n```\n" + after
	}
	golden.Check(t, path, []byte(text))
	if n := strings.Count(text, "<!-- timeline: "); n != len(pictures) {
		t.Errorf("TIMING.md has %d timelines, the test %d", n, len(pictures))
	}
}

// TIMING.md says of every event when it is counted, and names its component.
func TestTimingMDHasEveryEvent(t *testing.T) {
	data, err := os.ReadFile("../TIMING.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range targets.Events {
		found := false
		for line := range strings.Lines(string(data)) {
			cells := strings.Split(line, " | ")
			found = found || len(cells) == 3 && strings.Contains(cells[0], "`"+e.Name+"`") && cells[1] == string(e.Component)
		}
		if !found {
			t.Errorf("the table of events has no row of %s, of component %s", e.Name, e.Component)
		}
	}
}

// A partial sum is delivered to a slot, not to an axon.
func TestTimelineNamesTheSlotOfAPartialSum(t *testing.T) {
	im := wide(sample.Dense())
	var picture strings.Builder
	tick := emulator.Tick{Number: 1, Cores: make([]emulator.CoreTick, len(im.Cores)), Phases: emulator.Phases{Routed: 4, Done: 5}}
	tick.Deliveries = []emulator.Delivery{{At: 3, To: 1, Axon: -3}}
	if err := trace.NewTimeline(&picture, im).Tick(&tick); err != nil {
		t.Fatal(err)
	}
	if want := "cycle 3: from core 0 to core 1, slot 2\n"; !strings.Contains(picture.String(), want) {
		t.Errorf("got %s, want %q", picture.String(), want)
	}
}
