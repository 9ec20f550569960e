package partition

// buckets is a priority queue of vertices with few priorities. Of those of one
// priority, the last that was put in comes out first.
type buckets struct {
	head       []int32 // first of each bucket, or -1
	next, prev []int32
	in         []int32 // bucket of each vertex, or one of the below
	seen       []int32 // every vertex that was put in since the last drain
	highest    int     // no bucket above has a vertex
}

const (
	neverIn = -1
	setOut  = -2
)

func newBuckets(n int) buckets {
	b := buckets{head: make([]int32, ratings), next: make([]int32, n), prev: make([]int32, n), in: make([]int32, n)}
	for i := range b.head {
		b.head[i] = -1
	}
	for v := range b.in {
		b.in[v] = neverIn
	}
	return b
}

// put gives v a priority, whether it was in or not.
func (b *buckets) put(v int32, priority int) {
	switch b.in[v] {
	case int32(priority):
		return
	case neverIn:
		b.seen = append(b.seen, v)
	}
	b.remove(v)
	h := b.head[priority]
	b.next[v], b.prev[v] = h, -1
	if h >= 0 {
		b.prev[h] = v
	}
	b.head[priority] = v
	b.in[v] = int32(priority)
	b.highest = max(b.highest, priority)
}

// remove takes v out; it stays among those seen.
func (b *buckets) remove(v int32) {
	if b.in[v] < 0 {
		return
	}
	if p := b.prev[v]; p >= 0 {
		b.next[p] = b.next[v]
	} else {
		b.head[b.in[v]] = b.next[v]
	}
	if n := b.next[v]; n >= 0 {
		b.prev[n] = b.prev[v]
	}
	b.in[v] = setOut
}

// pop takes out a vertex of the highest priority; -1 if there is none.
func (b *buckets) pop() int32 {
	for ; b.highest >= 0; b.highest-- {
		if v := b.head[b.highest]; v >= 0 {
			b.remove(v)
			return v
		}
	}
	b.highest = 0
	return -1
}

// drain empties the queue and forgets whom it has seen.
func (b *buckets) drain() {
	for _, v := range b.seen {
		b.remove(v)
		b.in[v] = neverIn
	}
	b.seen = b.seen[:0]
	b.highest = 0
}
