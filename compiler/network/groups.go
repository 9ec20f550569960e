package network

import (
	"fmt"
	"math"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// group is an input or a population as projections see it. Its size is 0 when
// its shape was refused; then what depends on the shape is not checked.
type group struct {
	name  string
	pos   diag.Pos
	ref   Ref
	shape []int
	size  int
}

const (
	// maxName is the length of the longest name, in bytes.
	maxName = 100
	// maxDims is how many dimensions a shape has at most.
	maxDims = 4
	// maxGroups bounds the inputs and populations together, and the
	// projections, since each costs memory whatever its size.
	maxGroups = 1 << 16
)

var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

var (
	inputKeys      = []string{"shape", "broadcast"}
	populationKeys = []string{"shape", "neuron", "params", "batch_norm"}
)

func (p *parser) input(f yamldoc.Field) {
	what := "input " + quoted(f.Key)
	in := Input{Name: f.Key, Pos: f.KeyPos}
	if p.Mapping(f.Value, what, inputKeys...) {
		in.Shape = p.shape(p.require(f.Value, what, "shape", inputKeys), what)
		in.Broadcast = p.broadcast(f.Value.Get("broadcast"), what+": broadcast", in.Shape)
	}
	if p.declare(f, what, Ref{Input: true, Index: len(p.net.Inputs)}, in.Shape) {
		p.net.Inputs = append(p.net.Inputs, in)
	}
}

// maxBroadcast bounds what a spike adds to the broadcast registers.
const maxBroadcast = 1 << 15

// broadcast reads what the spikes of an input tell all cores.
func (p *parser) broadcast(n *yamldoc.Node, what string, shape []int) []int32 {
	if n == nil || shape == nil {
		return nil
	}
	items := []*yamldoc.Node{n}
	if n.Kind == yamldoc.Sequence {
		items = n.Items
	}
	if size := Size(shape); n.Kind == yamldoc.Sequence && len(items) != size {
		p.report(n, diag.ShapeMismatch, "%s: the list has %s, want one number or %d, one for each element", what, diag.Plural(len(items), "element"), size)
		return nil
	}
	out := make([]int32, Size(shape))
	for k := range out {
		if item := items[min(k, len(items)-1)]; k < len(items) {
			out[k] = int32(p.Int(item, what, -maxBroadcast, maxBroadcast))
		} else {
			out[k] = out[0]
		}
	}
	return out
}

func (p *parser) population(f yamldoc.Field) {
	what := "population " + quoted(f.Key)
	pop := Population{Name: f.Key, Pos: f.KeyPos}
	if p.Mapping(f.Value, what, populationKeys...) {
		pop.Shape = p.shape(p.require(f.Value, what, "shape", populationKeys), what)
		if n := p.require(f.Value, what, "neuron", populationKeys); n != nil {
			pop.Model = Model(p.Enum(n, what+": neuron", modelNames()...))
		}
		if pop.Model != "" {
			p.params(f.Value.Get("params"), what, &pop)
			p.membraneNorm(f.Value.Get("batch_norm"), what, &pop)
		}
	}
	if p.declare(f, what, Ref{Index: len(p.net.Populations)}, pop.Shape) {
		p.net.Populations = append(p.net.Populations, pop)
	}
}

// declare makes a name known, unless it is no name or another has it.
func (p *parser) declare(f yamldoc.Field, what string, ref Ref, shape []int) bool {
	if len(f.Key) > maxName || !namePattern.MatchString(f.Key) {
		p.Diags.Add(f.KeyPos, diag.WrongType, "%s: is not a name; want a letter or _, then letters, digits and any of _ . - (at most %d)", what, maxName)
		p.refused[f.Key] = true
		return false
	}
	if other := p.groups[f.Key]; other != nil {
		p.Diags.Append(diag.Diagnostic{
			Pos: f.KeyPos, Code: diag.DuplicateField,
			Message: what + ": the name is taken by an input; inputs and populations share one set of names",
			Notes:   []diag.Note{{Pos: other.pos, Message: "the input is here"}},
		})
		return false
	}
	if len(p.names) == maxGroups {
		p.Diags.Add(f.KeyPos, diag.TooLarge, "%s: is one too many; a network has at most %d inputs and populations", what, maxGroups)
	}
	if len(p.names) >= maxGroups {
		p.refused[f.Key] = true
		return false
	}
	g := &group{name: f.Key, pos: f.KeyPos, ref: ref, shape: shape}
	if shape != nil {
		g.size = Size(shape)
	}
	p.groups[f.Key] = g
	p.names = append(p.names, f.Key)
	return true
}

// shape reads one whole number or a list of some, and counts the elements
// against the limit. It returns nil when it reports.
func (p *parser) shape(n *yamldoc.Node, what string) []int {
	if n == nil {
		return nil
	}
	what += ": shape"
	items := []*yamldoc.Node{n}
	if n.Kind == yamldoc.Sequence {
		items = n.Items
		if len(items) == 0 || len(items) > maxDims {
			p.report(n, diag.OutOfRange, "%s: has %d dimensions, want 1 to %d", what, len(items), maxDims)
			return nil
		}
	}
	shape := make([]int, len(items))
	size := 1
	if !p.clean(func() {
		for i, item := range items {
			shape[i] = int(p.Int(item, what, 1, math.MaxInt64))
			size = mulSat(size, shape[i])
		}
	}) {
		return nil
	}
	if size > p.limits.neurons {
		p.report(n, diag.TooLarge, "%s: %s has %s elements; a network has at most %d neurons and inputs together", what, bracketed(shape), count(size), p.limits.neurons)
		return nil
	}
	if p.neurons = addSat(p.neurons, size); p.neurons > p.limits.neurons && !p.neuronsTold {
		p.neuronsTold = true
		p.report(n, diag.TooLarge, "%s: its %d elements bring the network to %d; it has at most %d neurons and inputs together", what, size, p.neurons, p.limits.neurons)
	}
	return shape
}

// mulSat returns a*b of numbers that are not negative, or the largest int.
func mulSat(a, b int) int {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt {
		return math.MaxInt
	}
	return int(lo)
}

// addSat returns a+b of numbers that are not negative, or the largest int.
func addSat(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

// count writes a number that may have saturated.
func count(n int) string {
	if n == math.MaxInt {
		return "more than 2^63"
	}
	return strconv.Itoa(n)
}

// bracketed writes a shape or an index as the file does: [28, 28].
func bracketed(shape []int) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = strconv.Itoa(d)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// quoted is a name in quotes, cut where it is too long to be one.
func quoted(name string) string {
	if len(name) > maxName {
		return fmt.Sprintf("%q…", name[:maxName])
	}
	return strconv.Quote(name)
}
