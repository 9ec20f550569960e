// Package sample makes chip images for the tests of the emulator: small
// networks, laid out here without a compiler, and what they do according to the
// simplest simulation that there can be.
package sample

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Program is what the neurons of a Net run: integrate and fire, in five
// instructions, as the compiler writes it for reset: subtract.
const Program = `.program if
.state v
.param bias
.param threshold
	acc v, v, 0
	add v, v, bias
	gt q1, v, threshold
@q1	spk
@q1	sub v, v, threshold
`

// Dense returns a chip with dense rows and delays at axons, of small cores.
func Dense() targets.Arch {
	return targets.Arch{
		MeshWidth: 4, MeshHeight: 3, Neurons: 12, Axons: 256, FanOut: 4096, SynapseFormat: targets.Dense, WeightBits: 8, WordSynapses: 8,
		StateBits: 24, StateWords: 4, ParamWords: 8, ProgramWords: 64, Extensions: "M", DelayPlace: targets.DelayAxon, MaxDelay: 5,
	}
}

// Sparse returns a chip with sparse rows and delays at synapses.
func Sparse() targets.Arch {
	a := Dense()
	a.SynapseFormat, a.SynapseWords, a.WordSynapses = targets.Sparse, 1<<16, 2
	a.DelayPlace, a.MaxDelay = targets.DelaySynapse, 7
	return a
}

// OfChips returns a chip's mesh made of chips of two cores.
func OfChips(a targets.Arch) targets.Arch {
	a.ChipWidth, a.ChipHeight = 2, 1
	return a
}

// Timing returns a timing whose costs can be told apart in a sum.
func Timing() targets.Timing {
	return targets.Timing{
		Clock: 1e6, Tick: 7, Row: 3, Word: 2, Instruction: 2, Lanes: 4, Spike: 2,
		HopX: 2, HopY: 3, ChipHop: 5, ChipPeriod: 3, Link: 2, Eject: 2, FIFO: 2, Barrier: 11,
	}
}

// Net is a network. Its inputs come first: group g of Inputs, then of
// Populations, has that many inputs or neurons.
type Net struct {
	Name                string
	Inputs, Populations []Group
	Synapses            []Synapse
	// Program is what all neurons run, with a bias in P0 and a threshold in P1;
	// Program if not said. Run knows that one only.
	Program string
	// Biases and Thresholds are by neuron.
	Biases, Thresholds []int32
	// Outputs are the populations whose spikes go to the host.
	Outputs []int
	// Places are those of the cores; where there are none they fill the mesh row
	// by row.
	Places [][2]int32
}

// Group is an input or a population.
type Group struct {
	Name string
	N    int
}

// Synapse leads from an input, or from neuron From less the number of inputs, to
// neuron To.
type Synapse struct {
	From, To      int
	Weight, Delay int
}

func size(groups []Group) int {
	n := 0
	for _, g := range groups {
		n += g.N
	}
	return n
}

// Image lays the network out for a chip, populations over as many cores as they
// need. It panics if the network does not fit.
func (n *Net) Image(arch targets.Arch) *image.Image {
	program, err := isa.Assemble("if.s", cmp.Or(n.Program, Program), isa.AsmOptions{})
	if err != nil {
		panic(err)
	}
	im := &image.Image{
		Manifest: image.Manifest{
			Network: n.Name, TickSeconds: 1e-3, Target: "sample", Arch: arch,
			Inputs: symbols(n.Inputs), Populations: symbols(n.Populations), Outputs: n.Outputs,
		},
		Programs: []isa.Program{*program}, InputDests: make([][]image.Dest, size(n.Inputs)),
	}
	for p, s := range im.Manifest.Populations {
		for first := s.First; first < s.First+s.N; first += arch.Neurons {
			im.Cores = append(im.Cores, n.core(len(im.Cores), p, first, min(first+arch.Neurons, s.First+s.N), &arch))
		}
	}
	n.connect(im)
	for _, p := range n.Outputs {
		for k := range im.Cores {
			for slot := range im.Cores[k].Neurons {
				if im.Cores[k].Population == int32(p) {
					im.Cores[k].Dests[slot] = append(im.Cores[k].Dests[slot], image.Dest{Core: image.Host})
				}
			}
		}
	}
	if err := im.Verify(); err != nil {
		panic(fmt.Sprintf("sample: %v", err))
	}
	return im
}

