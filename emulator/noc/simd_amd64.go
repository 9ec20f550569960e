//go:build amd64 && !purego

package noc

import "golang.org/x/sys/cpu"

//go:generate sh -c "cd gen && GOFLAGS=-tags=purego go run . -out glide_amd64.s -stubs stubs_amd64.go -pkg noc"

// simd says that the assembly runs here.
var simd = cpu.X86.HasAVX2
