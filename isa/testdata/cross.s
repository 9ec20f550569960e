; Extension X: across the neurons of a core.
.state v
        xcnt t0, q1                 ; a0020001
        xcnt t5, q3                 ; a0070003
        xsum t1, v                  ; a1034000
        xmax t2, c7                 ; a204f800
        xtop q1, v, 1               ; a3014001
@q1     xtop q3, t2, 63             ; a323203f
@q3     spk                         ; 15600000
