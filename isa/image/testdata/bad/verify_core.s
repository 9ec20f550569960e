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
.core 0 0 0 0 ; ERROR "core 0: slot 0: destination core 0, axon 1 is not there"
.neurons 0..3
.const 0*8
.state s0 0*4
.row 0 0..3:1
.dest 0..3 0:1@1 ; of a core with one axon
.inputs
.dest 0..2 0:0@1
