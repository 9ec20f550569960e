package image

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/targets"
)

// Limits on what a reader takes on.
const (
	maxCores   = 1 << 16
	maxNeurons = 1 << 25
)

// part is what a mistake of an image is in: its manifest, a program or core by
// index, or its inputs.
type part struct {
	kind  partKind
	index int
}

type partKind int

const (
	manifestPart partKind = iota
	programPart
	corePart
	inputPart
)

// Verify checks everything that the emulator relies on: indices in range,
// sizes that agree and fit the cores, programs that the target can run. It
// returns the first thing that is wrong.
func (im *Image) Verify() error {
	_, err := im.verify()
	return err
}

// verify is Verify that also says where the mistake is.
func (im *Image) verify() (part, error) {
	if err := im.verifyArch(); err != nil {
		return part{}, err
	}
	if err := im.verifyNames(); err != nil {
		return part{}, err
	}
	if err := im.verifySymbols(); err != nil {
		return part{}, err
	}
	if err := im.verifyLinks(); err != nil {
		return part{}, err
	}
	for k := range im.Programs {
		if err := im.verifyProgram(k); err != nil {
			return part{programPart, k}, err
		}
	}
	slots := 0
	for k := range im.Cores {
		slots += len(im.Cores[k].Neurons)
		for _, isCopy := range im.Cores[k].Copies {
			if isCopy {
				slots--
			}
		}
	}
	if err := im.verifySameAs(); err != nil {
		return part{}, err
	}
	doubles, removed := im.WithoutSlot()
	if want := im.Neurons() - doubles - removed; slots != want {
		return part{}, fmt.Errorf("the cores have slots for %d neurons, the populations %d", slots, want)
	}
	seen := make([]bool, im.Neurons())
	taken := map[[2]int32]bool{}
	for k := range im.Cores {
		if err := im.verifyCore(&im.Cores[k], seen, taken); err != nil {
			return part{corePart, k}, fmt.Errorf("core %d: %w", k, err)
		}
	}
	if where, err := im.verifyAtOnce(); err != nil {
		return where, err
	}
	if _, ok := im.Relays(); !ok {
		return part{}, errors.New("relays send to each other in a loop")
	}
	if im.Manifest.Arch.Controller.EventDriven() {
		if err := im.verifyEvents(); err != nil {
			return part{}, err
		}
	}
	if len(im.InputDests) != im.Inputs() {
		return part{kind: inputPart}, fmt.Errorf("%d destination lists for %d inputs", len(im.InputDests), im.Inputs())
	}
	for i, dests := range im.InputDests {
		if err := im.verifyDests(dests); err != nil {
			return part{kind: inputPart}, fmt.Errorf("input %d: %w", i, err)
		}
		for _, d := range dests {
			if slot, ok := d.Slot(); ok {
				return part{kind: inputPart}, fmt.Errorf("input %d: destination core %d, slot %d: an input sends no partial sums", i, d.Core, slot)
			}
		}
	}
	if p, err := im.verifyRoutes(); err != nil {
		return p, err
	}
	for _, s := range im.Manifest.Inputs {
		for i := s.First; i < s.First+s.N && len(s.Broadcast) > 0; i++ {
			if n := len(im.InputDests[i]); n > 0 {
				return part{kind: inputPart}, fmt.Errorf("input %d: %d destinations of broadcast input %q", i, n, s.Name)
			}
		}
	}
	return part{}, nil
}

func (im *Image) verifyArch() error {
	a := &im.Manifest.Arch
	for _, check := range []struct {
		what  string
		value int
		lo    int
		hi    int
	}{
		{"mesh width", a.MeshWidth, 1, 1 << 8},
		{"mesh height", a.MeshHeight, 1, 1 << 8},
		{"neurons a core", a.Neurons, 1, 1 << 16},
		{"axons a core", a.Axons, 1, 1 << 18},
		{"weight bits", a.WeightBits, 2, 16},
		{"state bits", a.StateBits, 8, 32},
		{"longest delay", a.MaxDelay, 1, 4096},
		{"synapses a word", a.WordSynapses, 1, 1024},
		{"program words", a.ProgramWords, 1, 4096},
		{"cores", len(im.Cores), 0, maxCores},
	} {
		if check.value < check.lo || check.value > check.hi {
			return fmt.Errorf("%s: is %d, want %d to %d", check.what, check.value, check.lo, check.hi)
		}
	}
	if !a.Chips().Fill(a.MeshWidth, a.MeshHeight) {
		return fmt.Errorf("chips of %d × %d cores do not make a mesh of %d × %d", a.ChipWidth, a.ChipHeight, a.MeshWidth, a.MeshHeight)
	}
	if a.SynapseFormat != targets.Dense && a.SynapseFormat != targets.Sparse {
		return fmt.Errorf("synapse format %q is not known", a.SynapseFormat)
	}
	switch a.Controller {
	case "", targets.Ticks, targets.TinyODINEvents, targets.ODINEvents:
	default:
		return fmt.Errorf("controller %q is not known", a.Controller)
	}
	switch a.WeightFormat {
	case "", targets.Signed, targets.Mantissa, targets.Typed, targets.AxonSign:
	default:
		return fmt.Errorf("weight format %q is not known", a.WeightFormat)
	}
	if lo, hi := a.WeightLimits(); lo < math.MinInt16 || hi > math.MaxInt16 {
		return fmt.Errorf("weights of %d bits in format %q are wider than 16 bits", a.WeightBits, a.WeightFormat)
	}
	if a.DelayPlace != targets.DelayAxon && a.DelayPlace != targets.DelaySynapse {
		return fmt.Errorf("delay place %q is not known", a.DelayPlace)
	}
	return nil
}

