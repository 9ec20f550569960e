package image

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/isa"
)

// The lines of a core's memories; see ParseAssembly.

func (p *textParser) neurons(rest string) error {
	if err := p.once(".neurons"); err != nil {
		return err
	}
	if len(p.state) > 0 || len(p.params) > 0 {
		return errors.New(".neurons stands behind .state or .params")
	}
	limit := p.im.Manifest.Arch.Neurons
	var copies []bool
	for word := range strings.FieldsSeq(rest) {
		first, n, isCopy, err := neuronWord(word)
		if err != nil {
			return fmt.Errorf(".neurons: %w", err)
		}
		if n > limit-len(p.core.Neurons) {
			return fmt.Errorf(".neurons: more than the %d of a core", limit)
		}
		if n > 1 {
			if err := p.spend(n); err != nil {
				return err
			}
		}
		for k := range n {
			p.core.Neurons = append(p.core.Neurons, int32(first)+int32(k))
			copies = append(copies, isCopy)
		}
	}
	if slices.Contains(copies, true) {
		p.core.Copies = copies
	}
	return nil
}

// neuronWord reads FIRST..LAST, copy=FIRST..LAST or relay: n neurons from the
// first on.
func neuronWord(word string) (first int64, n int, isCopy bool, err error) {
	if word == "relay" {
		return NoNeuron, 1, true, nil
	}
	word, isCopy = strings.CutPrefix(word, "copy=")
	first, n, err = span(word, 0, maxNeurons)
	return first, n, isCopy, err
}

func (p *textParser) consts(rest string) error {
	values, err := p.values(rest, isa.NumConsts)
	if err == nil && len(values) != isa.NumConsts {
		err = fmt.Errorf("have %d values", len(values))
	}
	if err != nil {
		return fmt.Errorf(".const: want %d values: %w", isa.NumConsts, err)
	}
	copy(p.core.Consts[:], values)
	return p.once(".const")
}

func (p *textParser) stateWords(rest string) (err error) {
	p.state, err = p.column(".state", rest, p.state, isa.S0, isa.NumState)
	return err
}

func (p *textParser) paramWords(rest string) (err error) {
	p.params, err = p.column(".params", rest, p.params, isa.P0, isa.NumParams)
	return err
}

// column reads the words of one register for every slot.
func (p *textParser) column(directive, rest string, have [][]int32, first isa.Reg, most int) ([][]int32, error) {
	if len(have) == most {
		return have, fmt.Errorf("%s: more than %d words a neuron", directive, most)
	}
	reg := (first + isa.Reg(len(have))).String()
	name, rest := cutWord(rest)
	if name != reg {
		return have, fmt.Errorf("%s: is for %s, want the next register, %s", directive, short(name), reg)
	}
	slots := len(p.core.Neurons)
	values, err := p.values(rest, slots)
	if err == nil && len(values) != slots {
		err = fmt.Errorf("have %d", len(values))
	}
	if err != nil {
		// A column stands in for this one, so that the next line is judged alone.
		return append(have, nil), fmt.Errorf("%s %s: want a value for each of %d slots: %w", directive, reg, slots, err)
	}
	return append(have, values), nil
}

func (p *textParser) row(rest string) error {
	index, rest := cutWord(rest)
	axon := p.rows.Len()
	if _, err := number(index, int64(axon), int64(axon)); err != nil {
		return fmt.Errorf(".row: axons stand in order: %w", err)
	}
	var row Row
	err := p.synapses(rest, &row)
	p.rows.Add(&row)
	if err != nil {
		return fmt.Errorf(".row %d: %w", axon, err)
	}
	return nil
}

// synapses reads words SLOT:W,W… and SLOT..SLOT:W.
func (p *textParser) synapses(rest string, row *Row) error {
	for word := range strings.FieldsSeq(rest) {
		slots, weights, ok := strings.Cut(word, ":")
		if !ok && len(row.Slots) == 0 && row.mark(word) {
			continue
		}
		if !ok {
			return fmt.Errorf("want SLOT:WEIGHT, have %s", short(word))
		}
		slot, n, err := span(slots, 0, math.MaxUint16)
		if err != nil {
			return err
		}
		if n > 1 {
			if err := p.spend(n); err != nil {
				return err
			}
			if strings.Contains(weights, ",") {
				return fmt.Errorf("want one weight for slots %s, have %s", slots, short(weights))
			}
		}
		for one := range strings.SplitSeq(weights, ",") {
			weight, delay, err := p.synapse(one)
			if err != nil {
				return err
			}
			if slot+int64(n)-1 > math.MaxUint16 {
				return fmt.Errorf("slot %d is too large", slot)
			}
			for k := range n {
				row.Slots = append(row.Slots, uint16(slot+int64(k)))
				row.Weights = append(row.Weights, weight)
				if p.delays {
					row.Delays = append(row.Delays, delay)
				}
			}
			slot++
		}
	}
	return nil
}

