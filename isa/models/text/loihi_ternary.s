; loihi_ternary: the compartment of loihi without refractory ticks and with two
; thresholds, as Loihi 2 programs have it: a spike of +1 above the upper one, of
; −1 below the lower one.
;     u ← u·(4096 − decay_u)/4096 + 64·I
;     v ← v·(4096 − decay_v)/4096 + u + bias
; added so that the sum is clipped once, as in loihi.
.program loihi_ternary
.state v
.state u
.param decay_u
.param decay_v
.param bias
.param threshold
.param threshold_low
        dec  u, u, decay_u, 12
        accw u, u, 6
        xor  t1, u, bias
        gt   q3, zero, t1
        mov  t1, u
        mov  t2, bias
@q3     add  t1, u, bias
@q3     mov  t2, zero
        dec  v, v, decay_v, 12
        add  v, v, t1
        add  v, v, t2
        gt   q1, v, threshold
        gt   q2, threshold_low, v
        movi t0, 1
@q1     spkg t0
        movi t0, -1
@q2     spkg t0
        qor  q3, q1, q2
@q3     mov  v, zero
