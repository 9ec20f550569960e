package targets

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	js "github.com/weft-toolchain/weft/internal/jsonschema"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/isa"
)

// Devices describes a crossbar whose weights are conductances: a weight is a
// pair of cells on two rows, one of which counts for it and the other against
// it. What the emulator makes of it, emulator/TIMING.md says. A target without
// devices has a digital crossbar.
type Devices struct {
	// GMin and GMax are the conductances, in siemens, of a weight of 0 and of the
	// largest weight.
	GMin float64 `json:"g_min"`
	GMax float64 `json:"g_max"`
	// Levels is how many conductances from GMin to GMax a cell is programmed to; 0
	// is any.
	Levels int `json:"levels"`
	// ProgramSigma is the standard deviation of a programmed conductance, in
	// siemens: a polynomial in g/GMax, the constant first.
	ProgramSigma []float64 `json:"program_sigma"`
	// ReadSigma is the standard deviation that each pair adds to each read, as a
	// share of the largest weight.
	ReadSigma float64 `json:"read_sigma"`
	// StuckOn and StuckOff are the shares of cells that are at GMax, or at GMin,
	// whatever is programmed.
	StuckOn  float64 `json:"stuck_on"`
	StuckOff float64 `json:"stuck_off"`
	// WireRow and WireColumn are the ohms of wire from one cell to the next.
	WireRow    float64 `json:"wire_row"`
	WireColumn float64 `json:"wire_column"`
	// Rows is how many cells of a column are read at once, in one array; 0 is all
	// of a core. An axon takes two.
	Rows int `json:"rows"`
	// ADCBits is the width of what a column's sum is converted to, 0 for one that
	// loses nothing but what is below a weight unit; ADCRange is the largest sum, in
	// multiples of the largest weight, 0 for one chosen by the core's weights.
	ADCBits  int     `json:"adc_bits"`
	ADCRange float64 `json:"adc_range"`
	// DACBits is the width of what drives a row.
	DACBits int `json:"dac_bits"`
	// Seed tells one chip of the kind from another.
	Seed uint64 `json:"seed"`
}

// CellsPerWeight is how many cells, on as many rows, a weight takes.
const CellsPerWeight = 2

// ArrayAxons returns how many axons one array has, for cores of that many.
func (d *Devices) ArrayAxons(axons int) int {
	if d.Rows == 0 {
		return axons
	}
	return min(axons, d.Rows/CellsPerWeight)
}

// deviceField is a row about one field of `devices`.
type deviceField struct {
	name, unit, values, def, doc string
	required                     bool
	schema                       js.Schema
	read                         func(r yamldoc.Reader, n *yamldoc.Node, what string, d *Devices)
}

// The most that a field of `devices` may be.
const (
	maxPolynomial = 8
	maxRange      = 1 << 20
	// maxPairs is how many pairs of cells a core may have.
	maxPairs = 1 << 24
	// Conductances, in siemens, and ohms with which all that is computed is finite.
	leastSpan, maxSiemens, maxOhm = 1e-15, 1e3, 1e9
)

// deviceFields are the fields of `devices`.
var deviceFields = []deviceField{
	quantityRow("g_min", "S", "conductance of a cell of weight 0", func(d *Devices) *float64 { return &d.GMin }),
	quantityRow("g_max", "S", "conductance of a cell of the largest weight, 2^(`weight_bits` − 1)", func(d *Devices) *float64 { return &d.GMax }),
	intRow("levels", "levels", "conductances from `g_min` to `g_max` that a cell is programmed to, the nearest is taken; 0: any", 0, 1<<16, 0, func(d *Devices, v int64) { d.Levels = int(v) }),
	{
		name: "program_sigma", unit: "S", values: fmt.Sprintf("one, or a list of up to %d", maxPolynomial), def: "0S", read: readPolynomial,
		schema: polynomialSchema(),
		doc:    "standard deviation of a cell's conductance after it was programmed: a polynomial in g / `g_max`, the constant first; below 0 it is 0",
	},
	shareRow("read_sigma", "standard deviation that each pair on a driven row adds to each read, as a share of the largest weight", func(d *Devices) *float64 { return &d.ReadSigma }),
	shareRow("stuck_on", "share of cells that stay at `g_max`", func(d *Devices) *float64 { return &d.StuckOn }),
	shareRow("stuck_off", "share of cells that stay at `g_min`", func(d *Devices) *float64 { return &d.StuckOff }),
	ohmRow("wire_row", "wire of a row from one cell to the next", func(d *Devices) *float64 { return &d.WireRow }),
	ohmRow("wire_column", "wire of a column from one cell to the next", func(d *Devices) *float64 { return &d.WireColumn }),
	intRow("rows", "cells", "cells of a column that are read at once, an array; an axon takes two. 0: all of a core", 0, big, 0, func(d *Devices, v int64) { d.Rows = int(v) }),
	intRow("adc_bits", "bits", "what the sum of a column is converted to, sign included; 0: a converter as fine as a weight unit, without a limit", 0, 24, 0, func(d *Devices, v int64) { d.ADCBits = int(v) }),
	{
		name: "adc_range", unit: "largest weights", values: "0 or more", def: "0", schema: js.Between(0, maxRange), read: func(r yamldoc.Reader, n *yamldoc.Node, what string, d *Devices) {
			d.ADCRange = r.FloatRange(n, what, 0, maxRange)
		},
		doc: "the largest sum that is converted, either sign; 0: for each core the power of two of weight units that is at least twice the root of the sum of squares of any column's weights",
	},
	intRow("dac_bits", "bits", "what a row is driven with, sign included if there are more than one; 1: a spike, or none", 1, 16, 1, func(d *Devices, v int64) { d.DACBits = int(v) }),
	intRow("seed", "", "tells one chip of the kind from another: where cells are stuck, and what programming and reading add", 0, 1<<53, 0, func(d *Devices, v int64) { d.Seed = uint64(v) }),
}

