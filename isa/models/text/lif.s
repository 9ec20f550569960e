; lif: leaky integrate-and-fire, NIR's LIF by forward Euler.
;     v ← β·v + drive + I;  fires when v > threshold
; with β = 1 − dt/tau in fbits fractional bits and drive = dt/tau·(v_leak + r·bias).
; The factor r·dt/tau of the input is in the weights. The product rounds toward
; zero, so a potential left alone decays to exactly zero. While ref > 0 the
; neuron is refractory: v is held and its input of the tick is lost.
.program lif
.state v
.param beta
.param drive
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
@!q1    mulz v, v, beta, fbits
@!q1    acc  v, v, frac
@!q1    add  v, v, drive
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
