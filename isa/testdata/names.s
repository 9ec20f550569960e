; What may be a name, and what may not.
.program two words, 2 ok
.program again                 ; ERROR "the text has a second name, \"again\""
.state v
.state v                       ; ERROR "\.state \"v\": want a new name of lower-case letters, digits and _"
.state t0                      ; ERROR "\.state \"t0\": want a new name"
.state 2fast                   ; ERROR "want a new name"
.state Upper                   ; ERROR "want a new name"
.state                         ; ERROR "\.state \"\": want a new name"
.state a b                     ; ERROR "\.state \"a b\": want a new name"
.state s_1
.state c
.state d
.state e
.state f
.state g
.state h
.state i                       ; ERROR "\.state i: a neuron has at most 8 state words"
.param v                       ; ERROR "\.param \"v\": want a new name"
.param a p0
.param b p0                    ; ERROR "\.param b: register p0 holds a already"
.param k                       ; takes p1
.param l p1                    ; ERROR "\.param l: register p1 holds k already"
.param m s0                    ; ERROR "want a register p0 to p7 or c0 to c7, have \"s0\""
.param n p8                    ; ERROR "have \"p8\""
.param p_2
.param p_3
.param p_4
.param p_5
.param p_6
.param p_7
.param p_8                     ; ERROR "\.param p_8: no register is left for it"
.statte w                      ; ERROR "unknown directive \"\.statte\"; did you mean \"\.state\"\?"
