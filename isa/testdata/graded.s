; Extension G: spikes with a payload, partial sums.
.state v
        acc  v, v, 0                ; 14084000
        spkg v                      ; 80004000
@!q1    spkg c7                     ; 80a0f800
        part v                      ; 81004000
@q3     part in                     ; 81600800
