package noc

import (
	"math/bits"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// What a node sends by: the first four leave a router by that side, entry is the way of
// the core into its FIFO, exit the way out to it. The host is node 0, router r is node
// r+1, and so the host stands where a router west of router 0 would.
const (
	east  = int32(mesh.East)
	west  = int32(mesh.West)
	north = int32(mesh.North)
	south = int32(mesh.South)
	entry = int32(mesh.Local)
	exit  = entry + 1

	// numFIFOs are the channels of a node with a FIFO behind them, numSides has room for all.
	numFIFOs = int(entry) + 1
	numSides = 8
)

// grid says which channel is where. Channel side<<placeBits|place is what a node sends
// by. The places of links along x, of entries and of exits are the nodes, row by row;
// those of links along y are column by column, from the south. So the next link straight
// on is beside this one, behind it of even sides and before it of odd ones, and a packet
// that travels stays in a line of the cache for some hops.
type grid struct {
	placeBits, mask int32
	entries, exits  int32 // the first channel that is an entry, that is an exit
	hostExit        int32
	// at is the position of each node, and, halfway, of each place along y.
	at []position
	// By side: the step from a channel to the next straight on, or, of an entry, to its FIFO;
	// what is added to a place to look it up in at, and to look up where that step leads;
	// where a position's channels are, and those with the FIFO that it has at a side.
	stride, half, behind [numSides]int32
	channelsAt, inputsAt [numSides]line
}

type position struct{ x, y int16 }

// line says where the channels of one kind are: that of router 0, and the steps for one more x
// and y.
type line struct{ first, x, y int32 }

func (l *line) at(p position) int32 { return l.first + int32(p.x)*l.x + int32(p.y)*l.y }

// newGrid returns that of a mesh.
func newGrid(width, height int) grid {
	routers := int32(width * height)
	g := grid{placeBits: int32(bits.Len32(uint32(routers)))}
	places := int32(1) << g.placeBits
	g.mask = places - 1
	for side := range exit + 1 {
		g.channelsAt[side] = line{side*places + 1, 1, int32(width)}
		if side == north || side == south {
			g.half[side] = places
			g.channelsAt[side] = line{side*places + int32(height), int32(height), -1}
		}
	}
	g.stride[east], g.stride[west], g.stride[north], g.stride[south] = 1, -1, 1, -1
	for side := range exit {
		by := cameBy[side]
		g.inputsAt[side] = g.channelsAt[by]
		g.inputsAt[side].first -= g.stride[by]
		g.behind[side] = g.half[side] + g.stride[side]
	}
	g.entries, g.exits = entry*places, exit*places
	g.at = make([]position, 2*places)
	g.at[0].x = -1
	for y := range int16(height) {
		for x := range int16(width) {
			p := position{x, y}
			g.at[g.channel(entry, p)&g.mask] = p
			g.at[places+g.channel(north, p)&g.mask] = p
		}
	}
	g.hostExit = g.channel(west, g.at[nodeOf(0)])
	return g
}

// channels is how many there are.
func (g *grid) channels() int { return int(exit+1) << g.placeBits }

// channel is what the node at a position sends by to a side.
func (g *grid) channel(side int32, at position) int32 {
	return g.channelsAt[side&(numSides-1)].at(at)
}

// side is the one that a channel leaves its node by.
func (g *grid) side(c int32) int32 { return c >> (g.placeBits & 31) & (numSides - 1) }

// from is the position of the node that sends by a channel.
func (g *grid) from(c int32) position { return g.at[c&g.mask+g.half[g.side(c)]] }

// to is the position of the router that has the FIFO behind a link or an entry.
func (g *grid) to(c int32) position { return g.at[c&g.mask+g.behind[g.side(c)]] }

// node is the one at a position.
func (g *grid) node(at position) int32 { return g.channel(entry, at) & g.mask }

// cameBy is the side at which the FIFO behind a channel is in its router.
func (g *grid) cameBy(c int32) int32 { return cameBy[g.side(c)] }

// cameBy is that by the side of the channel.
var cameBy = [numSides]int32{east: west, west: east, north: south, south: north, entry: entry}

// input is the channel with the FIFO that the router at a position has at a side.
func (g *grid) input(at position, side int32) int32 {
	return g.inputsAt[side&(numSides-1)].at(at)
}

// entryOf is the channel by which a node's source sends.
func (g *grid) entryOf(node int32) int32 {
	if node == 0 {
		return east<<g.placeBits | node
	}
	return g.entries | node
}
