; The neuron fired in the tick before: potentiation by the trace of the axon.
;     w ← w + a_plus·x
        ldw  t0
        ldx  t3, 0
        movi t1, a_plus
        muln t2, t3, t1, pshift
.if reward
        muln t2, t2, m, rshift
.end
        add  t0, t0, t2
        movi t1, w_min
        movi t2, w_max
        stw  t0, t1, t2
