package partition

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
)

// Problem is what is to be put into cores. A Problem is only read.
type Problem struct {
	// Vertex v reads the nets In[Off[v]:Off[v+1]], which ascend strictly.
	Off []int64
	In  []int32
	// Synapses is how many synapses each element of In stands for, at least 1;
	// nil is one each. It matters to Words only.
	Synapses []uint16
	// Home is the vertex that is the source of each net, or -1 if its spikes
	// come from outside. Its length is the number of nets.
	Home []int32
	// Weight is the number of spikes of each net, at least 0; nil is one each.
	Weight []int64
	// Class is the class of each vertex: only vertices of one class may share
	// a core. Nil is one class for all.
	Class []int32
	// Out is how much each vertex takes of FanOut, at least 0; nil is nothing.
	Out []int32
	// Slots is how many of a core's Neurons each vertex takes, at least 0; nil
	// is one each.
	Slots []int32
	// Neurons and Axons are the limits of a core: slots, and distinct nets
	// that are read in it.
	Neurons, Axons int
	// Words limits the sum over the nets of a core of the words that hold their
	// synapses there, of WordSynapses synapses each; 0 is no limit.
	Words, WordSynapses int
	// FanOut limits the sum of Out over a core; 0 is no limit.
	FanOut int
	// Spread says that a net takes one more of the FanOut of its home's core for each
	// core that reads it, but for the first. Partition sees to that only where there are
	// up to Few vertices, and not at the lowest effort.
	Spread bool
}

// A TooLargeError says that a vertex exceeds a limit even in a core of its own.
type TooLargeError struct {
	Vertex    int
	What      string // "neurons", "axons", "words" or "fan-out"
	Has, Want int64  // what the vertex takes, and the limit
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("vertex %d takes %d %s, and a core has %d", e.Vertex, e.Has, e.What, e.Want)
}

func (p *Problem) vertices() int { return max(len(p.Off)-1, 0) }
func (p *Problem) nets() int     { return len(p.Home) }

func (p *Problem) class(v int) int32 { return valueOr(p.Class, v, 0) }

// SlotsOf returns how many of a core's Neurons vertex v takes.
func (p *Problem) SlotsOf(v int) int32 { return valueOr(p.Slots, v, 1) }

// OutOf returns how much vertex v takes of FanOut.
func (p *Problem) OutOf(v int) int32 { return valueOr(p.Out, v, 0) }

// WeightOf returns the number of spikes of a net.
func (p *Problem) WeightOf(net int32) int64 {
	if p.Weight == nil {
		return 1
	}
	return p.Weight[net]
}

// SynapsesOf returns how many synapses an element of In stands for.
func (p *Problem) SynapsesOf(pin int64) int32 {
	if p.Synapses == nil {
		return 1
	}
	return int32(p.Synapses[pin])
}

// WordsFor returns how many of a core's Words hold n synapses of one net; 0 where
// words have no limit.
func (p *Problem) WordsFor(n int32) int32 {
	if p.Words == 0 {
		return 0
	}
	return wordsFor(n, int32(p.WordSynapses))
}

func valueOr(values []int32, i int, otherwise int32) int32 {
	if values == nil {
		return otherwise
	}
	return values[i]
}

// wordsFor returns how many words of wordSynapses hold n synapses.
func wordsFor(n, wordSynapses int32) int32 { return (n + wordSynapses - 1) / wordSynapses }

// check returns what is wrong with p.
func (p *Problem) check() error {
	n := p.vertices()
	switch {
	case n >= mostTied || p.nets() >= mostTied:
		return errors.New("partition: more than 2^30 vertices or nets")
	case n > 0 && (p.Off[0] != 0 || p.Off[n] != int64(len(p.In))):
		return errors.New("partition: Off does not span In")
	case p.Neurons < 1 || p.Axons < 0 || p.Words < 0 || p.FanOut < 0 || p.Words > 0 && p.WordSynapses < 1:
		return errors.New("partition: a limit is negative or missing")
	case max(p.Neurons, p.Axons, p.Words, p.WordSynapses, p.FanOut) > math.MaxInt32/4:
		return errors.New("partition: a limit is above 2^29")
	}
	for _, l := range []struct {
		name      string
		have, row int
	}{
		{"Synapses", len(p.Synapses), len(p.In)},
		{"Weight", len(p.Weight), p.nets()},
		{"Class", len(p.Class), n},
		{"Out", len(p.Out), n},
		{"Slots", len(p.Slots), n},
	} {
		if l.have != 0 && l.have != l.row {
			return fmt.Errorf("partition: %s has %d values, want %d or none", l.name, l.have, l.row)
		}
	}
	var total int64
	for net, home := range p.Home {
		w := p.WeightOf(int32(net))
		if home < -1 || int(home) >= n || w < 0 || w > math.MaxInt64/4/int64(n+1)-total {
			return fmt.Errorf("partition: net %d has home %d and weight %d", net, home, w)
		}
		total += w
	}
	for v := range n {
		if err := p.checkVertex(v); err != nil {
			return err
		}
	}
	return nil
}

