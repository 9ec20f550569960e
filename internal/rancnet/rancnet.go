// Package rancnet turns what RANC's simulator runs, a folder with config.json
// and input.json, into a weft network: a population for each core, the packets
// from outside as spikes of an input, and a table of which neuron drives which
// line of the output bus.
package rancnet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/emulator/ranc"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// Result is a network ready to be written to files.
type Result struct {
	// YAML is the text of the network file, whose arrays are in an .npz file.
	YAML   string
	Arrays map[string]*ndarray.Array
	// Target is the text of a target file: the built-in ranc with this grid.
	Target string
	// Spikes are those of the input, as the packets say, by tick.
	Spikes []Spike
	// Bus says which neuron drives which line.
	Bus []Line
	// Outputs is how many lines there are.
	Outputs int
	// Notes are what was assumed or left out, a line each.
	Notes []string
}

// Spike is a spike of an element of the input; tick 0 is before the run.
type Spike struct{ Tick, Index int }

// Line is a neuron, by population and index, and the line of the output bus that
// it drives: RANC's simulator writes its spike of a tick in the row of that tick.
type Line struct {
	Population  string
	Index, Line int
}

// maxSynapses bounds what is imported, each in some 32 bytes. It is more than a file has
// room for where each axon has one source.
const maxSynapses = 1 << 26

// input is the input's name, and how populations are named after their cores.
const inputName = "packets"

// Import reads the folder. arrays is the .npz file as the network names it, name
// the network's name. The error is a *diag.Error.
func Import(dir, name, arrays string) (*Result, error) {
	cfg, packets, err := ranc.ReadFiles(dir)
	if err != nil {
		return nil, diag.One(diag.Pos{File: dir}, diag.BadFile, "%v", err)
	}
	w := newWriter(cfg, arrays)
	w.groupNeurons()
	w.sendPackets(packets)
	if !w.connect() {
		return nil, diag.One(diag.Pos{File: dir}, diag.TooLarge, "has more than %d synapses with the sources of their axons, the most that are imported", maxSynapses)
	}
	w.notes()
	w.out.YAML = w.network(name)
	w.out.Target = w.target(name)
	w.out.Outputs = cfg.Bus.Outputs
	return &w.out, nil
}

// place is an axon of a core of the grid.
type place struct{ x, y, axon int }

// source drives an axon after a delay: an element of the input, or a neuron of a
// population.
type source struct {
	population int // −1 is the input
	index      int
	delay      int
}

// population is the neurons of a core that reset alike and go to the bus, or do
// not: those that go there have no other destination.
type population struct {
	name    string
	core    int
	mode    ranc.ResetMode
	neurons []int // of the core
}

type writer struct {
	cfg    *ranc.Config
	arrays string
	out    Result
	cores  map[[2]int]int
	pops   []population
	// drivers are the sources of each axon.
	drivers map[place][]source
	// elements are the input's: an axon and the offset of its packets.
	elements []element
	// edges are the projections, by populations.
	edges map[[2]int]*edges
	// idle, lost and merged count what notes tell.
	idle, lost, merged int
}

type element struct {
	place
	delay int
}

// edges are the synapses of a projection.
type edges struct{ pre, post, weight, delay []float64 }

func newWriter(cfg *ranc.Config, arrays string) *writer {
	w := &writer{
		cfg: cfg, arrays: arrays, cores: map[[2]int]int{}, drivers: map[place][]source{}, edges: map[[2]int]*edges{},
		out: Result{Arrays: map[string]*ndarray.Array{}},
	}
	for k, c := range cfg.Cores {
		w.cores[[2]int{c.X, c.Y}] = k
	}
	return w
}

// groupNeurons makes the populations, and notes where each neuron's spikes go.
func (w *writer) groupNeurons() {
	for k := range w.cfg.Cores {
		c := &w.cfg.Cores[k]
		for _, kind := range []struct {
			suffix string
			mode   ranc.ResetMode
			bus    bool
		}{{"", ranc.Absolute, false}, {"_linear", ranc.Linear, false}, {"_bus", ranc.Absolute, true}, {"_linear_bus", ranc.Linear, true}} {
			p := population{name: fmt.Sprintf("core_%d_%d%s", c.X, c.Y, kind.suffix), core: k, mode: kind.mode}
			for n := range c.Neurons {
				if c.Neurons[n].Reset == kind.mode && w.toBus(c, n) == kind.bus {
					p.neurons = append(p.neurons, n)
				}
			}
			if len(p.neurons) > 0 {
				w.pops = append(w.pops, p)
				w.send(len(w.pops) - 1)
			}
		}
	}
}

// toBus reports whether a neuron's spikes leave the chip.
func (w *writer) toBus(c *ranc.Core, n int) bool {
	return c.X+c.Neurons[n].DX == w.cfg.Bus.X && c.Y+c.Neurons[n].DY == w.cfg.Bus.Y
}

