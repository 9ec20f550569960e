package main

import (
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/partition"
)

func TestPlacementOfAChain(t *testing.T) {
	// Each of four neurons drives the next one; two of them share a core.
	p := &partition.Problem{
		Off: []int64{0, 1, 2, 3, 4}, In: []int32{4, 0, 1, 2},
		Home: []int32{0, 1, 2, 3, -1}, Weight: []int64{5, 6, 7, 8, 9},
		Neurons: 2, Axons: 2,
	}
	var w strings.Builder
	if err := writePlacement(t.Context(), &w, options{}, known{net: "chain", hops: 10}, "cores", p, []int32{0, 1, 1, 0}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2\t2×1\tunicast\t12\t10 (+20.0 %)\t12\t6\t10 (-40.0 %)\t"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", w.String(), want)
		}
	}
}
