; alif: leaky integrate-and-fire with an adaptive threshold (LSNN; Bellec et al.,
; NeurIPS 2018), by forward Euler. In this order:
;     a ← ρ·a
;     v ← β·v + drive + I;  fires when v > threshold + a
;     a ← a + jump, on a spike, after v was reset
; with β = 1 − dt/tau and ρ = 1 − dt/tau_adapt in fbits fractional bits and
; drive = dt/tau·(v_leak + r·bias). The factor r·dt/tau of the input is in the
; weights. Products round toward zero. A slow decay loses much by that: the words a
; and jump are eight times finer than v, and a/8 rounds down. reset: subtract takes
; away the threshold that v crossed, threshold + a. While ref > 0 the neuron is
; refractory: v is held and its input of the tick is lost; a goes on.
.program alif
.state v
.state a
.param beta
.param rho
.param drive
.param threshold
.param jump
.if reset=value
.param v_reset
.end
.if refractory
.state ref
.param refractory
        gt   q1, ref, zero
@q1     addi ref, ref, -1
.end
        mulz a, a, rho, fbits
@!q1    mulz v, v, beta, fbits
@!q1    acc  v, v, frac
@!q1    add  v, v, drive
        shr  t0, a, 3
        add  t0, t0, threshold
@!q1    gt   q2, v, t0
@q2     spk
.if reset=zero
@q2     mov  v, zero
.end
.if reset=subtract
@q2     sub  v, v, t0
.end
.if reset=value
@q2     mov  v, v_reset
.end
@q2     add  a, a, jump
.if refractory
@q2     mov  ref, refractory
.end
