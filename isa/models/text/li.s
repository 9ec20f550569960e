; li: leaky integrator, NIR's LI by forward Euler; never fires, for read-outs of
; the potential.
;     v ← β·v + drive + I
; with β = 1 − dt/tau in fbits fractional bits and drive = dt/tau·(v_leak + r·bias).
; The factor r·dt/tau of the input is in the weights. The product rounds toward zero.
.program li
.state v
.param beta
.param drive
        mulz v, v, beta, fbits
        acc  v, v, frac
        add  v, v, drive
