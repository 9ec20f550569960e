package network_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/compiler/network"
)

func ExampleParse() {
	net, err := network.Parse("ring.yaml", []byte(`
network: ring
populations:
  ring: {shape: 4, neuron: if, params: {threshold: 0.5, v_init: [1, 0, 0, 0]}}
projections:
  - {from: ring, to: ring, connect: {list: [[0, 1], [1, 2], [2, 3], [3, 0]]}, delay: 5}
outputs: [ring]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	ring, edges := net.Populations[0], net.Projections[0]
	fmt.Println(net.Name, ring.Model, ring.Params[network.VInit].Values)
	fmt.Println(edges.Name, edges.Connect.Pre, edges.Connect.Post, "delay", edges.Delays.At(0))
	// Output:
	// ring if [1 0 0 0]
	// ring→ring [0 1 2 3] [1 2 3 0] delay 5
}

func ExampleParse_mistakes() {
	_, err := network.Parse("net.yaml", []byte(`
inputs: {image: {shape: [28, 28]}}
populations: {hidden: {shape: 128, neuron: if, params: {treshold: 1}}}
projections:
  - {from: image, to: hiden, connect: dense}
`))
	fmt.Println(err)
	// Output:
	// net.yaml:3:57: population "hidden": neuron if has no parameter "treshold"; did you mean "threshold"? [unknown-field]
	// net.yaml:5:23: projection 1: to: there is no input or population "hiden"; did you mean "hidden"? [unknown-name]
}
