package experiment

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/events"
	js "github.com/weft-toolchain/weft/internal/jsonschema"
)

// Schema describes experiment files, from the lists that Load reads them with.
func Schema() js.Schema {
	var sets []js.Schema
	for _, f := range formats {
		sets = append(sets, datasetSchema(f))
	}
	return js.Document("weft experiment", js.Object(fileKeys, js.Fields{
		"experiment": js.Text().Doc("a name; without one, the file's"),
		"network":    js.Text().Doc("the network file; paths begin where this file is"),
		"dataset":    js.Any(sets...).Doc("samples, and their labels"),
		"encode": js.Object(encodeKeys, js.Fields{
			"input": js.Text().Doc("the input of the network that is driven"),
			"kind":  js.Word(encodings...).Doc("how a value becomes spikes"),
			"ticks": js.Integer(1, MaxTicks).Doc("ticks of a sample"),
			"seed":  js.Integer(0, math.MaxInt64).Doc("of random spikes"),
			"drain": js.Integer(AutoDrain, MaxTicks).Doc("ticks after the last of the input; -1: as many as the network needs"),
			"gain":  js.Above(0).Doc("times every value"),
			"bin":   js.Quantity("s").Doc("the time whose events go into one tick, for kind events"),
		}, "input", "kind", "ticks"),
		"readout": js.Object(readoutKeys, js.Fields{
			"population": js.Text().Doc("the population whose neuron i stands for label i"),
			"kind":       js.Word(readouts...).Doc("how the answer is read"),
		}, readoutKeys...),
		"target":   js.Text().Doc("a built-in target, or the path of a file"),
		"quantise": network.QuantiseSchema(quantiseKeys...),
		"seed":     js.Integer(0, math.MaxInt64).Doc("of the compiler"),
	}, "network", "dataset", "encode", "readout"), nil)
}

// datasetSchema describes a data set of one format.
func datasetSchema(f dataset.Format) js.Schema {
	fields := js.Fields{
		"format":  js.Word(f).Doc("how the data set is stored"),
		"first":   js.Integer(0, math.MaxInt32).Doc("the first sample, from 0"),
		"samples": js.Integer(1, math.MaxInt32).Doc("how many samples; all that follow if not written"),
	}
	if !slices.Contains(timed, f) {
		fields["scale"] = js.Above(0).Doc("what values are divided by")
	}
	required := []string{"format"}
	for _, key := range formatKeys[f] {
		switch key {
		case "part":
			fields[key] = js.Word(parts...)
		case "polarity":
			fields[key] = js.Word(events.Polarities...).Doc("which polarity comes first")
		case "fit":
			fields[key] = js.Word(events.Fits...).Doc("what becomes of a sensor that is larger than size")
		case "size":
			fields[key] = js.Sized(2, 2, js.Integer(1, maxSide)).Doc("height and width of a sample; the sensor's if not written")
		case "units":
			fields[key] = js.Integer(1, maxUnits).Doc("how many units a sample has; 700 if not written")
		default:
			fields[key] = js.Text()
			required = append(required, key)
		}
	}
	return js.Object(datasetKeys(f), fields, required...)
}
