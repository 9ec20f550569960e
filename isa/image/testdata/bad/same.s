.image weft-image/3
.population {"name":"p","shape":[8],"first":0,"n":8}
.same ; ERROR "\.same: want NEURON STAND-IN: want a number from 0 to"
.same 3 ; ERROR "\.same: want NEURON STAND-IN: want a number from 0 to"
.same 3 0..1 ; ERROR "\.same: 1 neurons, and 2 that stand for them"
.same 3..5 0..1 ; ERROR "\.same: 3 neurons, and 2 that stand for them"
.same 3..2 0 ; ERROR "\.same: want NEURON STAND-IN: want a number from 3 to"
.removed ; ERROR "\.removed: want a number from 0"
.removed -1 ; ERROR "\.removed: want a number from 0"
.removed 0..9000000 ; ERROR "runs stand for more than 8388608 elements"
.same 3..5 0
.removed 5 ; ERROR "\.removed: neurons stand in order"
.core 0 0 0 0
.same 6 0 ; ERROR "\.same stands behind the first \.core"
.inputs
.removed 6 ; ERROR "\.removed stands behind the first \.core"
