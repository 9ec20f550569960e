.image weft-image/2
.same 3 0 ; ERROR "\.same: want \.image weft-image/3"
.removed 4 ; ERROR "\.removed: want \.image weft-image/3"
.inputs
