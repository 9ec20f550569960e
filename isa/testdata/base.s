; Every instruction of the base, with its word.
.program base
.state v
.state u
.param gain         ; p0
.param shared c3
.param bias         ; p1
        mov  s0, in                 ; 00080800
        mov  v, zero                ; 00080000
        mov  t0, gain               ; 00028000
        movi t5, -32768             ; 01078000
        movi t5, 0x7fff             ; 01077fff
        add  v, v, shared           ; 020846c0
        sub  u, v, bias             ; 03094440
        addi v, v, 1023             ; 040843ff
        addi v, v, -1               ; 040847ff
        min  t0, t0, p7             ; 050215c0
        max  t0, t0, c7             ; 060217c0
        abs  t1, t0                 ; 07031000
        shl  t1, t1, 31             ; 0803181f
        shr  t1, t1, 0              ; 09031800
        and  t1, t1, t0             ; 0a031880
        or   t1, t1, t0             ; 0b031880
        xor  t1, t1, t1             ; 0c0318c0
        gt   q1, v, u               ; 0d014240
        ge   q2, v, zero            ; 0e024000
        eq   q3, v, v               ; 0f034200
        qand q1, q1, q2             ; 10010880
        qor  q2, q2, q3             ; 110210c0
        qnot q3, q3                 ; 12031800
        sel  v, q3, u, zero         ; 13084803
        acc  v, v, 9                ; 14084009
        spk                         ; 15000000
@q1     spk                         ; 15200000
@!q3    mov v, zero                 ; 00e80000
        addw v, v, bias             ; 16084440
        accw v, v, 9                ; 17084009
@!q1    accw u, zero, 31            ; 17a9001f