func quantityRow(name, unit, doc string, of func(*Devices) *float64) deviceField {
	return deviceField{name: name, unit: unit, values: "0 or more", def: "required", doc: doc, required: true, schema: js.Quantity(unit), read: readQuantity(unit, of)}
}

func ohmRow(name, doc string, of func(*Devices) *float64) deviceField {
	return deviceField{name: name, unit: "Ohm", values: "0 or more", def: "0", doc: doc, schema: js.Quantity("Ohm"), read: readQuantity("Ohm", of)}
}

func readQuantity(unit string, of func(*Devices) *float64) func(yamldoc.Reader, *yamldoc.Node, string, *Devices) {
	return func(r yamldoc.Reader, n *yamldoc.Node, what string, d *Devices) { *of(d) = r.Quantity(n, what, unit) }
}

func shareRow(name, doc string, of func(*Devices) *float64) deviceField {
	return deviceField{name: name, values: "0 to 1", def: "0", doc: doc, schema: js.Between(0, 1), read: func(r yamldoc.Reader, n *yamldoc.Node, what string, d *Devices) {
		*of(d) = r.FloatRange(n, what, 0, 1)
	}}
}

func intRow(name, unit, doc string, lo, hi, def int64, put func(*Devices, int64)) deviceField {
	return deviceField{
		name: name, unit: unit, values: fmt.Sprintf("%d to %d", lo, hi), def: fmt.Sprint(def), doc: doc, schema: js.Integer(lo, hi),
		read: func(r yamldoc.Reader, n *yamldoc.Node, what string, d *Devices) {
			if n == nil {
				put(d, def)
				return
			}
			put(d, r.Int(n, what, lo, hi))
		},
	}
}

// readPolynomial reads one quantity, or a list of them, of either sign.
func readPolynomial(r yamldoc.Reader, n *yamldoc.Node, what string, d *Devices) {
	if n == nil {
		return
	}
	items := []*yamldoc.Node{n}
	if n.Kind == yamldoc.Sequence {
		items = n.Items
	}
	if len(items) > maxPolynomial {
		r.Diags.Add(n.Pos, diag.OutOfRange, "%s: has %d coefficients, want %d at most", what, len(items), maxPolynomial)
		return
	}
	for _, item := range items {
		sign := 1.0
		if text, negative := strings.CutPrefix(item.Text, "-"); negative {
			without := *item
			without.Text, item, sign = text, &without, -1
		}
		d.ProgramSigma = append(d.ProgramSigma, sign*r.Quantity(item, what, "S"))
	}
}

func deviceNames() []string {
	var all []string
	for _, f := range deviceFields {
		all = append(all, f.name)
	}
	return all
}

// readDevices reads the block `devices` into a target whose arch is read.
func readDevices(r yamldoc.Reader, n *yamldoc.Node, t *Target) {
	before := r.Diags.Len()
	if !r.Mapping(n, devicesBlock, deviceNames()...) {
		return
	}
	d := &Devices{}
	for _, f := range deviceFields {
		v := n.Get(f.name)
		if v == nil && f.required {
			r.Diags.Add(n.Pos, diag.MissingField, "%s: field %q is required", devicesBlock, f.name)
			continue
		}
		f.read(r, v, devicesBlock+"."+f.name, d)
	}
	if r.Diags.Len() == before {
		checkDevices(n, d, &t.Arch, r.Diags)
	}
	t.Devices = d
}

// checkDevices holds the fields against each other and against the arch.
func checkDevices(n *yamldoc.Node, d *Devices, a *Arch, diags *diag.List) {
	bad := func(format string, args ...any) { diags.Add(n.Pos, diag.OutOfRange, "devices: "+format, args...) }
	switch {
	case d.GMax-d.GMin < leastSpan:
		bad("g_min is %.3g S and g_max %.3g S, want a g_max above g_min by %g S at least", d.GMin, d.GMax, leastSpan)
	case d.GMax > maxSiemens || slices.ContainsFunc(d.ProgramSigma, func(c float64) bool { return math.Abs(c) > maxSiemens }):
		bad("g_max or program_sigma is above %g S, which is no cell", maxSiemens)
	case d.WireRow > maxOhm || d.WireColumn > maxOhm:
		bad("wire_row or wire_column is above %g ohm, which is no wire", maxOhm)
	case d.Levels == 1:
		bad("levels: is 1, want 2 at least, or 0 for any conductance")
	case d.ADCBits == 1:
		bad("adc_bits: is 1, want 2 at least, or 0 for a converter that loses nothing")
	case d.Rows == 1:
		bad("rows: is 1, and an axon takes %d", CellsPerWeight)
	case d.StuckOn+d.StuckOff > 1:
		bad("stuck_on and stuck_off are %v together, want 1 at most", d.StuckOn+d.StuckOff)
	case a.SynapseFormat != Dense:
		bad("need arch.synapses: dense, a cell at each crossing")
	case a.WeightFormat != Signed:
		bad("need arch.weights: signed, a pair of cells for each weight")
	case a.Controller.EventDriven():
		bad("need arch.controller: ticks, since all rows of a tick are read at once")
	case strings.ContainsRune(a.Extensions, rune(isa.Learn)):
		bad("cannot learn, since a read does not tell a cell's weight: leave L out of arch.extensions")
	case a.Axons*a.Neurons > maxPairs:
		bad("a core of %d axons and %d neurons has %d pairs of cells, want %d at most", a.Axons, a.Neurons, a.Axons*a.Neurons, maxPairs)
	}
}
