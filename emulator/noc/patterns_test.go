package noc

import (
	"testing"
)

type pattern struct {
	name string
	dst  func(side, src, slot int) int
}

var patterns = []pattern{
	{"uniform", func(side, src, slot int) int { return slot % (side * side) }},
	{"transpose", func(side, src, slot int) int { return src%side*side + src/side }},
	{"tornado", func(side, src, slot int) int {
		s := (side+1)/2 - 1
		return (src/side+s)%side*side + (src%side+s)%side
	}},
	{"hotspot", func(side, src, slot int) int {
		if slot < side*side {
			return side/2*side + side/2
		}
		return slot % (side * side)
	}},
}

func maxLoad(p pattern, side int) int {
	n := side * side
	loads := make([]int, n*5)
	m := 0
	for src := range n {
		for slot := range 8 * n {
			d := p.dst(side, src, slot)
			at := src
			for at != d {
				var dir, step int
				switch {
				case at%side < d%side:
					dir, step = 0, 1
				case at%side > d%side:
					dir, step = 1, -1
				case at < d:
					dir, step = 2, side
				default:
					dir, step = 3, -side
				}
				loads[at*5+dir]++
				m = max(m, loads[at*5+dir])
				at += step
			}
			loads[d*5+4]++
			m = max(m, loads[d*5+4])
		}
	}
	return m
}

func TestProto(t *testing.T) {
	for _, hop := range []Cycles{1, 2} {
		for _, side := range []int{4, 8} {
			for _, p := range patterns {
				n := side * side
				ideal := float64(8*n) / float64(maxLoad(p, side))
				t.Logf("hop %d %d %s ideal %.4f", hop, side, p.name, ideal)
				run := func(depth int, frac float64) {
					rate := min(1, frac*ideal)
					rng := newRand(1)
					horizon := Cycles(1000 / rate)
					cfg := Config{side, side, depth, hop, hop, 1, 1}
					src := make([]Source, n)
					var due []Cycles
					for i := range src {
						src[i].Router = int32(i)
						for c := range horizon {
							if rng.Float64() < rate {
								src[i].Injections = append(src[i].Injections, Injection{c, Packet{int32(p.dst(side, i, int(rng.IntN(8*n)))), int32(len(due))}})
								due = append(due, c)
							}
						}
					}
					warm := horizon / 4
					got := make([]int, n)
					off := make([]int, n)
					for i := range src {
						for _, in := range src[i].Injections {
							if in.At >= warm {
								off[i]++
							}
						}
					}
					lat, zl := Cycles(0), Cycles(0)
					New(cfg).Run(0, src, func(d Delivery) {
						if d.At >= warm && d.At < horizon {
							got[d.Src]++
							lat += d.At - due[d.Packet.ID]
							zl += cfg.ZeroLoad(d.Src, d.Packet.Dst)
						}
					})
					var stall Cycles
					sum, so, least := 0, 0, 1e9
					for i := range got {
						sum += got[i]
						so += off[i]
						stall += src[i].Stall
						least = min(least, float64(got[i])/float64(off[i]))
					}
					t.Logf("  d %2d offered %.2f mean %.4f min %.4f (of ideal %.3f) latency x%.2f stall %.4f", depth, frac, float64(sum)/float64(so), least, least*rate/ideal, float64(lat)/float64(zl), float64(stall)/float64(n)/float64(horizon))
				}
				for _, f := range []float64{.05, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.5} {
					run(4, f)
				}
				for _, d := range []int{1, 2, 4, 8, 16, 32} {
					run(d, 1.5)
				}
			}
		}
	}
}
