package targets

import (
	"testing"

	"github.com/weft-toolchain/weft/internal/golden"
)

// FuzzDefects reads defects files: what is read without a mistake is of the chip.
func FuzzDefects(f *testing.F) {
	for _, src := range golden.Files(f, "testdata/defects/*.yaml") {
		f.Add(src)
	}
	f.Add([]byte("{defects: x, random: {seed: 9, cores: 0.5, links: 0.5, axons: 0.5, synapses: 0.5}}"))
	arch := &Arch{MeshWidth: 3, MeshHeight: 2, Axons: 12, Neurons: 10}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := ParseDefects("defects.yaml", src, arch)
		if err != nil {
			golden.Told(t, err, "defects.yaml", src)
			return
		}
		m := d.Mesh()
		if len(d.Cores) != 6 || len(m.Dead()) != len(d.Links) || len(d.Fingerprint()) != 16 {
			t.Errorf("%v", d)
		}
		for router := range int32(6) {
			last := int32(-1)
			for _, axon := range d.DeadAxons(router) {
				if axon <= last || int(axon) >= arch.Axons {
					t.Errorf("core %d: dead axons %v", router, d.DeadAxons(router))
				}
				last = axon
			}
			before := Cell{-1, 0}
			for _, c := range d.DeadSynapses(router) {
				if before.compare(c) >= 0 || int(c.Axon) >= arch.Axons || int(c.Slot) >= arch.Neurons || c.Slot < 0 {
					t.Errorf("core %d: dead synapses %v", router, d.DeadSynapses(router))
				}
				before = c
			}
		}
	})
}
