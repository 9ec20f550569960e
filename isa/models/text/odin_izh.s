; odin_izh: ODIN's phenomenological Izhikevich neuron (Frenkel et al., IEEE TBCAS
; 13(1), 2019), as its RTL has it, but for bursts, which its scheduler makes. A
; tick is one synaptic event, whose weight is the sum I of the tick, and then one
; time reference. FORMAT.md has the rules. What none of the choices needs is left
; out: with all of them it is a long program.
; T0 is the potential as moved, T3 whether the event made the neuron fire, T4 the
; threshold, T5 what the event moved: −1, 0 or 1. Of an oscillation the phases are
; 0 positive, 1 on the way down, 2 negative, 3 on the way up.
.program odin_izh
.state v
.state acc
.param leak
.param fan_in
.param threshold
.param reset
.if refracts
.state ref
.end
.if timed
.state timer
.end
.if sharp
.param sharp_delay
.end
.if delays
.param delay
.end
.if remembers
.state strength
.param stim_threshold
.end
.if lone
.state before
.end
.if phasic
.state once
.end
.if bistable
.state on
.end
.if inhibition_induced
.state held
.end
.if resonate
.state phase
.end
.if shifts
.state shift
.end
.if variable_threshold
.state count
.param threshold_leak
.end
; the event
        accw t0, acc, 0
        movi t1, 2047
        and  t0, t0, t1
        xor  t1, t0, acc
        and  t1, t1, fan_in
        mov  acc, t0
        gt   q1, t1, zero
        movi t1, 1
        min  t5, in, t1
        movi t1, -1
        max  t5, t5, t1
@!q1    mov  t5, zero
.if shifts
        add  t4, threshold, shift
.else
        mov  t4, threshold
.end
        mov  t0, t5
.if resonate
        movi t1, 1
        add  t2, phase, t1
        movi t1, 2
        and  t2, t2, t1
        gt   q1, t2, zero
@q1     sub  t0, zero, t0
.else
.if refracts
        gt   q1, ref, zero
@q1     mov  t0, zero
.end
.if class_2
        gt   q1, stim_threshold, strength
@q1     min  t0, t0, zero
.end
.end
.if latency
        gt   q1, timer, zero
@q1     mov  t0, zero
.end
.if phasic
        eq   q1, v, zero
        gt   q2, once, zero
        qand q1, q1, q2
@q1     mov  t0, zero
.end
        mov  t1, zero
.if sinks
        movi t1, -8
.end
        eq   q1, v, t1
@q1     max  t0, t0, zero
        movi t1, 7
        eq   q1, v, t1
@q1     min  t0, t0, zero
        add  t0, v, t0
.if wraps
        addi t0, t0, 8
        movi t1, 15
        and  t0, t0, t1
        addi t0, t0, -8
.end
.if sharp
        eq   q1, timer, sharp_delay
        gt   q2, t5, zero
        qand q1, q1, q2
.else
.if latency
        gt   q1, zero, zero
.else
        eq   q1, t0, t4
.if rebound
.else
.if bistable
        gt   q2, on, zero
        eq   q3, t0, zero
        qand q2, q2, q3
        qor  q1, q1, q2
.else
.if resonate
        eq   q2, phase, zero
        qand q1, q1, q2
.end
.if inhibition_induced
        gt   q2, held, zero
        eq   q3, t0, zero
        qand q3, q3, q2
        qnot q2, q2
        qand q1, q1, q2
        qor  q1, q1, q3
.end
.end
.end
.end
.end
@q1     spk
.if inhibition_induced
        add  t1, v, t4
        eq   q2, t1, zero
.if refracts
        gt   q3, ref, zero
        qnot q3, q3
        qand q2, q2, q3
.end
        movi t1, 1
@q2     mov  held, t1
.end
.if sharp
        gt   q2, t5, zero
@q2     mov  timer, zero
.else
.if latency
        eq   q2, t0, t4
        eq   q3, v, t4
        qnot q3, q3
        qand q2, q2, q3
@q2     mov  timer, delay
.end
.if after_depolarise
@q1     mov  timer, delay
.end
.end
.if phasic
        ge   q2, strength, stim_threshold
        qand q3, q1, q2
        movi t1, 1
@q3     mov  once, t1
@!q2    mov  once, zero
.end
.if accommodate
.else
.if variable_threshold
.if by_own_spikes
        movi t1, 7
        sub  t1, t1, threshold
@q1     addi shift, shift, 1
@q1     min  shift, shift, t1
.else
        gt   q2, t5, zero
        movi t1, 7
        sub  t1, t1, threshold
@q2     addi shift, shift, 1
@q2     min  shift, shift, t1
        gt   q2, zero, t5
        movi t1, 1
        sub  t1, t1, threshold
@q2     addi shift, shift, -1
@q2     max  shift, shift, t1
.end
.end
.end
.if refracts
        eq   q2, t0, zero
@q2     mov  ref, zero
@q1     mov  ref, reset
.if inhibition_induced
        gt   q2, held, zero
@q2     mov  ref, reset
.end
.end
        mov  v, t0
.if rests_above
@q1     mov  v, reset
.else
@q1     sub  v, zero, reset
.end
.if resonate
        movi t1, 2
@q1     mov  phase, t1
.end
.if answers
        mov  t3, zero
        movi t1, 1
