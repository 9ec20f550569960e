package ranc

import "fmt"

// Grid is a chip at work. It has one owner; its methods are not for several
// goroutines at once.
type Grid struct {
	cfg    Config // without its cores
	opt    Options
	cores  []*core // in the order of their places
	at     []*core // by place; nil where there is none
	bus    int     // its place
	outs   []bool  // what the bus has received in this tick
	mesh   *mesh   // nil in the simulator
	tick   int
	result Result
	counts Counts
}

// Result is what one tick has done. It is valid until the next.
type Result struct {
	Tick int
	// Spikes has the spikes in the order of core and neuron; in the HDL, of
	// cycle and core.
	Spikes []Spike
	// Outputs has the packets that left by the bus. In the simulator those that
	// leave at one axon have merged.
	Outputs []Output
	// Busy has the cycles that each core was busy, in the order of Cores; it is
	// empty in the simulator.
	Busy []int64
	// Cycles is when the last core and the mesh were done; 0 in the simulator.
	Cycles   int64
	Warnings []Warning
}

// Spike is a neuron's; its cycle is 0 in the simulator.
type Spike struct {
	Core, Neuron int // the core by its place y·Width+x
	Cycle        int64
}

// Output is a packet that left by the bus; its cycle is 0 in the simulator.
type Output struct {
	Axon  int
	Cycle int64
}

// Counts is how often things happened since New.
type Counts struct {
	Spikes         int64
	SynapticEvents int64 // synapses whose axon had a spike
	Hops           int64 // from router to router, of spikes, not of input
	Duplicates     int64 // packets that merged with an earlier one
	Late           int64 // packets for the row being read
	ClearLost      int64 // packets lost to the clearing of a row
	Stalls         int64 // cycles in which a core waited for its router
}

// Warning is a packet that came to no good end.
type Warning struct {
	Kind  WarningKind
	Place int // of the core or of the bus; -1 if there is none
	Axon  int
	Cycle int64 // 0 in the simulator
}

// WarningKind is what happened to a packet.
type WarningKind uint8

// The kinds of warning.
const (
	Duplicate WarningKind = iota // merged with an earlier one for the same axon and tick
	Late                         // for the row being read: lost, or in the HDL seen too early or much too late
	ClearLost                    // written in the cycle that clears a row
	LeftGrid                     // sent beyond the edge of the grid
)

// String tells the kind in words.
func (k WarningKind) String() string {
	switch k {
	case Duplicate:
		return "merged with another packet for the same axon and tick"
	case Late:
		return "for the row being read"
	case ClearLost:
		return "lost to the clearing of a row"
	case LeftGrid:
		return "left the grid"
	}
	return fmt.Sprintf("WarningKind(%d)", uint8(k))
}

// New builds a chip from a configuration, which must verify.
func New(cfg Config) (*Grid, error) {
	if err := cfg.Verify(); err != nil {
		return nil, fmt.Errorf("ranc: %w", err)
	}
	g := &Grid{
		cfg:  cfg,
		opt:  cfg.Options.resolve(),
		at:   make([]*core, cfg.Width*cfg.Height),
		bus:  cfg.place(cfg.Bus.X, cfg.Bus.Y),
		outs: make([]bool, cfg.Bus.Outputs),
	}
	for i := range cfg.Cores {
		c := newCore(&cfg, &cfg.Cores[i])
		g.at[c.place] = c
	}
	g.cfg.Cores = nil
	for _, c := range g.at {
		if c != nil {
			g.cores = append(g.cores, c)
		}
	}
	if g.opt.Variant == HDL {
		g.mesh = newMesh(cfg.Width, cfg.Height, g.opt.FIFO)
	}
	return g, nil
}

// Preload lets packets in before the first tick, which is tick 1: those with
// delay 0 are seen in it.
func (g *Grid) Preload(in []Packet) (*Result, error) {
	if g.tick != 0 {
		return nil, fmt.Errorf("ranc: packets are preloaded before tick 1, and this is tick %d", g.tick)
	}
	return g.advance(in, false)
}

// Tick runs one tick, during which packets come in from outside: those with
// delay 0 are seen in the next. An error says that the tick cannot end, or that
// a packet is not one for this chip.
func (g *Grid) Tick(in []Packet) (*Result, error) {
	g.tick++
	return g.advance(in, true)
}

