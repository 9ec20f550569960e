; The neuron's part of stdp: y, the trace of its spikes, to which one is added in
; the tick after a spike. A rule with a reward keeps the trace m of the broadcast
; register too.
.state y
.state last
        movi t0, decay_minus
        mulz y, y, t0, 12
        gt   q3, last, zero
        movi t0, one
@q3     add  y, y, t0
        fired q3
        movi t0, 0
@q3     movi t0, 1
        mov  last, t0
.if reward
.state m
        movi t0, decay_reward
        mulz m, m, t0, 12
        ldm  t0
        shl  t0, t0, mbits
        add  m, m, t0
.end
