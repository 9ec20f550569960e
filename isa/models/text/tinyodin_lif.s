; tinyodin_lif: tinyODIN's neuron (github.com/ChFrenkel/tinyODIN), as its RTL has
; it. tinyODIN has no ticks: here a tick is one synaptic event, whose weight is
; the sum I of the tick, and then one time reference.
;     v ← v + I, but −2048 at least and 2047 at most
;     fires when v ≥ threshold; then v ← 0
;     v moves by leak towards 0, and not beyond
; A threshold of 1 or more is not reached by a leak.
.program tinyodin_lif
.state v
.param threshold
.param leak
        acc  v, v, 0
        movi t0, -2048
        max  v, v, t0
        movi t0, 2047
        min  v, v, t0
        ge   q1, v, threshold
@q1     spk
@q1     mov  v, zero
        gt   q2, zero, v
@q2     add  v, v, leak
@q2     min  v, v, zero
@!q2    sub  v, v, leak
@!q2    max  v, v, zero
