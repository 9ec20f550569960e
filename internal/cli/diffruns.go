package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

// cause is what two runs had of the first neuron that only one of them let fire.
// Words are the chips' own.
type cause struct {
	Neuron neuronName `json:"neuron"`
	// StateParted and InputParted are the first ticks in which its state words and its
	// sums of inputs differed; 0 is never. Sums are not known of chips without ticks.
	StateParted int `json:"state_parted"`
	InputParted int `json:"input_parted"`
	// Input is its sum of inputs in the tick in which it parted; nil is not known.
	Input *[2]int64 `json:"input,omitempty"`
	// State are its words before and after the tick in which it parted.
	State []stateWord `json:"state"`
	// Synapses gave it something else in tick InputParted.
	Synapses []feedDiff `json:"synapses"`
	// Params are its parameters that differ, and its initial state words that do.
	Params []wordDiff `json:"params"`
	// Relays is how many of its axons a relay sends to, which are not followed.
	Relays int `json:"relays"`
}

// stateWord is a word before and after a tick, in both runs.
type stateWord struct {
	Name string `json:"name"`
	// A and B are each run's, before and after.
	A [2]int32 `json:"a"`
	B [2]int32 `json:"b"`
}

// wordDiff is a word that both runs have, and that differs.
type wordDiff struct {
	Name  string   `json:"name"`
	Words [2]int32 `json:"words"`
}

func (d wordDiff) String() string { return fmt.Sprintf("%s %d and %d", d.Name, d.Words[0], d.Words[1]) }

// feedDiff is a spike that gave different words, or 0 where it gave nothing.
type feedDiff struct {
	Source neuronName `json:"source"`
	Delay  int        `json:"delay"`
	Words  [2]int64   `json:"words"`
}

func (d feedDiff) String() string {
	return fmt.Sprintf("%s, delay %d: %d and %d", d.Source, d.Delay, d.Words[0], d.Words[1])
}

// twoRuns are two images with the same inputs and populations, and one input.
type twoRuns struct {
	chips [2]*emulator.Chip
	train *stimulus.Train
	// fired[t] is who fired in tick t, the same in both runs; there is none at 0.
	fired [][]int32
}

// diffRuns runs two images, or networks that are compiled first, until they part.
func diffRuns(ctx context.Context, in io.Reader, o diffOptions, opt choices) (*parting, error) {
	r := &twoRuns{fired: [][]int32{nil}}
	var images [2]*image.Image
	for k, file := range o.files {
		l, err := load(ctx, file, o.target, "", opt)
		if err != nil {
			return nil, err
		}
		images[k] = l.image
		if r.chips[k], err = emulator.NewBrokenChip(l.image, l.target, nil, emulator.Functional); err != nil {
			return nil, err
		}
	}
	if err := sameSymbols(o.files, images); err != nil {
		return nil, err
	}
	var err error
	if r.train, _, err = o.spikes(in, images[0]); err != nil {
		return nil, err
	}
	ticks := cmp.Or(o.ticks, max(ticksFor(images[0], r.train), ticksFor(images[1], r.train)))
	groups := groupsOf(images[0].Manifest.Populations)
	p := &parting{Equal: true, OnlyA: []neuronName{}, OnlyB: []neuronName{}}
	m := r.start()
	for t := 1; t <= ticks && p.Equal; t++ {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("compare runs: %w", err)
		}
		fired := r.tick(m, t)
		p.Ticks = t
		p.tick(t, fired, groups)
		r.fired = append(r.fired, slices.Clone(fired[0]))
		if !p.Equal {
			p.Differing = 0 // the rest is not run
			p.Cause = r.cause(t, firstOf(fired), groups)
		}
	}
	return p, nil
}

// sameSymbols requires that two images have the same inputs and populations.
func sameSymbols(files [2]string, images [2]*image.Image) error {
	same := func(a, b image.Symbol) bool { return a.Name == b.Name && a.N == b.N }
	a, b := &images[0].Manifest, &images[1].Manifest
	for _, s := range []struct {
		what string
		a, b []image.Symbol
	}{{"inputs", a.Inputs, b.Inputs}, {"populations", a.Populations, b.Populations}} {
		if !slices.EqualFunc(s.a, s.b, same) {
			return diag.One(diag.Pos{File: files[1]}, diag.ShapeMismatch, "has the %s %s, and %s has %s: only runs of the same can be compared", s.what, symbolsText(s.b), files[0], symbolsText(s.a))
		}
	}
	return nil
}

