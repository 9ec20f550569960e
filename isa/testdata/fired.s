; Extension L in a tick program: a trace of the neuron's own spikes.
.program postsynaptic
.kind tick
.state v
.state trace
        acc  v, v, 0                ; 14084000
        gt   q1, v, c0              ; 0d014600
@q1     spk                         ; 15200000
        fired q2                    ; 64020000
@q2     ldm  t0                     ; 63420000
@q2     add  trace, trace, t0       ; 02494880
