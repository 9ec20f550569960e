//go:build !amd64 || purego

package noc

// There is no assembly for this processor, or it was left out by the build tag
// purego.
const simd = false

func glideTwo(*glider, *channel, *flit, *flit, int) (kept int) { panic("noc: no assembly") }
