// Package noc is the only place that knows how packets travel between cores:
// a mesh of routers, cycle by cycle, with finite FIFOs, XY routing,
// serialising links, arbitration by age and back-pressure by credits.
//
// # The mesh
//
// Router y*Width+x stands at column x, row y, one for each core. East is x+1,
// South is y+1. The chip's I/O port is at the west edge of router 0: what
// comes from outside enters by the West FIFO of router 0, and what is sent to
// Host leaves west from router 0.
//
//	                North
//	               in   out
//	                │    ▲
//	             ┌──▼────┴──┐
//	             │ FIFO     │
//	West   in ──▶│FIFO  FIFO│◀── in    East
//	      out ◀──┤          ├──▶ out
//	             │ FIFO FIFO│◀── in    Local: the core sends
//	             └──▲────┬──┘──▶ out   Local: the core receives
//	                │    ▼
//	               in   out
//	                South
//
// A packet is one flit. It goes along x first, then along y, and never turns
// back, so that no cycle of packets can wait for one another: the mesh cannot
// deadlock, whatever the depth of the FIFOs.
//
// # Several chips
//
// With Config.Chips the mesh is made of several chips, side by side. Packets go the
// same ways. A link between two chips is one as any other, but that a packet is
// under way ChipHop cycles longer on it, and that it takes one every ChipPeriod
// cycles.
//
// # Dead links
//
// With Config.Routes a packet takes its way from a table instead, which package
// targets/mesh makes: around dead links, with the same promise. What it says at a
// router depends on the destination and on whether the packet came over a link
// that leads down, which the FIFO that it is in tells. All else is as without:
// arbitration, credits, latencies; a packet crosses more links, that is all.
//
// A link of Config.Severed is dead and the routes do not know: a router sends
// packets on it as on any other, a packet every LinkCycles, and they are lost. No
// place is wanted at the other end.
//
// # One cycle
//
// All routers decide on the state at the start of the cycle, so the order in
// which they are looked at cannot be seen. In cycle c:
//
//   - The head of a FIFO may leave if it is ready (see below), its output sent
//     nothing in the last LinkCycles-1 cycles (ChipPeriod-1 between chips), and
//     the FIFO at the other end has a free place. Of several heads that want one output the oldest goes:
//     the one that was due first, that is, would have entered first on an empty
//     mesh; then the one from the lowest source (Host, then core 0, 1, …). Two
//     packets of one source never meet in this.
//   - A place is taken in the cycle in which a packet is sent to it, so packets
//     in flight count, and is free again in the cycle after the packet left it.
//   - A source that offers a packet enters it into its FIFO if there is a free
//     place: one packet a cycle at most. If it cannot, the core stands still
//     and everything it offers later is offered later by as much.
//   - The core's output takes one packet a cycle and is never full; the I/O
//     port takes one packet every LinkCycles cycles and is never full either.
//
// # One hop, in cycles
//
// A packet offered at cycle 10 by core 0 for core 1, with HopX = 3 and
// EjectCycles = 1:
//
//	cycle         10       11       12       13       14       15       16
//	core 0        offers
//	FIFO 0 Local  enters   leaves   (place free)
//	link 0→1               ╞════════════════════════╡
//	FIFO 1 West            place taken               leaves   (place free)
//	core 1                                                    delivered
//
// The packet is ready one cycle after it entered, and again HopX (or HopY)
// cycles after it was sent. Without contention a packet offered at cycle t to
// travel dx and dy hops is delivered at
//
//	t + 1 + dx·HopX + dy·HopY + c·ChipHop + EjectCycles
//
// which Config.ZeroLoad computes, dx and dy being what the packet's route has, and c
// those of its hops that are between chips: none where there is one chip. The I/O
// port counts as router 0 there, in both directions: passing it is no hop, and a
// packet for Host is delivered EjectCycles after it left router 0.
//
// A place is taken for HopX+1 cycles at least, so a link carries a packet
// every max(LinkCycles, (HopX+1)/FIFODepth) cycles at best: FIFOs shallower
// than HopX+1 slow even a lone stream.
//
// # What it takes
//
// A pattern of traffic is bound by its heaviest channel: a core takes a packet
// a cycle, a link one every LinkCycles. Below is the bound in packets a core
// and cycle with LinkCycles = 1, and what share of it the worst-off core gets
// when every core offers half as much again, with FIFOs of 4 places and HopX =
// HopY = 2. patterns_test.go has the closed forms and the curves; go test -run
// Saturation -v prints them.
//
//	           4×4: bound  share       8×8: bound  share
//	uniform         1.000   63 %            0.500   71 %
//	tornado         1.000  100 %            0.333   77 %
//	transpose       0.333  100 %            0.143   99 %
//	hotspot, ⅛      0.348   97 %            0.113   93 %
//
// # Slower is not always later
//
// Like every greedy schedule this one has anomalies (Graham 1969): a slower
// link can delay a packet just enough to let a better one pass, and the run as
// a whole ends earlier. On meshes of up to 5×5 with FIFOs of 1 to 4 places,
// twice the LinkCycles ended 191 of 50,000 random runs earlier, twice the
// LinkCycles and HopX 102, twice every latency 6; by 13 cycles at most. On 8×8,
// FIFOs of 4 or 8 places showed none in 400 runs, those of 1 or 2 places showed
// 21 and 5, by 4 % of the run at most. TestSlowerLinksEndLater holds the rate.
//
// Age is counted from when a packet was due, and not from when it entered,
// because that has a third fewer anomalies, and congested runs end up to 5 %
// earlier: a core that was held up catches up.
//
// # How it is made fast
//
// The plain version visits every router in every cycle; reference_test.go is
// that version, and the two are compared on random traffic. Here the work is in
// proportion to the hops: a cycle, a router or a link in which nothing can move is
// never looked at.
//
//   - A flit in flight is an entry in a list of the cycle at which it arrives: a
//     wheel has a list for each of the next 64 cycles. It says how many hops the
//     flit goes straight on, so that of most hops only two records are touched,
//     those of the links before and behind it, which are beside each other. At the
//     border of a chip it stops, and once more behind: so the loop for flits
//     that go straight on has nothing to do with chips.
//   - A flit that arrives in an empty FIFO and finds its link free is sent on at
//     once, in one pass over the list, whose loop calls nothing; in assembly both
//     records are one register. There is a wheel for each axis, so that those of a
//     list that go straight on arrive together again: they stay where they are, and
//     the whole list moves on to that cycle.
//   - What the links carry is not counted there. Where a packet goes is known
//     before it is sent, but for routes around dead links: where it begins to go
//     straight on, and where it stops, says it all.
//   - All decisions of a cycle are on the state at its start, which is known in the
//     middle of it too: a link remembers the cycle in which it last sent, and a FIFO
//     that in which something last left. Should an older flit turn up later in the
//     cycle for a link that has sent already, it takes the place of the younger one,
//     which goes back.
//   - A flit that is held up lies in a ring, and a head waits at its link, not in
//     the wheel. The link is looked at when it may send again: when it is idle and
//     there is a place. Then it sends the oldest of its waiters.
//   - What many sources offer is sorted by time when a run begins, and read one behind
//     the other. A source that stood still leaves that plan, and waits for its next
//     offer in a wheel of 4096 cycles, as do all where they are few.
//   - From one cycle with something to do the mesh goes straight to the next.
//
// The order in which flits are looked at within a cycle cannot be seen;
// deliveries are sorted by a set of bits.
package noc