func (g *Grid) advance(in []Packet, work bool) (*Result, error) {
	for i, p := range in {
		if err := g.cfg.VerifyPacket(p); err != nil {
			return nil, fmt.Errorf("ranc: tick %d: packets[%d].%w", g.tick, i, err)
		}
	}
	r := &g.result
	*r = Result{Tick: g.tick, Spikes: r.Spikes[:0], Outputs: r.Outputs[:0], Busy: r.Busy[:0], Warnings: r.Warnings[:0]}
	if work {
		clear(g.outs)
		for _, c := range g.cores {
			c.begin()
		}
	}
	if g.opt.Variant == HDL {
		return r, g.clockedTick(in, work)
	}
	for _, p := range in {
		g.deliver(p.X, p.Y, packet{axon: uint16(p.Axon), delay: uint16(p.Delay)})
	}
	if work {
		for _, c := range g.cores {
			g.work(c)
		}
	}
	return r, nil
}

// work runs a core for a tick as the simulator does.
func (g *Grid) work(c *core) {
	for i := range c.neurons {
		n := &c.neurons[i]
		v, events := c.integrate(i)
		v, spike := n.fire(v+n.leak, g.opt.Bits)
		c.potential[i] = v
		g.counts.SynapticEvents += events
		if spike {
			g.spiked(c, i, 0)
			g.deliver(n.toX, n.toY, n.out)
		}
	}
	c.sched.clear()
}

// spiked books a spike.
func (g *Grid) spiked(c *core, i int, cycle int64) {
	g.result.Spikes = append(g.result.Spikes, Spike{Core: c.place, Neuron: i, Cycle: cycle})
	g.counts.Spikes++
	g.counts.Hops += c.neurons[i].hops
}

// deliver brings a packet to its place at once.
func (g *Grid) deliver(x, y int, p packet) {
	if !g.cfg.inside(x, y) {
		g.warn(LeftGrid, nowhere, p.axon, 0)
		return
	}
	place := g.cfg.place(x, y)
	if place == g.bus {
		if g.outs[p.axon] {
			g.warn(Duplicate, place, p.axon, 0)
			return
		}
		g.outs[p.axon] = true
		g.result.Outputs = append(g.result.Outputs, Output{Axon: int(p.axon)})
		return
	}
	c := g.at[place]
	if c == nil {
		return
	}
	switch c.sched.write(c.columns[p.axon], p.delay) {
	case fresh:
	case duplicate:
		g.warn(Duplicate, place, p.axon, 0)
	case late:
		g.warn(Late, place, p.axon, 0)
	}
}

// maxWarnings is how many warnings a Result tells; Counts has all of them.
const maxWarnings = 1 << 12

func (g *Grid) warn(kind WarningKind, place int, axon uint16, cycle int64) {
	switch kind {
	case Duplicate:
		g.counts.Duplicates++
	case Late:
		g.counts.Late++
	case ClearLost:
		g.counts.ClearLost++
	case LeftGrid:
	}
	if len(g.result.Warnings) < maxWarnings {
		w := Warning{Kind: kind, Place: place, Axon: int(axon), Cycle: cycle}
		g.result.Warnings = append(g.result.Warnings, w)
	}
}

// Counts returns how often things have happened so far.
func (g *Grid) Counts() Counts { return g.counts }

// Cores returns the places of the cores, y·Width+x, in order.
func (g *Grid) Cores() []int {
	places := make([]int, len(g.cores))
	for i, c := range g.cores {
		places[i] = c.place
	}
	return places
}

// Potentials returns the potentials of the core at (x, y), or nil if there is
// none.
func (g *Grid) Potentials(x, y int) []int64 {
	if !g.cfg.inside(x, y) || g.at[g.cfg.place(x, y)] == nil {
		return nil
	}
	return append([]int64(nil), g.at[g.cfg.place(x, y)].potential...)
}

// Run preloads packets[0], runs the ticks 1 to ticks with packets[t] coming in
// during tick t, and shows visit each result, with that of the preload first.
func (g *Grid) Run(ticks int, packets [][]Packet, visit func(*Result) error) error {
	for t := range ticks + 1 {
		var in []Packet
		if t < len(packets) && t < ticks {
			in = packets[t]
		}
		step := g.Tick
		if t == 0 {
			step = g.Preload
		}
		r, err := step(in)
		if err == nil && visit != nil {
			err = visit(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
