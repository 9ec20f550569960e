; Extension C: neurons of three slots.
.program tree
.compartments 3
.state v
        prv  t0, v                  ; e0024000
        nxt  t5, c7                 ; e107f800
        seg  t1                     ; e2030000
@q1     seg  v                      ; e2280000
        csum v, t0                  ; e3081000
