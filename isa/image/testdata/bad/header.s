; The manifest.
.image weft-image/1 ; ERROR "is \"weft-image/1\", this weft reads weft-image/2"
.image weft-image/2 ; ERROR "\.image stands twice"
.network unquoted ; ERROR "\.network: want JSON: invalid character 'u'"
.tick "soon" ; ERROR "\.tick: want JSON: json: cannot unmarshal string"
.seed -1 ; ERROR "\.seed: want JSON: json: cannot unmarshal number -1"
.seed 18446744073709551615 ; ERROR "\.seed stands twice"
.tick 0.001 ; ERROR "\.tick stands twice"
.target "t" "u" ; ERROR "\.target: want one JSON value, have .* behind it"
.arch {"mesh_width":1,"cores":3} ; ERROR "\.arch: want JSON: json: unknown field .cores."
.input {"name" ; ERROR "\.input: want JSON"
.neurons 0..3 ; ERROR "\.neurons stands outside a \.core"
.dest 0 host ; ERROR "\.dest stands outside a \.core"
.endprogram ; ERROR "\.endprogram without \.program"
.programme ; ERROR "unknown directive \"\.programme\""
.program bad
        spkk ; ERROR "unknown instruction \"spkk\"; did you mean \"spk\"\?"
.endprogram
.inputs
.inputs ; ERROR "\.inputs stands twice"
