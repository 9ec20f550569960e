package image

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets"
)

var denseArch = targets.Arch{
	MeshWidth: 3, MeshHeight: 2, Neurons: 24, Axons: 16, FanOut: 96, SynapseFormat: targets.Dense, WeightBits: 8, WordSynapses: 8,
	StateBits: 24, StateWords: 4, ParamWords: 8, ProgramWords: 64, Extensions: "M", DelayPlace: targets.DelayAxon, MaxDelay: 16,
}

// sparseArch has what denseArch has not: delays at synapses, and slots that an
// axon reaches twice.
var sparseArch = func() targets.Arch {
	a := denseArch
	a.SynapseFormat, a.SynapseWords, a.WordSynapses = targets.Sparse, 1024, 2
	a.DelayPlace, a.MaxDelay = targets.DelaySynapse, 62
	a.WeightBits = 16
	return a
}()

// fullArch returns an arch with every extension.
func fullArch(arch targets.Arch) targets.Arch {
	arch.Extensions, arch.FanOut = "MRLGXTC", 192
	return arch
}

// extra are the programs that full appends: a tick program for core 0 and one of
// each other kind.
const extra = 3

// full returns a random image that learns, has broadcast inputs, partial sums,
// tables and neurons of several compartments.
func full(t testing.TB, arch targets.Arch, seed uint64) *Image {
	t.Helper()
	im := random(t, fullArch(arch), seed)
	r := rand.New(rand.NewPCG(seed, 2))
	for _, text := range []string{
		".program tree\n.compartments 5\n.table -3, 8388607, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n.state v\n.state ref\nacc v, v, 0\nnxt ref, v\ntab t0, v, 4\npart t0\nspkg t0\n",
		".program arrive\n.kind arrive\n.state v\n.state ref\nldw t0\nstw t0, zero, c0\n",
		".kind pre\n.state v\n.state ref\n.table 5\nldt v, ref\n", // without a name
		".kind post\n.state v\n.state ref\n.param rate c3\nldx t0, 0\nstw t0, zero, rate\n",
		".program trace\n.kind axon\n.state x\n.state y\n.state z\nacc x, x, 3\nrnd z, 4\n",
	} {
		p, err := isa.Assemble("sample.s", text, isa.AsmOptions{})
		if err != nil {
			t.Fatal(err)
		}
		im.Programs = append(im.Programs, *p)
	}
	im.Manifest.Seed = r.Uint64() >> r.IntN(64)
	im.Manifest.Inputs = append(im.Manifest.Inputs, Symbol{Name: "reward", Shape: []int{2}, First: 10, N: 2, Broadcast: []int32{1, -1 << 31}})
	im.InputDests = append(im.InputDests, nil, nil)
	core := &im.Cores[0]
	core.Program = extra
	core.Learn = [isa.NumKinds]int32{isa.Arrive: extra + 2, isa.Pre: int32(r.IntN(2)) * (extra + 3), isa.Post: extra + 4, isa.Axon: extra + 5}
	im.Cores[2].Learn[isa.Axon] = extra + 5
	for k := range im.Cores {
		rows := im.Cores[k].Rows.Unpack()
		for n := range rows {
			if m := &rows[n].Marks; r.IntN(3) > 0 {
				m.Key, m.Exp, m.Type = int32(r.IntN(40)), int8(r.IntN(16)-8), uint8(r.IntN(4))
				m.Plastic, m.Silent = k != 1 && r.IntN(2) == 0, r.IntN(2) == 0
			}
		}
		im.Cores[k].Rows = PackRows(rows...)
		for slot := range im.Cores[k].Dests {
			for to := int32(0); to < 3 && r.IntN(3) == 0; to++ {
				d := Dest{Core: to, Axon: -1 - int32(r.IntN(len(im.Cores[to].Neurons))), Delay: 1 + int32(r.IntN(arch.MaxDelay))}
				im.Cores[k].Dests[slot] = append(slices.Clip(im.Cores[k].Dests[slot]), d)
			}
		}
	}
	if err := im.Verify(); err != nil {
		t.Fatalf("the full sample of seed %d is wrong: %v", seed, err)
	}
	return im
}

// programs are what the samples' cores run.
func programs(t testing.TB) []isa.Program {
	t.Helper()
	var out []isa.Program
	for _, text := range []string{
		".program leaky\n.state v\n.state ref\n.param beta\n.param threshold c0\n.param bias p1\nmulz v, v, beta, 12\nacc v, v, 0\ngt q1, v, threshold\n@q1 spk\n",
		".state v\nacc v, v, 0\n", // without a name
		".program idle\n",
	} {
		p, err := isa.Assemble("sample.s", text, isa.AsmOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, *p)
	}
	return out
}