func symbols(groups []Group) []image.Symbol {
	var out []image.Symbol
	first := 0
	for _, g := range groups {
		out = append(out, image.Symbol{Name: g.Name, Shape: []int{g.N}, First: first, N: g.N})
		first += g.N
	}
	return out
}

func (n *Net) core(k, population, first, end int, arch *targets.Arch) image.Core {
	c := image.Core{
		X: int32(k % arch.MeshWidth), Y: int32(k / arch.MeshWidth), Population: int32(population),
		State: make([]int32, end-first), ParamWords: 2, Dests: make([][]image.Dest, end-first),
	}
	if n.Places != nil {
		c.X, c.Y = n.Places[k][0], n.Places[k][1]
	}
	for id := first; id < end; id++ {
		c.Neurons = append(c.Neurons, int32(id))
		c.Params = append(c.Params, n.Biases[id], n.Thresholds[id])
	}
	return c
}

// connect makes an axon for each source on each core, and one for each delay
// where delays are at axons.
func (n *Net) connect(im *image.Image) {
	type axon struct {
		from, delay int
		core        int32
	}
	axons := map[axon]int32{}
	synapses := slices.Clone(n.Synapses)
	slices.SortFunc(synapses, func(a, b Synapse) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Delay, b.Delay))
	})
	core, slot := map[int]int32{}, map[int]int{}
	for k := range im.Cores {
		for s, id := range im.Cores[k].Neurons {
			core[int(id)], slot[int(id)] = int32(k), s
		}
	}
	inputs := size(n.Inputs)
	rows := make([][]image.Row, len(im.Cores))
	for _, s := range synapses {
		key := axon{s.From, s.Delay, core[s.To]}
		if im.Manifest.Arch.DelayPlace == targets.DelaySynapse {
			key.delay = 0
		}
		a, ok := axons[key]
		if !ok {
			a = int32(len(rows[key.core]))
			axons[key] = a
			rows[key.core] = append(rows[key.core], image.Row{})
			dests := &im.InputDests
			source := s.From
			if source >= inputs {
				dests = &im.Cores[core[source-inputs]].Dests
				source = slot[source-inputs]
			}
			(*dests)[source] = append((*dests)[source], image.Dest{Core: key.core, Axon: a, Delay: int32(key.delay)})
		}
		r := &rows[key.core][a]
		r.Slots = append(r.Slots, uint16(slot[s.To]))
		r.Weights = append(r.Weights, int16(s.Weight))
		if im.Manifest.Arch.DelayPlace == targets.DelaySynapse {
			r.Delays = append(r.Delays, uint16(s.Delay))
		}
	}
	for k := range rows {
		im.Cores[k].Rows = image.PackRows(rows[k]...)
	}
}

// learning are programs that change the weights of a network's synapses: a spike
// that comes lowers them, one of their neuron raises them by a trace of what came
// before.
var learning = [isa.NumKinds]string{
	isa.Pre:  ".program depress\n.kind pre\n.state v\n ldw t0\n addi t0, t0, -1\n movi t1, -60\n stw t0, t1, t0\n",
	isa.Post: ".program potentiate\n.kind post\n.state v\n ldw t0\n ldx t1, 0\n add t0, t0, t1\n movi t1, 60\n stw t0, t0, t1\n",
	isa.Axon: ".program trace\n.kind axon\n.state x\n shr t0, x, 1\n sub x, x, t0\n acc x, x, 3\n",
}

