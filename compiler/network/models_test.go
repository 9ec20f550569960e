package network_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/paths"
)

// TestTrainedModelsLoad reads networks that were trained elsewhere, and a
// connectome, as their users would.
func TestTrainedModelsLoad(t *testing.T) {
	shared := os.Getenv(paths.Shared)
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(shared, "models")); err != nil {
		t.Skipf("the shared data are not here; set %s", paths.Shared)
	}
	t.Setenv(paths.Shared, shared)
	for name, tt := range map[string]struct {
		src      string
		synapses int
	}{
		"convolutions with channels last": {`
inputs: {image: {shape: [28, 28]}}
populations:
  c1: {shape: [12, 12, 8], neuron: if, params: {bias: {file: "${WEFT_SHARED}/models/mnist_conv8_16.npz", array: c1, axis: 2}}}
  c2: {shape: [5, 5, 16], neuron: if, params: {bias: {file: "${WEFT_SHARED}/models/mnist_conv8_16.npz", array: c2, axis: 2}}}
  digit: {shape: 10, neuron: integrator, params: {bias: {file: "${WEFT_SHARED}/models/mnist_conv8_16.npz", array: f}}}
projections:
  - from: image
    to: c1
    layout: hwc
    connect: {conv2d: {kernel: 5, stride: 2}}
    weights: {file: "${WEFT_SHARED}/models/mnist_conv8_16.npz", array: C1}
  - from: c1
    to: c2
    layout: hwc
    connect: {conv2d: {kernel: 3, stride: 2}}
    weights: {file: "${WEFT_SHARED}/models/mnist_conv8_16.npz", array: C2}
  - {from: c2, to: digit, connect: dense, weights: {file: "${WEFT_SHARED}/models/mnist_conv8_16.npz", array: F}}
`, 12*12*8*25 + 5*5*16*72 + 4000},
		"dense layers": {`
inputs: {image: {shape: [28, 28]}}
populations:
  hidden: {shape: 128, neuron: if, params: {bias: {file: "${WEFT_SHARED}/models/mnist_mlp128.npz", array: b0, scale: 0.125}}}
  digit: {shape: 10, neuron: integrator}
projections:
  - {from: image, to: hidden, connect: dense, weights: {file: "${WEFT_SHARED}/models/mnist_mlp128.npz", array: W0}}
  - {from: hidden, to: digit, connect: dense, weights: {file: "${WEFT_SHARED}/models/mnist_mlp128.npz", array: W1}}
`, 784*128 + 1280},
		"a connectome": {`
populations: {larva: {shape: 3016, neuron: if}}
projections:
  - {from: larva, to: larva, connect: {file: "${WEFT_SHARED}/data/drosophila_larva/larva_edges.csv.gz", weight: synapses}}
`, 107344},
	} {
		t.Run(name, func(t *testing.T) {
			net := parse(t, tt.src)
			synapses := 0
			for i := range net.Projections {
				p := &net.Projections[i]
				synapses += p.Synapses(sizeOf(net, p.From), sizeOf(net, network.Ref{Index: p.To}))
			}
			if synapses != tt.synapses {
				t.Errorf("%d synapses, want %d", synapses, tt.synapses)
			}
		})
	}
}

func sizeOf(net *network.Network, r network.Ref) int {
	if r.Input {
		return network.Size(net.Inputs[r.Index].Shape)
	}
	return network.Size(net.Populations[r.Index].Shape)
}