@q1     mov  t3, t1
.end
; the time reference
        sub  t0, acc, leak
        movi t1, 2047
        and  t0, t0, t1
        xor  t1, t0, acc
        and  t1, t1, fan_in
        mov  acc, t0
        gt   q3, t1, zero
.if variable_threshold
        add  t4, threshold, shift
.end
        mov  t0, zero
.if resonate
        movi t1, 1
        eq   q1, phase, t1
@q1     sub  t0, zero, t1
.else
        movi t1, 1
@q3     min  t0, v, t1
        movi t1, -1
@q3     max  t0, t0, t1
        sub  t0, zero, t0
.if after_depolarise
        movi t1, 1
        eq   q1, timer, t1
@q1     sub  t0, zero, v
.end
.if accommodate
        sub  t0, zero, t5
        gt   q1, t3, zero
@q1     mov  t0, zero
.end
.if refracts
        gt   q1, ref, zero
        movi t1, 1
@q1     mov  t0, t1
.end
.end
.if latency
        gt   q1, timer, zero
@q1     mov  t0, zero
.end
.if phasic
        eq   q1, v, zero
        gt   q2, once, zero
        qand q1, q1, q2
@q1     mov  t0, zero
.end
        add  t0, v, t0
.if wraps
        addi t0, t0, 8
        movi t1, 15
        and  t0, t0, t1
        addi t0, t0, -8
.end
.if resonate
        movi t1, 1
        eq   q2, phase, t1
        add  phase, phase, t1
        movi t1, 3
        and  phase, phase, t1
        eq   q3, t0, zero
        qand q2, q2, q3
        eq   q3, v, zero
        qor  q2, q2, q3
@q2     mov  phase, zero
.end
.if lone
        eq   q2, t5, zero
        eq   q3, before, zero
        qand q2, q2, q3
        movi t1, 1
        mov  t2, zero
        ge   q3, strength, stim_threshold
        qand q3, q3, q2
@q3     mov  t2, t1
.end
.if sharp
        gt   q1, zero, zero
.else
.if latency
        movi t1, 1
        eq   q1, timer, t1
.else
        eq   q1, t0, t4
.if rebound
        sub  t1, zero, strength
        ge   q3, t1, stim_threshold
        qand q2, q2, q3
        qor  q1, q1, q2
.else
.if bistable
        gt   q2, on, zero
        eq   q3, t0, zero
        qand q2, q2, q3
        qor  q1, q1, q2
        gt   q2, t2, on
        qor  q1, q1, q2
.else
.if resonate
        eq   q2, phase, zero
        qand q1, q1, q2
.end
.if inhibition_induced
        gt   q2, held, zero
        eq   q3, t0, zero
        qand q3, q3, q2
        qnot q2, q2
        qand q1, q1, q2
        qor  q1, q1, q3
.end
.end
.end
.end
.end
@q1     spk
.if bistable
        xor  on, on, t2
.end
.if inhibition_induced
        eq   q2, t5, zero
@q2     mov  held, zero
        add  t1, v, t4
        eq   q2, t1, zero
.if refracts
        gt   q3, ref, zero
        qnot q3, q3
        qand q2, q2, q3
.end
        movi t1, 1
@q2     mov  held, t1
.end
.if sharp
        movi t1, 7
        addi timer, timer, 1
        min  timer, timer, t1
.else
.if timed
        addi timer, timer, -1
        max  timer, timer, zero
.end
.if latency
        eq   q2, t0, t4
        eq   q3, v, t4
        qnot q3, q3
        qand q2, q2, q3
@q2     mov  timer, delay
.end
.if after_depolarise
@q1     mov  timer, delay
.end
.end
.if phasic
        ge   q2, t5, stim_threshold
        ge   q3, strength, stim_threshold
        movi t1, 1
@!q3    mov  once, zero
        qor  q3, q3, q2
        qand q3, q3, q1
@q3     mov  once, t1
        gt   q3, t3, zero
        qand q2, q2, q3
        eq   q3, v, zero
        qand q3, q3, q2
@q3     mov  once, t1
.if refracts
        gt   q3, ref, zero
        qand q3, q3, q2
@q3     mov  once, t1
.end
.end
.if variable_threshold
        addi count, count, 1
        ge   q2, count, threshold_leak
@q2     mov  count, zero
        gt   q3, threshold_leak, zero
        qand q2, q2, q3
.end
.if accommodate
        movi t1, 7
        sub  t1, t1, threshold
        min  shift, t5, t1
.else
.if variable_threshold
.if by_own_spikes
        movi t1, 7
        sub  t1, t1, threshold
@q1     addi shift, shift, 1
@q1     min  shift, shift, t1
        qnot q3, q1
        qand q2, q2, q3
.end
        movi t1, 1
        min  t2, shift, t1
        movi t1, -1
        max  t2, t2, t1
@q2     sub  shift, shift, t2
.end
.end
.if lone
        mov  before, strength
.end
.if remembers
        mov  strength, t5
.end
.if refracts
        eq   q2, t0, zero
@q2     mov  ref, zero
@q1     mov  ref, reset
.if inhibition_induced
        gt   q2, held, zero
@q2     mov  ref, reset
.end
.end
        mov  v, t0
.if rests_above
@q1     mov  v, reset
.else
@q1     sub  v, zero, reset
.end
.if resonate
        movi t1, 2
@q1     mov  phase, t1
.end
