package network

import (
	"maps"
	"slices"

	js "github.com/weft-toolchain/weft/internal/jsonschema"
)

// Schema describes network files, from the tables that Load reads them with.
func Schema() js.Schema {
	var cases []js.Schema
	defs := valueSchemas()
	for k := range models {
		m := &models[k]
		params := "params_" + string(m.model)
		defs[params] = m.schema()
		required := []string{"shape", "neuron"}
		if slices.ContainsFunc(m.rows, func(r paramRow) bool { return r.required }) {
			required = append(required, "params")
		}
		norm := js.Ref("batch_norm")
		if m.integer || m.silent {
			norm = js.Never()
		}
		cases = append(cases, js.Object(populationKeys, js.Fields{
			"shape":      js.Ref("shape"),
			"neuron":     js.Word(m.model).Doc("the neuron model"),
			"params":     js.Ref(params).Doc("parameters of the model"),
			"batch_norm": norm,
		}, required...))
	}
	defs["shape"] = js.Any(js.Integer(1, MaxNeurons), js.Sized(1, maxDims, js.Integer(1, MaxNeurons))).
		Doc("one whole number or a list of one to four; the last index runs fastest")
	defs["population"] = js.Any(cases...)
	defs["projection"] = projectionSchema()
	defs["quantise"] = QuantiseSchema(quantiseKeys...)
	defs["batch_norm"] = js.Object(paramKeys(normRows), rowFields(normRows)).Doc("a batch normalisation as training left it")

	populations := js.Names(namePattern, js.Ref("population")).Doc("neurons, by name")
	populations["minProperties"] = 1
	return js.Document("weft network", js.Object(fileFields, js.Fields{
		"network":     js.Text().Doc("the network's name; without one, the file's"),
		"tick":        js.Quantity("s").Doc("duration of a tick, such as 1ms, which is the default"),
		"inputs":      js.Names(namePattern, inputSchema()).Doc("where spikes come in, by name"),
		"populations": populations,
		"projections": js.List(js.Ref("projection")).Doc("which neurons lead to which, and with what numbers"),
		"outputs":     js.List(js.Text()).Doc("populations whose spikes leave the chip"),
		"quantise":    js.Ref("quantise"),
		"optimise":    optimiseSchema(),
		"seed":        seedSchema(),
	}, "populations"), defs)
}

func seedSchema() js.Schema {
	return js.Integer(0, maxSeed).Doc("what random numbers begin from")
}

func inputSchema() js.Schema {
	register := js.Integer(-maxBroadcast, maxBroadcast)
	return js.Object(inputKeys, js.Fields{
		"shape":     js.Ref("shape"),
		"broadcast": js.Any(register, js.List(register)).Doc("what a spike adds to the broadcast register of every core: one number, or one for each element"),
	}, "shape")
}

// schema describes the parameters of a model.
func (m *modelRow) schema() js.Schema {
	fields := rowFields(m.rows)
	for _, c := range m.choices {
		fields[c.key] = js.Word(c.words...).Doc(c.doc)
		if slices.Equal(c.words, yesNo) {
			fields[c.key] = js.Bool().Doc(c.doc)
		}
	}
	if m.resets != nil {
		fields[resetKey] = js.Word(m.resets...).Doc("what a spike does to the potential")
	}
	s := js.Object(m.keys, fields)
	var all []js.Schema
	for _, row := range m.rows {
		switch {
		case !row.required:
		case row.alias != "":
			all = append(all, js.Any(js.Having(string(row.param)), js.Having(row.alias)))
		default:
			all = append(all, js.Having(string(row.param)))
		}
	}
	if len(all) == 0 {
		return js.Any(s, js.Schema{"type": "null"})
	}
	s["allOf"] = all
	return s
}

// rowFields describes parameters, each behind all of its names.
func rowFields(rows []paramRow) js.Fields {
	fields := js.Fields{}
	for _, row := range rows {
		number := numberSchema(row.unit)
		if row.hi > row.lo {
			number = js.Integer(int64(row.lo), int64(row.hi))
		}
		s := js.Any(number, named("list", row.unit), named("placed_file", row.unit), named("distribution", row.unit))
		if row.doc != "" {
			s = s.Doc(row.doc)
		}
		fields[string(row.param)] = s
		if row.alias != "" {
			fields[row.alias] = s.Doc("the same as " + string(row.param))
		}
	}
	return fields
}

