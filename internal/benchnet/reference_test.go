package benchnet_test

// The networks a second time, as their documentation says them and with nothing
// of the package's, and a chip that is a loop.

type splitmix struct{ s uint64 }

func scramble(z uint64) uint64 {
	z ^= z >> 30
	z *= 0xbf58476d1ce4e5b9
	z ^= z >> 27
	z *= 0x94d049bb133111eb
	return z ^ z>>31
}

func streamOf(seed, k uint64) *splitmix { return &splitmix{scramble(seed + k*0xd1342543de82ef95)} }

func (r *splitmix) draw() uint64 {
	r.s += 0x9e3779b97f4a7c15
	return scramble(r.s)
}

type target struct{ neuron, weight int }

// reference is a network; a neuron fires when its potential is at least fires.
type reference struct {
	bias, v, fires []int
	out            [][]target
}

type outcome struct {
	spikes, events int64
	hash           uint64
}

func (r *reference) run(ticks int) outcome {
	o := outcome{hash: 0xcbf29ce484222325}
	input := make([]int, len(r.v))
	for t := 1; t <= ticks; t++ {
		next := make([]int, len(r.v))
		for i := range r.v {
			r.v[i] += r.bias[i] + input[i]
			if r.v[i] < r.fires[i] {
				continue
			}
			r.v[i] = 0
			o.spikes++
			o.hash = (o.hash ^ uint64(t)) * 0x100000001b3
			o.hash = (o.hash ^ uint64(i)) * 0x100000001b3
			for _, s := range r.out[i] {
				next[s.neuron] += s.weight
				o.events++
			}
		}
		input = next
	}
	return o
}

func (r *reference) neuron(bias, v, fires int) {
	r.bias, r.v, r.fires = append(r.bias, bias), append(r.v, v), append(r.fires, fires)
}

// several draws n targets below size, each once and none of them not.
func several(s *splitmix, n, size, base, not int) []target {
	var out []target
	used := map[int]bool{not: true}
	for len(out) < n {
		r := s.draw()
		to := int(r>>32) % size
		if used[to] {
			continue
		}
		used[to] = true
		w := int(r%16) - 8
		if w >= 0 {
			w++
		}
		out = append(out, target{base + to, w})
	}
	return out
}

func referenceRand(n int, seed uint64) *reference {
	r := &reference{}
	for i := range n {
		s := streamOf(seed, uint64(i))
		bias := 10 + int(s.draw()%21)
		r.neuron(bias, int(s.draw()%1000), 1001)
		r.out = append(r.out, several(s, 100, n, 0, i))
	}
	return r
}

func shuffled(n int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	s := streamOf(seed, 1<<32)
	for i := n - 1; i > 0; i-- {
		j := s.draw() % uint64(i+1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

func referenceTnr(cores int, seed uint64) *reference {
	r := &reference{}
	for i, axon := range shuffled(cores*256, seed) {
		s := streamOf(seed, uint64(i))
		bias := 10 + int(s.draw()%21)
		r.neuron(bias, int(s.draw()%1000), 1001)
		r.out = append(r.out, several(streamOf(seed, 1<<33+uint64(axon)), 128, 256, axon/256*256, -1))
	}
	return r
}

func referenceMLP(seed uint64) *reference {
	r := &reference{}
	for i := range 784 {
		x := streamOf(seed, uint64(i)).draw()
		bias := 0
		if (x>>32)%100 < 25 {
			bias = 1 + int(x%32)
		}
		r.neuron(bias, 0, 256)
	}
	for range 512 + 10 {
		r.neuron(0, 0, 1501)
	}
	for i := range 784 + 512 {
		s := streamOf(seed, 1<<34+uint64(i))
		base, n := 784, 512
		if i >= 784 {
			base, n = 784+512, 10
		}
		var out []target
		for j := range n {
			out = append(out, target{base + j, int(s.draw()>>40%64) - 28})
		}
		r.out = append(r.out, out)
	}
	r.out = append(r.out, make([][]target, 10)...)
	return r
}

func referenceTrueNorth(cores int, seed uint64, leak int) *reference {
	r := &reference{}
	var a, b []int
	n := cores * 256
	for i := range n {
		s := streamOf(seed, uint64(i))
		r.neuron(leak, int(s.draw()%800), 800)
		a, b = append(a, 1+int(s.draw()%3)), append(b, 1+int(s.draw()%3))
	}
	for _, axon := range shuffled(n, seed) {
		s := streamOf(seed, 1<<33+uint64(axon))
		kind := s.draw() % 4
		var words [4]uint64
		for k := range words {
			words[k] = s.draw()
		}
		var out []target
		for j := range 256 {
			if words[j/64]>>(j%64)&1 == 0 {
				continue
			}
			to := axon/256*256 + j
			w := [4]int{a[to], -a[to], b[to], -b[to]}[kind]
			out = append(out, target{to, w})
		}
		r.out = append(r.out, out)
	}
	return r
}