// send notes the destinations of a population's neurons.
func (w *writer) send(pop int) {
	p := &w.pops[pop]
	c := &w.cfg.Cores[p.core]
	for i, n := range p.neurons {
		neuron := &c.Neurons[n]
		if w.neverFires(c, n) {
			w.idle++
			continue
		}
		x, y := c.X+neuron.DX, c.Y+neuron.DY
		if w.toBus(c, n) {
			w.out.Bus = append(w.out.Bus, Line{p.name, i, neuron.Axon})
			continue
		}
		if _, ok := w.cores[[2]int{x, y}]; !ok || neuron.Delay >= w.cfg.Slots-1 {
			w.lost++
			continue
		}
		at := place{x, y, neuron.Axon}
		w.drivers[at] = append(w.drivers[at], source{pop, i, neuron.Delay + 1})
	}
}

// neverFires reports whether a neuron has no input and no leak, and comes to rest
// without a spike: then its destination does not matter.
func (w *writer) neverFires(c *ranc.Core, n int) bool {
	neuron := &c.Neurons[n]
	if neuron.Leak != 0 {
		return false
	}
	for a := range w.cfg.Axons {
		if weight(c, n, a) != 0 {
			return false
		}
	}
	const enough = 4 // resets come to rest in two ticks, or not at all
	v := int64(neuron.Potential)
	for range enough {
		if v >= int64(neuron.PositiveThreshold) {
			return false
		}
		next := v
		if low := int64(neuron.NegativeThreshold); v < low || w.cfg.SymmetricReset && v == low {
			if next = -int64(neuron.ResetPotential); neuron.Reset == ranc.Linear {
				next = v - low
			}
		}
		if next == v {
			return true
		}
		v = next
	}
	return false
}

// weight is what an axon of a core adds to a neuron.
func weight(c *ranc.Core, n, axon int) int32 {
	if n >= len(c.Synapses) || axon/64 >= len(c.Synapses[n]) || c.Synapses[n][axon/64]>>(axon%64)&1 == 0 {
		return 0
	}
	kind := 0
	if axon < len(c.AxonTypes) {
		kind = c.AxonTypes[axon]
	}
	if kind >= len(c.Neurons[n].Weights) {
		return 0
	}
	return c.Neurons[n].Weights[kind]
}

// sendPackets makes the input: an element for each axon and offset that packets
// name. A packet of tick t with offset k is seen in tick t+1+k, and ticks count
// from 0 there.
func (w *writer) sendPackets(packets [][]ranc.Packet) {
	index := map[element]int{}
	for t, list := range packets {
		sent := map[int]bool{}
		for _, p := range list {
			e := element{place{p.X, p.Y, p.Axon}, p.Delay + 1}
			if _, ok := w.cores[[2]int{p.X, p.Y}]; !ok || p.Delay >= w.cfg.Slots-1 {
				w.lost++
				continue
			}
			k, ok := index[e]
			if !ok {
				k = len(w.elements)
				index[e] = k
				w.elements = append(w.elements, e)
				w.drivers[e.place] = append(w.drivers[e.place], source{-1, k, e.delay})
			}
			if !sent[k] {
				sent[k] = true
				w.out.Spikes = append(w.out.Spikes, Spike{t, k})
			}
		}
	}
}

// connect makes a synapse for each source of an axon and each neuron that it is
// connected to, and reports whether there are no more than are imported.
func (w *writer) connect() bool {
	synapses := 0
	w.connections(func(at place, _, _ int, _ int32) { synapses += len(w.drivers[at]) })
	if synapses > maxSynapses {
		return false
	}
	w.connections(func(at place, to, post int, weight int32) {
		for _, s := range w.drivers[at] {
			w.edge(s, to, post, weight)
		}
	})
	return true
}

// connections calls each with the axons that have a source, in order, and the neurons,
// by population and place in it, that they are connected to.
func (w *writer) connections(each func(at place, to, post int, weight int32)) {
	places := slices.SortedFunc(maps.Keys(w.drivers), func(a, b place) int {
		return slices.Compare([]int{a.y, a.x, a.axon}, []int{b.y, b.x, b.axon})
	})
	pops := make([][]int, len(w.cfg.Cores)) // of each core
	for k := range w.pops {
		core := w.pops[k].core
		pops[core] = append(pops[core], k)
	}
	for _, at := range places {
		core := w.cores[[2]int{at.x, at.y}]
		for _, to := range pops[core] {
			for i, n := range w.pops[to].neurons {
				if v := weight(&w.cfg.Cores[core], n, at.axon); v != 0 {
					each(at, to, i, v)
				}
			}
		}
	}
}

func (w *writer) edge(s source, to, post int, weight int32) {
	key := [2]int{s.population, to}
	e := w.edges[key]
	if e == nil {
		e = &edges{}
		w.edges[key] = e
	}
	e.pre = append(e.pre, float64(s.index))
	e.post = append(e.post, float64(post))
	e.weight = append(e.weight, float64(weight))
	e.delay = append(e.delay, float64(s.delay))
}

