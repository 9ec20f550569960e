package core

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/emulator/vector"
	"github.com/weft-toolchain/weft/targets"
)

// plan is how a core is run fast: its synapses in the layout that their loop walks,
// and its program over all neurons at once. What it does is what the plain way does,
// which takes over in any tick with numbers that the plan does not take. It is
// immutable.
type plan struct {
	lanes  int
	layout layout
	// fire is the program where it is of that kind, program otherwise.
	fire    *kernel.Fire
	program *vector.Program
	params  [][]int32
	// limit is the largest magnitude of a sum that the program takes, most that of a
	// sum of synapses.
	limit, most int64
	// words and synapses are what each row counts: of one row where all count the
	// same, of none where lists know. synapsesAreBits says that none of them has weight
	// 0.
	words, synapses []int32
	synapsesAreBits bool
}

type vectorRun struct {
	run vector.Run
	in  vector.Inputs
}

// Planned returns the core with a plan, where it can have one, which does not show
// otherwise: not with devices, learning, payloads, or programs that look across
// neurons or elsewhere.
func (s *Spec) Planned(ways kernel.Options) *Spec {
	plan := s.newPlan(ways)
	if plan == nil {
		return s
	}
	out := *s
	out.plan, out.rows = plan, nil
	return &out
}

// newPlan returns the plan of a core, or nil.
func (s *Spec) newPlan(ways kernel.Options) *plan {
	n := len(s.image.Neurons)
	if s.devices != nil || s.graded || s.together || n == 0 || slices.ContainsFunc(s.rows, func(r row) bool { return r.plain != nil }) {
		return nil
	}
	p := &plan{lanes: kernel.Pad(n)}
	sh := shapeOf(s.rows, n)
	if p.most = sh.most; p.most > math.MaxInt32 {
		return nil
	}
	if p.fire, p.limit = s.fuse(p.lanes, ways); p.fire == nil {
		var ok bool
		if p.program, ok = vector.New(s.program, s.stateBits); !ok {
			return nil
		}
		p.limit, p.params = math.MaxInt32, s.paramColumns()
	}
	p.layout = s.newLayout(sh, p.lanes, ways)
	p.count(s)
	return p
}

// count notes what the rows of a core count.
func (p *plan) count(s *Spec) {
	p.synapsesAreBits = !slices.ContainsFunc(s.rows, func(r row) bool { return int(r.synapses) != r.weighing() })
	if l, ok := p.layout.(*lists); ok && l.counts(s.rows) {
		return
	}
	for k := range s.rows {
		p.words, p.synapses = append(p.words, int32(s.rows[k].words)), append(p.synapses, int32(s.rows[k].synapses))
	}
	p.words, p.synapses = once(p.words), once(p.synapses)
}

// once returns the first of counts that are all the same, else all.
func once(counts []int32) []int32 {
	if slices.ContainsFunc(counts, func(n int32) bool { return n != counts[0] }) {
		return counts
	}
	return counts[:min(1, len(counts))]
}

// paramColumns returns the P registers, by register and slot.
func (s *Spec) paramColumns() [][]int32 {
	out := make([][]int32, s.paramWords)
	for k := range out {
		for slot := range s.image.Neurons {
			out[k] = append(out[k], s.image.Params[slot*s.paramWords+k])
		}
	}
	return out
}

// planned makes what a core with a plan needs.
func (c *Core) planned() {
	if l, ok := c.spec.plan.layout.(*lists); ok && l.delays != nil {
		c.ring = make([][]int32, c.spec.ring)
		for k := range c.ring {
			c.ring[k] = make([]int32, c.spec.plan.lanes)
		}
	}
}

// Merge lets cores whose neurons do the same have that once, and puts what they read
// side by side.
func Merge(specs []*Spec) {
	known := map[kernel.Key]*kernel.Fire{}
	var ofBits []*kernel.Bits
	var ofRows []*kernel.Dense[int8]
	for _, s := range specs {
		if s.plan == nil {
			continue
		}
		switch l := s.plan.layout.(type) {
		case bitRows:
			ofBits = append(ofBits, l.Bits)
		case wholeRows[int8]:
			ofRows = append(ofRows, l.Dense)
		}
		if s.plan.fire == nil {
			continue
		}
		key, all := s.plan.fire.Key()
		if !all {
			continue
		}
		if known[key] == nil {
			known[key] = s.plan.fire
		}
		s.plan.fire = known[key]
	}
	kernel.JoinBits(ofBits)
	kernel.JoinDense(ofRows)
}

// Share makes the core work in a room that it has together with others, of which
// one at a time is between Integrate and Update.
func (c *Core) Share(room *Room) {
	c.room = room
	if p := c.spec.plan; p != nil {
		room.grow(p.lanes)
	}
}

