package emulator

import (
	"runtime"
	"sync/atomic"
)

// crew is a goroutine for each worker but the first, whose is the caller's. They are
// there for the whole run: to start one, or to wake it, takes as long as a good part of
// a tick.
type crew struct {
	workers []*worker
	// job is what all are at, or nil when they may go; left is how many have not done
	// their part of it.
	job   func(w *worker)
	left  atomic.Int32
	first waiter
	hands []*hand
}

// hand is one of a crew's goroutines.
type hand struct {
	waiter
	jobs atomic.Uint32 // how many there were for it
	_    apart
}

func newCrew(workers []*worker) *crew {
	c := &crew{workers: workers, first: newWaiter()}
	for _, w := range workers[1:] {
		h := &hand{waiter: newWaiter()}
		c.hands = append(c.hands, h)
		go c.work(h, w)
	}
	return c
}

// do has every worker do its part of a job, and returns when all have.
func (c *crew) do(job func(w *worker)) {
	c.begin(job)
	job(c.workers[0])
	c.first.until(func() bool { return c.left.Load() == 0 })
	c.job = nil
}

// stop lets the goroutines go. There is no job after that.
func (c *crew) stop() { c.begin(nil) }

func (c *crew) begin(job func(w *worker)) {
	c.job = job
	c.left.Store(int32(len(c.hands)))
	for _, h := range c.hands {
		h.jobs.Add(1)
		h.tell()
	}
}

// work does the part of a worker in all jobs.
func (c *crew) work(h *hand, w *worker) {
	for seen := uint32(0); ; seen++ {
		h.until(func() bool { return h.jobs.Load() != seen })
		if c.job == nil {
			return
		}
		c.job(w)
		if c.left.Add(-1) == 0 {
			c.first.tell()
		}
	}
}

// waiter waits for what another goroutine does: for a while it looks again and again,
// since that answers at once, and then it sleeps.
type waiter struct {
	_      apart
	asleep atomic.Bool
	wake   chan struct{}
}

func newWaiter() waiter { return waiter{wake: make(chan struct{}, 1)} }

// looks is how often a waiter looks before it sleeps, some tenths of a millisecond; now
// and then it lets others have its processor.
const (
	looks     = 1 << 17
	looksOnce = 1 << 7
)

// until returns once done does. Who makes that so calls tell then.
func (w *waiter) until(done func() bool) {
	for k := 1; !done(); k++ {
		switch {
		case k >= looks:
			w.asleep.Store(true)
			if !done() || !w.asleep.CompareAndSwap(true, false) {
				<-w.wake
			}
		case k%looksOnce == 0:
			runtime.Gosched()
		}
	}
}

// tell wakes the waiter, if it sleeps.
func (w *waiter) tell() {
	if w.asleep.CompareAndSwap(true, false) {
		w.wake <- struct{}{}
	}
}
