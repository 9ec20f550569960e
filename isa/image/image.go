// Package image is the chip image: everything a chip is loaded with, in one
// file. The compiler writes images, the emulator runs them; neither knows the
// other.
//
// The file is a zip archive of manifest.json and NumPy arrays, so that
// `unzip -l` lists it and numpy.load opens it. Entries are stored, not
// deflated, in a fixed order and without times: the same image is the same
// bytes everywhere. The archive's comment, its last bytes, is
//
//	weft-image/2 sha256:HEX
//
// or weft-image/3, where some neuron has no slot of its own (see Image.SameAs).
// where HEX is the SHA-256 of all bytes before it, the comment's own beginning
// included: a change of any bit of the file is noticed.
package image

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/targets"
)

// Image is a loaded chip. It is immutable and shared freely.
type Image struct {
	Manifest Manifest
	Programs []isa.Program
	Cores    []Core
	// InputDests are the destinations of each input, in order of Manifest.Inputs.
	InputDests [][]Dest
	// SameAs is nil where each neuron has a slot of its own. Else it names for each
	// the neuron whose own slot is told of as its: itself; or one of a lower number in
	// its population, which does what it would do; or NoNeuron where it is removed.
	SameAs []int32
}

// Manifest names what the arrays hold.
type Manifest struct {
	Network string `json:"network"`
	// TickSeconds is the duration of a tick in the network's own time.
	TickSeconds float64      `json:"tick_seconds"`
	Target      string       `json:"target"`
	Arch        targets.Arch `json:"arch"`
	Inputs      []Symbol     `json:"inputs"`
	Populations []Symbol     `json:"populations"`
	// Outputs are indices into Populations.
	Outputs []int `json:"outputs"`
	// Seed is what the random numbers of the cores begin from.
	Seed uint64 `json:"seed,omitempty"`
	// Defects are those that the image was compiled around; nil is none.
	Defects *Defects `json:"defects,omitempty"`
}

// Symbol is a run of neurons or inputs with a name.
type Symbol struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	First int    `json:"first"`
	N     int    `json:"n"`
	Model string `json:"model,omitempty"`
	// Scale is the state word of a potential of 1: one for all neurons, or one
	// each.
	Scale []float64 `json:"scale,omitempty"`
	// InputShift is how far the program shifts its synaptic sum up, in bits.
	InputShift int `json:"input_shift,omitempty"`
	// Choices are the words of the choices of a model whose neurons are a circuit.
	Choices map[string]string `json:"choices,omitempty"`
	// Rule is the rule by which the synapses of a population learn, Consts its
	// numbers, for chips whose learning is a circuit.
	Rule   string         `json:"rule,omitempty"`
	Consts map[string]int `json:"consts,omitempty"`
	// Broadcast, of an input, says that its spikes go to no axon: a spike of
	// index i adds Broadcast[i] to the broadcast register of every core for the
	// tick after. Its inputs have no destinations.
	Broadcast []int32 `json:"broadcast,omitempty"`
}

// Core is one core's memories.
type Core struct {
	X, Y int32
	// Program and Population are indices. Neurons of several populations may share
	// a core if its program and its C registers serve them all; Population is then
	// the lowest of them.
	Program, Population int32
	// Learn has one more than the index of the program of each other kind, or 0
	// where there is none; that of isa.Tick is not used.
	Learn [isa.NumKinds]int32
	// Neurons holds the number of the neuron in each slot, NoNeuron in a relay's.
	Neurons []int32
	// Copies is nil, or says of each slot whether it is one besides its neuron's
	// own: a copy or a part of it, or a relay. What these send is not told of: see
	// Roles.
	Copies []bool
	// Consts are the C registers.
	Consts [isa.NumConsts]int32
	// State holds the initial state words, StateWords a neuron, slot by slot;
	// Params the P registers in the same way, ParamWords a neuron.
	State, Params []int32
	// ParamWords is how many P registers, from P0, each neuron has.
	ParamWords int32
	Rows       []Row
	// Dests are the destinations of each slot's spike.
	Dests [][]Dest
}

// LearnProgram returns the index of the core's program of a kind other than
// tick, and whether it has one.
func (c *Core) LearnProgram(kind isa.Kind) (index int, ok bool) {
	return int(c.Learn[kind]) - 1, c.Learn[kind] != 0
}

// Marks are what a row has besides its synapses; the zero value is a plain row.
type Marks struct {
	// Key tells the row's random numbers from those of other rows: one more than
	// the number of its source, inputs first.
	Key int32
	// Exp is the exponent of the row's weights, −8 to 7: see Scaled.
	Exp int8
	// Type is the row's axon type, on targets whose neurons have a weight for
	// each type.
	Type uint8
	// Plastic says that the core's programs of kinds other than tick run for the
	// row, Silent that its weights are not added: only those programs see them.
	Plastic, Silent bool
}

