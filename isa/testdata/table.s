; Extension T: a table of words, over several lines.
.program sigmoid
.table -8, 0x7fff_ffff ; two
.table -2147483648
.state v
        ldt  t0, v                  ; c0024000
        tab  v, v, 0                ; c1084000
        tab  v, in, 31              ; c108081f
