.image weft-image/2
.network "n"
.tick 0.001
.target "t"
.arch {"mesh_width":1,"mesh_height":1,"neurons":4,"axons":2,"fan_out":8,"synapse_format":"dense","weight_bits":8,"word_synapses":8,"synapse_words":0,"state_bits":24,"state_words":4,"param_words":8,"program_words":64,"extensions":"","delay_place":"axon","max_delay":16}
.outputs []
.input {"name":"in","shape":[3],"first":0,"n":3}
.population {"name":"p","shape":[4],"first":0,"n":4} ; four neurons
.program p ; no program of the target's
.endprogram
.program q ; ERROR "program 1 \(q\), instruction 0: \"mov s0, s1\" reads s1, but the program keeps 1 state words"
.state v
        mov v, s1
.endprogram
.inputs
