package targets

import (
	"math"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets/mesh"
)

var targetKeys = []string{"target", "doc", "inherits", archBlock, devicesBlock, timingBlock, pricesBlock, areaBlock}

var areaKeys = []string{chipField}

// decode reads a whole, merged tree.
func decode(root *yamldoc.Node, diags *diag.List) *Target {
	r := yamldoc.Reader{Diags: diags}
	t := &Target{}
	if !r.Mapping(root, "target", targetKeys...) {
		return t
	}
	if n := r.Require(root, "target", "target"); n != nil {
		t.Name = r.Name(n, "target")
	}
	if n := root.Get("doc"); n != nil {
		t.Doc = r.Name(n, "doc")
	}
	before := diags.Len()
	if n := r.Require(root, "target", archBlock); r.Mapping(n, archBlock, names(archFields)...) {
		readFields(r, n, archBlock, archFields, t)
		checkChips(n, &t.Arch, diags)
		if diags.Len() == before {
			checkArch(n, t, diags)
		}
	}
	if n := root.Get(devicesBlock); n != nil {
		readDevices(r, n, t)
	}
	if n := r.Require(root, "target", timingBlock); r.Mapping(n, timingBlock, names(timingFields)...) {
		readFields(r, n, timingBlock, timingFields, t)
		if diags.Len() == before {
			checkMesh(n, t, diags)
			checkSpan(n, t, diags)
		}
	}
	if n := r.Require(root, "target", pricesBlock); n != nil {
		readPrices(r, n, t)
	}
	if n := root.Get(areaBlock); r.Mapping(n, areaBlock, areaKeys...) {
		readArea(r, r.Require(n, areaBlock, chipField), t)
	}
	return t
}

// chipField is the one field of `area`.
const chipField = "chip"

// maxArea is the largest chip, in mm²: a wafer.
const maxArea = 1e5

func readArea(r yamldoc.Reader, n *yamldoc.Node, t *Target) {
	before := r.Diags.Len()
	area := r.Quantity(n, "area.chip", "mm2")
	if n != nil && r.Diags.Len() == before && (area <= 0 || area > maxArea) {
		r.Diags.Add(n.Pos, diag.OutOfRange, "area.chip: is %s, want above 0 and up to %g mm²", n.Text, float64(maxArea))
		return
	}
	t.AreaMM2 = area
}

// readSize reads the width and the height that a field is: zeros where it reports.
func readSize(r yamldoc.Reader, n *yamldoc.Node, f *field) (width, height int) {
	if !r.Sequence(n, f.name) {
		return 0, 0
	}
	if len(n.Items) != 2 {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want [width, height] in %s, have %d numbers", f.name, f.unit, len(n.Items))
		return 0, 0
	}
	before := r.Diags.Len()
	width, height = int(r.Int(n.Items[0], f.name+" width", f.lo, f.hi)), int(r.Int(n.Items[1], f.name+" height", f.lo, f.hi))
	if r.Diags.Len() > before {
		return 0, 0
	}
	return width, height
}

func readFields(r yamldoc.Reader, n *yamldoc.Node, block string, fields []field, t *Target) {
	for _, f := range fields {
		v := n.Get(f.name)
		what := block + "." + f.name
		if v == nil {
			switch f.kind {
			case intField:
				f.putInt(t, f.def)
			case mustInt, enumField, hertzField, mustSize:
				r.Diags.Add(n.Pos, diag.MissingField, "%s: field %q is required", block, f.name)
			case optionField:
				f.putStr(t, f.enum[0])
			case extField, wordsField, sizeField:
			}
			continue
		}
		switch f.kind {
		case intField, mustInt:
			f.putInt(t, r.Int(v, what, f.lo, f.hi))
		case enumField, optionField:
			f.putStr(t, r.Enum(v, what, f.enum...))
		case extField:
			f.putStr(t, readExtensions(r, v))
		case wordsField:
			f.putStr(t, readWords(r, v, what, f.enum))
		case sizeField, mustSize:
			w, h := readSize(r, v, &f)
			f.putSize(t, w, h)
		case hertzField:
			before := r.Diags.Len()
			hz := r.Quantity(v, what, "Hz")
			if hz == 0 && r.Diags.Len() == before {
				r.Diags.Add(v.Pos, diag.OutOfRange, "%s: is %s, want a frequency above zero, such as 200MHz", what, v.Text)
			}
			if hz != 0 && (hz < 1/maxClock || hz > maxClock) {
				r.Diags.Add(v.Pos, diag.OutOfRange, "%s: is %s, want %g Hz to %g Hz", what, v.Text, 1/maxClock, maxClock)
			}
			f.putNum(t, hz)
		}
	}
}

func readExtensions(r yamldoc.Reader, n *yamldoc.Node) string {
	if !r.Sequence(n, "extensions") {
		return ""
	}
	var s strings.Builder
	for _, e := range n.Items {
		letter := r.String(e, "extension")
		if letter == "" {
			continue
		}
		if len(letter) != 1 {
			r.Diags.Add(e.Pos, diag.UnknownName, "extension %q: want one letter, see isa/ISA.md", letter)
			continue
		}
		if _, ok := isa.ExtensionOf(letter[0]); !ok {
			r.Diags.Add(e.Pos, diag.UnknownName, "extension %q is not in the ISA; see isa/ISA.md", letter)
			continue
		}
		if !strings.Contains(s.String(), letter) {
			s.WriteString(letter)
		}
	}
	return s.String()
}

