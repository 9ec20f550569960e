; A spike over a stochastic synapse of truenorth.
;     v ← v + sgn(w) where |w| ≥ ρ, ρ: 8 random bits
        ldw  t0
        rnd  t1, 8
        abs  t2, t0
        ge   q1, t2, t1
        movi t1, 1
        min  t0, t0, t1
        movi t1, -1
        max  t0, t0, t1
@q1     add  v, v, t0
