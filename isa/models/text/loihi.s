; loihi: Loihi's compartment, u and v of 24 bits, as recordings of the chip have
; it. Decays round toward zero; u wraps, v saturates.
;     u ← u·(4096 − decay_u)/4096 + 64·I
;     v ← v·(4096 − decay_v)/4096 + u + bias;  fires when v > threshold
; threshold is the mantissa times 64, bias the mantissa times 2^bias_exp. After a
; spike v is not integrated for refractory − 1 ticks; meanwhile the chip counts
; in it: v reads refractory·128 in the tick of the spike (v_spike), and one more
; in each tick after. Then v goes on from 0.
; The sum of three is clipped once: where u and bias have opposite signs they are
; added first, since their sum is a word; else v and u are, and what that clips
; the bias would only drive further.
.program loihi
.state v
.state u
.state ref
.param decay_u
.param decay_v
.param bias
.param threshold
.param refractory
.param v_spike
        dec  u, u, decay_u, 12
        accw u, u, 6
        xor  t1, u, bias
        gt   q3, zero, t1
        mov  t1, u
        mov  t2, bias
@q3     add  t1, u, bias
@q3     mov  t2, zero
        movi t0, 1
        gt   q1, ref, t0
        eq   q2, ref, t0
@q1     add  v, v, t0
@q2     mov  v, zero
        sub  ref, ref, t0
        max  ref, ref, zero
@!q1    dec  v, v, decay_v, 12
@!q1    add  v, v, t1
@!q1    add  v, v, t2
        gt   q3, v, threshold
        qnot q2, q1
        qand q3, q3, q2
@q3     spk
@q3     mov  v, v_spike
@q3     mov  ref, refractory
