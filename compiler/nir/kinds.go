package nir

// kind is a primitive of NIR, as the file calls it.
type kind string

// The primitives.
const (
	input     kind = "Input"
	output    kind = "Output"
	linear    kind = "Linear"
	affine    kind = "Affine"
	scale     kind = "Scale"
	conv1d    kind = "Conv1d"
	conv2d    kind = "Conv2d"
	sumPool   kind = "SumPool2d"
	avgPool   kind = "AvgPool2d"
	flatten   kind = "Flatten"
	delay     kind = "Delay"
	threshold kind = "Threshold"
	integrate kind = "I"
	fire      kind = "IF"
	leak      kind = "LI"
	leakFire  kind = "LIF"
	cubaLeak  kind = "CubaLI"
	cubaFire  kind = "CubaLIF"
	nested    kind = "NIRGraph"
)

// role is what a primitive is to a network of populations and projections.
type role int

const (
	// port is an input or output of a graph: what reaches it passes.
	port role = iota
	// mapping is linear, and becomes part of projections.
	mapping
	// neuron is a population.
	neuron
	// subgraph holds others.
	subgraph
)

// membrane is how a neuron takes its input.
type membrane int

const (
	// sums are the input of the tick, and nothing else.
	sums membrane = iota
	// integrates adds it up.
	integrates
	// leaks adds it to what is left.
	leaks
	// currents does so behind a synaptic current.
	currents
)

// field is a parameter of a primitive: an array of one shape with its neurons, or
// what row.own says.
type field struct {
	name string
	// optional ones are standard where the file lacks them.
	optional bool
	standard float64
}

// row is what there is to know about a primitive.
type row struct {
	kind kind
	role role
	// fields are arrays that have one number for each element of the node, or one
	// for all.
	fields []field
	// model is the neuron model that it becomes, membrane how that takes its input.
	model    string
	membrane membrane
	// fires says that it sends spikes, and not numbers.
	fires bool
}

// rows are the primitives in the order of NIR.md.
var rows = []row{
	{kind: input, role: port},
	{kind: output, role: port},
	{kind: linear, role: mapping},
	{kind: affine, role: mapping},
	{kind: scale, role: mapping, fields: []field{{name: "scale"}}},
	{kind: conv1d, role: mapping},
	{kind: conv2d, role: mapping},
	{kind: sumPool, role: mapping},
	{kind: avgPool, role: mapping},
	{kind: flatten, role: mapping},
	{kind: delay, role: mapping, fields: []field{{name: "delay"}}},
	{kind: threshold, role: neuron, model: "lif", fires: true, fields: []field{{name: "threshold"}}},
	{kind: integrate, role: neuron, model: "integrator", membrane: integrates, fields: []field{{name: "r"}}},
	{kind: fire, role: neuron, model: "if", membrane: integrates, fires: true, fields: []field{{name: "r"}, {name: "v_threshold"}, vReset}},
	{kind: leak, role: neuron, model: "li", membrane: leaks, fields: []field{{name: "tau"}, {name: "r"}, {name: "v_leak"}}},
	{kind: leakFire, role: neuron, model: "lif", membrane: leaks, fires: true, fields: []field{{name: "tau"}, {name: "r"}, {name: "v_leak"}, {name: "v_threshold"}, vReset}},
	{kind: cubaLeak, role: neuron, model: "cuba_li", membrane: currents, fields: []field{{name: "tau_syn"}, {name: "tau_mem"}, {name: "r"}, {name: "v_leak"}, wIn}},
	{
		kind: cubaFire, role: neuron, model: "cuba_lif", membrane: currents, fires: true,
		fields: []field{{name: "tau_syn"}, {name: "tau_mem"}, {name: "r"}, {name: "v_leak"}, {name: "v_threshold"}, vReset, wIn},
	},
	{kind: nested, role: subgraph},
}

var (
	vReset = field{name: "v_reset", optional: true}
	wIn    = field{name: "w_in", optional: true, standard: 1}
)

// dense reports whether a primitive is a matrix, pools whether it is a pool, and
// windowed whether each of its outputs sees a window of its input.
func (r *row) dense() bool    { return r.kind == linear || r.kind == affine }
func (r *row) pools() bool    { return r.kind == sumPool || r.kind == avgPool }
func (r *row) windowed() bool { return r.kind == conv1d || r.kind == conv2d || r.pools() }

// rowOf returns the row of a primitive; nil if there is none.
func rowOf(k kind) *row {
	for i := range rows {
		if rows[i].kind == k {
			return &rows[i]
		}
	}
	return nil
}
