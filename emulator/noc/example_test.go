package noc_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/emulator/noc"
)

// Two cores send to a third in the same cycle. The packets meet at the core's
// router, where one waits for the other.
func ExampleMesh_Run() {
	mesh := noc.New(noc.Config{
		Width: 3, Height: 1, FIFODepth: 2,
		HopX: 3, HopY: 3, LinkCycles: 1, EjectCycles: 1,
	})
	sources := []noc.Source{
		{Router: 0, Injections: []noc.Injection{{At: 10, Packet: noc.Packet{Dst: 1, ID: 100}}}},
		{Router: 2, Injections: []noc.Injection{{At: 10, Packet: noc.Packet{Dst: 1, ID: 200}}}},
	}
	end := mesh.Run(0, sources, func(d noc.Delivery) {
		fmt.Printf("cycle %d: packet %d from core %d\n", d.At, d.Packet.ID, d.Src)
	})
	fmt.Println("end:", end)
	fmt.Println("hops:", mesh.Counts().HopsX)
	// Output:
	// cycle 15: packet 100 from core 0
	// cycle 16: packet 200 from core 2
	// end: 17
	// hops: 2
}
