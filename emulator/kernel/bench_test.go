package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// BenchmarkCoreTick is a tick of a core of 256 × 256 binary synapses of four types,
// half of them there: its sums and its update, at shares of active axons. It walks
// 64 cores, which level 2 of a cache holds.
func BenchmarkCoreTick(b *testing.B) {
	const lanes, axons, cores = 256, 256, 64
	r := rand.New(rand.NewPCG(1, 2))
	for _, share := range []int{1, 2, 5, 20} {
		for _, opt := range ways {
			b.Run(fmt.Sprintf("%d%%/portable=%v", share, opt.Portable), func(b *testing.B) {
				bits := make([]*Bits, cores)
				tiles := make([]Tile, cores)
				v := make([][]int32, cores)
				f := Fire{Bias: same(16, Block), Above: same(799, Block), Reset: same(0, Block), Floor: same(NoFloor, Block), Low: -1 << 19, High: 1<<19 - 1}
				f.Prepare(lanes, opt)
				for c := range bits {
					rows := make([]uint64, axons*lanes/64)
					for k := range rows {
						rows[k] = r.Uint64()
					}
					weights, types := make([]int16, MaxTypes*lanes), make([]uint8, axons)
					for k := range weights {
						weights[k] = int16(1 + r.IntN(3))
						if k/lanes%2 == 1 {
							weights[k] = -weights[k]
						}
					}
					for k := range types {
						types[k] = uint8(r.IntN(MaxTypes))
					}
					bits[c] = NewBits(lanes, rows, types, weights, opt)
					v[c] = make([]int32, lanes)
					for k := range v[c] {
						v[c][k] = int32(r.IntN(800))
					}
					tiles[c], _ = BitsTile(bits[c], &f, v[c])
				}
				JoinShorts(cores, func(c int) *Tile { return &tiles[c] })
				lists := make([][]int32, 101)
				for k := range lists {
					for a := range int32(axons) {
						if r.IntN(100) < share {
							lists[k] = append(lists[k], a)
						}
					}
				}
				var s Scratch
				sums, old, fired := make([]int32, lanes), make([]int32, lanes), make([]uint64, lanes/64)
				var w Work
				w.Grow(lanes)
				events := 0
				n := 0
				for b.Loop() {
					list := lists[n%len(lists)]
					c := n % cores
					if !tiles[c].Tick(list, &w) {
						clear(sums)
						bits[c].Add(sums, list, &s)
						f.Run(v[c], sums, old, fired)
					}
					events += len(list) * lanes / 2
					n++
				}
				b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "synops/s")
			})
		}
	}
}

// BenchmarkFire is the update alone, of 256 neurons that are alike, and of such as
// have a bias each.
func BenchmarkFire(b *testing.B) {
	const lanes = 256
	for _, opt := range ways {
		for _, alike := range []bool{true, false} {
			b.Run(fmt.Sprintf("portable=%v/alike=%v", opt.Portable, alike), func(b *testing.B) {
				v, sums, old, fired := make([]int32, lanes), make([]int32, lanes), make([]int32, lanes), make([]uint64, lanes/64)
				f := Fire{Bias: same(16, Block), Above: same(799, Block), Reset: same(0, Block), Floor: same(NoFloor, Block), Low: -1 << 19, High: 1<<19 - 1}
				if !alike {
					f.Bias = same(16, lanes)
				}
				f.Prepare(lanes, opt)
				for b.Loop() {
					f.Run(v, sums, old, fired)
				}
			})
		}
	}
}

func same(x int32, n int) Lanes { return slices.Repeat(Lanes{x}, n) }
