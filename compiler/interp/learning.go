package interp

import (
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// newBroadcasts adds up what the broadcast inputs say, by the tick in which the
// cores see it.
func newBroadcasts(g *ir.Graph, stim Stimulus) map[int]int64 {
	out := map[int]int64{}
	for _, in := range stim.Before {
		ref, local := inputOf(g, int(in))
		if values := g.Net.Inputs[ref.Index].Broadcast; values != nil {
			out[1] += int64(values[local])
		}
	}
	for t, list := range stim.Spikes {
		for _, in := range list {
			ref, local := inputOf(g, int(in))
			if values := g.Net.Inputs[ref.Index].Broadcast; values != nil {
				out[t+2] += int64(values[local]) // tick t+1 sends
			}
		}
	}
	return out
}

// learner is the state of what learns: a weight and a trace of arrivals for each
// synapse, traces and flags for each neuron.
type learner struct {
	m *integers
	// weights, x and active are by projection, then synapse; nil where nothing
	// learns.
	weights, x [][]int32
	active     [][]bool
	// in lists the plastic synapses that end at each neuron.
	in [][]synapse
	// y and reward are the neurons' traces, ca, leaks and flag their calcium, the
	// ticks since it fell, and which way weights go.
	y, reward, ca, leaks, flag []int32
	// fired and before are the neurons that fired in this tick and in the one
	// before.
	fired, before []bool
}

func newLearner(m *integers) *learner {
	q := m.q
	n := q.Neurons()
	l := &learner{
		m: m, weights: make([][]int32, len(q.Projections)), x: make([][]int32, len(q.Projections)), active: make([][]bool, len(q.Projections)),
		in: make([][]synapse, n), y: make([]int32, n), reward: make([]int32, n), ca: make([]int32, n), leaks: make([]int32, n), flag: make([]int32, n),
		fired: make([]bool, n), before: make([]bool, n),
	}
	for k := range q.Projections {
		if !q.Plastic(k) {
			continue
		}
		pr := &q.Projections[k]
		l.weights[k], l.x[k], l.active[k] = make([]int32, len(pr.Post)), make([]int32, len(pr.Post)), make([]bool, len(pr.Post))
		for s, w := range q.Weights[k] {
			l.weights[k][s] = int32(w)
			post := q.Populations[pr.To].First + int(pr.Post[s])
			l.in[post] = append(l.in[post], synapse{k, s})
		}
	}
	return l
}

// at returns the neuron that a synapse ends at, and its rule.
func (l *learner) at(s synapse) (neuron int, rule *ir.Learning) {
	pr := &l.m.q.Projections[s.proj]
	return l.m.q.Populations[pr.To].First + int(pr.Post[s.index]), l.m.q.Pops[pr.To].Learn
}

// arrive is a spike that arrives over a plastic synapse: what it adds.
func (l *learner) arrive(a arrival) int64 {
	s := a.synapse
	if l.weights[s.proj] == nil {
		return l.m.stochastic(s)
	}
	n, rule := l.at(s)
	w := &l.weights[s.proj][s.index]
	l.active[s.proj][s.index] = true
	if rule.Rule == network.SDSP {
		old := *w
		step := int32(rule.Consts["step"])
		l.set(w, rule, int64(*w)+int64(step*l.flag[n]))
		return scaled(int64(old), l.exp(s)) * a.payload
	}
	change := l.m.sat(fixed.MulShift(l.y[n], int32(rule.Consts["a_minus"]), rule.Consts["mshift"], fixed.Nearest))
	l.set(w, rule, int64(*w)-int64(l.rewarded(n, rule, change)))
	return scaled(int64(*w), l.exp(s)) * a.payload
}

func (l *learner) exp(s synapse) int8 { return l.m.q.Classes[l.m.q.ClassOf[s.proj]].Exp }

// rewarded multiplies a change with the neuron's third factor, where the rule
// has one.
func (l *learner) rewarded(n int, rule *ir.Learning, change int32) int32 {
	if rule.Rule != network.RSTDP {
		return change
	}
	return l.m.sat(fixed.MulShift(change, l.reward[n], rule.Consts["rshift"], fixed.Nearest))
}

// set writes a weight within its bounds. The sum is a word first.
func (l *learner) set(w *int32, rule *ir.Learning, x int64) {
	*w = int32(min(max(int64(l.m.sat(x)), int64(rule.Consts["w_min"])), int64(rule.Consts["w_max"])))
}

// updateAndLearn is update, followed by the neuron's part of its rule.
func (m *integers) updateAndLearn(l *learner) func(n int, in int64) bool {
	return func(n int, in int64) bool {
		fires := m.update(n, in)
		if rule := m.q.Pops[m.pop[n]].Learn; rule != nil {
			l.fired[n] = fires
			if rule.Rule == network.SDSP {
				l.calcium(n, rule, fires)
			} else {
				l.trace(n, rule)
			}
		}
		return fires
	}
}

// trace decays y, adds the spike of the tick before, and follows the reward.
func (l *learner) trace(n int, rule *ir.Learning) {
	l.y[n] = l.m.sat(fixed.MulShift(l.y[n], int32(rule.Consts["decay_minus"]), 12, fixed.TowardZero))
	if l.before[n] {
		l.y[n] = l.m.sat(int64(l.y[n]) + int64(rule.Consts["one"]))
	}
	if rule.Rule != network.RSTDP {
		return
	}
	l.reward[n] = l.m.sat(fixed.MulShift(l.reward[n], int32(rule.Consts["decay_reward"]), 12, fixed.TowardZero))
	m := l.m.sat(l.m.broadcast[l.m.tick])
	l.reward[n] = l.m.sat(int64(l.reward[n]) + int64(l.m.sat(fixed.Shl(m, rule.Consts["mbits"]))))
}

// calcium is what SDSP keeps of a neuron.
func (l *learner) calcium(n int, rule *ir.Learning, fires bool) {
	c := func(name string) int32 { return int32(rule.Consts[name]) }
	if fires && l.ca[n] < 7 {
		l.ca[n]++
	}
	if l.leaks[n]++; l.leaks[n] >= c("ca_leak") {
		l.leaks[n] = 0
		l.ca[n] = max(l.ca[n]-1, 0)
	}
	k := l.m.pop[n]
	above := l.m.v[n] >= ir.At(l.m.q.Pops[k].Params["theta_mem"], n-l.m.q.Populations[k].First)
	l.flag[n] = 0
	switch ca := l.ca[n]; {
	case above && ca >= c("theta_1") && ca < c("theta_3"):
		l.flag[n] = 1
	case !above && ca >= c("theta_1") && ca < c("theta_2"):
		l.flag[n] = -1
	}
}

// learn ends a tick: the traces of arrivals, then potentiation by the neurons
// that fired in the tick before.
func (l *learner) learn(int) {
	for k := range l.x {
		rule := l.m.q.Pops[l.m.q.Projections[k].To].Learn
		for s := range l.x[k] {
			if rule.Rule == network.SDSP {
				continue
			}
			x := int64(l.x[k][s])
			if l.active[k][s] {
				x += int64(rule.Consts["one"])
			}
			word, _ := fixed.Sat(x, l.m.q.StateBits)
			l.x[k][s] = int32(fixed.MulShift(word, int32(rule.Consts["decay_plus"]), 12, fixed.TowardZero))
		}
		clear(l.active[k])
	}
	for n, list := range l.in {
		rule := l.m.q.Pops[l.m.pop[n]].Learn
		if !l.before[n] || rule.Rule == network.SDSP {
			continue
		}
		for _, s := range list {
			change := l.m.sat(fixed.MulShift(l.x[s.proj][s.index], int32(rule.Consts["a_plus"]), rule.Consts["pshift"], fixed.Nearest))
			w := &l.weights[s.proj][s.index]
			l.set(w, rule, int64(*w)+int64(l.rewarded(n, rule, change)))
		}
	}
	copy(l.before, l.fired)
}
