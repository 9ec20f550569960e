; izhikevich: the simple model of Izhikevich (IEEE Trans. Neural Networks 14,
; 2003) as the paper's code computes it, with v in mV and dt in ms: two half-steps
; of v with the u of the tick before, h = dt/2, then u with the new v.
;     v ← v + h·(0.04·v² + 5·v + 140 − u + I), twice
;     u ← u + dt·a·(b·v − u)
;     fires when v > threshold; then v ← c, u ← u + d
; The word u is 4·u of the paper, which is the smaller of the two. It becomes
;     step ← drive − pull·u + I
;     v ← v·(square·v + linear) + step, twice
;     u ← u + rate·(slope·v − u)
; with linear = 1 + 5·h, pull = h/4, slope = 4·b and rate = dt·a in fbits
; fractional bits, drive = h·(140 + r·bias) and jump = 4·d. The factor h·r of the
; input is in the weights. square is 0.04·h for a v in the chip's units, in
; fbits + sbits fractional bits. Products round to nearest. An overshoot beyond the
; word saturates; v is c thereafter.
.program izhikevich
.state v
.state u
.param square
.param linear c7
.param pull c6
.param drive
.param slope
.param rate
.param threshold
.param c
.param jump
        muln t1, u, pull, fbits
        sub  t1, drive, t1
        acc  t1, t1, frac
        muln t0, v, square, sbits
        add  t0, t0, linear
        muln v, v, t0, fbits
        add  v, v, t1
        muln t0, v, square, sbits
        add  t0, t0, linear
        muln v, v, t0, fbits
        add  v, v, t1
        muln t0, v, slope, fbits
        sub  t0, t0, u
        muln t0, t0, rate, fbits
        add  u, u, t0
        gt   q2, v, threshold
@q2     spk
@q2     mov  v, c
@q2     add  u, u, jump