// Rests reports whether a tick to which nothing is due changes nothing: the one
// before was so.
func (c *Core) Rests() bool { return c.rests }

// integrateFast is Integrate as planned.
func (c *Core) integrateFast(t int64) (cycles int64) {
	s, p := c.spec, c.spec.plan
	due := c.pending[t%int64(len(c.pending))]
	axons := kernel.List(c.room.axons[:0], due, 0)
	clear(due)
	c.room.axons = axons
	sums := c.sumsOf(t)
	c.quiet = len(axons) == 0 && t > c.until
	if len(axons) == 0 {
		return s.timing.Tick
	}
	var words, synapses int64
	if c.ring == nil {
		words, synapses = p.layout.add(sums, axons, c.room)
	} else {
		// A row is read one tick after its spike, so a delay of 1 is now.
		words, synapses = p.layout.(*lists).addLater(c.ring, int(t%int64(s.ring)), axons)
		c.until = t + int64(s.ring) - 1
	}
	if p.synapses != nil {
		words, synapses = total(p.words, axons), total(p.synapses, axons)
	}
	rows := int64(len(axons))
	c.Counts[targets.AxonRow] += rows
	c.Counts[targets.SynapseWord] += words
	c.Counts[targets.SynapticOp] += synapses
	return s.timing.Tick + rows*s.timing.Row + words*s.timing.Word
}

// sumsOf returns the sums of tick t, by lane, which are 0 between an Update and what is
// added next.
func (c *Core) sumsOf(t int64) []int32 {
	switch {
	case c.ring != nil:
		return c.ring[t%int64(c.spec.ring)]
	case c.shared != nil:
		return c.shared
	}
	return c.room.sums[:c.spec.plan.lanes]
}

// updateFast is Update as planned.
func (c *Core) updateFast(t int64) (cycles int64) {
	sums := c.sumsOf(t)
	ok := c.takes(t, sums) && c.runPlan(t, sums)
	clear(sums)
	if ok {
		return c.updated()
	}
	c.rests = false
	if len(c.settled) == 0 {
		c.settled = make([]int64, len(c.wide))
	}
	for slot := range c.settled {
		c.settled[slot] = unsettled
	}
	c.env.Tick = t
	return c.update(c.wide)
}

// takes adds what comes besides synapses to the sums, and reports whether all of
// them are such as the program takes. Wide has the same sums.
func (c *Core) takes(t int64, sums []int32) bool {
	p := c.spec.plan
	extras := c.parts != nil || c.current != nil
	if !extras && p.most <= p.limit {
		return true
	}
	c.widen(sums)
	if extras {
		c.quiet = false
		c.addExtras(t, c.wide)
	}
	for slot, v := range c.wide {
		if v > p.limit || -v > p.limit {
			return false
		}
		sums[slot] = int32(v)
	}
	return true
}

// widen copies sums into wide.
func (c *Core) widen(sums []int32) {
	if c.wide == nil {
		c.wide = make([]int64, len(c.spec.image.Neurons))
	}
	for slot := range c.wide {
		c.wide[slot] = int64(sums[slot])
	}
}

// runPlan runs the program for the sums of a tick, or returns false and has the sums in
// wide.
func (c *Core) runPlan(t int64, sums []int32) bool {
	s, p := c.spec, c.spec.plan
	if p.fire != nil {
		return c.fire(sums)
	}
	r := &c.room.run
	r.in = vector.Inputs{Sums: sums[:len(s.image.Neurons)], Params: p.params, Consts: &s.image.Consts, Keys: s.keys, Seed: s.seed, Tick: t}
	p.program.Run(&r.run, &r.in, c.columns)
	c.Fired = append(c.Fired, r.run.Fired...)
	c.plainSpikes()
	c.PartSlots, c.Parts = append(c.PartSlots, r.run.PartLanes...), append(c.Parts, r.run.Parts...)
	for _, slot := range r.run.Saturated {
		c.saturated(int(slot), 1)
	}
	c.Counts[targets.NeuronActive] += int64(r.run.Active)
	c.rests = c.quiet && s.pure && r.run.Active == 0 && len(r.run.Saturated) == 0
	return true
}

// fire is runPlan for a kernel.
func (c *Core) fire(sums []int32) bool {
	p := c.spec.plan
	fired := c.room.fired[:p.lanes/64]
	active, ok := p.fire.Run(c.state, sums, c.room.old[:p.lanes], fired)
	if !ok {
		c.widen(sums)
		return false
	}
	c.Counts[targets.NeuronActive] += int64(active)
	c.rests = c.quiet && active == 0
	c.Fired = kernel.List(c.Fired, fired, 0)
	c.plainSpikes()
	return true
}

// plainSpikes says that the spikes of this tick carry nothing.
func (c *Core) plainSpikes() {
	for range c.Fired {
		c.Payloads = append(c.Payloads, 1)
	}
}