func symbolsText(symbols []image.Symbol) string {
	var list []neuronName
	for _, s := range symbols {
		list = append(list, neuronName{s.Name, s.N})
	}
	return listed(list, " ")
}

// firstOf returns the first neuron that only one of two lists has.
func firstOf(fired [2][]int32) int32 {
	a, b := fired[0], fired[1]
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a) == 0:
		return b[0]
	case len(b) == 0:
		return a[0]
	}
	return min(a[0], b[0])
}

// start returns both machines before the first tick.
func (r *twoRuns) start() (m [2]*emulator.Machine) {
	for k, chip := range r.chips {
		m[k] = emulator.New(chip)
		m[k].Preload(r.train.Before)
	}
	return m
}

// tick runs a tick of both.
func (r *twoRuns) tick(m [2]*emulator.Machine, t int) (fired [2][]int32) {
	for k := range m {
		fired[k] = m[k].Tick(r.train.At(t))
	}
	return fired
}

// cause runs both again up to the tick in which a neuron parted, and looks at it.
func (r *twoRuns) cause(last int, neuron int32, groups []stimulus.Group) *cause {
	c := &cause{Neuron: nameOf(groups, neuron), State: []stateWord{}, Synapses: []feedDiff{}, Params: []wordDiff{}}
	var slots [2]ownSlot
	var feeds [2][]trace.Feed
	events := false
	for k, chip := range r.chips {
		im := chip.Image()
		slots[k] = findSlot(im, neuron)
		events = events || im.Manifest.Arch.Controller.EventDriven()
		if slots[k].core != nil {
			feeds[k] = trace.FanIn(im, slots[k].number, slots[k].slot)
		}
	}
	if events {
		feeds = [2][]trace.Feed{} // a spike is there in the middle of a tick
	} else {
		c.Input = &[2]int64{}
	}
	for _, f := range feeds[0] {
		if f.Source < 0 {
			c.Relays++
		}
	}
	c.Params = differing(slots[0].params(), slots[1].params())
	words := slots[0].states(&slots[1])
	m := r.start()
	read := func() (out [][2]int32) {
		for _, w := range words {
			out = append(out, [2]int32{m[0].State(int(neuron), w.at[0]), m[1].State(int(neuron), w.at[1])})
		}
		return out
	}
	after := read()
	for t := 1; t <= last; t++ {
		before := after
		given := [2]map[feedKey]int64{r.given(0, m[0], feeds[0], t), r.given(1, m[1], feeds[1], t)}
		r.tick(m, t)
		after = read()
		if c.InputParted == 0 && !maps.Equal(given[0], given[1]) {
			c.InputParted, c.Synapses = t, r.different(given, groups)
		}
		if c.StateParted == 0 && slices.ContainsFunc(after, func(w [2]int32) bool { return w[0] != w[1] }) {
			c.StateParted = t
		}
		if t < last {
			continue
		}
		if c.Input != nil {
			c.Input[0], c.Input[1] = sum(given[0]), sum(given[1])
		}
		for k, w := range words {
			c.State = append(c.State, stateWord{Name: w.name, A: [2]int32{before[k][0], after[k][0]}, B: [2]int32{before[k][1], after[k][1]}})
		}
	}
	return c
}

func sum(given map[feedKey]int64) (sum int64) {
	for _, w := range given {
		sum += w
	}
	return sum
}

// feedKey is a source of spikes, inputs first, and how many ticks they take.
type feedKey struct{ source, delay int }

// given returns what a run gives a neuron in a tick, by source and delay, where that
// is not zero: with the weights as they are before the tick.
func (r *twoRuns) given(run int, m *emulator.Machine, feeds []trace.Feed, t int) map[feedKey]int64 {
	out := map[feedKey]int64{}
	im := r.chips[run].Image()
	for _, f := range feeds {
		at, id := t-f.Delay, f.Source
		if at < 0 || id < 0 || at >= len(r.fired) {
			continue
		}
		list := r.fired[at]
		if id < im.Inputs() {
			list = r.train.At(at)
		} else {
			id -= im.Inputs()
		}
		if _, spiked := slices.BinarySearch(list, int32(id)); spiked {
			marks := im.Cores[f.Core].Rows.Marks(f.Axon)
			out[feedKey{f.Source, f.Delay}] += int64(marks.Scaled(m.Weight(f.Core, f.Axon, f.Synapse)))
		}
	}
	maps.DeleteFunc(out, func(_ feedKey, w int64) bool { return w == 0 })
	return out
}