func (w *writer) notes() {
	for _, list := range w.drivers {
		if len(list) > 1 {
			w.merged++
		}
	}
	note := func(n int, format string) {
		if n > 0 {
			w.out.Notes = append(w.out.Notes, fmt.Sprintf(format, n))
		}
	}
	note(w.idle, "%d neurons have neither input nor leak and never fire: their destinations are left out")
	note(w.lost, "%d destinations or packets lead to no core, or come with an offset that RANC loses: they are left out")
	note(w.merged, "%d axons have several sources: where two of them spike for one tick, RANC counts one spike and weft two; each becomes several axons, and the network may need more cores than the grid has")
	if w.cfg.Options.Bits == 0 {
		w.out.Notes = append(w.out.Notes, "RANC's simulator has potentials without bounds; the target's wrap at state_bits")
	}
}

// network writes the network file.
func (w *writer) network(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "network: %s\ntick: 1ms\n", name)
	if len(w.elements) > 0 {
		fmt.Fprintf(&b, "inputs:\n  %s: {shape: %d}\n", inputName, len(w.elements))
	}
	fmt.Fprintf(&b, "populations:\n")
	for k := range w.pops {
		w.population(&b, &w.pops[k])
	}
	keys := make([][2]int, 0, len(w.edges))
	for key := range w.edges {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	if len(keys) > 0 {
		fmt.Fprintf(&b, "projections:\n")
	}
	for k, key := range keys {
		from := inputName
		if key[0] >= 0 {
			from = w.pops[key[0]].name
		}
		e := w.edges[key]
		var names []string
		for _, part := range []struct {
			name string
			data []float64
		}{{"pre", e.pre}, {"post", e.post}, {"weight", e.weight}, {"delay", e.delay}} {
			array := fmt.Sprintf("p%d_%s", k, part.name)
			w.array(array, part.data)
			names = append(names, part.name+": "+array)
		}
		fmt.Fprintf(&b, "  - {from: %s, to: %s, connect: {file: %q, %s}}\n", from, w.pops[key[1]].name, w.arrays, strings.Join(names, ", "))
	}
	var outputs []string
	for _, l := range w.out.Bus {
		if len(outputs) == 0 || outputs[len(outputs)-1] != l.Population {
			outputs = append(outputs, l.Population)
		}
	}
	if len(outputs) > 0 {
		fmt.Fprintf(&b, "outputs: [%s]\n", strings.Join(outputs, ", "))
	}
	return b.String()
}

// array puts numbers into the .npz file.
func (w *writer) array(name string, data []float64) {
	w.out.Arrays[name] = &ndarray.Array{Shape: []int{len(data)}, Data: data, Type: ndarray.Int32}
}

// population writes a population; a parameter that is one number for all is
// written as it is.
func (w *writer) population(b *strings.Builder, p *population) {
	c := &w.cfg.Cores[p.core]
	var params []string
	add := func(name string, of func(n *ranc.Neuron) int32) {
		data := make([]float64, len(p.neurons))
		same := true
		for i, n := range p.neurons {
			data[i] = float64(of(&c.Neurons[n]))
			same = same && data[i] == data[0]
		}
		if same {
			params = append(params, fmt.Sprintf("%s: %d", name, int64(data[0])))
			return
		}
		array := p.name + "_" + name
		w.array(array, data)
		params = append(params, fmt.Sprintf("%s: {file: %q, array: %s}", name, w.arrays, array))
	}
	add("threshold", func(n *ranc.Neuron) int32 { return n.PositiveThreshold })
	add("neg_threshold", func(n *ranc.Neuron) int32 { return n.NegativeThreshold })
	add("leak", func(n *ranc.Neuron) int32 { return n.Leak })
	add("v_init", func(n *ranc.Neuron) int32 { return n.Potential })
	reset := "subtract"
	if p.mode == ranc.Absolute {
		reset = "value"
		add("v_reset", func(n *ranc.Neuron) int32 { return n.ResetPotential })
	}
	negative := "below"
	if w.cfg.SymmetricReset {
		negative = "reached"
	}
	fmt.Fprintf(b, "  %s: {shape: %d, neuron: ranc, params: {reset: %s, negative: %s, %s}}\n", p.name, len(p.neurons), reset, negative, strings.Join(params, ", "))
}

// target writes a target of this grid.
func (w *writer) target(name string) string {
	c := w.cfg
	height := max(c.Height, (len(w.pops)+c.Width-1)/c.Width)
	if height > c.Height {
		w.out.Notes = append(w.out.Notes, fmt.Sprintf("cores whose neurons reset in both ways, or go to the bus and elsewhere, become several: the grid has %d rows for RANC's %d", height, c.Height))
	}
	return fmt.Sprintf(`target: ranc-%s
doc: RANC's cores in a grid of %d × %d, for %s
inherits: ranc
arch:
  mesh: [%d, %d]
  neurons: %d
  axons: %d
  fan_out: %d
  word_synapses: %d
  max_delay: %d
timing:
  neuron: %d            # measured on RANC's HDL: axons + 2 cycles a neuron
`, name, c.Width, height, name, c.Width, height, c.Neurons, c.Axons, c.Neurons, c.Neurons, c.Slots-1, c.Axons+2)
}
