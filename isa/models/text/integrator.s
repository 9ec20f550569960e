; integrator: sums its input and never fires, for read-outs of the potential.
;     v ← v + (I + bias)
.program integrator
.state v
.param bias
        acc  v, v, frac
        add  v, v, bias
