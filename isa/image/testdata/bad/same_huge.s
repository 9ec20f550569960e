.image weft-image/3 ; ERROR "1 neurons with slots or without, and the populations have 33554432"
.population {"name":"p","shape":[33554432],"first":0,"n":33554432}
.removed 7
.inputs
