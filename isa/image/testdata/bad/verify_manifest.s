.image weft-image/2 ; ERROR "the cores have slots for 0 neurons, the populations 4"
.network "n"
.tick 0.001
.target "t"
.arch {"mesh_width":1,"mesh_height":1,"neurons":4,"axons":2,"fan_out":8,"synapse_format":"dense","weight_bits":8,"word_synapses":8,"synapse_words":0,"state_bits":24,"state_words":4,"param_words":8,"program_words":64,"extensions":"","delay_place":"axon","max_delay":16}
.outputs []
.input {"name":"in","shape":[3],"first":0,"n":3}
.population {"name":"p","shape":[4],"first":0,"n":4} ; four neurons
.inputs
