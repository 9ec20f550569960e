package mapping

import (
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/targets"
)

// recurrent is neurons that drive each other, and the host.
const recurrent = `network: recurrent
inputs:
  in: {shape: [60]}
populations:
  a: {shape: [300], neuron: if, params: {threshold: 1}}
projections:
  - {from: in, to: a, connect: {sparse: {in_degree: 2, seed: 1}}, weights: 1}
  - {from: a, to: a, connect: {sparse: {in_degree: 8, seed: 2}}, weights: 1}
outputs: [a]
`

// A mapping is refined so that its packets cross fewer links, and keeps every limit,
// whole neurons and split ones, by their spikes or not.
func TestRefinedMappingsHaveShorterWays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, o := range []Options{{Effort: 2, Split: SplitNever}, {Effort: 2}, {Effort: 2, Traffic: true, Workers: 2}} {
		arch := &targets.Arch{
			MeshWidth: 12, MeshHeight: 8, Neurons: 32, Axons: 200, FanOut: 4096, PartialSums: o.Split != SplitNever,
			SynapseFormat: targets.Dense, WeightBits: 8, WordSynapses: 4, StateBits: 24, StateWords: 4, ParamWords: 8,
			ProgramWords: 64, Extensions: "MG", DelayPlace: targets.DelayAxon, MaxDelay: 16,
		}
		net, err := network.Parse("recurrent.yaml", []byte(recurrent))
		if err != nil {
			t.Fatal(err)
		}
		q, err := quant.Quantise(lower.Lower(net), arch, network.Quantise{})
		if err != nil {
			t.Fatal(err)
		}
		o.Profile = make([]int64, q.InputCount()+q.Neurons())
		for k := range o.Profile {
			o.Profile[k] = r.Int64N(9)
		}
		if testing.Short() && o.Workers < 2 {
			continue
		}
		p := &mapper{q: q, arch: arch, opt: o}
		m, d := placed(t, p)
		before, err := p.measure(m)
		if err != nil {
			t.Fatal(err)
		}
		better, err := p.refine(t.Context(), m, d, p.moves(d))
		if err != nil {
			t.Fatal(err)
		}
		after, err := p.measure(better)
		if err != nil {
			t.Fatal(err)
		}
		// Where deliveries must not be more, there may be nothing to find.
		if after.hops > before.hops || after.hops == before.hops && !o.Traffic || o.Traffic && after.deliveries > before.deliveries {
			t.Errorf("split %q, traffic %v: %+v before, %+v refined", o.Split, o.Traffic, before, after)
		}
		if err := better.Verify(); err != nil {
			t.Error(err)
		}
		if len(better.Cores) != len(m.Cores) {
			t.Errorf("%d cores before, %d refined", len(m.Cores), len(better.Cores))
		}
	}
}

// placed is Map without what comes after placing.
func placed(t *testing.T, p *mapper) (*ir.Mapped, *parted) {
	t.Helper()
	w := wire(p.q, p.arch, 1)
	widest, err := p.fits(w)
	if err != nil {
		t.Fatal(err)
	}
	split, err := p.splits(t.Context(), w, widest)
	if err != nil {
		t.Fatal(err)
	}
	m, d, err := p.partition(t.Context(), newCells(w, split))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.place(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m, d
}
