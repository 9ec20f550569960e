; if: integrate-and-fire, NIR's IF.
;     v ← v + (I + bias);  fires when v > threshold
; The input gain r is in the weights and in bias. While ref > 0 the neuron is
; refractory: v is held and its input of the tick is lost.
.program if
.state v
.param bias
.param threshold
.if reset=value
.param v_reset
.end
.if refractory
.state ref
.param refractory
        gt   q1, ref, zero
@q1     addi ref, ref, -1
.end
@!q1    acc  v, v, frac
@!q1    add  v, v, bias
@!q1    gt   q2, v, threshold
@q2     spk
.if reset=zero
@q2     mov  v, zero
.end
.if reset=subtract
@q2     sub  v, v, threshold
.end
.if reset=value
@q2     mov  v, v_reset
.end
.if refractory
@q2     mov  ref, refractory
.end
