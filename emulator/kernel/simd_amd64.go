//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

//go:generate sh -c "cd gen && GOFLAGS=-tags=purego go run . -out kernel_amd64.s -stubs stubs_amd64.go -pkg kernel"

// simd says that the assembly runs here.
var simd = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasPOPCNT

// lists says that listBits does.
var lists = simd && cpu.X86.HasAVX512VBMI2
