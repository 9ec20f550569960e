; resonate_and_fire: Izhikevich's resonate-and-fire neuron (Neural Networks 14,
; 2001), z′ = (−1/tau + i·2π·frequency)·z, whose tick is an exact rotation. v is
; Im z, the voltage-like part, and x is Re z, the current-like one. In this order:
;     x, v ← cosine·x − sine·v, sine·x + cosine·v
;     x ← x + drive + I
;     fires when v > threshold; then x ← 0, v ← v_reset (the paper's z ← i)
; with cosine = e^(−dt/tau)·cos(2π·frequency·dt) in fbits fractional bits, sine
; alike, and drive = r·bias. The factor r of the input is in the weights. So a spike
; moves v in the tick after it arrived. Products round toward zero, so that an
; oscillation left alone ends at exactly zero: rounded to nearest, it would circle
; for ever.
.program resonate_and_fire
.state v
.state x
.param cosine
.param sine
.param drive
.param threshold
.param v_reset
        mulz t0, x, sine, fbits
        mulz t1, v, sine, fbits
        mulz x, x, cosine, fbits
        mulz v, v, cosine, fbits
        add  v, v, t0
        sub  x, x, t1
        add  x, x, drive
        acc  x, x, frac
        gt   q2, v, threshold
@q2     spk
@q2     mov  v, v_reset
@q2     mov  x, zero