// random returns an image that Verify accepts, drawn from seed.
func random(t testing.TB, arch targets.Arch, seed uint64) *Image {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	im := &Image{
		Manifest: Manifest{
			Network: "a \"net\"; <of> none λ", TickSeconds: 0.001 * float64(1+r.IntN(5)), Target: "sample", Arch: arch,
			Inputs: []Symbol{{Name: "in", Shape: []int{2, 5}, N: 10}}, Outputs: []int{1},
			Populations: []Symbol{
				{Name: "hid", Shape: []int{30}, N: 30, Model: "leaky", Scale: []float64{0.1, 1.0 / 3}[:1], InputShift: 3},
				{Name: "out", First: 30, N: 1, Scale: []float64{1e-300}},
			},
		},
		Programs: programs(t), InputDests: make([][]Dest, 10),
	}
	for k, ids := range [][2]int32{{0, 20}, {20, 30}, {30, 31}} {
		c := Core{X: int32(k), Y: int32(r.IntN(2)), Program: int32(k), Population: int32(k / 2), ParamWords: int32(r.IntN(3))}
		for id := ids[0]; id < ids[1]; id++ {
			c.Neurons = append(c.Neurons, id)
		}
		if r.IntN(2) == 0 {
			r.Shuffle(len(c.Neurons), func(a, b int) { c.Neurons[a], c.Neurons[b] = c.Neurons[b], c.Neurons[a] })
		}
		c.Consts[0] = r.Int32() >> 8
		c.State = words(r, len(c.Neurons)*im.StateWords(&c))
		c.Params = words(r, len(c.Neurons)*int(c.ParamWords))
		var rows Packer
		for range 1 + r.IntN(15) {
			row := randomRow(r, &arch, len(c.Neurons))
			rows.Add(&row)
		}
		c.Rows = rows.Rows()
		im.Cores = append(im.Cores, c)
	}
	for k := range im.Cores {
		im.Cores[k].Dests = randomDests(r, im, len(im.Cores[k].Neurons))
	}
	im.InputDests = randomDests(r, im, 10)
	if err := im.Verify(); err != nil {
		t.Fatalf("the sample of seed %d is wrong: %v", seed, err)
	}
	return im
}

// slotless returns a random image in which some neurons have no slot.
func slotless(t testing.TB, arch targets.Arch, seed uint64) *Image {
	t.Helper()
	im := random(t, arch, seed)
	r := rand.New(rand.NewPCG(seed, 3))
	hid, out := &im.Manifest.Populations[0], &im.Manifest.Populations[1]
	const had, now, gone = 30, 50, 3
	hid.Shape, hid.N, out.First = []int{now}, now, now
	im.Manifest.Populations = append(im.Manifest.Populations, Symbol{Name: "gone", Shape: []int{gone}, First: now + 1, N: gone})
	im.Cores[2].Neurons[0] = now
	for n := range now + 1 + gone {
		s := int32(n)
		switch last := im.SameAs; {
		case n > now:
			s = NoNeuron
		case n < had || n == now:
		case r.IntN(3) == 0: // as the one before, or the next
			if s = last[n-1]; s != NoNeuron && s+1 < had && r.IntN(2) == 0 {
				s++
			} else if s == int32(n)-1 {
				s = 0
			}
		case r.IntN(3) == 0:
			s = NoNeuron
		default:
			s = int32(r.IntN(had))
		}
		im.SameAs = append(im.SameAs, s)
	}
	if err := im.Verify(); err != nil {
		t.Fatalf("the sample of seed %d with doubles is wrong: %v", seed, err)
	}
	return im
}

// words returns n numbers, some of them in runs.
func words(r *rand.Rand, n int) []int32 {
	out := make([]int32, n)
	for k := range out {
		if out[k] = int32(r.Uint32()) >> (8 + r.IntN(24)); k > 0 && r.IntN(4) > 0 {
			out[k] = out[k-1]
		}
	}
	return out
}

func randomRow(r *rand.Rand, a *targets.Arch, slots int) Row {
	var row Row
	for slot := range slots {
		for times := r.IntN(3); times > 0; times-- {
			row.Slots = append(row.Slots, uint16(slot))
			if a.SynapseFormat == targets.Dense {
				break
			}
		}
	}
	for k := range row.Slots {
		w := int16(r.IntN(1<<a.WeightBits) - 1<<(a.WeightBits-1))
		if k > 0 && r.IntN(3) > 0 {
			w = row.Weights[k-1]
		}
		row.Weights = append(row.Weights, w)
		if a.DelayPlace == targets.DelaySynapse {
			row.Delays = append(row.Delays, uint16(1+r.IntN(2)))
		}
	}
	return row
}

func randomDests(r *rand.Rand, im *Image, n int) [][]Dest {
	out := make([][]Dest, n)
	for k := range out {
		if k > 0 && r.IntN(3) > 0 { // as the one before, or each at the next axon
			out[k] = slices.Clone(out[k-1])
			for j := range out[k] {
				if d := &out[k][j]; d.Core != Host && int(d.Axon)+1 < im.Cores[d.Core].Rows.Len() && r.IntN(4) > 0 {
					d.Axon++
				}
			}
			continue
		}
		for range r.IntN(3) {
			d := Dest{Core: int32(r.IntN(len(im.Cores))), Delay: int32(1 + r.IntN(3))}
			d.Axon = int32(r.IntN(im.Cores[d.Core].Rows.Len()))
			out[k] = append(out[k], d)
		}
		if r.IntN(4) == 0 {
			out[k] = append(out[k], Dest{Core: Host, Axon: int32(r.IntN(2)), Delay: -int32(r.IntN(2))})
		}
	}
	return out
}

// samples are images of all kinds, small ones.
func samples(t testing.TB) []*Image {
	t.Helper()
	empty := &Image{Manifest: Manifest{Arch: denseArch}}
	out := []*Image{empty, spread(t)}
	for seed := range uint64(20) {
		out = append(out, random(t, denseArch, seed), random(t, sparseArch, seed), full(t, denseArch, seed), full(t, sparseArch, seed), slotless(t, denseArch, seed))
	}
	return out
}

// changeRow changes the first row of a core.
func changeRow(im *Image, core int, change func(*Row)) {
	rows := im.Cores[core].Rows.Unpack()
	change(&rows[0])
	im.Cores[core].Rows = PackRows(rows...)
}

// unpacked lets images be compared row by row.
var unpacked = cmp.Transformer("Unpack", func(r Rows) []Row { return r.Unpack() })
