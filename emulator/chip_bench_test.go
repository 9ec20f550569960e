//go:build unix

package emulator

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// binary returns an image of cores of 256 binary axons and 256 neurons, half of the
// synapses there, whose neurons each drive one axon of the chip and fire 20 times in
// 1000 ticks, or never.
func binary(cores int, silent bool) *image.Image {
	const side = 256
	arch := sample.Dense()
	arch.Neurons, arch.Axons, arch.StateBits, arch.FanOut = side, side, 20, side
	arch.MeshWidth, arch.MeshHeight = min(cores, 64), (cores+63)/64
	program, err := isa.Assemble("if.s", `.program if
.state v
.param leak
.param threshold
	acc v, v, 0
	add v, v, leak
	ge q1, v, threshold
@q1	spk
@q1	mov v, zero
`, isa.AsmOptions{})
	if err != nil {
		panic(err)
	}
	for k := range program.Params {
		program.Params[k].Reg = isa.C0 + isa.Reg(k)
	}
	for k, w := range program.Words {
		i, err := isa.Decode(w)
		if err != nil {
			panic(err)
		}
		if i.B >= isa.P0 {
			i.B += isa.C0 - isa.P0
		}
		if program.Words[k], err = isa.Encode(i); err != nil {
			panic(err)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	im := &image.Image{
		Manifest: image.Manifest{
			Network: "binary", TickSeconds: 1e-3, Target: "sample", Arch: arch,
			Populations: []image.Symbol{{Name: "p", Shape: []int{side * cores}, N: side * cores}},
		},
		Programs: []isa.Program{*program}, InputDests: [][]image.Dest{},
	}
	leak := int32(16)
	if silent {
		leak = 0
	}
	axons := r.Perm(side * cores)
	for k := range cores {
		c := image.Core{X: int32(k % arch.MeshWidth), Y: int32(k / arch.MeshWidth), Consts: [isa.NumConsts]int32{leak, 800}}
		weights := make([][4]int16, side)
		for slot := range side {
			n := k*side + slot
			c.Neurons = append(c.Neurons, int32(n))
			v := int32(0)
			if !silent {
				v = r.Int32N(800)
			}
			c.State = append(c.State, v)
			c.Dests = append(c.Dests, []image.Dest{{Core: int32(axons[n] / side), Axon: int32(axons[n] % side), Delay: 1}})
			a, b := int16(1+r.IntN(3)), int16(1+r.IntN(3))
			weights[slot] = [4]int16{a, -a, b, -b}
		}
		for range side {
			var row image.Row
			t := r.IntN(4)
			for slot := range side {
				if r.IntN(2) == 0 {
					row.Slots, row.Weights = append(row.Slots, uint16(slot)), append(row.Weights, weights[slot][t])
				}
			}
			c.Rows = append(c.Rows, row)
		}
		im.Cores = append(im.Cores, c)
	}
	if err := im.Verify(); err != nil {
		panic(err)
	}
	return im
}

// BenchmarkBinary runs chips of binary cores.
func BenchmarkBinary(b *testing.B) {
	for _, cores := range []int{64, 4096} {
		for _, silent := range []bool{false, true} {
			b.Run(fmt.Sprintf("cores=%d/silent=%v", cores, silent), func(b *testing.B) {
				im := binary(cores, silent)
				for _, x := range []struct {
					name string
					way  Way
					mode Mode
				}{{"fast", Fast, Functional}, {"portable", Portable, Functional}, {"cycle", Fast, Cycle}} {
					b.Run(x.name, func(b *testing.B) {
						benchmarkTicks(b, New(newChip(im, &targets.Target{Timing: sample.Timing()}, nil, x.mode, x.way)))
					})
				}
			})
		}
	}
}

// benchmarkTicks also tells the processor's time, which other work on the machine
// adds less to.
func benchmarkTicks(b *testing.B, m *Machine) {
	spikes := 0
	start := processorTime()
	for b.Loop() {
		spikes += len(m.Tick(nil))
	}
	took := (processorTime() - start).Seconds()
	_, act := run(m, nil)
	total := act.Total()
	b.ReportMetric(float64(total[targets.SynapticOp])/took, "synops/cpu-s")
	b.ReportMetric(float64(spikes)/float64(b.N), "spikes/tick")
	b.ReportMetric(took/float64(b.N)/float64(len(m.cores))*1e9, "cpu-ns/core")
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
