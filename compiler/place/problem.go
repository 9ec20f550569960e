package place

import (
	"fmt"
	"math"
	"slices"
)

// Host is the world outside as an end of a Flow or a Net. It stands behind the
// I/O port: what it sends starts at spot 0 and what it gets ends there. The
// link between the port and spot 0 is crossed wherever the cores are, so it
// counts as no hop.
const Host = -1

// Flow is packets from one core to another.
type Flow struct {
	From, To int32 // cores, or Host
	Weight   int64 // packets; at least 0
}

// Net is packets that each go to several cores, along the union of the ways to
// them: a link that is on several of these ways is crossed once.
type Net struct {
	From   int32   // a core, or Host
	To     []int32 // distinct cores, or Host; From itself costs nothing
	Weight int64   // packets; at least 0
}

// Problem is a mesh and the traffic of the cores to place on it. Both Flows and
// Nets count if there are both: Flows for what is sent to each core apart, Nets
// for what the mesh copies on the way. NetFlows turns nets into flows.
type Problem struct {
	// Width and Height are the mesh's columns and rows. Spot y*Width+x is at
	// column x, row y.
	Width, Height int
	// Usable tells for each spot whether a core may be put there; nil is all.
	// Packets pass a spot that may not be used.
	Usable []bool
	// Needs is how many axons each core takes, and Holds how many each spot has. A
	// core goes where there are enough, if all can at once in the parts of the mesh
	// that they are in. Nil is where any core may go anywhere.
	Needs, Holds []int32
	// Ways are those of packets; nil is along x first, then along y.
	Ways *Ways
	// Cores is how many cores there are to place.
	Cores int
	// Flows and Nets are the traffic. Several flows between two cores add up.
	Flows []Flow
	Nets  []Net
	// ChipWidth and ChipHeight are the columns and rows of one chip where the
	// mesh is made of several; zero is one chip. A link between chips costs as
	// much as ChipLink links inside; less than one counts as one.
	ChipWidth, ChipHeight, ChipLink int
}

// check returns what is wrong with the problem.
func (p *Problem) check() error {
	switch {
	case p.Width < 1 || p.Height < 1 || p.Width > math.MaxInt32/p.Height:
		return fmt.Errorf("a mesh of %d×%d spots", p.Width, p.Height)
	case p.Usable != nil && len(p.Usable) != p.Width*p.Height:
		return fmt.Errorf("%d spots are said to be usable or not, of %d×%d", len(p.Usable), p.Width, p.Height)
	case p.Holds != nil && len(p.Holds) != p.Width*p.Height:
		return fmt.Errorf("%d spots have some axons, of %d×%d", len(p.Holds), p.Width, p.Height)
	case p.Needs != nil && (len(p.Needs) != p.Cores || p.Holds == nil):
		return fmt.Errorf("%d cores of %d need axons, and %d spots have some", len(p.Needs), p.Cores, len(p.Holds))
	case p.Ways != nil && len(p.Ways.cost) != p.Width*p.Height*p.Width*p.Height:
		return fmt.Errorf("a mesh of %d×%d spots, and ways of another", p.Width, p.Height)
	case p.Cores < 0:
		return fmt.Errorf("%d cores", p.Cores)
	case p.ChipWidth < 0 || p.ChipHeight < 0 || p.ChipLink > maxChipLink:
		return fmt.Errorf("chips of %d×%d spots whose links cost %d", p.ChipWidth, p.ChipHeight, p.ChipLink)
	}
	if n := p.usable(); n < p.Cores {
		return fmt.Errorf("%d cores for %d usable spots", p.Cores, n)
	}
	return p.checkTraffic()
}

// maxChipLink keeps sums of costs in their range.
const maxChipLink = 1 << 20

func (p *Problem) checkTraffic() error {
	var most int64 // what the traffic can cost at most
	span := int64(p.Width+p.Height) * int64(max(p.ChipLink, 1))
	if p.Ways != nil {
		span = int64(p.Width*p.Height) * int64(max(p.ChipLink, 1))
	}
	add := func(kind string, i int, from int32, to []int32, weight int64) error {
		for _, c := range append(slices.Clip(to), from) {
			if c != Host && (c < 0 || int(c) >= p.Cores) {
				return fmt.Errorf("%s %d is of core %d, of %d", kind, i, c, p.Cores)
			}
		}
		if weight < 0 || weight > (math.MaxInt64/4-most)/span/int64(len(to)+1) {
			return fmt.Errorf("%s %d has %d packets", kind, i, weight)
		}
		most += weight * span * int64(len(to))
		return nil
	}
	for i, f := range p.Flows {
		if err := add("flow", i, f.From, []int32{f.To}, f.Weight); err != nil {
			return err
		}
	}
	for i, n := range p.Nets {
		if err := add("net", i, n.From, n.To, n.Weight); err != nil {
			return err
		}
	}
	return nil
}

// usable returns how many spots may be used.
func (p *Problem) usable() int {
	if p.Usable == nil {
		return p.Width * p.Height
	}
	n := 0
	for _, ok := range p.Usable {
		if ok {
			n++
		}
	}
	return n
}

// checkSpots returns what is wrong with a placement.
func (p *Problem) checkSpots(spots []int32) error {
	if len(spots) != p.Cores {
		return fmt.Errorf("%d spots for %d cores", len(spots), p.Cores)
	}
	taken := make([]bool, p.Width*p.Height)
	for c, s := range spots {
		if s < 0 || int(s) >= len(taken) || taken[s] || p.Usable != nil && !p.Usable[s] {
			return fmt.Errorf("core %d is at spot %d, which is not free or not usable", c, s)
		}
		taken[s] = true
	}
	return nil
}

// NetFlows returns what the nets are if every core is sent a packet of its own.
func NetFlows(nets []Net) []Flow {
	var flows []Flow
	for _, n := range nets {
		for _, to := range n.To {
			if to != n.From {
				flows = append(flows, Flow{From: n.From, To: to, Weight: n.Weight})
			}
		}
	}
	return flows
}

// name calls an end of a flow by its name; that numbered Cores is the host.
func (p *Problem) name(c int32) string {
	if c == Host || int(c) == p.Cores {
		return "the host"
	}
	return fmt.Sprintf("core %d", c)
}
