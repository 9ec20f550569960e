; odin_lif: ODIN's integrate-and-fire neuron (Frenkel et al., IEEE TBCAS 13(1),
; 2019), as its RTL has it. ODIN has no ticks: here a tick is one synaptic event,
; whose weight is the sum I of the tick, and then one time reference.
;     v ← v + I, but 0 at least and 255 at most
;     fires when v ≥ threshold; then v ← 0
;     v ← v − leak, but 0 at least
; A threshold of 1 or more is not reached by a leak.
.program odin_lif
.state v
.param threshold
.param leak
        acc  v, v, 0
        max  v, v, zero
        movi t0, 255
        min  v, v, t0
        ge   q1, v, threshold
@q1     spk
@q1     mov  v, zero
        sub  v, v, leak
        max  v, v, zero
