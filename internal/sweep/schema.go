package sweep

import (
	"slices"
	"strings"

	js "github.com/weft-toolchain/weft/internal/jsonschema"
)

// Schema describes sweep files, from the tables that Load reads them with. It
// knows the parameters' names, and no more of their values than Load does.
func Schema() js.Schema {
	one := js.Schema{"type": []string{"string", "number", "boolean", "null"}, "minLength": 1}
	// A field may be a list, such as a mesh.
	field := js.Any(one, js.List(js.Ref("field")))
	span := js.Object(rangeKeys, js.Fields{
		"from":   js.Number().Doc("the first value"),
		"to":     js.Number().Doc("no value is above it"),
		"step":   js.Above(0).Doc("from one value to the next; 1 if not written"),
		"factor": js.Above(1).Doc("the next value is so many times the last, instead of step"),
		"unit":   js.Text().Doc("put behind each value"),
	}, "from", "to")
	several := func(value js.Schema) js.Schema { return js.Any(value, js.Sized(1, MaxPoints, value), js.Ref("range")) }
	s := js.Object(fileKeys, js.Fields{
		"sweep":        js.Text().Doc("a name; without one, the file's"),
		ExperimentName: one.Doc("the experiment file of all points that name no other; paths begin where this file is"),
		"set":          js.Ref("settings").Doc("parameters that all points have"),
		"grid":         parameterSchema(several(one), several(field)).Doc("parameters with several values: a point for every combination"),
		"points":       js.List(js.Ref("settings")).Doc("points besides, each with what it sets"),
	})
	s["anyOf"] = []js.Schema{js.Having("grid"), js.Having("points")}
	return js.Document("weft sweep", s, map[string]js.Schema{"settings": parameterSchema(one, field), "range": span, "field": field})
}

// parameterSchema is a mapping of parameters, with what stands behind one, and
// behind one that is a field.
func parameterSchema(one, field js.Schema) js.Schema {
	fields := js.Fields{}
	for _, p := range slices.Concat(sources, options) {
		fields[p.name] = one.Doc(p.doc)
	}
	s := js.Object(parameterNames(), fields)
	s["patternProperties"] = js.Fields{`^(` + strings.Join(blocks(), "|") + `)\..`: field.Doc("a field of the experiment or of the target")}
	return s
}
