// Package models holds the neuron models as assembly texts: the same texts
// that a user could write. An option is a symbol that a text tests with .if.
package models

import (
	_ "embed"
	"strconv"

	"github.com/weft-toolchain/weft/isa"
)

// Model is a neuron model.
type Model struct {
	Name string
	// Doc is one line.
	Doc string
	// Text is the assembly.
	Text string
	// Fires says whether it emits spikes; one that does takes Resets.
	Fires bool
}

// Resets are the values of the option `reset`.
var Resets = []string{"zero", "subtract", "value", "none"}

var (
	//go:embed text/if.s
	ifText string
	//go:embed text/lif.s
	lifText string
	//go:embed text/cuba_lif.s
	cubaText string
	//go:embed text/integrator.s
	integratorText string
)

var all = []Model{
	{Name: "if", Doc: "integrate-and-fire (NIR IF)", Text: ifText, Fires: true},
	{Name: "lif", Doc: "leaky integrate-and-fire (NIR LIF, forward Euler)", Text: lifText, Fires: true},
	{Name: "cuba_lif", Doc: "leaky integrate-and-fire with synaptic current (NIR CubaLIF, forward Euler)", Text: cubaText, Fires: true},
	{Name: "integrator", Doc: "sums its input, never fires; for membrane read-outs", Text: integratorText},
}

// All returns the models in the order of the documentation.
func All() []Model { return append([]Model(nil), all...) }

// Lookup returns the model of a name, and whether there is one.
func Lookup(name string) (Model, bool) {
	for _, m := range all {
		if m.Name == name {
			return m, true
		}
	}
	return Model{}, false
}

// Names returns the names of the models.
func Names() []string {
	names := make([]string, len(all))
	for k, m := range all {
		names[k] = m.Name
	}
	return names
}

// FactorBits returns the scale of the factors in the texts, on a core whose
// words have stateBits bits: β = 1 is 2^FactorBits. A factor may reach almost 2.
func FactorBits(stateBits int) int { return min(16, stateBits-2) }

// MaxFrac is the largest Options.Frac.
const MaxFrac = 6

// Options choose a variant of a model's text.
type Options struct {
	// Reset is one of Resets.
	Reset string
	// Refractory adds the refractory counter.
	Refractory bool
	// Frac is how many fractional bits the potential has beyond the weights, 0
	// to MaxFrac.
	Frac int
	// FactorBits is the number of fractional bits of the factors.
	FactorBits int
	// Shared names parameters held once a core rather than once a neuron.
	Shared map[string]bool
}

// Assemble assembles the model's text with these options.
func (m Model) Assemble(opt Options) (*isa.Program, error) {
	def := map[string]string{"frac": strconv.Itoa(opt.Frac), "fbits": strconv.Itoa(opt.FactorBits)}
	if m.Fires {
		def["reset"] = opt.Reset
	}
	if opt.Refractory {
		def["refractory"] = "1"
	}
	return isa.Assemble(m.Name+".s", m.Text, isa.AsmOptions{Define: def, Shared: opt.Shared})
}
