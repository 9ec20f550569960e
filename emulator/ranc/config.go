package ranc

import (
	"fmt"
)

// Variant is which of RANC's two implementations is emulated.
type Variant uint8

// The variants.
const (
	Simulator Variant = iota // the C++ simulator: ticks
	HDL                      // the Verilog: cycles
)

// String returns the variant's name.
func (v Variant) String() string {
	switch v {
	case Simulator:
		return "simulator"
	case HDL:
		return "HDL"
	}
	return fmt.Sprintf("Variant(%d)", uint8(v))
}

// Options chooses between the variants. The zero value is the simulator.
type Options struct {
	Variant Variant
	// Bits is the width of a potential: 0 is unbounded in the simulator and 9
	// bits in the HDL.
	Bits int
	// FIFO is the depth of the routers' FIFOs in the HDL; 0 is 4.
	FIFO int
	// InputCycle is the cycle of a tick in which the HDL is offered the first
	// packet of its input.
	InputCycle int64
}

// The shipped HDL's parameters POTENTIAL_WIDTH and ROUTER_BUFFER_DEPTH.
const (
	hdlBits = 9
	hdlFIFO = 4
)

// resolve replaces what is zero by what it stands for.
func (o Options) resolve() Options {
	if o.Variant == HDL {
		if o.Bits == 0 {
			o.Bits = hdlBits
		}
		if o.FIFO == 0 {
			o.FIFO = hdlFIFO
		}
	}
	if o.Bits == 0 {
		o.Bits = 64
	}
	return o
}

// Config is a chip with its network, as config.json and input.json have it.
// New keeps no reference to it.
type Config struct {
	Width, Height int // cores along x and y
	Axons         int // a core's
	Neurons       int // a core's; it may hold fewer
	Weights       int // axon types
	Slots         int // rows of the scheduler
	// SymmetricReset says that the simulator resets at v <= negative threshold
	// (neuron_reset_type 1); the HDL always uses <.
	SymmetricReset bool
	Bus            Bus
	Cores          []Core
	Options        Options
}

// Bus is the place of the grid where packets leave the chip.
type Bus struct {
	X, Y    int
	Outputs int
}

// Core is the memory of one core.
type Core struct {
	X, Y int
	// AxonTypes has the type of each axon; axons that are not listed have type 0.
	AxonTypes []int
	Neurons   []Neuron
	// Synapses has a row for each neuron: bit a of a row is axon a. Rows and
	// words that are not there are empty.
	Synapses [][]uint64
}

// ResetMode is what becomes of a potential beyond a threshold.
type ResetMode uint8

// The reset modes.
const (
	Absolute ResetMode = iota // the reset potential, negated at the negative threshold
	Linear                    // the threshold is subtracted
)

// Neuron is the parameters and the first potential of one neuron.
type Neuron struct {
	Weights           []int32 // by axon type; what is not listed is 0
	Leak              int32   // added in every tick
	PositiveThreshold int32
	NegativeThreshold int32
	ResetPotential    int32
	Potential         int32
	Reset             ResetMode
	// A spike goes to Axon of the core at (x+DX, y+DY) with offset Delay.
	DX, DY int
	Axon   int
	Delay  int
}

// Packet is one spike that comes from outside.
type Packet struct {
	X, Y  int // the core it is for
	Axon  int
	Delay int
}

// Bounds of what is accepted, so that no input can ask for all memory.
const (
	maxCores = 1 << 16
	maxAxons = 1 << 16
	maxTypes = 1 << 8
	maxSlots = 1 << 10
	maxFIFO  = 1 << 7
	maxBits  = 1 << 33 // of all cores together
	maxCycle = 1 << 40
)