// readWords reads a list of some of the words allowed.
func readWords(r yamldoc.Reader, n *yamldoc.Node, what string, allowed []string) string {
	if !r.Sequence(n, what) {
		return ""
	}
	var words []string
	for _, item := range n.Items {
		if word := r.Enum(item, what, allowed...); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// checkArch holds fields against each other.
func checkArch(n *yamldoc.Node, t *Target, diags *diag.List) {
	a := &t.Arch
	if a.SynapseFormat == Sparse && a.SynapseWords == 0 {
		diags.Add(n.Pos, diag.MissingField, "arch: sparse synapses need field %q, the memory of a core in words", "synapse_words")
	}
	if a.SynapseFormat == Dense && a.DelayPlace == DelaySynapse {
		diags.Add(n.Pos, diag.OutOfRange, "arch: delays: synapse needs synapses: sparse, since a dense word holds a weight only")
	}
	if a.Controller.EventDriven() {
		checkCircuit(n, a, diags)
	}
	// What accumulates in a tick must not wrap; it saturates to a state word
	// after. A sparse axon may reach a neuron many times.
	const accumulator = 32
	synapses := int64(a.Axons)
	if a.SynapseFormat == Sparse {
		synapses = int64(a.SynapseWords) * int64(a.WordSynapses)
	}
	if synapses<<(a.WeightBits-1) > 1<<(accumulator-1) {
		diags.Add(n.Pos, diag.OutOfRange, "arch: %d synapses of %d-bit weights, all to one neuron, do not fit the %d bits of its accumulator", synapses, a.WeightBits, accumulator)
	}
}

// checkChips refuses chips that do not make the mesh, where both are known. A mesh of
// one chip says nothing of chips, however the file puts it.
func checkChips(n *yamldoc.Node, a *Arch, diags *diag.List) {
	if a.MeshWidth > 0 && !a.Chips().Fill(a.MeshWidth, a.MeshHeight) {
		diags.Add(n.Get("chip").Pos, diag.OutOfRange, "arch.chip: whole chips of %d × %d cores do not make a mesh of %d × %d: want a width that divides %d, and a height that divides %d",
			a.ChipWidth, a.ChipHeight, a.MeshWidth, a.MeshHeight, a.MeshWidth, a.MeshHeight)
	}
	if a.Chips() == (mesh.Chips{}) || a.ChipWidth == a.MeshWidth && a.ChipHeight == a.MeshHeight {
		a.ChipWidth, a.ChipHeight, a.ChipLink = 0, 0, 0
	}
}

// checkMesh refuses routers whose FIFOs would fill the memory of the host.
func checkMesh(n *yamldoc.Node, t *Target, diags *diag.List) {
	const ports, most = 5, 1 << 26
	if places := t.Arch.Cores() * ports * t.Timing.FIFO; places > most {
		diags.Add(n.Pos, diag.OutOfRange, "timing.fifo: %d packets in each of %d routers' %d FIFOs are %d, want %d at most", t.Timing.FIFO, t.Arch.Cores(), ports, places, most)
	}
}

// maxSpan is the longest tick of a core that is emulated, in cycles.
const maxSpan = 1 << 38

// checkSpan refuses costs with which a full core's tick would never end. It
// reckons in real numbers, where nothing wraps.
func checkSpan(n *yamldoc.Node, t *Target, diags *diag.List) {
	a, c := &t.Arch, &t.Timing
	words := float64(a.Axons) * math.Ceil(float64(a.Neurons)/float64(a.WordSynapses))
	if a.SynapseFormat == Sparse {
		words = float64(a.SynapseWords)
	}
	read := float64(c.Read) + float64(a.Axons)*float64(a.Neurons)*float64(c.Conversion) // an array of an axon, one converter
	if t.Devices == nil {
		read = 0
	}
	span := read + float64(c.Tick) + float64(a.Axons)*float64(c.Row) + words*float64(c.Word) +
		float64(a.Neurons)*(float64(a.ProgramWords)*float64(c.Instruction)+float64(c.Neuron)) + float64(c.Period) + float64(a.FanOut)*float64(c.Spike)
	if span > maxSpan {
		diags.Add(n.Pos, diag.OutOfRange, "timing: a full core's tick would take %.3g cycles, want %.3g at most: lower row, word, instruction or spike", span, float64(maxSpan))
	}
}

// maxPrice is the most that an event or a power can cost, in J or W, and maxClock
// the fastest clock, in Hz: sums of them stay numbers.
const (
	maxPrice = 1e6
	maxClock = 1e15
)

func priceNames() []string {
	var all []string
	for _, p := range priceFields() {
		all = append(all, p.name)
	}
	return all
}

func readPrices(r yamldoc.Reader, n *yamldoc.Node, t *Target) {
	if !r.Mapping(n, pricesBlock, priceNames()...) {
		return
	}
	for _, p := range priceFields() {
		if v := n.Get(p.name); v != nil {
			x := r.Quantity(v, "prices."+p.name, p.unit)
			if x > maxPrice {
				r.Diags.Add(v.Pos, diag.OutOfRange, "prices.%s: is %s, want %g %s at most; a number without a unit is in %s", p.name, v.Text, maxPrice, p.unit, p.unit)
			}
			*p.of(&t.Prices) = x
		}
	}
}
