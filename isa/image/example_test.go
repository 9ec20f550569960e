package image_test

import (
	"fmt"
	"os"

	"github.com/weft-toolchain/weft/isa/image"
)

// An image as a text: one core of one neuron, driven by one input.
func ExampleParseAssembly() {
	im, err := image.ParseAssembly("tiny.s", `
.image weft-image/2
.network "tiny"
.tick 0.001
.target "mine"
.arch {"mesh_width":1,"mesh_height":1,"neurons":4,"axons":4,"fan_out":4,"synapse_format":"dense","weight_bits":8,"word_synapses":1,"state_bits":16,"state_words":1,"param_words":1,"program_words":8,"delay_place":"axon","max_delay":1}
.outputs [0]
.input {"name":"in","shape":[1],"first":0,"n":1}
.population {"name":"out","shape":[1],"first":0,"n":1}
.program sum
.state v
        acc  v, v, 0
        gt   q1, v, c0
@q1     spk
.endprogram
.core 0 0 0 0           ; at (0, 0), program 0, population 0
.neurons 0
.const 100 0*7          ; fires above 100
.state s0 0
.row 0 0:40             ; axon 0 adds 40 to slot 0
.dest 0 host
.inputs
.dest 0 0:0@1           ; to core 0, axon 0, in the next tick
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := im.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// image of tiny for mine: 1 cores, 1 neurons, 1 inputs
	// program 0: sum, 3 instructions
	// core 0 at (0, 0): out, program 0, 1 neurons, 1 axons, 1 synapses
}
