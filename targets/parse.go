package targets

import (
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/isa"
)

// fieldKind is how a field of a target file is written.
type fieldKind int

const (
	intField fieldKind = iota
	mustInt            // an integer without a default
	enumField
	extField
	hertzField
)

// field is a row about one field of `arch` or `timing`. Exactly one of the
// pointers is used, by kind.
type field struct {
	name   string
	kind   fieldKind
	lo, hi int64
	def    int64
	enum   []string
	putInt func(*Target, int64)
	putStr func(*Target, string)
	putNum func(*Target, float64)
}

const (
	big       = 1 << 30
	maxMesh   = 256
	maxCycles = 1 << 20
)

// archFields are the fields of `arch`; `mesh` is read apart.
var archFields = []field{
	{name: "neurons", kind: mustInt, lo: 1, hi: 1 << 16, putInt: func(t *Target, v int64) { t.Arch.Neurons = int(v) }},
	{name: "axons", kind: mustInt, lo: 1, hi: 1 << 18, putInt: func(t *Target, v int64) { t.Arch.Axons = int(v) }},
	{name: "fan_out", kind: mustInt, lo: 1, hi: big, putInt: func(t *Target, v int64) { t.Arch.FanOut = int(v) }},
	{name: "synapses", kind: enumField, enum: []string{string(Dense), string(Sparse)}, putStr: func(t *Target, s string) { t.Arch.SynapseFormat = SynapseFormat(s) }},
	{name: "weight_bits", kind: mustInt, lo: 2, hi: 16, putInt: func(t *Target, v int64) { t.Arch.WeightBits = int(v) }},
	{name: "word_synapses", kind: intField, lo: 1, hi: 1024, def: 1, putInt: func(t *Target, v int64) { t.Arch.WordSynapses = int(v) }},
	{name: "synapse_words", kind: intField, lo: 0, hi: big, putInt: func(t *Target, v int64) { t.Arch.SynapseWords = int(v) }},
	{name: "state_bits", kind: mustInt, lo: 8, hi: 32, putInt: func(t *Target, v int64) { t.Arch.StateBits = int(v) }},
	{name: "state_words", kind: intField, lo: 1, hi: isa.NumState, def: isa.NumState, putInt: func(t *Target, v int64) { t.Arch.StateWords = int(v) }},
	{name: "param_words", kind: intField, lo: 1, hi: isa.NumParams, def: isa.NumParams, putInt: func(t *Target, v int64) { t.Arch.ParamWords = int(v) }},
	{name: "program_words", kind: intField, lo: 1, hi: 4096, def: 64, putInt: func(t *Target, v int64) { t.Arch.ProgramWords = int(v) }},
	{name: "extensions", kind: extField, putStr: func(t *Target, s string) { t.Arch.Extensions = s }},
	{name: "delays", kind: enumField, enum: []string{string(DelayAxon), string(DelaySynapse)}, putStr: func(t *Target, s string) { t.Arch.DelayPlace = DelayPlace(s) }},
	{name: "max_delay", kind: mustInt, lo: 1, hi: 4096, putInt: func(t *Target, v int64) { t.Arch.MaxDelay = int(v) }},
}

// timingFields are the fields of `timing`.
var timingFields = []field{
	{name: "clock", kind: hertzField, putNum: func(t *Target, v float64) { t.Timing.Clock = v }},
	{name: "tick", kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Tick = v }},
	{name: "row", kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Row = v }},
	{name: "word", kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Word = v }},
	{name: "instruction", kind: intField, lo: 0, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Instruction = v }},
	{name: "lanes", kind: intField, lo: 1, hi: 1 << 16, def: 1, putInt: func(t *Target, v int64) { t.Timing.Lanes = v }},
	{name: "spike", kind: intField, lo: 0, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Spike = v }},
	{name: "hop_x", kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.HopX = v }},
	{name: "hop_y", kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.HopY = v }},
	{name: "link", kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Link = v }},
	{name: "eject", kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Eject = v }},
	{name: "fifo", kind: intField, lo: 1, hi: 1024, def: 4, putInt: func(t *Target, v int64) { t.Timing.FIFO = int(v) }},
	{name: "barrier", kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Barrier = v }},
}

const (
	leakageChip = "leakage_chip"
	leakageCore = "leakage_core"
)

func names(fields []field, more ...string) []string {
	for _, f := range fields {
		more = append(more, f.name)
	}
	return more
}