// Verify returns the first thing that is wrong with c, told by its place in the
// files that it is read from, or nil.
func (c *Config) Verify() error {
	if err := c.verifySizes(); err != nil {
		return err
	}
	if err := c.Options.verify(c); err != nil {
		return err
	}
	if bits := c.bits(); bits > maxBits {
		return fmt.Errorf("cores: %d bits of memory together, want at most %d", bits, int64(maxBits))
	}
	taken := map[int]int{}
	for i := range c.Cores {
		core := &c.Cores[i]
		at := func(format string, args ...any) error {
			return fmt.Errorf("cores[%d]%s", i, fmt.Sprintf(format, args...))
		}
		switch {
		case !c.inside(core.X, core.Y):
			return at(".coordinates: (%d, %d) is outside the grid of %d × %d", core.X, core.Y, c.Width, c.Height)
		case core.X == c.Bus.X && core.Y == c.Bus.Y:
			return at(".coordinates: (%d, %d) is the place of the output bus", core.X, core.Y)
		case len(core.AxonTypes) > c.Axons:
			return at(".axons: %d types, but a core has %d axons", len(core.AxonTypes), c.Axons)
		case len(core.Neurons) > c.Neurons:
			return at(".neurons: %d, but a core has %d", len(core.Neurons), c.Neurons)
		case len(core.Synapses) > c.Neurons:
			return at(".connections: %d rows, but a core has %d neurons", len(core.Synapses), c.Neurons)
		}
		if first, twice := taken[c.place(core.X, core.Y)]; twice {
			return at(".coordinates: (%d, %d) is cores[%d] already", core.X, core.Y, first)
		}
		taken[c.place(core.X, core.Y)] = i
		for a, t := range core.AxonTypes {
			if t < 0 || t >= c.Weights {
				return at(".axons[%d]: type %d, want 0 to %d", a, t, c.Weights-1)
			}
		}
		for n, row := range core.Synapses {
			if width := bitLen(row); width > c.Axons {
				return at(".connections[%d]: axon %d, but a core has %d axons", n, width-1, c.Axons)
			}
		}
		for n := range core.Neurons {
			if err := c.verifyNeuron(core, &core.Neurons[n]); err != nil {
				return fmt.Errorf("cores[%d].neurons[%d].%w", i, n, err)
			}
		}
	}
	return nil
}

func (c *Config) verifySizes() error {
	for _, f := range []struct {
		name        string
		got, lo, hi int
	}{
		{"num_cores_x", c.Width, 1, maxCores},
		{"num_cores_y", c.Height, 1, maxCores},
		{"num_axons", c.Axons, 1, maxAxons},
		{"num_neurons", c.Neurons, 1, maxAxons},
		{"num_weights", c.Weights, 1, maxTypes},
		{"max_tick_offset", c.Slots, 1, maxSlots},
		{"output_bus.num_outputs", c.Bus.Outputs, 0, maxAxons},
	} {
		if f.got < f.lo || f.got > f.hi {
			return fmt.Errorf("%s: %d, want %d to %d", f.name, f.got, f.lo, f.hi)
		}
	}
	if c.Width*c.Height > maxCores {
		return fmt.Errorf("num_cores_x × num_cores_y: %d × %d, want at most %d cores", c.Width, c.Height, maxCores)
	}
	if !c.inside(c.Bus.X, c.Bus.Y) {
		return fmt.Errorf("output_bus.coordinates: (%d, %d) is outside the grid of %d × %d", c.Bus.X, c.Bus.Y, c.Width, c.Height)
	}
	return nil
}

// bits is about how much memory New will ask for.
func (c *Config) bits() int64 {
	columns := int64(c.Axons + 64*c.Weights)
	bits := int64(len(c.Cores)) * columns * int64(c.Slots+40)
	for i := range c.Cores {
		bits += int64(len(c.Cores[i].Neurons)) * (columns + 64*int64(c.Weights))
	}
	return bits
}

