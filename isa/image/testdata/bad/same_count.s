.image weft-image/3 ; ERROR "9 neurons with slots or without, and the populations have 8"
.population {"name":"p","shape":[8],"first":0,"n":8}
.removed 0..8
.inputs