// Scaled returns what a synapse of the row with weight w adds: ⌊w · 2^Exp⌋,
// saturated to 16 bits.
func (m *Marks) Scaled(w int16) int16 {
	if m.Exp < 0 {
		return w >> -m.Exp
	}
	scaled, _ := fixed.Sat(int64(w)<<m.Exp, 16)
	return int16(scaled)
}

// Row is the synapses of one axon, in order of slot. In a dense crossbar a slot
// occurs once at most.
type Row struct {
	Marks
	Slots   []uint16
	Weights []int16
	// Delays are in ticks, for targets with delays at synapses; else nil.
	Delays []uint16
}

// Dest is where a spike goes: an axon of a core after a delay in ticks, or,
// with Core = Host, out of the chip. A partial sum (extension G) goes to where
// Axon is −1 − SLOT: the neuron in that slot of the core. With delay 0 it is part
// of the sum of the tick in which it was sent.
type Dest struct{ Core, Axon, Delay int32 }

// Slot returns the slot that a partial sum is for, and whether d is of one.
func (d Dest) Slot() (slot int32, ok bool) { return -1 - d.Axon, d.Core != Host && d.Axon < 0 }

// Host is Dest.Core of a spike that leaves the chip.
const Host = -1

// StateWords returns how many state words each neuron of a core has.
func (im *Image) StateWords(c *Core) int { return len(im.Programs[c.Program].State) }

// Neurons returns how many neurons the image has.
func (im *Image) Neurons() int { return count(im.Manifest.Populations) }

// Inputs returns how many inputs the image has.
func (im *Image) Inputs() int { return count(im.Manifest.Inputs) }

func count(symbols []Symbol) int {
	n := 0
	for _, s := range symbols {
		n += s.N
	}
	return n
}

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
	if n > a.Neurons || len(c.Rows) > a.Axons {
		return fmt.Errorf("%d neurons and %d axons, at most %d and %d", n, len(c.Rows), a.Neurons, a.Axons)
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
	for k := range c.Rows {
		if err := im.verifyRow(&c.Rows[k], n); err != nil {
			return fmt.Errorf("axon %d: %w", k, err)
		}
		words += (len(c.Rows[k].Slots) + a.WordSynapses - 1) / a.WordSynapses
	}
	if a.SynapseFormat == targets.Sparse && words > a.SynapseWords {
		return fmt.Errorf("%d words of synapses, at most %d", words, a.SynapseWords)
	}
	if a.WeightFormat == targets.AxonSign {
		for k := range c.Rows {
			if lo, hi := weightRange(&c.Rows[k]); lo < 0 && hi > 0 {
				return fmt.Errorf("axon %d: weights of both signs, %d and %d", k, lo, hi)
			}
		}
	}
	if a.WeightFormat == targets.Typed {
		if err := verifyTypes(c, n); err != nil {
			return err
		}
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

// weightRange returns the smallest and the largest weight of a row.
func weightRange(r *Row) (lo, hi int16) {
	for _, w := range r.Weights {
		lo, hi = min(lo, w), max(hi, w)
	}
	return lo, hi
}

// verifyTypes checks that each neuron has one weight for each axon type.
func verifyTypes(c *Core, neurons int) error {
	weights := make([][targets.AxonTypes]int16, neurons)
	for r := range c.Rows {
		row := &c.Rows[r]
		for k, slot := range row.Slots {
			w := row.Weights[k]
			if w == 0 {
				continue
			}
			if at := &weights[slot][row.Type]; *at == 0 {
				*at = w
			} else if *at != w {
				return fmt.Errorf("axon %d: weight %d of slot %d, whose axons of type %d weigh %d", r, w, slot, row.Type, *at)
			}
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
	for r := range c.Rows {
		if m := &c.Rows[r].Marks; m.Plastic && !learns {
			return fmt.Errorf("axon %d is plastic, and the core has no program for that", r)
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
		if !part && int(d.Axon) >= len(im.Cores[d.Core].Rows) {
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

// WriteText writes a summary of the image for people and golden files.
func (im *Image) WriteText(w io.Writer) error {
	m := &im.Manifest
	without := ""
	if doubles, removed := im.WithoutSlot(); doubles+removed > 0 {
		without = fmt.Sprintf(" (%d doubles and %d removed, without slots)", doubles, removed)
	}
	fmt.Fprintf(w, "image of %s for %s: %d cores, %d neurons%s, %d inputs\n", m.Network, m.Target, len(im.Cores), im.Neurons(), without, im.Inputs())
	for k := range im.Programs {
		fmt.Fprintf(w, "program %d: %s, %d instructions\n", k, im.Programs[k].Name, len(im.Programs[k].Words))
	}
	for k := range im.Cores {
		c := &im.Cores[k]
		synapses := 0
		for r := range c.Rows {
			synapses += len(c.Rows[r].Slots)
		}
		fmt.Fprintf(w, "core %d at (%d, %d): %s, program %d, %s, %d axons, %d synapses\n", k, c.X, c.Y,
			im.Label(c), c.Program, im.slotsText(c), len(c.Rows), synapses)
	}
	return nil
}
