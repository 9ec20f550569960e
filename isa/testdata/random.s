; Extension R: random bits.
.state v
        rnd  t0, 1                  ; 40020001
        rnd  v, 31                  ; 4008001f
@!q2    rnd  t5, 0x10               ; 40c70010
        rndq q1, t0, 8              ; 41011008
        rndq q3, c7, 31             ; 4103f81f
@q1     spk                         ; 15200000
