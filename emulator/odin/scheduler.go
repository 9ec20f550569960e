package odin

// item is an entry of the scheduler: a neuron's number below, and above it what
// a virtual event does to that neuron. Zero above is a spike of the neuron.
//
//	tinyODIN  11    8  7     0      ODIN  12 10  9       8     7     0
//	          weight   neuron             weight inhibit leak  neuron
//
// A virtual event of weight zero therefore cannot be told from a spike, and is
// one.
type item uint16

func newItem(virtual, neuron int) item { return item(virtual<<8 | neuron) }

func (i item) neuron() int   { return int(i & 0xFF) }
func (i item) virtual() bool { return i>>8 != 0 }

// stimulus is what a virtual event does to its neuron.
func (i item) stimulus(m Model) (timeRef bool, weight int) {
	v := int(i >> 8)
	if m == TinyODIN {
		return false, wrap(v, 4)
	}
	weight = v >> 2
	if v&2 != 0 {
		weight = -weight
	}
	return v&1 != 0, weight
}

// queue is the scheduler's first-in-first-out memory: the spikes and virtual
// events that wait for the controller. It says nothing when it drops one.
type queue struct {
	items       []item // a ring, as deep as the memory
	first, size int
	// highest is the most that it ever held, drops how many it refused.
	highest, drops int64
}

func newQueue(depth int) queue { return queue{items: make([]item, depth)} }

func (q *queue) full() bool  { return q.size == len(q.items) }
func (q *queue) empty() bool { return q.size == 0 }

// push appends an item, and reports whether there was room. Fullness is looked
// at before a pop of the same cycle takes effect: a push that meets a pop in a
// full queue is dropped, which is why callers push first.
func (q *queue) push(i item) bool {
	if q.full() {
		q.drops++
		return false
	}
	q.items[(q.first+q.size)%len(q.items)] = i
	q.size++
	q.highest = max(q.highest, int64(q.size))
	return true
}

// head is the oldest item.
func (q *queue) head() item { return q.items[q.first] }

// pop drops the oldest item.
func (q *queue) pop() {
	q.first = (q.first + 1) % len(q.items)
	q.size--
}
