.image weft-image/2
.network "n"
.tick 0.001
.target "t"
.arch {"mesh_width":1,"mesh_height":1,"neurons":4,"axons":2,"fan_out":8,"synapse_format":"dense","weight_bits":8,"word_synapses":8,"synapse_words":0,"state_bits":24,"state_words":4,"param_words":8,"program_words":64,"extensions":"","delay_place":"axon","max_delay":16}
.outputs []
.input {"name":"in","shape":[3],"first":0,"n":3}
.population {"name":"p","shape":[4],"first":0,"n":4} ; four neurons
.program p
.state v
        acc v, v, 0
.endprogram
.core 0 0 0 ; ERROR "\.core: want X Y PROGRAM POPULATION: have 3 numbers"
.core 0 zero 0 0 ; ERROR "\.core: .*want a number from -2147483648 to 2147483647, have \"zero\""
.core 0 0 0 0 0 ; ERROR "\.core: .*more than 4 values"
.core 0 0 0 0 tick=0 ; ERROR "\.core: \"tick\" is no kind of program"
.core 0 0 0 0 prey=0 ; ERROR "\.core: \"prey\" is no kind of program"
.core 0 0 0 0 pre=-1 ; ERROR "\.core: pre: want a number from 0 to 2147483646, have \"-1\""
.core 0 0 0 pre=1 ; ERROR "\.core: want X Y PROGRAM POPULATION: have 3 numbers"
.core 0 0 0 0 pre=1 post=2 extra ; ERROR "\.core: \"extra\" is no kind of program"
.core 0 0 0 0
.population {"name":"q"} ; ERROR "\.population stands behind the first \.core"
.program late ; ERROR "\.program stands behind the first \.core"
.neurons 0..4 ; ERROR "\.neurons: more than the 4 of a core"
.neurons 0..3 ; ERROR "\.neurons stands twice"
.core 0 0 0 0
.neurons 3..0 ; ERROR "\.neurons: want a number from 3 to"
.core 0 0 0 0
.neurons copy=3..0 ; ERROR "\.neurons: want a number from 3 to"
.core 0 0 0 0
.neurons copy=relay ; ERROR "\.neurons: want a number from 0 to .*, have \"relay\""
.core 0 0 0 0
.neurons -1 ; ERROR "\.neurons: want a number from 0 to .*, have \"-1\""
.core 0 0 0 0
.neurons 0..2 3
.const 0*9 ; ERROR "\.const: want 8 values: more than 8 values"
.const 0*7 ; ERROR "\.const: want 8 values: have 7 values"
.const 1 2 3 4*5
.const 0*8 ; ERROR "\.const stands twice"
.state s1 0*4 ; ERROR "\.state: is for \"s1\", want the next register, s0"
.state s0 0*3 ; ERROR "\.state s0: want a value for each of 4 slots: have 3"
.state s1 0*-1 ; ERROR "want a number from 0 to 2147483647, have \"-1\""
.params p0 2147483648*4 ; ERROR "want a number from -2147483648 to 2147483647"
.neurons ; ERROR "\.neurons stands twice"
.row 1 0:1 ; ERROR "\.row: axons stand in order: want a number from 0 to 0, have \"1\""
.row 0 0 ; ERROR "\.row 0: want SLOT:WEIGHT, have \"0\""
.row 1 0:1,32768 ; ERROR "\.row 1: want a number from -32768 to 32767, have \"32768\""
.row 2 0..3:1,2 ; ERROR "\.row 2: want one weight for slots 0\.\.3, have \"1,2\""
.row 3 65535:1,2 ; ERROR "\.row 3: slot 65536 is too large"
.row 4 0:1@2 ; ERROR "\.row 4: synapse \"1@2\": the target has no delays at synapses"
.row 5 exp=many 0:1 ; ERROR "\.row 5: want SLOT:WEIGHT, have \"exp=many\""
.row 6 exp=128 0:1 ; ERROR "\.row 6: want SLOT:WEIGHT, have \"exp=128\""
.row 7 type=-1 0:1 ; ERROR "\.row 7: want SLOT:WEIGHT, have \"type=-1\""
.row 8 key=2147483648 ; ERROR "\.row 8: want SLOT:WEIGHT, have \"key=2147483648\""
.row 9 plastik 0:1 ; ERROR "\.row 9: want SLOT:WEIGHT, have \"plastik\""
.row 10 0:1 silent ; ERROR "\.row 10: want SLOT:WEIGHT, have \"silent\""
.row 11 exp=-8 type=3 key=7 plastic silent 0:1
.dest 1 host ; ERROR "\.dest 1: want the slots from 0 on, of 4"
.dest 0..4 host ; ERROR "\.dest 0\.\.4: want the slots from 0 on, of 4"
.dest 0 1 ; ERROR "\.dest: want host or CORE:AXON, have \"1\""
.dest 1..2 0:0..2 ; ERROR "\.dest: \"0:0\.\.2\": 3 axons for 2 slots"
.dest 3 0:0@soon ; ERROR "\.dest: want a number from -2147483648 to 2147483647, have \"soon\""
.inputs
.dest 0..2
.dest 3
.core 0 0 0 0 ; ERROR "\.core stands behind \.inputs"
