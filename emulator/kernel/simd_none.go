//go:build !amd64 || purego

package kernel

// There is no assembly for this processor, or it was left out by the build tag
// purego.
const simd = false

func addBits8(*int32, *uint64, *int8, *uint64, int, int) { panic("kernel: no assembly") }

func addBits16(*int32, *uint64, *int16, *uint64, int, int) { panic("kernel: no assembly") }

func addRows8(*int32, *int8, *int32, int, int) { panic("kernel: no assembly") }

func addRows16(*int32, *int16, *int32, int, int) { panic("kernel: no assembly") }

func runFire(*int32, *int32, *int32, *uint64, int, *int32, *int32, *int32, *int32, int, int32, int) (active int, least, most int32) {
	panic("kernel: no assembly")
}

func runLeak(*int32, *int32, *int32, *uint64, int, *int32, *int32, *int32, *int32, *int32, int, int32, int) (active int, least, most int32) {
	panic("kernel: no assembly")
}