// eventNeurons is how many neurons, inputs included, an event-driven chip has.
const eventNeurons = 256

// verifyEvents checks what an event-driven chip asks of an image: one core, and
// for each source one row of its own.
func (im *Image) verifyEvents() error {
	a := &im.Manifest.Arch
	slots := 0
	if len(im.Cores) > 0 {
		slots = len(im.Cores[0].Neurons)
	}
	if len(im.Cores) > 1 || slots+im.Inputs() > eventNeurons {
		return fmt.Errorf("%d cores, %d neurons and %d inputs, and the chip has one core of %d rows", len(im.Cores), slots, im.Inputs(), eventNeurons)
	}
	most := 4
	if a.Controller == targets.ODINEvents {
		most = 3
	}
	if a.WeightBits > most || a.SynapseFormat != targets.Dense {
		return fmt.Errorf("weights of %d bits in %s rows, and the chip has dense rows of %d bits", a.WeightBits, a.SynapseFormat, most)
	}
	lists := im.InputDests
	for k := range im.Cores {
		if slices.Contains(im.Cores[k].Copies, true) {
			return errors.New("a copy of a neuron, and the chip has none")
		}
		lists = append(slices.Clone(lists), im.Cores[k].Dests...)
	}
	for _, list := range lists {
		rows := 0
		for _, d := range list {
			if _, part := d.Slot(); part {
				return errors.New("a partial sum, and the chip has none")
			}
			if d.Core != Host {
				rows++
			}
		}
		if rows > 1 {
			return fmt.Errorf("a source with %d rows, and the chip has one for each", rows)
		}
	}
	for _, list := range im.InputDests {
		for _, d := range list {
			if d.Core == Host {
				return errors.New("an input that goes to the host")
			}
		}
	}
	return nil
}

// verifyProgram returns the first problem of a program.
func (im *Image) verifyProgram(k int) error {
	p, a := &im.Programs[k], &im.Manifest.Arch
	problems := p.Verify(isa.Features{Extensions: a.Extensions, ProgramWords: a.ProgramWords, StateWords: a.StateWords, ParamWords: a.ParamWords})
	for _, w := range p.Table {
		if !fixed.Fits(int64(w), a.StateBits) {
			return fmt.Errorf("program %d: table entry %d does not fit %d bits", k, w, a.StateBits)
		}
	}
	switch {
	case len(problems) == 0:
		return nil
	case problems[0].Inst < 0:
		return fmt.Errorf("program %d: %s", k, problems[0].Message)
	}
	return fmt.Errorf("program %d (%s), instruction %d: %s", k, p.Name, problems[0].Inst, problems[0].Message)
}

// verifyNames checks that what is printed of an image is what people see.
func (im *Image) verifyNames() error {
	m := &im.Manifest
	names := []string{m.Network, m.Target}
	for _, s := range slices.Concat(m.Inputs, m.Populations) {
		names = append(names, s.Name)
	}
	for _, name := range names {
		if strings.ContainsFunc(name, diag.Hidden) {
			return fmt.Errorf("name %q: want one line without control characters", name)
		}
	}
	return nil
}

