; The neuron's part of sdsp: calcium, 0 to 7, rises with each spike and falls by
; one every ca_leak ticks; flag says what a pre-spike of the next tick does: 1
; raises the weight, −1 lowers it.
.state ca
.state leaks
.state flag
.param theta_mem
        movi t1, 1
        fired q1
@q1     add  ca, ca, t1
        movi t0, 7
        min  ca, ca, t0
        add  leaks, leaks, t1
        movi t0, ca_leak
        ge   q1, leaks, t0
@q1     mov  leaks, zero
@q1     sub  ca, ca, t1
        max  ca, ca, zero
        ge   q1, v, theta_mem
        movi t0, theta_1
        ge   q2, ca, t0
        movi t0, theta_3
        gt   q3, t0, ca
        qand q3, q3, q2
        qand q3, q3, q1
        mov  flag, zero
@q3     mov  flag, t1
        movi t0, theta_2
        gt   q3, t0, ca
        qand q3, q3, q2
        qnot q1, q1
        qand q3, q3, q1
@q3     sub  flag, zero, t1
