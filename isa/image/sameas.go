package image

import (
	"errors"
	"fmt"
)

// Not every neuron needs a slot: one that does what another does is told of by
// the other's, and one that matters to nobody may be missing.

// StandIn returns the neuron whose own slot is told of as a neuron's: itself,
// another, or NoNeuron where there is none.
func (im *Image) StandIn(neuron int32) int32 {
	if im.SameAs == nil {
		return neuron
	}
	return im.SameAs[neuron]
}

// WithoutSlot counts the neurons that have no slot of their own: doubles, for
// which others stand, and those that are removed.
func (im *Image) WithoutSlot() (doubles, removed int) {
	for n, s := range im.SameAs {
		switch {
		case s == NoNeuron:
			removed++
		case int(s) != n:
			doubles++
		}
	}
	return doubles, removed
}

// verifySameAs checks that who stands for another can.
func (im *Image) verifySameAs() error {
	if im.SameAs == nil {
		return nil
	}
	n := im.Neurons()
	if len(im.SameAs) != n {
		return fmt.Errorf("what stands for %d neurons, and there are %d", len(im.SameAs), n)
	}
	all := true
	for k, s := range im.SameAs {
		switch {
		case int(s) == k:
			continue
		case s == NoNeuron:
		case s < 0 || int(s) > k || im.SameAs[s] != s:
			return fmt.Errorf("neuron %d is the same as %d, which cannot stand for it", k, s)
		case im.PopulationOf(s) != im.PopulationOf(int32(k)):
			return fmt.Errorf("neuron %d is the same as %d, which is of another population", k, s)
		}
		all = false
	}
	if all {
		return errors.New("a list of what stands for neurons, and each has a slot of its own")
	}
	return nil
}

// sameRun is a run of neurons without slots: n of them from first on, for which
// the neuron stand stands, or with step those from it on; NoNeuron for none.
type sameRun struct {
	first, stand int64
	n            int
	step         bool
}

// of returns what stands for neuron k of the run.
func (r *sameRun) of(k int) int32 {
	if r.step {
		return int32(r.stand) + int32(k)
	}
	return int32(r.stand)
}

// sameAs writes the neurons without slots of their own.
func (t *textWriter) sameAs(im *Image) {
	for k := 0; k < len(im.SameAs); {
		s := im.SameAs[k]
		if int(s) == k {
			k++
			continue
		}
		run := sameRun{first: int64(k), stand: int64(s)}
		run.step = s != NoNeuron && k+1 < len(im.SameAs) && im.SameAs[k+1] == s+1
		run.n = t.run(minRun, len(im.SameAs)-k, 1, func(n int) bool {
			return im.SameAs[k+n] == run.of(n) && int(im.SameAs[k+n]) != k+n
		})
		directive := ".same "
		if s == NoNeuron {
			directive = ".removed "
		}
		t.text(directive)
		t.span(run.first, run.n)
		if s != NoNeuron {
			t.text(" ")
			if !run.step {
				t.span(run.stand, 1)
			} else {
				t.span(run.stand, run.n)
			}
		}
		t.text("\n")
		k += run.n
	}
}

// removed and same read the lines of sameAs.
func (p *textParser) removed(rest string) error {
	run := sameRun{stand: NoNeuron}
	var err error
	if run.first, run.n, err = span(rest, 0, maxNeurons); err != nil {
		return fmt.Errorf(".removed: %w", err)
	}
	return p.keepRun(".removed", run)
}

func (p *textParser) same(rest string) error {
	neurons, stands := cutWord(rest)
	var run sameRun
	var err error
	if run.first, run.n, err = span(neurons, 0, maxNeurons); err != nil {
		return fmt.Errorf(".same: want NEURON STAND-IN: %w", err)
	}
	var many int
	if run.stand, many, err = span(stands, 0, maxNeurons); err != nil {
		return fmt.Errorf(".same: want NEURON STAND-IN: %w", err)
	}
	if run.step = many > 1; run.step && many != run.n {
		return fmt.Errorf(".same: %d neurons, and %d that stand for them", run.n, many)
	}
	return p.keepRun(".same", run)
}

// keepRun keeps a run until all neurons are known: runs are in order.
func (p *textParser) keepRun(directive string, run sameRun) error {
	if p.version < versions[1] {
		return fmt.Errorf("%s: want .image %s", directive, magic(versions[1]))
	}
	if p.core != nil || p.inputs {
		return fmt.Errorf("%s stands behind the first .core", directive)
	}
	if n := len(p.runs); n > 0 && run.first < p.runs[n-1].first+int64(p.runs[n-1].n) {
		return fmt.Errorf("%s: neurons stand in order", directive)
	}
	if run.n > 1 {
		if err := p.spend(run.n); err != nil {
			return err
		}
	}
	p.runs = append(p.runs, run)
	return nil
}

// closeSameAs makes the list of what stands for each neuron of the runs. It is no
// longer than the text, with its repeats, has neurons with slots and without.
func (p *textParser) closeSameAs() error {
	if len(p.runs) == 0 {
		return nil
	}
	neurons := p.im.Neurons()
	told := 0
	for k := range p.im.Cores {
		told += len(p.im.Cores[k].Neurons)
	}
	for _, r := range p.runs {
		told += r.n
	}
	last := p.runs[len(p.runs)-1]
	if neurons > told || last.first+int64(last.n) > int64(neurons) {
		return fmt.Errorf("%d neurons with slots or without, and the populations have %d", told, neurons)
	}
	p.im.SameAs = make([]int32, neurons)
	for n := range p.im.SameAs {
		p.im.SameAs[n] = int32(n)
	}
	for _, r := range p.runs {
		for k := range r.n {
			p.im.SameAs[int(r.first)+k] = r.of(k)
		}
	}
	return nil
}
