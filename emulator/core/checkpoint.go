package core

import (
	"math"

	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Checkpoint writes the core's state after tick t, or reads it into a core that was
// Reset. It is the same with a plan and without, so that one may go on with what the
// other wrote. What only saves work, such as which neurons are settled, is not in it.
func (c *Core) Checkpoint(k *checkpoint.Coder, t int64) {
	s := c.spec
	low, high := fixed.Limits(s.stateBits)
	for _, column := range c.columns {
		checkpoint.Numbers(k, column, low, high)
	}
	c.checkpointDue(k)
	c.checkpointSums(k)
	c.checkpointExtras(k)
	for _, r := range s.learn.plastic {
		checkpoint.Numbers(k, c.weights[r], int64(s.learn.minWeight), int64(s.learn.maxWeight))
	}
	checkpoint.Numbers(k, c.axonState, math.MinInt32, math.MaxInt32)
	checkpoint.List(k, &c.before, len(s.image.Neurons), 0, int64(len(s.image.Neurons)-1))
	checkpoint.Number(k, &c.run, math.MinInt64, math.MaxInt64)
	checkpoint.Numbers(k, c.Counts[:], 0, checkpoint.Any)
	checkpoint.Numbers(k, c.Saturations, 0, checkpoint.Any)
	checkpoint.Number(k, &c.LostAtAxons, 0, checkpoint.Any)
	if k.Reading() {
		c.until = t + int64(s.ring) // as far as the ring may have something
	}
}

// checkpointDue writes or reads the spikes that are under way to the core.
func (c *Core) checkpointDue(k *checkpoint.Coder) {
	for _, due := range c.pending {
		checkpoint.Numbers(k, due, math.MinInt64, math.MaxInt64)
		if beyond := c.spec.axons & 63; beyond > 0 && due[len(due)-1]>>beyond != 0 {
			k.Fail("a spike is due at an axon that the core does not have")
		}
	}
	for _, p := range c.payloads {
		checkpoint.Numbers(k, p, -checkpoint.Any, checkpoint.Any)
	}
}

// checkpointSums writes or reads the accumulators of the ticks to come.
func (c *Core) checkpointSums(k *checkpoint.Coder) {
	s := c.spec
	switch {
	case s.plan == nil:
		for _, sums := range c.sums {
			checkpoint.Numbers(k, sums, -checkpoint.Any, checkpoint.Any)
		}
	case c.ring != nil:
		for _, sums := range c.ring {
			checkpoint.Numbers(k, sums[:len(s.image.Neurons)], -s.plan.most, s.plan.most)
		}
	default: // a tick's are made in it
		none := make([]int64, len(s.image.Neurons))
		for range s.ring {
			checkpoint.Numbers(k, none, 0, 0)
		}
	}
}

// checkpointExtras writes or reads what comes besides synapses: partial sums and
// currents, where there are some.
func (c *Core) checkpointExtras(k *checkpoint.Coder) {
	any := c.parts != nil
	checkpoint.Bool(k, &any)
	if any {
		c.makeParts()
		for _, p := range c.parts {
			checkpoint.Numbers(k, p, -checkpoint.Any, checkpoint.Any)
		}
	}
	any = c.current != nil
	checkpoint.Bool(k, &any)
	if any {
		if k.Reading() {
			c.SetCurrent(make([]int32, len(c.spec.image.Neurons)))
		}
		checkpoint.Numbers(k, c.current, math.MinInt32, math.MaxInt32)
	}
}

// HasCurrent reports whether the core has currents.
func (c *Core) HasCurrent() bool { return c.current != nil }
