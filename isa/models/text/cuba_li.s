; cuba_li: leaky integrator with a synaptic current, NIR's CubaLI by forward
; Euler; the membrane sees the new current. Never fires, for read-outs of the
; potential.
;     i ← α·i + drive + I
;     v ← β·v + gain·i + leak
; with α = 1 − dt/tau_syn, β = 1 − dt/tau and gain = r·dt/tau in fbits fractional
; bits, drive = w_in·dt/tau_syn·bias and leak = dt/tau·v_leak. The factor
; w_in·dt/tau_syn of the input is in the weights. Products round toward zero.
.program cuba_li
.state v
.state i
.param alpha
.param beta
.param gain
.param drive
.param leak
        mulz i, i, alpha, fbits
        acc  i, i, frac
        add  i, i, drive
        mulz v, v, beta, fbits
        mulz t0, i, gain, fbits
        add  v, v, t0
        add  v, v, leak