// named refers to what valueSchemas defines for a unit.
func named(what string, u unit) js.Schema { return js.Ref(unitName(what, u)) }

func unitName(what string, u unit) string {
	if u == plain {
		return what
	}
	return what + "_" + string(u)
}

func numberSchema(u unit) js.Schema {
	if u == plain {
		return js.Number()
	}
	return js.Any(js.Number(), js.WithUnit(string(u), `\+?`))
}

// valueSchemas defines what stands for many numbers: lists, files and distributions, of
// each unit.
func valueSchemas() map[string]js.Schema {
	defs := map[string]js.Schema{}
	for _, u := range []unit{plain, second, hertz} {
		number := numberSchema(u)
		file := js.Fields{
			"file":   js.Text().Doc("an array file: .npz, .npy or .csv; its path begins where the network file is"),
			"array":  js.Text().Doc("the name of an array of the file"),
			"scale":  js.Number().Doc("times this"),
			"offset": number,
		}
		placed := maps.Clone(file)
		placed["axis"] = js.Integer(0, maxDims-1).Doc("the axis of the population that the array runs along")
		defs[unitName("list", u)] = js.List(js.Any(number, named("list", u)))
		defs[unitName("file", u)] = js.Object(fileKeys, file, "file")
		defs[unitName("placed_file", u)] = js.Object(append(slices.Clip(fileKeys), "axis"), placed, "file")
		defs[unitName("distribution", u)] = distributionSchema(number)
	}
	return defs
}

func distributionSchema(number js.Schema) js.Schema {
	exact := js.Integer(-maxExact, maxExact)
	s := js.Object(distributionKeys, js.Fields{
		"uniform": js.Sized(2, 2, number).Doc("[lo, hi]"),
		"normal":  js.Sized(2, 2, number).Doc("[mean, std]"),
		"integer": js.Sized(2, 2, exact).Doc("[lo, hi]"),
		"seed":    seedSchema(),
		"scale":   js.Number().Doc("times this"),
		"offset":  number,
	})
	s["oneOf"] = []js.Schema{js.Having("uniform"), js.Having("normal"), js.Having("integer")}
	return s
}

func projectionSchema() js.Schema {
	var layouts []string
	for _, r := range rules {
		for _, l := range r.layouts {
			if !slices.Contains(layouts, l) {
				layouts = append(layouts, l)
			}
		}
	}
	return js.Object(projectionKeys, js.Fields{
		"from":       js.Text().Doc("an input or a population"),
		"to":         js.Text().Doc("a population"),
		"connect":    connectSchema(),
		"weights":    js.Any(js.Number(), js.Ref("list"), js.Ref("file"), js.Ref("distribution")).Doc("what synapses weigh; 1 if not written"),
		"delay":      js.Any(delaySchema(), js.Ref("list"), js.Ref("file"), js.Ref("distribution")).Doc("ticks that a spike takes; 1 if not written"),
		"layout":     js.Word(layouts...).Doc("how the arrays are indexed"),
		"quantise":   js.Ref("quantise"),
		"weight_exp": js.Integer(-8, 7).Doc("exponent of the weights into a chip's own model"),
		"stochastic": js.Bool().Doc("synapses of truenorth that pass a spike by chance"),
		"batch_norm": js.Ref("batch_norm"),
		"learn":      learnSchema(),
	}, "from", "to", "connect")
}

func delaySchema() js.Schema { return js.Integer(1, MaxDelay) }

func connectSchema() js.Schema {
	var bare []string
	var cases []js.Schema
	for _, r := range rules {
		switch {
		case r.args == nil:
			bare = append(bare, r.name)
		case r.name == "file":
			cases = append(cases, js.Object(edgeFileKeys, js.Fields{
				"file": js.Text().Doc("an array file of edges"),
				"pre":  js.Text(), "post": js.Text(), "weight": js.Text(), "delay": js.Text(),
			}, "file"))
		case r.name == "list":
			index := js.Any(js.Integer(0, MaxNeurons-1), js.Sized(1, maxDims, js.Integer(0, MaxNeurons-1)))
			edge := js.Sized(2, 4, js.Schema{})
			edge["prefixItems"] = []js.Schema{index, index, js.Number(), delaySchema()}
			cases = append(cases, js.Object([]string{r.name}, js.Fields{r.name: js.List(edge)}, r.name).Doc("[pre, post], [pre, post, weight] or [pre, post, weight, delay]"))
		default:
			args := js.Object(r.args, r.fields())
			cases = append(cases, js.Object([]string{r.name}, js.Fields{r.name: args}, r.name).Doc("as in "+r.example))
		}
	}
	return js.Any(append(cases, js.Word(bare...))...).Doc("the rule of connection")
}

