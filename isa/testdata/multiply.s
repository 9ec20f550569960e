; Extension M: products scaled down, in the three roundings.
        mulz s0, s0, p0, 12         ; 2008440c
        mulf s0, s0, p0, 62         ; 2108443e
        muln s1, c0, c1, 0          ; 2209c640
@q2     mulz s0, s0, p0, 0x10       ; 20484410
        dec  s1, s1, p0, 12         ; 23094c0c
@!q3    dec  t5, c7, in, 62         ; 23e7f87e
