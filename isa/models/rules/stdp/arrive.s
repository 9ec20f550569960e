; A pre-spike arrives: depression by the trace of the neuron's spikes.
;     w ← w − a_minus·y
        ldw  t0
        movi t1, a_minus
        muln t2, y, t1, mshift
.if reward
        muln t2, t2, m, rshift
.end
        sub  t0, t0, t2
        movi t1, w_min
        movi t2, w_max
        stw  t0, t1, t2
