; A program of an axon: its words are the state.
.program trace
.kind axon
.state x
.state y
.param decay c0
        dec  x, x, decay, 12        ; 2308460c
        acc  x, x, 6                ; 14084006
        dec  y, y, decay, 62        ; 23094e3e
