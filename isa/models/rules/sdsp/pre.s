; A pre-spike was integrated with the weight as it was; now the weight moves by
; step as the flag of the tick before says.
        ldw  t0
        movi t1, step
        gt   q1, flag, zero
@q1     add  t0, t0, t1
        gt   q2, zero, flag
@q2     sub  t0, t0, t1
        movi t1, w_min
        movi t2, w_max
        stw  t0, t1, t2
