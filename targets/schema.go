package targets

import (
	"math"

	js "github.com/weft-toolchain/weft/internal/jsonschema"
	"github.com/weft-toolchain/weft/isa"
)

// Schema describes target files, from the tables that Load reads them with.
func Schema() js.Schema {
	devices := js.Fields{}
	for _, f := range deviceFields {
		devices[f.name] = f.schema.Doc(described(f.doc, f.unit))
	}
	prices := js.Fields{}
	for _, f := range priceFields() {
		prices[f.name] = js.Quantity(f.unit).Doc(described(f.doc, f.unit))
	}
	s := js.Object(targetKeys, js.Fields{
		"target":     js.Text().Doc("the target's name"),
		"doc":        js.Text().Doc("what it is, in a line"),
		"inherits":   js.Text().Doc("a built-in target, or the path of a file, whose fields this one has where it does not say others"),
		archBlock:    js.Object(names(archFields), fieldSchemas(archFields)).Doc("what the compiler sees"),
		devicesBlock: js.Object(deviceNames(), devices).Doc("a crossbar whose weights are conductances"),
		timingBlock:  js.Object(names(timingFields), fieldSchemas(timingFields)).Doc("how long things take"),
		pricesBlock:  js.Object(priceNames(), prices).Doc("what events cost"),
		areaBlock:    js.Object(areaKeys, js.Fields{chipField: js.Quantity("mm2").Doc("area of the whole chip")}, areaKeys...),
	}, "target")
	// What a file inherits it need not say.
	whole := js.Having(archBlock, timingBlock, pricesBlock)
	whole["properties"] = js.Fields{
		archBlock:    js.Having(required(archFields)...),
		timingBlock:  js.Having(required(timingFields)...),
		devicesBlock: js.Having(requiredDevices()...),
	}
	s["anyOf"] = []js.Schema{js.Having("inherits"), whole}
	return js.Document("weft target", s, nil)
}

func described(doc, unit string) string {
	if unit == "" {
		return doc
	}
	return doc + ", in " + unit
}

func fieldSchemas(fields []field) js.Fields {
	out := js.Fields{}
	for _, f := range fields {
		out[f.name] = f.schema().Doc(described(f.doc, f.unit))
	}
	return out
}

func (f *field) schema() js.Schema {
	switch f.kind {
	case intField, mustInt:
		return js.Integer(f.lo, f.hi)
	case enumField, optionField:
		return js.Word(f.enum...)
	case extField:
		return js.List(js.Word(isa.Extensions()...))
	case wordsField:
		return js.List(js.Word(f.enum...))
	case hertzField:
		return js.Quantity("Hz")
	case sizeField, mustSize:
		return js.Sized(2, 2, js.Integer(f.lo, f.hi))
	}
	panic("targets: a field of no kind: " + f.name)
}

// needed reports whether a file without a default for it has to have the field.
func (f *field) needed() bool {
	return f.kind == mustInt || f.kind == enumField || f.kind == hertzField || f.kind == mustSize
}

// required lists the fields without a default.
func required(fields []field) []string {
	var out []string
	for _, f := range fields {
		if f.needed() {
			out = append(out, f.name)
		}
	}
	return out
}

func requiredDevices() []string {
	var out []string
	for _, f := range deviceFields {
		if f.required {
			out = append(out, f.name)
		}
	}
	return out
}

func polynomialSchema() js.Schema {
	coefficient := js.Any(js.Number(), js.WithUnit("S", "[+-]?"))
	return js.Any(coefficient, js.Sized(0, maxPolynomial, coefficient))
}

// DefectsSchema describes defects files, for any chip.
func DefectsSchema() js.Schema {
	index := js.Integer(0, math.MaxInt32)
	place := js.Sized(2, 2, js.Integer(0, maxMesh-1)).Doc("[x, y]")
	cells := func(list string, item js.Schema) js.Schema {
		return js.List(js.Object(cellKeys(list), js.Fields{"core": place, list: js.List(item)}, cellKeys(list)...))
	}
	random := js.Fields{"seed": js.Integer(0, math.MaxInt64)}
	for _, share := range randomShares {
		random[share] = js.Between(0, 1).Doc("share of the " + share + " that are dead")
	}
	return js.Document("weft defects", js.Object(defectsKeys, js.Fields{
		"defects":  js.Text().Doc("a name"),
		"cores":    js.List(place).Doc("cores that are dead"),
		"links":    js.List(js.Sized(2, 2, place)).Doc("links that are dead, each between two places side by side"),
		"axons":    cells("axons", index).Doc("axons that are dead"),
		"synapses": cells("synapses", js.Sized(2, 2, index)).Doc("synapses that are dead, [axon, neuron]"),
		"random":   js.Object(randomKeys, random).Doc("what is dead by chance"),
	}, "defects"), nil)
}
