package partition

import (
	"math/rand/v2"
	"testing"
)

// blocks makes a problem of so many blocks of vertices that share as many nets,
// with the vertices in order or shuffled.
func blocks(count, size int, shuffled bool) *Problem {
	n := count * size
	p := &Problem{
		Off: make([]int64, n+1), In: make([]int32, 0, n*size), Home: make([]int32, n), Neurons: size, Axons: size,
	}
	order := make([]int, n)
	for v := range order {
		order[v] = v
	}
	if shuffled {
		order = rand.New(rand.NewPCG(1, 1)).Perm(n)
	}
	for v, at := range order {
		block := at / size
		for e := range size {
			p.In = append(p.In, int32(block*size+e))
		}
		p.Off[v+1] = int64(len(p.In))
		p.Home[v] = int32((v + 1) % n)
	}
	return p
}

func TestBlocksAreFoundWhateverTheirOrder(t *testing.T) {
	for _, shuffled := range []bool{false, true} {
		r, err := Partition(t.Context(), blocks(64, 64, shuffled), Options{Effort: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.Cores != 64 {
			t.Errorf("shuffled %t: %d cores, want 64", shuffled, r.Cores)
		}
	}
}

// BenchmarkBlocks is 4096 cores of 256 neurons that share 256 axons each.
func BenchmarkBlocks(b *testing.B) {
	for _, c := range []struct {
		name     string
		shuffled bool
	}{{"in-order", false}, {"shuffled", true}} {
		b.Run(c.name, func(b *testing.B) {
			p := blocks(4096, 256, c.shuffled)
			for b.Loop() {
				r, err := Partition(b.Context(), p, Options{Workers: 2})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Cores), "cores")
			}
		})
	}
}
