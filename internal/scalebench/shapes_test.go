package main

import (
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/targets"
)

// Every shape is a network that fits as many cores as it is written for, full to the
// last neuron, with the synapses that it is said to have.
func TestShapesFillTheirCores(t *testing.T) {
	const cores = 3
	for k := range all {
		s := &all[k]
		dir := t.TempDir()
		synapses, err := s.write(dir, cores)
		if err != nil {
			t.Fatal(err)
		}
		net, err := network.Load(filepath.Join(dir, netFile))
		if err != nil {
			t.Fatal(err)
		}
		chip, err := targets.Load(s.target(dir))
		if err != nil {
			t.Fatal(err)
		}
		if got := chip.Arch.Cores(); got != maxCores {
			t.Errorf("%s: the target has %d cores, want %d", s.name, got, maxCores)
		}
		res, err := compiler.Compile(t.Context(), net, chip.Name, &chip.Arch, compiler.Options{Effort: 1})
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if n := len(res.Mapped.Cores); n != cores || res.Mapped.Neurons() != cores*coreSize {
			t.Errorf("%s: %d neurons in %d cores, want %d in %d", s.name, res.Mapped.Neurons(), n, cores*coreSize, cores)
		}
		full := cores * coreSize * coreSize
		if got := res.Mapped.SynapseCount(); got != synapses || s.fill != 2 && got != full || s.fill == 2 && (got < full*2/5 || got > full*3/5) {
			t.Errorf("%s: %d synapses, said to be %d, of %d points", s.name, got, synapses, full)
		}
	}
}
