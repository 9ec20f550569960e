package noc

import (
	"errors"
	"fmt"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// Cycles is a time, or a span of time, in clock cycles of the mesh.
type Cycles = int64

// Host stands for the chip's I/O port: as a destination, out of the chip; as
// the place of a Source, packets that come from outside.
const Host = mesh.Host

// Limits of a Config and of a Run.
const (
	MaxSide    = 1024    // routers along Width or Height
	MaxDepth   = 1024    // packets in one FIFO
	MaxLatency = 1 << 20 // cycles in HopX and all other times of a Config
	MaxPlaces  = 1 << 26 // packets in all FIFOs of a mesh together
	MaxSpan    = 1 << 40 // cycles from the start of a run to its last injection
)

// Config is the shape and the timing of a mesh. There is no default: every
// number is at least 1, but for those of chips where there is one.
type Config struct {
	// Width and Height count the routers along x and y, 1..MaxSide.
	Width, Height int
	// FIFODepth is how many packets one input FIFO holds, 1..MaxDepth.
	FIFODepth int
	// HopX and HopY are the cycles from leaving one FIFO to being able to
	// leave the next, east or west and north or south, 1..MaxLatency.
	HopX, HopY Cycles
	// LinkCycles is the cycles between two packets on one link, and on the way
	// out to the host, 1..MaxLatency.
	LinkCycles Cycles
	// EjectCycles is the cycles from leaving the last FIFO to being delivered
	// to the core or the host, 1..MaxLatency.
	EjectCycles Cycles
	// Chips says where the mesh is made of several chips, whole ones. A link between
	// two of them is crossed in ChipHop cycles more, 0..MaxLatency, and takes a packet
	// every ChipPeriod cycles instead of LinkCycles, 1..MaxLatency.
	Chips               mesh.Chips
	ChipHop, ChipPeriod Cycles
	// Routes, where not nil, is the mesh that packets find their ways by: its dead
	// links carry nothing.
	Routes *mesh.Mesh
	// Severed are links that the routes know nothing of: what is sent over one is
	// lost.
	Severed []mesh.Link
	// Portable leaves the processor's vector instructions out, which changes no result.
	Portable bool
}

// Verify says everything that is out of range in c.
func (c Config) Verify() error {
	var errs []error
	within := func(name string, have, least, most int64) {
		if have < least || have > most {
			errs = append(errs, fmt.Errorf("%s is %d, want %d..%d", name, have, least, most))
		}
	}
	check := func(name string, have, most int64) { within(name, have, 1, most) }
	check("Width", int64(c.Width), MaxSide)
	check("Height", int64(c.Height), MaxSide)
	check("FIFODepth", int64(c.FIFODepth), MaxDepth)
	check("HopX", c.HopX, MaxLatency)
	check("HopY", c.HopY, MaxLatency)
	check("LinkCycles", c.LinkCycles, MaxLatency)
	check("EjectCycles", c.EjectCycles, MaxLatency)
	if c.Chips != (mesh.Chips{}) {
		within("ChipHop", c.ChipHop, 0, MaxLatency)
		check("ChipPeriod", c.ChipPeriod, MaxLatency)
	}
	if errs == nil {
		check("Width × Height × ports × FIFODepth", int64(c.Routers()*numFIFOs*c.FIFODepth), MaxPlaces)
		if !c.Chips.Fill(c.Width, c.Height) {
			errs = append(errs, fmt.Errorf("chips of %d×%d routers do not make a mesh of %d×%d", c.Chips.Width, c.Chips.Height, c.Width, c.Height))
		}
		if r := c.Routes; r != nil && (r.Width() != c.Width || r.Height() != c.Height) {
			errs = append(errs, fmt.Errorf("routes are of %d×%d routers, want %d×%d", r.Width(), r.Height(), c.Width, c.Height))
		}
		for _, l := range c.Severed {
			if !mesh.New(c.Width, c.Height, nil).Neighbours(l[0], l[1]) {
				errs = append(errs, fmt.Errorf("severed: no link between routers %d and %d", l[0], l[1]))
			}
		}
	}
	return errors.Join(errs...)
}

// Routers is the number of routers, one for each core.
func (c Config) Routers() int { return c.Width * c.Height }

// Hops returns the links a packet crosses along x and along y on its way
// between two routers; Host stands where router 0 stands. Without a way they are 0.
func (c Config) Hops(from, to int32) (dx, dy int) {
	dx, dy, _ = c.routes().Hops(from, to)
	return dx, dy
}

// Crossings returns how many of the links of Hops are between two chips.
func (c Config) Crossings(from, to int32) int { return c.Chips.Crossings(c.routes(), from, to) }

// routes returns Routes, or a mesh without dead links.
func (c Config) routes() *mesh.Mesh {
	if c.Routes == nil {
		return mesh.New(c.Width, c.Height, nil)
	}
	return c.Routes
}

// ZeroLoad returns the cycles from the offer of a packet to its delivery when
// nothing is in its way: the least that any packet takes.
func (c Config) ZeroLoad(from, to int32) Cycles {
	dx, dy := c.Hops(from, to)
	return 1 + Cycles(dx)*c.HopX + Cycles(dy)*c.HopY + Cycles(c.Crossings(from, to))*c.ChipHop + c.EjectCycles
}

// Packet is what travels. The mesh looks at Dst only.
type Packet struct {
	Dst int32 // a router, or Host
	ID  int32 // the caller's
}

// Injection is a packet and the earliest cycle at which its source offers it.
type Injection struct {
	At     Cycles
	Packet Packet
}

// Source is one core, or the host, with the packets that it sends in a run.
type Source struct {
	// Router is the core's router, or Host. A run has at most one source each.
	Router int32
	// Injections are in order of At, which is nowhere before the run's start.
	Injections []Injection

	// Stall is a result: the cycles for which the source stood still because
	// its FIFO was full, or because it offered two packets in one cycle. A
	// packet enters at its At plus the Stall up to and including it.
	Stall Cycles
	// Done is a result: the cycle at which the last packet entered its FIFO;
	// the run's start if there is none.
	Done Cycles
}

// Delivery is a packet that arrived at the core Packet.Dst, or at the host.
type Delivery struct {
	At     Cycles
	Packet Packet
	Src    int32 // the Router of the source that sent it, or Host
}