// decode reads a whole, merged tree.
func decode(root *yamldoc.Node, diags *diag.List) *Target {
	r := yamldoc.Reader{Diags: diags}
	t := &Target{}
	if !r.Mapping(root, "target", "target", "doc", "inherits", "arch", "timing", "prices") {
		return t
	}
	if n := r.Require(root, "target", "target"); n != nil {
		t.Name = r.String(n, "target")
	}
	if n := root.Get("doc"); n != nil {
		t.Doc = r.String(n, "doc")
	}
	before := diags.Len()
	if n := r.Require(root, "target", "arch"); r.Mapping(n, "arch", names(archFields, "mesh")...) {
		readMesh(r, n, t)
		readFields(r, n, "arch", archFields, t)
		if diags.Len() == before {
			checkArch(n, t, diags)
		}
	}
	if n := r.Require(root, "target", "timing"); r.Mapping(n, "timing", names(timingFields)...) {
		readFields(r, n, "timing", timingFields, t)
	}
	if n := r.Require(root, "target", "prices"); n != nil {
		readPrices(r, n, t)
	}
	return t
}

func readMesh(r yamldoc.Reader, n *yamldoc.Node, t *Target) {
	m := r.Require(n, "arch", "mesh")
	if !r.Sequence(m, "mesh") {
		return
	}
	if len(m.Items) != 2 {
		r.Diags.Add(m.Pos, diag.WrongType, "mesh: want [width, height] in cores, have %d numbers", len(m.Items))
		return
	}
	t.Arch.MeshWidth = int(r.Int(m.Items[0], "mesh width", 1, maxMesh))
	t.Arch.MeshHeight = int(r.Int(m.Items[1], "mesh height", 1, maxMesh))
}

func readFields(r yamldoc.Reader, n *yamldoc.Node, block string, fields []field, t *Target) {
	for _, f := range fields {
		v := n.Get(f.name)
		what := block + "." + f.name
		if v == nil {
			switch f.kind {
			case intField:
				f.putInt(t, f.def)
			case mustInt, enumField, hertzField:
				r.Diags.Add(n.Pos, diag.MissingField, "%s: field %q is required", block, f.name)
			case extField:
			}
			continue
		}
		switch f.kind {
		case intField, mustInt:
			f.putInt(t, r.Int(v, what, f.lo, f.hi))
		case enumField:
			f.putStr(t, r.Enum(v, what, f.enum...))
		case extField:
			f.putStr(t, readExtensions(r, v))
		case hertzField:
			hz := r.Quantity(v, what, "Hz")
			if hz == 0 {
				r.Diags.Add(v.Pos, diag.OutOfRange, "%s: is %s, want a frequency above zero, such as 200MHz", what, v.Text)
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

// checkArch holds fields against each other.
func checkArch(n *yamldoc.Node, t *Target, diags *diag.List) {
	a := &t.Arch
	if a.SynapseFormat == Sparse && a.SynapseWords == 0 {
		diags.Add(n.Pos, diag.MissingField, "arch: sparse synapses need field %q, the memory of a core in words", "synapse_words")
	}
	if a.SynapseFormat == Dense && a.DelayPlace == DelaySynapse {
		diags.Add(n.Pos, diag.OutOfRange, "arch: delays: synapse needs synapses: sparse, since a dense word holds a weight only")
	}
	worst := int64(a.Axons) << (a.WeightBits - 1)
	if limit := int64(1) << (a.StateBits - 1); worst > limit {
		diags.Add(n.Pos, diag.OutOfRange, "arch: %d axons of %d-bit weights sum to %d, which does not fit %d state bits", a.Axons, a.WeightBits, worst, a.StateBits)
	}
}

func readPrices(r yamldoc.Reader, n *yamldoc.Node, t *Target) {
	allowed := []string{leakageChip, leakageCore}
	for _, e := range Events {
		allowed = append(allowed, e.Name)
	}
	if !r.Mapping(n, "prices", allowed...) {
		return
	}
	for k, e := range Events {
		if v := n.Get(e.Name); v != nil {
			t.Prices.Energy[k] = r.Quantity(v, "prices."+e.Name, "J")
		}
	}
	if v := n.Get(leakageChip); v != nil {
		t.Prices.LeakageChip = r.Quantity(v, "prices."+leakageChip, "W")
	}
	if v := n.Get(leakageCore); v != nil {
		t.Prices.LeakageCore = r.Quantity(v, "prices."+leakageCore, "W")
	}
}
