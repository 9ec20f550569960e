package mapping

import (
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/internal/diag"
)

// given is the partition that Options.Cores asks for, where it keeps every limit.
func (p *mapper) given(c *cells, problem *partition.Problem) (*partition.Result, error) {
	at := diag.Pos{File: p.q.Net.File}
	if len(p.opt.Cores) != p.q.Neurons() {
		return nil, diag.One(at, diag.OutOfRange, "cores are given for %d neurons, want one for each of %d", len(p.opt.Cores), p.q.Neurons())
	}
	core := make([]int32, len(c.list))
	for k, x := range c.list {
		if x.neuron < 0 {
			return nil, diag.One(at, diag.Unsupported, "the network needs relays, whose cores are not given: delays longer than the target's take them")
		}
		core[k] = p.opt.Cores[x.neuron]
		if have := p.arch.Cores(); core[k] < 0 || int(core[k]) >= have {
			return nil, diag.One(at, diag.OutOfRange, "neuron %d is given core %d, want 0 to %d", x.neuron, core[k], have-1)
		}
	}
	r := problem.Evaluate(core)
	members := make([][]int32, r.Cores)
	for v, k := range r.Core {
		members[k] = append(members[k], int32(v))
	}
	load := coreLoad{Problem: problem, synapses: make([]int32, len(c.nets))}
	for _, list := range members {
		name := p.opt.Cores[c.list[list[0]].neuron]
		for _, v := range list {
			if problem.Class[v] != problem.Class[list[0]] {
				return nil, diag.One(at, diag.DoesNotFit, "core %d, as given, has neurons of two programs, %d and %d", name, c.list[list[0]].neuron, c.list[v].neuron)
			}
		}
		for _, u := range load.of(list) {
			if u.limit > 0 && u.takes > u.limit {
				return nil, diag.One(at, diag.DoesNotFit, "core %d, as given, takes %d %s, %d more than a core's %d", name, u.takes, u.what, u.takes-u.limit, u.limit)
			}
		}
	}
	return r, nil
}

// coreLoad adds up what the vertices of one core after the other take.
type coreLoad struct {
	*partition.Problem
	synapses []int32 // by net, of the core at hand
	nets     []int32
}

// use is how much of a limit is taken; a limit of 0 is none.
type use struct {
	what         string
	takes, limit int
}

// of returns what a core with these vertices takes.
func (l *coreLoad) of(vertices []int32) []use {
	slots, words, out := 0, 0, 0
	l.nets = l.nets[:0]
	for _, v := range vertices {
		slots += int(l.SlotsOf(int(v)))
		out += int(l.OutOf(int(v)))
		for pin := l.Off[v]; pin < l.Off[v+1]; pin++ {
			net := l.In[pin]
			if l.synapses[net] == 0 {
				l.nets = append(l.nets, net)
			}
			l.synapses[net] += l.SynapsesOf(pin)
		}
	}
	for _, net := range l.nets {
		words += int(l.WordsFor(l.synapses[net]))
		l.synapses[net] = 0
	}
	return []use{
		{"neurons", slots, l.Neurons},
		{"axons", len(l.nets), l.Axons},
		{"words of synapses", words, l.Words},
		{"destinations", out, l.FanOut},
	}
}