func (im *Image) verifySymbols() error {
	for which, list := range [][]Symbol{im.Manifest.Inputs, im.Manifest.Populations} {
		first := 0
		for _, s := range list {
			size := 1
			for _, d := range s.Shape {
				if d < 1 || d > maxNeurons || size > maxNeurons/d {
					return fmt.Errorf("symbol %q: shape %v is out of range", s.Name, s.Shape)
				}
				size *= d
			}
			if s.First != first || s.N != size || first > maxNeurons {
				return fmt.Errorf("symbol %q: shape %v from %d does not agree with first %d, n %d", s.Name, s.Shape, first, s.First, s.N)
			}
			if len(s.Scale) > 1 && len(s.Scale) != s.N {
				return fmt.Errorf("symbol %q: %d scales for %d neurons", s.Name, len(s.Scale), s.N)
			}
			if len(s.Broadcast) > 0 && (which == 1 || len(s.Broadcast) != s.N) {
				return fmt.Errorf("symbol %q: %d broadcast values, want one for each of %d inputs", s.Name, len(s.Broadcast), s.N)
			}
			if s.InputShift < 0 || s.InputShift > 31 {
				return fmt.Errorf("symbol %q: input shift %d", s.Name, s.InputShift)
			}
			first += s.N
		}
	}
	for _, o := range im.Manifest.Outputs {
		if o < 0 || o >= len(im.Manifest.Populations) {
			return fmt.Errorf("output %d is no population", o)
		}
	}
	return nil
}

func (im *Image) verifyCore(c *Core, seen []bool, taken map[[2]int32]bool) error {
	a := &im.Manifest.Arch
	at := [2]int32{c.X, c.Y}
	if c.X < 0 || int(c.X) >= a.MeshWidth || c.Y < 0 || int(c.Y) >= a.MeshHeight || taken[at] {
		return fmt.Errorf("place (%d, %d) is off the mesh or taken", c.X, c.Y)
	}
	taken[at] = true
	if c.Program < 0 || int(c.Program) >= len(im.Programs) {
		return fmt.Errorf("program %d of %d", c.Program, len(im.Programs))
	}
	if c.Population < 0 || int(c.Population) >= len(im.Manifest.Populations) {
		return fmt.Errorf("population %d of %d", c.Population, len(im.Manifest.Populations))
	}
	if err := im.verifyPrograms(c); err != nil {
		return err
	}
	n := len(c.Neurons)
	if per := max(im.Programs[c.Program].Compartments, 1); n%per != 0 {
		return fmt.Errorf("%d slots for neurons of %d compartments", n, per)
	}
	if n > a.Neurons || c.Rows.Len() > a.Axons {
		return fmt.Errorf("%d neurons and %d axons, at most %d and %d", n, c.Rows.Len(), a.Neurons, a.Axons)
	}
	if c.ParamWords < 0 || int(c.ParamWords) > min(a.ParamWords, isa.NumParams) {
		return fmt.Errorf("%d parameter words a neuron, at most %d", c.ParamWords, a.ParamWords)
	}
	if len(c.State) != n*im.StateWords(c) || len(c.Params) != n*int(c.ParamWords) || len(c.Dests) != n {
		return fmt.Errorf("tables do not agree with %d neurons", n)
	}
	for _, words := range [][]int32{c.State, c.Params, c.Consts[:]} {
		for _, w := range words {
			if !fixed.Fits(int64(w), a.StateBits) {
				return fmt.Errorf("word %d does not fit %d bits", w, a.StateBits)
			}
		}
	}
	if err := im.verifyNeurons(c, seen); err != nil {
		return err
	}
	words := 0
	types := make(typeWeights, n)
	for axon, row := range c.Rows.All() {
		err := im.verifyRow(row, n)
		if err == nil {
			switch lo, hi := span16(row.Weights); {
			case a.WeightFormat == targets.AxonSign && lo < 0 && hi > 0:
				err = fmt.Errorf("weights of both signs, %d and %d", lo, hi)
			case a.WeightFormat == targets.Typed:
				err = types.verify(row)
			}
		}
		if err != nil {
			return fmt.Errorf("axon %d: %w", axon, err)
		}
		words += (len(row.Slots) + a.WordSynapses - 1) / a.WordSynapses
	}
	if a.SynapseFormat == targets.Sparse && words > a.SynapseWords {
		return fmt.Errorf("%d words of synapses, at most %d", words, a.SynapseWords)
	}
	entries := 0
	for slot, dests := range c.Dests {
		if a.NeuronFanOut > 0 && len(dests) > a.NeuronFanOut {
			return fmt.Errorf("slot %d: %d destinations, at most %d", slot, len(dests), a.NeuronFanOut)
		}
		if err := im.verifyDests(dests); err != nil {
			return fmt.Errorf("slot %d: %w", slot, err)
		}
		entries += len(dests)
	}
	if entries > a.FanOut {
		return fmt.Errorf("%d destinations, at most %d", entries, a.FanOut)
	}
	return nil
}

