; An .if that is never closed is told at the end.
.if reset=zero
.if deeper
        spk                        ; ERROR "2 \.if without \.end"