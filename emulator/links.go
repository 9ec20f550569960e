package emulator

import "github.com/weft-toolchain/weft/emulator/noc"

// LinkLoad is how many packets crossed a link of the mesh, from a router to the next.
// Router r is at column r mod the mesh's width.
type LinkLoad struct {
	From, To int
	Packets  int64
}

// LinkLoads returns the links between routers that packets crossed since the start,
// by the router that they leave; nil in functional mode, which has no mesh.
func (m *Machine) LinkLoads() []LinkLoad {
	if m.mesh == nil {
		return nil
	}
	var out []LinkLoad
	for k, packets := range m.mesh.LinkLoads() {
		if from, to := m.mesh.Link(k); packets > 0 && from != int(noc.Host) && to != int(noc.Host) {
			out = append(out, LinkLoad{from, to, packets})
		}
	}
	return out
}
