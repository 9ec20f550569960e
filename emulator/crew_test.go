package emulator

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
)

// A crew does each part of each job once, also where its hands have gone to sleep, and
// with fewer processors than hands.
func TestCrewDoesEachPartOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 4} {
		runtime.GOMAXPROCS(processors)
		workers := make([]*worker, 5)
		for i := range workers {
			workers[i] = &worker{from: int32(i)}
		}
		c := newCrew(workers)
		var parts [5]atomic.Int64
		const jobs = 200
		for k := range jobs {
			if k%50 == 49 { // longer than a hand looks
				time.Sleep(20 * time.Millisecond)
			}
			c.do(func(w *worker) {
				if k%50 == 25 && w.from == 3 { // longer than the first looks
					time.Sleep(20 * time.Millisecond)
				}
				parts[w.from].Add(int64(k))
			})
			for i := range parts {
				if got, want := parts[i].Load(), int64(k*(k+1)/2); got != want {
					t.Fatalf("%d processors: after job %d part %d is %d, want %d", processors, k, i, got, want)
				}
			}
		}
		c.stop()
	}
}

// A machine that is let go of lets its goroutines go.
func TestCrewGoesWithItsMachine(t *testing.T) {
	arch := sample.Dense()
	arch.Neurons, arch.MeshWidth, arch.MeshHeight = 8, 16, 20
	chip := NewChip(fullCores(rand.New(rand.NewPCG(1, 2)), 200).Image(arch), sample.Timing(), Functional)
	before := runtime.NumGoroutine()
	func() {
		m := New(chip)
		m.SetWorkers(3)
		m.Tick(nil)
		m.SetWorkers(2)
		m.Tick(nil)
		if n := runtime.NumGoroutine(); n < before+1 {
			t.Errorf("two workers have %d goroutines more than a machine without", n-before)
		}
	}()
	for range 100 {
		runtime.GC()
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before there was a machine", runtime.NumGoroutine(), before)
}
