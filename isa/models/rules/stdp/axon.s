; The axon's part of stdp: x, the trace of the spikes that arrived, whatever
; their payload.
.state x
        eq   q1, in, zero
        movi t0, one
@!q1    add  x, x, t0
        movi t0, decay_plus
        mulz x, x, t0, 12
