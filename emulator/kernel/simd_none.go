//go:build !amd64 || purego

package kernel

// There is no assembly for this processor, or it was left out by the build tag
// purego.
const simd, lists = false, false

func addBits8(*int32, *uint64, *int8, *uint64, int, int) { panic("kernel: no assembly") }

func addBits16(*int32, *uint64, *int16, *uint64, int, int) { panic("kernel: no assembly") }

func addRows8(*int32, *int8, *int32, int, int) { panic("kernel: no assembly") }

func addRows16(*int32, *int16, *int32, int, int) { panic("kernel: no assembly") }

func runFire(*Fire, *int32, *int32, *int32, *uint64, int) (active int, least, most int32) {
	panic("kernel: no assembly")
}

func runFireLeak(*Fire, *int32, *int32, *int32, *uint64, int) (active int, least, most int32) {
	panic("kernel: no assembly")
}

func tickBits(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickBitsSame(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickBitsShort(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickBitsLeak(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickMany(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickManySame(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickManyShort(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickManyLeak(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickRows(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickRowsSame(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickRowsShort(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func tickRowsLeak(*Tile, *int32, int, *uint64) (active, synapses int) {
	panic("kernel: no assembly")
}

func prefetchBits(*Tile, *byte, int, *int32, int) { panic("kernel: no assembly") }

func prefetchRows(*Tile, *byte, int, *int32, int) { panic("kernel: no assembly") }

func prefetchAt(*byte, int, *int32, int) { panic("kernel: no assembly") }

func listBits(*int32, *uint64, int, int32) (listed int) { panic("kernel: no assembly") }
