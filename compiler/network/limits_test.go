package network_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
)

// lines repeats a line whose %d counts.
func lines(n int, line string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(line, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

func TestAbsurdFilesAreRefusedFast(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large files")
	}
	// Two populations of 16384 make exactly as many dense synapses as a network may have.
	const large = "populations:\n  a: {shape: [128, 128], neuron: if}\n  b: {shape: [16000000], neuron: if}\n"
	bomb := "network: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\ntick: &a1 [*a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0]\n"
	for i := 2; i < 9; i++ {
		bomb += fmt.Sprintf("x%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	for name, src := range map[string]string{
		"shape beyond an int":            "populations: {a: {shape: [9223372036854775807, 9223372036854775807], neuron: if}}",
		"shape beyond memory":            "populations: {a: {shape: 1e15, neuron: if, params: {bias: {normal: [0, 1]}}}}",
		"dense beyond memory":            large + "projections: [{from: b, to: b, connect: dense, weights: {normal: [0, 1]}, delay: {integer: [1, 9]}}]",
		"sparse beyond memory":           large + "projections: [{from: b, to: b, connect: {sparse: {p: 0.9}}}]",
		"degree beyond memory":           large + "projections: [{from: b, to: b, connect: {sparse: {in_degree: 15000000}}}]",
		"at the limit but broken":        large + "projections: [{from: a, to: a, connect: dense, weights: {normal: [0, 1]}}]\noutputs: [c]",
		"sparse at the limit but broken": large + "projections: [{from: a, to: a, connect: {sparse: {p: 1}}}]\noutputs: [c]",
		"parameters but broken":          strings.ReplaceAll(large, "if}", "if, params: {bias: {normal: [0, 1]}, v_init: {normal: [0, 1]}}}") + "outputs: [c]",
		"kernel beyond its input":        large + "projections: [{from: a, to: a, connect: {conv2d: {kernel: 4096, padding: 4096, dilation: 65536}}}]",
		"kernels beyond memory": "inputs: {i: {shape: [2048, 1, 1]}}\npopulations: {o: {shape: [2048, 1, 1], neuron: if}}\n" +
			"projections: [{from: i, to: o, connect: {conv2d: {kernel: 101, padding: 50}}, weights: {normal: [0, 1]}}]",
		"many wide kernels": "inputs: {i: {shape: [1, 4095]}}\npopulations: {o: {shape: [2, 4095], neuron: if}}\nprojections:\n" +
			lines(20_000, "- {from: i, to: o, connect: {conv2d: {kernel: [2, 4095], padding: [1, 2047]}}, weights: {normal: [0, 1]}}\n"),
		"many populations": "populations:\n" + lines(70_000, "  p%d: {shape: 1, neuron: if}\n"),
		"many projections": "populations: {a: {shape: 1, neuron: if}}\nprojections:\n" + lines(60_000, "- {from: a, to: a, connect: one_to_one, dealy: 1}\n"),
		"many names that are nearly right": "populations:\n" + lines(30_000, "  population_%d: {shape: 1, neuron: if}\n") +
			"projections:\n" + lines(30_000, "- {from: populatoin_%d, to: popluation_%d, connect: dense}\n"),
		"many words for numbers":          "populations: {a: {shape: 2, neuron: if, params: {bias: [" + strings.Repeat("x, ", 400_000) + "x]}}}",
		"many edges that are none":        "populations: {a: {shape: 2, neuron: if}}\nprojections: [{from: a, to: a, connect: {list: [" + strings.Repeat("[0, 2], ", 120_000) + "[0, 2]]}}]",
		"a list where a number is enough": "populations: {a: {shape: 2, neuron: if, params: {bias: [" + strings.Repeat("[], ", 200_000) + "[]]}}}",
		"aliases of aliases":              bomb + "populations: {a: {shape: 1, neuron: if}}",
		"lists in lists":                  "populations: {a: {shape: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + ", neuron: if}}",
		"a long name":                     "populations: {? " + strings.Repeat("x", 4<<20) + " : {shape: 1, neuron: if}}",
		"a device":                        "populations: {a: {shape: 1, neuron: if, params: {bias: {file: /dev/zero}}}}",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := network.Parse("net.yaml", []byte(src))
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*diag.Error](err)
			if !ok {
				t.Fatalf("got %v, want diagnostics", err)
			}
			if len(e.Error()) > 50_000 {
				t.Errorf("the message has %d bytes", len(e.Error()))
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 400<<20 {
				t.Errorf("took %d MB, want less than 400 MB", used>>20)
			}
		})
	}
}

func TestSizesAtTheLimitAreTaken(t *testing.T) {
	net := parse(t, "populations: {a: {shape: [128, 128], neuron: if}, b: {shape: 16760832, neuron: if}}\n"+
		"projections: [{from: a, to: a, connect: dense}]")
	if n := net.Projections[0].Synapses(1<<14, 1<<14); n != network.MaxSynapses {
		t.Errorf("%d synapses, want %d", n, network.MaxSynapses)
	}
}
