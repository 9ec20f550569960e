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

	// numFIFOs are the channels of a node with a FIFO behind them.
	numFIFOs = int(entry) + 1
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
	// By side: the step from a channel to the next straight on, or, of an entry, to its
	// FIFO; what is added to a place to look it up in at; and a position's channel: that
	// of router 0, and the steps from there for one more x and y.
	stride, half  [exit + 1]int32
	first, dx, dy [exit + 1]int32
}

type position struct{ x, y int16 }

// newGrid returns that of a mesh.
func newGrid(width, height int) grid {
	routers := int32(width * height)
	g := grid{placeBits: int32(bits.Len32(uint32(routers)))}
	places := int32(1) << g.placeBits
	g.mask = places - 1
	for side := range exit + 1 {
		g.first[side], g.dx[side], g.dy[side] = side*places+1, 1, int32(width)
		if side == north || side == south {
			g.half[side], g.dx[side], g.dy[side] = places, int32(height), -1
			g.first[side] += int32(height) - 1
		}
	}
	g.stride[east], g.stride[west], g.stride[north], g.stride[south] = 1, -1, 1, -1
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
	return g.first[side] + int32(at.x)*g.dx[side] + int32(at.y)*g.dy[side]
}

// side is the one that a channel leaves its node by.
func (g *grid) side(c int32) int32 { return c >> (g.placeBits & 31) }

// from is the position of the node that sends by a channel.
func (g *grid) from(c int32) position { return g.at[c&g.mask+g.half[g.side(c)]] }

// to is the position of the router that has the FIFO behind a link or an entry.
func (g *grid) to(c int32) position {
	side := g.side(c)
	return g.at[c&g.mask+g.stride[side]+g.half[side]]
}

// node is the one at a position.
func (g *grid) node(at position) int32 { return g.channel(entry, at) & g.mask }

// cameBy is the side at which the FIFO behind a channel is in its router.
func (g *grid) cameBy(c int32) int32 { return cameBy[g.side(c)] }

// cameBy is that by the side of the channel.
var cameBy = [...]int32{east: west, west: east, north: south, south: north, entry: entry}

// input is the channel with the FIFO that the router at a position has at a side.
func (g *grid) input(at position, side int32) int32 {
	by := cameBy[side]
	return g.channel(by, at) - g.stride[by]
}

// entryOf is the channel by which a node's source sends.
func (g *grid) entryOf(node int32) int32 {
	if node == 0 {
		return east<<g.placeBits | node
	}
	return g.entries | node
}
