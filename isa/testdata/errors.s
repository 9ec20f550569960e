; Every kind of mistake in an instruction, all reported in one run.
.state voltage
        ad   s0, s0, s1            ; ERROR "unknown instruction \"ad\"; did you mean \"add\"\?"
        add  s0, s1                ; ERROR "\"add d, a, b\" takes 3 operands, have 2"
        spk  s0                    ; ERROR "\"spk\" takes 0 operands, have 1"
        add  s0, s0, voltag        ; ERROR "add: operand 3: \"voltag\" is no register, state word or parameter; did you mean \"voltage\"\?"
        add  s0, , s0              ; ERROR "add: operand 2: \"\" is no register"
        addi s0, s0, 1024          ; ERROR "addi: operand 3: is 1024, want -1024 to 1023"
        movi s0, -32769            ; ERROR "movi: operand 2: is -32769, want -32768 to 32767"
        movi s0, many              ; ERROR "want a number from -32768 to 32767 or a symbol that is defined, have \"many\""
        shl  s0, s0, 32            ; ERROR "is 32, want 0 to 31"
        mulz s0, s0, p0, 63        ; ERROR "is 63, want 0 to 62"
        gt   q4, s0, s1            ; ERROR "gt: operand 1: want a predicate q0 to q3, have \"q4\""
        qand q1, s0, q2            ; ERROR "qand: operand 2: want a predicate q0 to q3, have \"s0\""
@q4     spk                        ; ERROR "want a guard such as @q1 or @!q1, have \"@q4 +spk\""
@q1                                ; ERROR "unknown instruction \"\""
.else                              ; ERROR "\.else without \.if"
.end                               ; ERROR "\.end without \.if"
.if                                ; ERROR "\.if: want a symbol to test"
.else
.else                              ; ERROR "\.else without \.if"
.end
        an_instruction_with_a_name_that_goes_on_and_on_and_on ; ERROR "unknown instruction \"an_instruction_with_a_name_that_goes_on_…\""