// Plastic returns an image of a network of Programs, all of whose synapses learn.
func Plastic(im *image.Image) *image.Image {
	var first [isa.NumKinds]int32
	for kind, text := range learning {
		if text == "" {
			continue
		}
		p, err := isa.Assemble("learning.s", text, isa.AsmOptions{})
		if err != nil {
			panic(err)
		}
		im.Programs = append(im.Programs, *p)
		first[kind] = int32(len(im.Programs))
	}
	if !strings.Contains(im.Manifest.Arch.Extensions, "L") {
		im.Manifest.Arch.Extensions += "L"
	}
	for k := range im.Cores {
		im.Cores[k].Learn = first
		rows := im.Cores[k].Rows.Unpack()
		for r := range rows {
			rows[r].Plastic = true
		}
		im.Cores[k].Rows = image.PackRows(rows...)
	}
	if err := im.Verify(); err != nil {
		panic(fmt.Sprintf("sample: %v", err))
	}
	return im
}

// Random returns a network with delays of up to longest ticks, on cores
// scattered over a mesh of arch. Some weights are zero.
func Random(seed uint64, arch targets.Arch) *Net {
	r := rand.New(rand.NewPCG(seed, 0x73616d))
	n := &Net{Name: fmt.Sprintf("random%d", seed), Inputs: []Group{{"in", 1 + r.IntN(8)}}}
	for p := range 1 + r.IntN(4) {
		n.Populations = append(n.Populations, Group{fmt.Sprintf("p%d", p), 1 + r.IntN(2*arch.Neurons+4)})
	}
	n.Outputs = []int{len(n.Populations) - 1}
	inputs, neurons := size(n.Inputs), size(n.Populations)
	for range neurons {
		n.Biases = append(n.Biases, int32(r.IntN(3)))
		n.Thresholds = append(n.Thresholds, int32(20+r.IntN(60)))
	}
	p := []float64{0.05, 0.2, 1}[r.IntN(3)]
	for from := range inputs + neurons {
		delay := 1 + r.IntN(arch.MaxDelay)
		for to := range neurons {
			if r.Float64() > p {
				continue
			}
			if r.IntN(8) == 0 {
				delay = 1 + r.IntN(arch.MaxDelay)
			}
			n.Synapses = append(n.Synapses, Synapse{from, to, max(0, r.IntN(60)-10) - r.IntN(12), delay})
		}
	}
	for _, k := range r.Perm(arch.Cores()) {
		n.Places = append(n.Places, [2]int32{int32(k % arch.MeshWidth), int32(k / arch.MeshWidth)})
	}
	return n
}

// Stimulus returns spikes of the network's inputs for some ticks.
func (n *Net) Stimulus(seed uint64, ticks int) [][]int32 {
	r := rand.New(rand.NewPCG(seed, 0x7374696d))
	out := make([][]int32, ticks)
	for t := range out {
		for i := range size(n.Inputs) {
			if r.IntN(3) == 0 {
				out[t] = append(out[t], int32(i))
			}
		}
	}
	return out
}

// Run returns the neurons that fire in each tick, and how many synapses spikes
// were sent over. Words are assumed wide enough.
func (n *Net) Run(stimulus [][]int32) (fired [][]int32, synapticEvents int64) {
	inputs, neurons := size(n.Inputs), size(n.Populations)
	v := make([]int32, neurons)
	sent := make([]map[int]bool, len(stimulus)+1) // who spiked, by tick
	for t := 1; t <= len(stimulus); t++ {
		sent[t] = map[int]bool{}
		for _, i := range stimulus[t-1] {
			sent[t][int(i)] = true
		}
		for _, s := range n.Synapses {
			if t > s.Delay && sent[t-s.Delay][s.From] {
				v[s.To] += int32(s.Weight)
			}
		}
		var now []int32
		for id := range v {
			if v[id] += n.Biases[id]; v[id] > n.Thresholds[id] {
				v[id] -= n.Thresholds[id]
				now = append(now, int32(id))
				sent[t][inputs+id] = true
			}
		}
		fired = append(fired, now)
		for _, s := range n.Synapses {
			if sent[t][s.From] {
				synapticEvents++
			}
		}
	}
	return fired, synapticEvents
}