func (o Options) verify(c *Config) error {
	switch {
	case o.Variant != Simulator && o.Variant != HDL:
		return fmt.Errorf("options: variant %v is neither simulator nor HDL", o.Variant)
	case o.Bits < 0 || o.Bits == 1 || o.Bits > 64:
		return fmt.Errorf("options: potentials of %d bits, want 2 to 64, or 0", o.Bits)
	case o.FIFO < 0 || o.FIFO > maxFIFO:
		return fmt.Errorf("options: FIFOs of %d, want 1 to %d, or 0", o.FIFO, maxFIFO)
	case o.InputCycle < 0 || o.InputCycle > maxCycle:
		return fmt.Errorf("options: input from cycle %d, want 0 to %d", o.InputCycle, int64(maxCycle))
	case o.Variant == HDL && c.Slots&(c.Slots-1) != 0:
		return fmt.Errorf("max_tick_offset: %d, but the HDL's scheduler has a power of two of slots", c.Slots)
	case o.Variant == HDL && c.Axons < 2:
		return fmt.Errorf("num_axons: %d, but the HDL's token controller scans at least 2", c.Axons)
	}
	return nil
}

func (c *Config) verifyNeuron(core *Core, n *Neuron) error {
	axons, where := c.Axons, "a core has %d axons"
	if core.X+n.DX == c.Bus.X && core.Y+n.DY == c.Bus.Y {
		axons, where = c.Bus.Outputs, "the output bus has %d"
	}
	switch {
	case len(n.Weights) > c.Weights:
		return fmt.Errorf("weights: %d, but there are %d axon types", len(n.Weights), c.Weights)
	case n.Reset != Absolute && n.Reset != Linear:
		return fmt.Errorf("reset_mode: %d, want 0 or 1", n.Reset)
	case n.DX < -maxCores || n.DY < -maxCores || core.X+n.DX >= c.Width || core.Y+n.DY >= c.Height:
		return fmt.Errorf("destination_core_offset: (%d, %d) leaves the grid of %d × %d", n.DX, n.DY, c.Width, c.Height)
	case n.Axon < 0 || n.Axon >= axons:
		return fmt.Errorf("destination_axon: %d, but "+where, n.Axon, axons)
	case n.Delay < 0 || n.Delay >= c.Slots:
		return fmt.Errorf("destination_tick: %d, want 0 to %d", n.Delay, c.Slots-1)
	}
	if c.Options.Variant != HDL {
		return nil
	}
	// The HDL's memory has no more bits for these than for a potential.
	bits := c.Options.resolve().Bits
	for _, f := range []struct {
		name string
		got  int32
	}{
		{"leak", n.Leak},
		{"positive_threshold", n.PositiveThreshold},
		{"negative_threshold", n.NegativeThreshold},
		{"reset_potential", n.ResetPotential},
		{"current_potential", n.Potential},
	} {
		if wrap(int64(f.got), bits) != int64(f.got) {
			return fmt.Errorf("%s: %d does not fit the HDL's %d bits", f.name, f.got, bits)
		}
	}
	for i, w := range n.Weights {
		if wrap(int64(w), bits) != int64(w) {
			return fmt.Errorf("weights[%d]: %d does not fit the HDL's %d bits", i, w, bits)
		}
	}
	return nil
}

// VerifyPacket returns what is wrong with a packet from outside, or nil.
func (c *Config) VerifyPacket(p Packet) error {
	axons, where := c.Axons, "a core has %d axons"
	if p.X == c.Bus.X && p.Y == c.Bus.Y {
		axons, where = c.Bus.Outputs, "the output bus has %d"
	}
	switch {
	case !c.inside(p.X, p.Y):
		return fmt.Errorf("destination_core: (%d, %d) is outside the grid of %d × %d", p.X, p.Y, c.Width, c.Height)
	case p.Axon < 0 || p.Axon >= axons:
		return fmt.Errorf("destination_axon: %d, but "+where, p.Axon, axons)
	case p.Delay < 0 || p.Delay >= c.Slots:
		return fmt.Errorf("destination_tick: %d, want 0 to %d", p.Delay, c.Slots-1)
	}
	return nil
}

func (c *Config) inside(x, y int) bool { return x >= 0 && x < c.Width && y >= 0 && y < c.Height }

// place is the number of the place (x, y), as RANC numbers its cores.
func (c *Config) place(x, y int) int { return y*c.Width + x }
