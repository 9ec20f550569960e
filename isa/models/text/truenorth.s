; truenorth: TrueNorth's neuron (Cassidy et al., "Cognitive computing building
; block: a versatile and efficient digital neuron model for neurosynaptic cores",
; IJCNN 2013; the equations as NeMo and PAIBox have them).
;     v ← v + I
;     v ← v + Ω·λ, Ω = sgn(v) with leak_reversal, else 1; with stochastic_leak,
;         λ is sgn(λ) where |λ| ≥ ρ and 0 elsewhere, ρ: 8 random bits
;     fires when v ≥ α + η; else it is negative when v < −β, with negative=reset
;         when v < −(β + η); η: 17 random bits ∧ threshold_mask
; A spike puts v to 0, v_reset or v − (α + η), or leaves it. A negative v becomes
; −β, or with negative=reset 0, −v_reset or v + (β + η), or stays. noise says that
; some threshold_mask is not 0. Sums saturate. α and β are not negative, so that
; no v is at both thresholds.
.program truenorth
.state v
.param leak
.param threshold
.param neg_threshold
.if reset=value
.param v_reset
.end
.if noise
.param threshold_mask
.end
        acc  v, v, 0
        mov  t0, leak
.if stochastic_leak
        rnd  t1, 8
        abs  t2, leak
        ge   q1, t2, t1
        movi t1, 1
        min  t0, t0, t1
        movi t1, -1
        max  t0, t0, t1
@!q1    mov  t0, zero
.end
.if leak_reversal
        gt   q2, zero, v
        eq   q3, v, zero
@q2     sub  t0, zero, t0
@q3     mov  t0, zero
.end
        add  v, v, t0
        mov  t0, threshold
        sub  t1, zero, neg_threshold
.if noise
        rnd  t2, 17
        and  t2, t2, threshold_mask
        add  t0, t0, t2
.if negative=reset
        sub  t1, t1, t2
.end
.end
        ge   q1, v, t0
        gt   q2, t1, v
@q1     spk
.if reset=zero
@q1     mov  v, zero
.end
.if reset=value
@q1     mov  v, v_reset
.end
.if reset=subtract
@q1     sub  v, v, t0
.end
.if negative=saturate
@q2     mov  v, t1
.else
.if reset=zero
@q2     mov  v, zero
.end
.if reset=value
@q2     sub  v, zero, v_reset
.end
.if reset=subtract
@q2     sub  v, v, t1
.end
.end
