; ranc: RANC's neuron (Mack et al., "RANC: reconfigurable architecture for
; neuromorphic computing", 2021), as its simulator and HDL have it. Words wrap:
; those of the HDL as shipped have 9 bits.
;     v ← v + I + leak
;     fires when v ≥ threshold; else it is negative when v < neg_threshold, with
;         negative=reached when v ≤ neg_threshold
; A spike puts v to 0 or v_reset, or takes threshold from it. A negative v becomes
; 0 or −v_reset, or loses neg_threshold. −x is ¬x + 1, as a subtractor that wraps
; has it.
.program ranc
.state v
.param leak
.param threshold
.param neg_threshold
.if reset=value
.param v_reset
.end
        accw v, v, 0
        addw v, v, leak
        ge   q1, v, threshold
.if negative=reached
        ge   q2, neg_threshold, v
.else
        gt   q2, neg_threshold, v
.end
        qnot q3, q1
        qand q2, q2, q3
@q1     spk
.if reset=zero
        qor  q2, q2, q1
@q2     mov  v, zero
.else
        movi t0, -1
        movi t1, 1
.end
.if reset=value
@q1     mov  v, v_reset
@q2     xor  v, v_reset, t0
@q2     addw v, v, t1
.end
.if reset=subtract
        sel  t2, q1, threshold, neg_threshold
        xor  t2, t2, t0
        addw t2, t2, t1
        qor  q2, q2, q1
@q2     addw v, v, t2
.end
