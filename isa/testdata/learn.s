; Extension L in a program that runs once a synapse.
.program pair
.kind pre
.state trace
.param rate c1
        ldw  t0                     ; 60020000
        ldx  t1, 0                  ; 62030000
        ldx  t2, 3                  ; 62040003
        ldm  t3                     ; 63050000
        add  t0, t0, trace          ; 02021200
@q0     stw  t0, zero, rate         ; 61191000
        stw  t5, c7, c0             ; 61183fc0