// windowFields describes the arguments of a convolution or a pool.
func windowFields(rule string, keys []string) func() js.Fields {
	extent := func(lo, hi int64) js.Schema {
		n := js.Integer(lo, hi)
		if rule == "conv1d" {
			return n
		}
		return js.Any(n, js.Sized(2, 2, n))
	}
	return func() js.Fields {
		all := js.Fields{
			"kernel":   extent(1, maxKernel).Doc("size of the window: one number, or [height, width]"),
			"stride":   extent(1, maxStride),
			"dilation": extent(1, maxStride),
			"padding":  js.Any(extent(0, maxKernel), js.Word("same", "valid")),
			"groups":   js.Integer(1, MaxNeurons),
		}
		return picked(all, keys)
	}
}

// picked returns the fields with these keys.
func picked(all js.Fields, keys []string) js.Fields {
	maps.DeleteFunc(all, func(key string, _ js.Schema) bool { return !slices.Contains(keys, key) })
	return all
}

func sparseFields() js.Fields {
	return js.Fields{
		"p":                js.Between(0, 1).Doc("probability of each pair"),
		"in_degree":        js.Integer(0, MaxNeurons).Doc("synapses of each post-neuron"),
		"out_degree":       js.Integer(0, MaxNeurons).Doc("synapses of each pre-neuron"),
		"seed":             seedSchema(),
		"self_connections": js.Bool().Doc("whether a neuron of a population may lead to itself"),
	}
}

func learnSchema() js.Schema {
	var cases []js.Schema
	for _, r := range learningRules {
		fields := js.Fields{"rule": js.Word(r.rule).Doc("the rule of learning")}
		required := []string{"rule"}
		for _, row := range r.params {
			number := js.Number()
			if row.unit != plain {
				number = js.Quantity(string(row.unit))
			}
			fields[string(row.param)] = number.Doc(row.doc)
			if row.required {
				required = append(required, string(row.param))
			}
		}
		cases = append(cases, js.Object(r.keys(), fields, required...))
	}
	return js.Any(cases...).Doc("how the weights change")
}

// QuantiseSchema describes a block that ReadQuantise reads with these keys.
func QuantiseSchema(keys ...string) js.Schema {
	all := js.Fields{
		"bits":   js.Integer(minBits, maxBits).Doc("bits of a weight"),
		"clip":   js.Word(clips...).Doc("largest weight kept: mse, that of least squared error, or max, clip nothing"),
		"per":    js.Word(pers...).Doc("weights that share a scale"),
		"sign":   js.Word(signs...).Doc("signs that the weights into a chip's own model are stored with"),
		"format": js.Word(Formats...).Doc("the numbers that weights are rounded to"),
		"scale":  js.Word(scales...).Doc("which scales there may be: any, or powers of two"),
	}
	return js.Object(keys, picked(all, keys)).Doc("the quantiser's settings")
}

func optimiseSchema() js.Schema {
	share := func(doc string) js.Schema {
		s := js.Above(0).Doc(doc)
		s["maximum"] = 1
		return s
	}
	prune := js.Object(pruneKeys, js.Fields{
		"magnitude": js.Above(0).Doc("removes weights of a smaller magnitude"),
		"smallest":  share("the share of each projection's weights, those of least magnitude, that are removed"),
		"noise":     share("the expected share of synapses within populations that are kept"),
		"gain":      js.Above(0).Doc("spikes a tick that a potential of one threshold stands for, with noise"),
		"seed":      seedSchema(),
	}).Doc("which synapses are removed")
	return js.Object(optimiseKeys, js.Fields{
		"prune":        prune,
		"dead":         js.Bool().Doc("removes neurons that can never fire"),
		"unreachable":  js.Bool().Doc("removes neurons from which no output is reached"),
		"share":        js.Bool().Doc("lets one of several identical neurons stand for all"),
		"correct_bias": share("corrects biases by the mean error of the weights, for sources that fire so many times a tick"),
	}).Doc("passes that make the network smaller")
}
