package ir

import (
	"errors"
	"fmt"

	"github.com/weft-toolchain/weft/targets"
)

// Verify checks what is always true of a mapped network: limits, one own slot a
// neuron that needs one, every synapse in a row, every axon driven by its source
// alone.
func (m *Mapped) Verify() error {
	if err := m.verifySlots(); err != nil {
		return err
	}
	synapses := 0
	for k := range m.Cores {
		c := &m.Cores[k]
		words := 0
		for i := range c.Axons {
			a := &c.Axons[i]
			words += SynapseWords(m.Arch, len(a.Slots))
			if err := m.verifyRow(c, a); err != nil {
				return fmt.Errorf("mapped: core %d, axon %d: %w", k, i, err)
			}
			if c.Role != Relays {
				synapses += len(a.Slots)
			}
		}
		if m.Arch.SynapseFormat == targets.Sparse && words > m.Arch.SynapseWords {
			return fmt.Errorf("mapped: core %d needs %d synapse words", k, words)
		}
	}
	if want := m.SynapseCount() + m.Copied + m.Summed - m.Zeros; synapses != want {
		return fmt.Errorf("mapped: %d synapses in rows, the network has %d", synapses, want)
	}
	return m.verifyDests()
}

// verifySlots checks the places and fill of cores, and that each neuron that
// needs one has one slot of its own.
func (m *Mapped) verifySlots() error {
	seen := make([]bool, len(m.Place))
	taken := map[[2]int]int{}
	for k := range m.Cores {
		c := &m.Cores[k]
		if other, ok := taken[[2]int{c.X, c.Y}]; ok {
			return fmt.Errorf("mapped: cores %d and %d are both at (%d, %d)", other, k, c.X, c.Y)
		}
		taken[[2]int{c.X, c.Y}] = k
		if c.X < 0 || c.X >= m.Arch.MeshWidth || c.Y < 0 || c.Y >= m.Arch.MeshHeight {
			return fmt.Errorf("mapped: core %d at (%d, %d) is off the mesh", k, c.X, c.Y)
		}
		if len(c.Neurons) > m.Arch.Neurons || len(c.Axons) > m.Arch.Axons {
			return fmt.Errorf("mapped: core %d has %d neurons and %d axons", k, len(c.Neurons), len(c.Axons))
		}
		if len(c.Dests) != len(c.Neurons) || c.Copies != nil && len(c.Copies) != len(c.Neurons) || (c.Role == Relays) != (c.Relayed != nil) {
			return fmt.Errorf("mapped: core %d of %s: its lists do not agree with %d slots", k, c.Role, len(c.Neurons))
		}
		for slot, n := range c.Neurons {
			switch {
			case c.Role == Relays:
				if n != -1 {
					return fmt.Errorf("mapped: slot %d of core %d relays and is of neuron %d", slot, k, n)
				}
			case n < 0 || int(n) >= len(seen):
				return fmt.Errorf("mapped: slot %d of core %d is of neuron %d", slot, k, n)
			case !m.HasSlot(int(n)):
				return fmt.Errorf("mapped: slot %d of core %d is of neuron %d, which needs none", slot, k, n)
			case !c.Own(slot):
			case seen[n] || m.Place[n] != (Place{int32(k), int32(slot)}):
				return fmt.Errorf("mapped: neuron %d is not in slot %d of core %d alone", n, slot, k)
			default:
				seen[n] = true
			}
		}
	}
	for n, ok := range seen {
		if !ok && (m.HasSlot(n) || m.Place[n] != Nowhere) {
			return fmt.Errorf("mapped: neuron %d has no slot", n)
		}
	}
	return nil
}

