; cuba_lif: leaky integrate-and-fire with a synaptic current, NIR's CubaLIF by
; forward Euler; the membrane sees the new current.
;     i ← α·i + drive + I
;     v ← β·v + gain·i + leak;  fires when v > threshold
; with α = 1 − dt/tau_syn, β = 1 − dt/tau and gain = r·dt/tau in fbits fractional
; bits, drive = w_in·dt/tau_syn·bias and leak = dt/tau·v_leak. The factor
; w_in·dt/tau_syn of the input is in the weights. Products round toward zero.
; While ref > 0 the neuron is refractory: v is held, i goes on.
.program cuba_lif
.state v
.state i
.param alpha
.param beta
.param gain
.param drive
.param leak
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
        mulz i, i, alpha, fbits
        acc  i, i, frac
        add  i, i, drive
@!q1    mulz v, v, beta, fbits
        mulz t0, i, gain, fbits
@!q1    add  v, v, t0
@!q1    add  v, v, leak
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
