.image weft-image/2
.network "a \"net\"; \u003cof\u003e none λ"
.tick 0.001
.target "sample"
.arch {"mesh_width":3,"mesh_height":2,"neurons":24,"axons":16,"fan_out":96,"neuron_fan_out":0,"synapse_format":"dense","weight_format":"","weight_bits":8,"word_synapses":8,"synapse_words":0,"state_bits":24,"state_words":4,"param_words":8,"program_words":64,"extensions":"M","controller":"","delay_place":"axon","max_delay":16}
.outputs [1]
.input {"name":"in","shape":[2,5],"first":0,"n":10}
.population {"name":"hid","shape":[30],"first":0,"n":30,"model":"leaky","scale":[0.1],"input_shift":3}
.population {"name":"out","shape":null,"first":30,"n":1,"scale":[1e-300]}

; program 0
.program leaky
.state v
.state ref
.param beta p0
.param threshold c0
.param bias p1
        mulz v, v, beta, 12          ; 2008440c
        acc  v, v, 0                 ; 14084000
        gt   q1, v, threshold        ; 0d014600
@q1     spk                          ; 15200000
.endprogram

; program 1
.program
.state v
        acc  v, v, 0                 ; 14084000
.endprogram

; program 2
.program idle
.endprogram

; core 0: "hid"
.core 0 1 0 0
.neurons 0..19
.const 783230 0*7
.state s0 -2 5453515 5453515 -14 -14 -2*5 7502 34 34 5 5 7134193 801*4
.state s1 -2 5453515 -14*3 -2*5 34*3 5 7134193 801*4 -2
.row 0 3:-74 6:-74 7..10:70 12:70 14:70 16..19:70
.row 1 0:-69 1..4:-25 7:106 9:106,-94,95,99,-99,-40,22 17:22,22,22
.row 2 0:-28,-117 3:-117,-117,-70 7:16,16 11:16 15:-86,-86,-58,-58,-58
.row 3 0:-110,-89,-89 6:-17,-17,-17 10:-17,-17 15:108,108 18:108,108
.row 4 2:-80,-80,-80 7:-80 9:-80 11:-80 12..16:36 18:36,36
.row 5 0:101,101 3:-79,-112 6:-43 8:-43,-43,-80,-80,-122 14:-122 16:-122,67,-121,-121
.row 6 2:-107 4:-58,-58 9:-12,-53,-53 13:0,0,0,-15,-86,-91,-91
.row 7 0..3:-106 4:17,17 7:17,17 13:17 15:70,70,-97,-97,-97
.row 8 0:-71,-71,72 4:72 8:72 12:72 13..17:-7 19:86
.row 9 0:-126,-126,-126,-27 4..7:-26 10:-110,-74,-74 15:-74 16..19:29
.row 10 0:13,13,11 4:-57 6:-100 8:-100,-35 11:-35,-35 19:-3
.row 11 0:-8,-8,-8,-100 6:90,84,-117,-117,-117,-21 13:-21,69 16:69 18:69,69
.dest 0..8
.dest 9 2:6@3 2:2@2
.dest 10..11 2:4@2
.dest 12..16 2:5..9@2
.dest 17..19 2:9@2

; core 1: "hid"
.core 1 0 1 0
.neurons 28 20 25 22 24 27 26 23 29 21
.const 7541077 0*7
.state s0 -32*3 -3142 18429*4 -440 -440
.row 0 0:-48,-126 3:-126,-126,-97,-97 8:-97
.row 1 0:-59,-59,62 4:-79 6:126 9:126
.row 2 0:-121,-121,-121 4:-121 6:-121 9:-63
.row 3 0:-21 4:-21,72,72,72,77,77
.row 4 2:-75,-75,-75 8:-75
.dest 0 0:3@2 0:4@3
.dest 1 host@-1
.dest 2..3 host
.dest 4 host:1
.dest 5..7 1:0..2@2 2:10..12@2 host:1@-1
.dest 8..9 1:2..3@2 2:12@2 host:1@-1

; core 2: "out"
.core 2 1 2 1
.neurons 30
.const 6084461 0*7
.params p0 -11093
.params p1 13
.row 0 0:0
.row 1
.row 2 0:42
.row 3 0:-2
.row 4 0:117
.row 5 0:63
.row 6 0:-21
.row 7
.row 8 0:107
.row 9 0:-92
.row 10
.row 11
.row 12
.dest 0 2:8@1

.inputs
.dest 0 2:3@2
.dest 1..4 0:2..5@1 0:5..8@3
.dest 5..6 0:6..7@1 0:8@3
.dest 7..9