// different lists what is not given alike.
func (r *twoRuns) different(given [2]map[feedKey]int64, groups []stimulus.Group) []feedDiff {
	im := r.chips[0].Image()
	keys := maps.Clone(given[0])
	maps.Copy(keys, given[1])
	out := []feedDiff{}
	order := func(a, b feedKey) int { return cmp.Or(a.source-b.source, a.delay-b.delay) }
	for _, k := range slices.SortedFunc(maps.Keys(keys), order) {
		words := [2]int64{given[0][k], given[1][k]}
		if words[0] == words[1] {
			continue
		}
		var source neuronName
		if k.source < im.Inputs() {
			source = nameOf(groupsOf(im.Manifest.Inputs), int32(k.source))
		} else {
			source = nameOf(groups, int32(k.source-im.Inputs()))
		}
		out = append(out, feedDiff{source, k.delay, words})
	}
	return out
}

// ownSlot is where a neuron is in an image; core is nil where it is nowhere.
type ownSlot struct {
	core         *image.Core
	program      *isa.Program
	number, slot int
	words        int
}

// findSlot finds the slot of a neuron, or of the one that stands for it.
func findSlot(im *image.Image, neuron int32) ownSlot {
	stand := im.StandIn(neuron)
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, n := range c.Neurons {
			if n == stand && n != image.NoNeuron && (c.Copies == nil || !c.Copies[slot]) {
				return ownSlot{c, &im.Programs[c.Program], k, slot, im.StateWords(c)}
			}
		}
	}
	return ownSlot{}
}

// params returns the words that a neuron's program reads, and those that its state
// begins with, by name.
func (s *ownSlot) params() map[string]int32 {
	out := map[string]int32{}
	if s.core == nil {
		return out
	}
	for _, b := range s.program.Params {
		if b.Reg >= isa.C0 {
			out[b.Name] = s.core.Consts[b.Reg-isa.C0]
		} else {
			out[b.Name] = s.core.Params[s.slot*int(s.core.ParamWords)+int(b.Reg-isa.P0)]
		}
	}
	for k, name := range s.program.State {
		out["initial "+name] = s.core.State[s.slot*s.words+k]
	}
	return out
}

// differing lists the words that both have and that differ, by name.
func differing(a, b map[string]int32) []wordDiff {
	out := []wordDiff{}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if w, both := b[name]; both && w != a[name] {
			out = append(out, wordDiff{name, [2]int32{a[name], w}})
		}
	}
	return out
}

// sharedWord is a state word that the neurons of both images have.
type sharedWord struct {
	name string
	at   [2]int
}

// states returns the words of a neuron's state that another image's has too.
func (s *ownSlot) states(other *ownSlot) []sharedWord {
	var out []sharedWord
	if s.core == nil || other.core == nil {
		return nil
	}
	for k, name := range s.program.State {
		if at := slices.Index(other.program.State, name); at >= 0 {
			out = append(out, sharedWord{name, [2]int{k, at}})
		}
	}
	return out
}

// write writes text; nil is none.
func (c *cause) write(w io.Writer) error {
	fmt.Fprintf(w, "%s, in words of the chips:\n", c.Neuron)
	err := table(w, func(t io.Writer) {
		fmt.Fprintf(t, "\tA\tB\n")
		for _, s := range c.State {
			fmt.Fprintf(t, "  %s before\t%d\t%d\n  %s after\t%d\t%d\n", s.Name, s.A[0], s.B[0], s.Name, s.A[1], s.B[1])
		}
		if c.Input != nil {
			fmt.Fprintf(t, "  sum of inputs\t%d\t%d\n", c.Input[0], c.Input[1])
		}
	})
	if c.Relays > 0 {
		fmt.Fprintf(w, "  without what comes through relays, at %d axons\n", c.Relays)
	}
	if c.StateParted > 0 {
		fmt.Fprintf(w, "its state differs first in tick %d\n", c.StateParted)
	}
	switch {
	case len(c.Synapses) > 0:
		fmt.Fprintf(w, "its synapses gave it something else first in tick %d: %s\n", c.InputParted, listed(c.Synapses, "; "))
	case c.Input != nil:
		fmt.Fprintln(w, "its synapses gave it the same in every tick")
	}
	switch {
	case len(c.Params) > 0:
		fmt.Fprintf(w, "its parameters differ: %s\n", listed(c.Params, "; "))
	case len(c.Synapses) == 0:
		fmt.Fprintln(w, "its parameters are the same: what is left is its program, random numbers, and spikes within the tick")
	}
	return err
}