// typeWeights are the weights of each neuron for each axon type, 0 where not known.
type typeWeights [][targets.AxonTypes]int16

// verify checks that each neuron has one weight for each type.
func (t typeWeights) verify(row *Row) error {
	for k, slot := range row.Slots {
		w, at := row.Weights[k], &t[slot][row.Type]
		switch {
		case w == 0 || w == *at:
		case *at == 0:
			*at = w
		default:
			return fmt.Errorf("weight %d of slot %d, whose axons of type %d weigh %d", w, slot, row.Type, *at)
		}
	}
	return nil
}

// verifyPrograms checks that the core's programs are of their kinds and name the
// same state.
func (im *Image) verifyPrograms(c *Core) error {
	tick := &im.Programs[c.Program]
	if tick.Kind != isa.Tick {
		return fmt.Errorf("program %d is of kind %s, want %s", c.Program, tick.Kind, isa.Tick)
	}
	learns := false
	for kind := isa.Tick + 1; kind < isa.NumKinds; kind++ {
		k, ok := c.LearnProgram(kind)
		if !ok {
			continue
		}
		learns = true
		switch {
		case k < 0 || k >= len(im.Programs):
			return fmt.Errorf("%s program %d of %d", kind, k, len(im.Programs))
		case im.Programs[k].Kind != kind:
			return fmt.Errorf("program %d is of kind %s, want %s", k, im.Programs[k].Kind, kind)
		case kind != isa.Axon && !slices.Equal(im.Programs[k].State, tick.State):
			return fmt.Errorf("program %d does not name the state words of the core's program %d", k, c.Program)
		}
	}
	if c.Learn[isa.Tick] != 0 {
		return fmt.Errorf("program %d of kind %s besides program %d", c.Learn[isa.Tick]-1, isa.Tick, c.Program)
	}
	for axon := range c.Rows.Len() {
		if c.Rows.Marks(axon).Plastic && !learns {
			return fmt.Errorf("axon %d is plastic, and the core has no program for that", axon)
		}
	}
	return nil
}

func (im *Image) verifyRow(r *Row, neurons int) error {
	a := &im.Manifest.Arch
	if r.Exp < -8 || r.Exp > 7 || r.Type > 3 || r.Key < 0 {
		return fmt.Errorf("exponent %d, type %d or key %d is out of range", r.Exp, r.Type, r.Key)
	}
	delays := 0
	if a.DelayPlace == targets.DelaySynapse {
		delays = len(r.Slots)
	}
	if len(r.Weights) != len(r.Slots) || len(r.Delays) != delays {
		return fmt.Errorf("%d weights and %d delays for %d synapses", len(r.Weights), len(r.Delays), len(r.Slots))
	}
	lo, hi := a.WeightLimits()
	for k, slot := range r.Slots {
		if int(slot) >= neurons || (k > 0 && slot < r.Slots[k-1]) {
			return fmt.Errorf("synapse %d to slot %d of %d", k, slot, neurons)
		}
		if k > 0 && slot == r.Slots[k-1] && a.SynapseFormat == targets.Dense {
			return fmt.Errorf("slot %d twice", slot)
		}
		if w := int64(r.Weights[k]); w > hi || w < lo {
			return fmt.Errorf("weight %d is not of %d to %d", w, lo, hi)
		}
		if delays > 0 && (r.Delays[k] < 1 || int(r.Delays[k]) > a.MaxDelay) {
			return fmt.Errorf("delay %d, want 1 to %d", r.Delays[k], a.MaxDelay)
		}
	}
	return nil
}

func (im *Image) verifyDests(dests []Dest) error {
	a := &im.Manifest.Arch
	for _, d := range dests {
		if d.Core == Host {
			continue
		}
		if d.Core < 0 || int(d.Core) >= len(im.Cores) {
			return fmt.Errorf("destination core %d, axon %d is not there", d.Core, d.Axon)
		}
		slot, part := d.Slot()
		if part && int(slot) >= len(im.Cores[d.Core].Neurons) {
			return fmt.Errorf("destination core %d, slot %d is not there", d.Core, slot)
		}
		if !part && int(d.Axon) >= im.Cores[d.Core].Rows.Len() {
			return fmt.Errorf("destination core %d, axon %d is not there", d.Core, d.Axon)
		}
		least := int32(1)
		if part {
			least = 0
		}
		if (part || a.DelayPlace == targets.DelayAxon) && (d.Delay < least || int(d.Delay) > a.MaxDelay) {
			return fmt.Errorf("destination delay %d, want %d to %d", d.Delay, least, a.MaxDelay)
		}
	}
	return nil
}
