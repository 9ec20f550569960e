; stochastic_lif: leaky integrate-and-fire with a noisy threshold.
;     v ← β·v + drive + I;  fires when v > threshold + noise·ξ
; with ξ from −1 to almost 1, drawn anew in every tick: ξ = k/2^fbits − 1, where k
; is nbits = fbits + 1 random bits. noise·k/2^fbits rounds down, so that an integer
; v fires with the very probability of the real numbers. β, drive and the input are
; those of lif, and β·v rounds toward zero. reset: subtract takes away threshold,
; without the noise. While ref > 0 the neuron is refractory: v is held, its input of
; the tick is lost, and nothing is drawn.
.program stochastic_lif
.state v
.param beta
.param drive
.param threshold
.param noise
.if reset=value
.param v_reset
.end
.if refractory
.state ref
.param refractory
        gt   q1, ref, zero
@q1     addi ref, ref, -1
.end
@!q1    mulz v, v, beta, fbits
@!q1    acc  v, v, frac
@!q1    add  v, v, drive
@!q1    rnd  t0, nbits
@!q1    mulf t0, t0, noise, fbits
@!q1    sub  t0, t0, noise
@!q1    add  t0, t0, threshold
@!q1    gt   q2, v, t0
@q2     spk
.if reset=zero
@q2     mov  v, zero
.end
.if reset=subtract
@q2     sub  v, v, threshold
.end
.if reset=value
@q2     mov  v, v_reset
.end
.if refractory
@q2     mov  ref, refractory
.end