// mark reads a mark, and reports whether it was one.
func (m *Marks) mark(word string) bool {
	switch word {
	case "plastic":
		m.Plastic = true
		return true
	case "silent":
		m.Silent = true
		return true
	}
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "exp":
		v, err := number(value, math.MinInt8, math.MaxInt8)
		m.Exp = int8(v)
		return err == nil
	case "type":
		v, err := number(value, 0, math.MaxUint8)
		m.Type = uint8(v)
		return err == nil
	case "key":
		v, err := number(value, 0, math.MaxInt32)
		m.Key = int32(v)
		return err == nil
	}
	return false
}

// synapse reads WEIGHT, or WEIGHT@DELAY on targets whose synapses have delays.
func (p *textParser) synapse(s string) (weight int16, delay uint16, err error) {
	w, d, ok := strings.Cut(s, "@")
	if ok != p.delays {
		if ok {
			return 0, 0, fmt.Errorf("synapse %s: the target has no delays at synapses", short(s))
		}
		return 0, 0, fmt.Errorf("want WEIGHT@DELAY, have %s", short(s))
	}
	v, err := number(w, math.MinInt16, math.MaxInt16)
	if err != nil || !ok {
		return int16(v), 0, err
	}
	t, err := number(d, 0, math.MaxUint16)
	return int16(v), uint16(t), err
}

// dest reads the destinations of slots of the open core, or of inputs.
func (p *textParser) dest(rest string) error {
	list, limit, what := &p.im.InputDests, maxNeurons, "inputs"
	switch {
	case p.core != nil:
		list, limit, what = &p.core.Dests, len(p.core.Neurons), "slots"
	case !p.inputs:
		return errors.New(".dest stands outside a .core and .inputs")
	}
	word, rest := cutWord(rest)
	first, n, err := span(word, 0, math.MaxInt32)
	if err != nil {
		return fmt.Errorf(".dest: %w", err)
	}
	if int(first) != len(*list) || n > limit-len(*list) {
		return fmt.Errorf(".dest %s: want the %s from %d on, of %d", word, what, len(*list), limit)
	}
	words := strings.Fields(rest)
	if n > 1 {
		if err := p.spend(n * (1 + len(words))); err != nil {
			return err
		}
	}
	flat := make([]Dest, n*len(words))
	for k := range n {
		*list = append(*list, flat[k*len(words):(k+1)*len(words):(k+1)*len(words)])
	}
	for j, word := range words {
		d, steps, err := parseDest(word, n)
		if err != nil {
			return fmt.Errorf(".dest: %w", err)
		}
		for k := range n {
			flat[k*len(words)+j] = d
			if steps {
				d.Axon++
			}
		}
	}
	return nil
}

// parseDest reads a destination of n slots: the first, and whether each slot
// goes to the next axon.
func parseDest(s string, n int) (d Dest, steps bool, err error) {
	place, delay, _ := strings.Cut(s, "@")
	core, axons, hasAxon := strings.Cut(place, ":")
	d.Core = Host
	if core != "host" {
		c, err := number(core, 0, maxCores)
		if err != nil || !hasAxon {
			return d, false, fmt.Errorf("want host or CORE:AXON, have %s", short(s))
		}
		d.Core = int32(c)
	}
	if hasAxon {
		axon, m, err := span(axons, math.MinInt32, math.MaxInt32)
		if err != nil {
			return d, false, err
		}
		if m > 1 && m != n {
			return d, false, fmt.Errorf("%s: %d axons for %d slots", short(s), m, n)
		}
		d.Axon, steps = int32(axon), m > 1
	}
	if strings.Contains(s, "@") {
		v, err := number(delay, math.MinInt32, math.MaxInt32)
		if err != nil {
			return d, false, err
		}
		d.Delay = int32(v)
	}
	return d, steps, nil
}