func (p *Problem) checkVertex(v int) error {
	lo, hi := p.Off[v], p.Off[v+1]
	if lo > hi || hi > int64(len(p.In)) {
		return fmt.Errorf("partition: Off falls at vertex %d", v)
	}
	last := int32(-1)
	for _, net := range p.In[lo:hi] {
		if net <= last || int(net) >= p.nets() {
			return fmt.Errorf("partition: the nets of vertex %d do not ascend below %d", v, p.nets())
		}
		last = net
	}
	if p.SlotsOf(v) < 0 || p.OutOf(v) < 0 {
		return fmt.Errorf("partition: vertex %d takes less than nothing", v)
	}
	too := func(what string, has int64, limit int) error {
		if has <= int64(limit) {
			return nil
		}
		return &TooLargeError{Vertex: v, What: what, Has: has, Want: int64(limit)}
	}
	err := errors.Join(too("neurons", int64(p.SlotsOf(v)), p.Neurons), too("axons", hi-lo, p.Axons))
	if p.FanOut > 0 {
		err = errors.Join(err, too("fan-out", int64(p.OutOf(v)), p.FanOut))
	}
	if p.Words > 0 {
		var words int64
		for pin := lo; pin < hi; pin++ {
			words += int64(p.WordsFor(p.SynapsesOf(pin)))
		}
		err = errors.Join(err, too("words", words, p.Words))
	}
	return err
}

// Evaluate returns the partition that core is, counted anew: cores numbered by
// their first vertex, and the connectivity. It does not look at limits.
func (p *Problem) Evaluate(core []int32) *Result {
	if len(p.In) < manyPins {
		return p.evaluate(core, 1)
	}
	return p.evaluate(core, runtime.GOMAXPROCS(0))
}

// Problems of fewer pins than manyPins are evaluated by one goroutine.
const manyPins = 1 << 22

func (p *Problem) evaluate(core []int32, workers int) *Result {
	r := &Result{Core: make([]int32, len(core))}
	number := make([]int32, 0, 64)
	for v, c := range core {
		for int(c) >= len(number) {
			number = append(number, -1)
		}
		if number[c] < 0 {
			number[c] = int32(r.Cores)
			r.Cores++
		}
		r.Core[v] = number[c]
	}
	off, members := groupByKey(r.Core, r.Cores)
	part := make([]int64, workers)
	seen := make([][]int32, workers) // the last core of the part that was found to read the net, plus one
	shares(r.Cores, workers, func(k, from, to int) {
		seen[k] = make([]int32, p.nets())
		for c := int32(from); c < int32(to); c++ {
			for _, v := range members[off[c]:off[c+1]] {
				part[k] += p.read(seen[k], c, p.In[p.Off[v]:p.Off[v+1]], r.Core)
			}
		}
	})
	for _, n := range part {
		r.Connectivity += n
	}
	// A net without a source in the problem is sent to its first core for nothing.
	for net, home := range p.Home {
		if home < 0 && slices.ContainsFunc(seen, func(s []int32) bool { return s[net] != 0 }) {
			r.Connectivity -= p.WeightOf(int32(net))
		}
	}
	return r
}

// read returns the weight of the nets that core c is found to read, where it is not
// their source.
func (p *Problem) read(seen []int32, c int32, nets, core []int32) (weight int64) {
	for _, net := range nets {
		if seen[net] == c+1 {
			continue
		}
		seen[net] = c + 1
		if home := p.Home[net]; home < 0 || core[home] != c {
			weight += p.WeightOf(net)
		}
	}
	return weight
}

// groupByKey lists the indices of keys by key: those of key k are
// members[off[k]:off[k+1]], ascending.
func groupByKey(keys []int32, count int) (off, members []int32) {
	off = make([]int32, count+1)
	for _, k := range keys {
		off[k+1]++
	}
	for k := range count {
		off[k+1] += off[k]
	}
	members = make([]int32, len(keys))
	next := append([]int32(nil), off[:count]...)
	for i, k := range keys {
		members[next[k]] = int32(i)
		next[k]++
	}
	return off, members
}