// verifyRow checks the synapses of an axon against its core and the target.
func (m *Mapped) verifyRow(c *MappedCore, a *Axon) error {
	atAxon := m.Arch.DelayPlace == targets.DelayAxon
	if !m.inRange(a.Delay, atAxon) {
		return fmt.Errorf("a delay of %d", a.Delay)
	}
	if len(a.Weights) != len(a.Slots) || len(a.Delays) != 0 && len(a.Delays) != len(a.Slots) {
		return fmt.Errorf("%d weights and %d delays for %d synapses", len(a.Weights), len(a.Delays), len(a.Slots))
	}
	for k, slot := range a.Slots {
		if int(slot) >= len(c.Neurons) {
			return fmt.Errorf("a synapse to slot %d of %d", slot, len(c.Neurons))
		}
		delay := uint16(0)
		if a.Delays != nil {
			delay = a.Delays[k]
		}
		if !m.inRange(delay, !atAxon) {
			return fmt.Errorf("a synapse with a delay of %d", delay)
		}
		if k == 0 {
			continue
		}
		if last := a.Slots[k-1]; slot < last || slot == last && m.Arch.SynapseFormat == targets.Dense {
			return fmt.Errorf("slot %d after slot %d", slot, last)
		}
	}
	return nil
}

// inRange reports whether a delay is one of the target's, where delays are kept
// here, or none.
func (m *Mapped) inRange(delay uint16, here bool) bool {
	if !here {
		return delay == 0
	}
	return delay >= 1 && int(delay) <= m.Arch.MaxDelay
}

// verifyDests checks that every axon is the destination of its source, once;
// that a part reaches its neuron; and that the destinations of a core fit its
// table.
func (m *Mapped) verifyDests() error {
	reached := make([][]bool, len(m.Cores))
	axons := 0
	for k := range m.Cores {
		reached[k] = make([]bool, len(m.Cores[k].Axons))
		axons += len(m.Cores[k].Axons)
	}
	check := func(from Relay, dests []Dest) error {
		for _, d := range dests {
			if d.Core == Host && !from.Input && from.Steps == 0 {
				continue
			}
			if d.Core < 0 || int(d.Core) >= len(m.Cores) || d.Axon < 0 || int(d.Axon) >= len(reached[d.Core]) {
				return fmt.Errorf("mapped: source %d has a destination core %d, axon %d", from.Source, d.Core, d.Axon)
			}
			a := &m.Cores[d.Core].Axons[d.Axon]
			if reached[d.Core][d.Axon] || a.From() != from || int32(a.Delay) != d.Delay {
				return fmt.Errorf("mapped: axon %d of core %d is not of source %d and delay %d alone", d.Axon, d.Core, from.Source, d.Delay)
			}
			reached[d.Core][d.Axon] = true
			axons--
		}
		return nil
	}
	for k := range m.Cores {
		c := &m.Cores[k]
		entries := 0
		for slot, dests := range c.Dests {
			entries += len(dests)
			if most := m.Arch.NeuronFanOut; most > 0 && len(dests) > most {
				return fmt.Errorf("mapped: slot %d of core %d has %d destinations", slot, k, len(dests))
			}
			err := m.verifySlotDests(c, slot, check)
			if err != nil {
				return err
			}
		}
		if entries > m.Arch.FanOut {
			return fmt.Errorf("mapped: core %d has more than %d destinations", k, m.Arch.FanOut)
		}
	}
	for i, dests := range m.InputDests {
		if err := check(Relay{Source: int32(i), Input: true}, dests); err != nil {
			return err
		}
	}
	if axons != 0 {
		return fmt.Errorf("mapped: %d axons have no source", axons)
	}
	return nil
}

func (m *Mapped) verifySlotDests(c *MappedCore, slot int, check func(Relay, []Dest) error) error {
	dests, n := c.Dests[slot], c.Neurons[slot]
	switch c.Role {
	case Relays:
		return check(c.Relayed[slot], dests)
	case Parts:
		if len(dests) != 1 {
			return fmt.Errorf("mapped: a part of neuron %d has %d destinations", n, len(dests))
		}
		if to, ok := dests[0].Slot(); !ok || dests[0].Delay != 0 || m.Place[n] != (Place{dests[0].Core, to}) {
			return errors.New("mapped: a part does not reach its neuron")
		}
		return nil
	case Somas:
	}
	return check(Relay{Source: n}, dests)
}
