; -D reset=subtract -D frac=3 -D deep=1
; Symbols choose lines and stand for numbers; .if nests.
.state v
.param threshold
        acc  v, v, frac             ; 14084003
.if reset=zero
        mov  v, zero
.else
        sub  v, v, threshold        ; 03084400
.if deep
.if absent
        spk
        no such instruction         is looked at in a branch that is not taken
.else
        addi v, v, frac             ; 04084003
.end
.end
.end
.if	reset = subtract
	mov	s0,	in                  ; 00080800
.end
