package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/mapping"
)

// clusters is a network of groups that talk among themselves, and a little with the
// next one.
func clusters(groups, neurons int) string {
	var populations, projections strings.Builder
	for k := range groups {
		fmt.Fprintf(&populations, "  g%d: {shape: %d, neuron: if}\n", k, neurons)
		fmt.Fprintf(&projections, "  - {from: g%d, to: g%d, connect: {sparse: {in_degree: 6, seed: %d}}}\n", k, k, k)
		fmt.Fprintf(&projections, "  - {from: g%d, to: g%d, connect: {list: [[0, 1, 1], [2, 3, 1]]}}\n", k, (k+1)%groups)
	}
	return fmt.Sprintf("inputs: {in: {shape: 4}}\npopulations:\n%sprojections:\n  - {from: in, to: g0, connect: dense}\n%soutputs: [g0]\n", &populations, &projections)
}

// crossings counts the links between chips that a spike of every source crosses, and
// all links.
func crossings(m *ir.Mapped) (between, hops int) {
	at := func(core int32) (x, y int) {
		if core == ir.Host {
			return 0, 0
		}
		return m.Cores[core].X, m.Cores[core].Y
	}
	one := *m.Arch
	one.ChipWidth, one.ChipHeight = 1, 1
	for _, f := range m.Flows(nil) {
		x, y := at(f.From)
		toX, toY := at(f.To)
		between += m.Arch.Chips().Between(x, y, toX, toY) * int(f.Packets)
		hops += one.Chips().Between(x, y, toX, toY) * int(f.Packets)
	}
	return between, hops
}

// Where links between chips are dear, cores that talk share one: fewer spikes cross,
// for more hops.
func TestChipsAreCrossedLessWhereThatIsDear(t *testing.T) {
	a := dense(8, 64)
	a.MeshWidth, a.MeshHeight, a.ChipWidth, a.ChipHeight = 8, 8, 4, 4
	q := quantised(t, clusters(5, 80), a)
	var between, hops []int
	for _, a.ChipLink = range []int{1, 8} {
		m, err := mapping.Map(t.Context(), q, a, mapping.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Verify(); err != nil {
			t.Fatal(err)
		}
		b, h := crossings(m)
		between, hops = append(between, b), append(hops, h)
	}
	t.Logf("links between chips at the price of 1 and 8 hops: %d crossings, %d hops", between, hops)
	if between[1] >= between[0] || hops[1] < hops[0] {
		t.Errorf("at the price of 1 and 8 hops: %d crossings, %d hops", between, hops)
	}
}
