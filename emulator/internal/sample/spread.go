package sample

import (
	"encoding/json"

	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Spread returns the network in → a[0] (weight 5), a[0] → a[1] (weight 2, two
// ticks) and a[0] → b[0] (weight 7, two ticks) on cores with slots of every role,
// for chips with delays at axons. The copy of a[0] sends to a relay, that to a[1]
// and to the part of b[0], which sends its sum to b[0] at once.
func Spread(arch targets.Arch) *image.Image {
	arch.Extensions = "MG"
	line, err := json.Marshal(arch)
	if err != nil {
		panic("sample: " + err.Error())
	}
	im, err := image.ParseAssembly("spread.s", ".image weft-image/2\n.arch "+string(line)+spread)
	if err != nil {
		panic("sample: " + err.Error())
	}
	return im
}

const spread = `
.network "spread"
.tick 0.001
.target "sample"
.outputs [1]
.input {"name":"in","shape":[1],"n":1}
.population {"name":"a","shape":[2],"n":2}
.population {"name":"b","shape":[1],"first":2,"n":1}
.program if
.state v
.param threshold c0
        acc v, v, 0
        gt  q1, v, threshold
@q1     spk
@q1     sub v, v, threshold
.endprogram
.program relay
        gt q1, in, zero
@q1     spk
.endprogram
.program sums
        gt q1, in, zero
@q1     part in
.endprogram
.core 0 0 0 0
.neurons 0 2
.const 4 0*7
.state s0 0*2
.row 0 0:5
.dest 0 host
.dest 1
.core 1 0 0 0
.neurons 1 copy=0
.const 4 0*7
.state s0 0*2
.row 0 1:5
.row 1 0:2
.dest 0
.dest 1 2:0@1
.core 2 0 1 0
.neurons relay
.const 0*8
.row 0 0:1
.dest 0 3:0@1 1:1@1
.core 0 1 2 1
.neurons copy=2
.const 0*8
.row 0 0:7
.dest 0 0:-2
.inputs
.dest 0 0:0@1 1:0@1
`
