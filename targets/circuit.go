package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// circuit is what a chip without ticks is, whatever its file would like: a file
// may give it fewer models, rules or neurons, and other prices.
type circuit struct {
	weights       WeightFormat
	weightBits    int
	neurons       int
	models, rules []string
}

var circuits = map[Controller]circuit{
	TinyODINEvents: {weights: Signed, weightBits: 4, neurons: 256, models: []string{"tinyodin_lif"}},
	ODINEvents:     {weights: AxonSign, weightBits: 3, neurons: 256, models: []string{"odin_lif", "odin_izh"}, rules: []string{"sdsp"}},
}

// checkCircuit reports what a target says of a circuit and the circuit is not; n
// is its block arch.
func checkCircuit(n *yamldoc.Node, a *Arch, diags *diag.List) {
	c := circuits[a.Controller]
	wrong := func(field string, have, want any) {
		at := n.Pos
		if v := n.Get(field); v != nil {
			at = v.Pos
		}
		diags.Add(at, diag.OutOfRange, "arch: %s: is %v, and the circuit of controller %s has %v", field, have, a.Controller, want)
	}
	format := a.WeightFormat
	if format == "" {
		format = Signed
	}
	for _, f := range []struct {
		name       string
		have, want any
	}{
		{"mesh", fmt.Sprintf("[%d, %d]", a.MeshWidth, a.MeshHeight), "[1, 1]"},
		{"axons", a.Axons, c.neurons},
		{"synapses", a.SynapseFormat, Dense},
		{"weights", format, c.weights},
		{"weight_bits", a.WeightBits, c.weightBits},
		{"delays", a.DelayPlace, DelayAxon},
		{"max_delay", a.MaxDelay, 1},
	} {
		if f.have != f.want {
			wrong(f.name, f.have, f.want)
		}
	}
	if a.Neurons > c.neurons {
		wrong("neurons", a.Neurons, fmt.Sprintf("%d at most", c.neurons))
	}
	if a.Models == "" {
		wrong("models", "empty", strings.Join(c.models, ", "))
	}
	for name := range strings.FieldsSeq(a.Models) {
		if !slices.Contains(c.models, name) {
			wrong("models", name, strings.Join(c.models, ", "))
		}
	}
	for name := range strings.FieldsSeq(a.Rules) {
		if !slices.Contains(c.rules, name) {
			wrong("rules", name, orNone(c.rules))
		}
	}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
