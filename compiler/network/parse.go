package network

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Load reads the network file at path. Mistakes in it, and in the array files
// it names, come back all at once as a *diag.Error.
func Load(path string) (*Network, error) { return LoadFor(context.Background(), path, Room{}) }

// LoadFor is Load for a target: a network whose synapses do not fit the
// target's cores is refused before anything is drawn or expanded. The context is
// looked at while arrays are read, and between those that are drawn.
func LoadFor(ctx context.Context, path string, room Room) (*Network, error) {
	lim := defaultLimits
	if room.Synapses > 0 && room.Synapses < lim.synapses {
		lim.synapses, lim.target, lim.unfit = room.Synapses, room.Target, room.Unfit
	}
	var diags diag.List
	root := yamldoc.Load(path, &diags)
	return build(ctx, path, root, &diags, lim)
}

// Room is what a target has room for.
type Room struct {
	// Target is its name.
	Target string
	// Synapses is how many synapses all its cores hold; 0 means no limit.
	Synapses int
	// Unfit, where not nil, tells what else of a network does not fit the target. It is
	// asked of one with too many synapses, whose weights and edges are not there.
	Unfit func(*Network, *diag.List)
}

// Parse is Load of a file whose content is src. Paths in it start from the
// directory of file.
func Parse(file string, src []byte) (*Network, error) {
	return parse(file, src, defaultLimits)
}

// limits is what a network may have at most; the limit of synapses is a
// target's where target names one.
type limits struct {
	neurons, synapses int
	target            string
	unfit             func(*Network, *diag.List)
}

// synapseLimit says in a message whose limit n synapses are beyond, with its
// code.
func (l limits) synapseLimit(n int) (diag.Code, string) {
	if l.target == "" {
		return diag.TooLarge, fmt.Sprintf("a network has at most %d", l.synapses)
	}
	return diag.DoesNotFit, fmt.Sprintf("%s more than the %d that the cores of target %s hold: choose a larger target, or fewer synapses", count(n-l.synapses), l.synapses, l.target)
}

var defaultLimits = limits{neurons: MaxNeurons, synapses: MaxSynapses}

func parse(file string, src []byte, lim limits) (*Network, error) {
	var diags diag.List
	root := yamldoc.Parse(file, src, &diags)
	return build(context.Background(), file, root, &diags, lim)
}

func build(ctx context.Context, file string, root *yamldoc.Node, diags *diag.List, lim limits) (*Network, error) {
	if root == nil {
		return nil, diags.Err()
	}
	p := &parser{
		Reader:  yamldoc.Reader{Diags: diags},
		net:     &Network{File: file, Tick: defaultTick},
		limits:  lim,
		groups:  map[string]*group{},
		refused: map[string]bool{},
		pairs:   map[[2]string]int{},
		files:   newArrayFiles(ctx, filepath.Dir(file)),
	}
	p.document(root)
	if lim.unfit != nil && p.tooMany > 0 && p.tooMany == diags.Len() {
		lim.unfit(p.done(), diags)
	}
	// Whatever is large is computed last, and not at all for a broken file.
	for i := 0; i < len(p.later) && diags.Len() == 0 && ctx.Err() == nil; i++ {
		p.later[i]()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return p.done(), nil
}

// done returns the network as far as it was read.
func (p *parser) done() *Network {
	p.net.Projections = nil
	for _, pr := range p.projections {
		p.net.Projections = append(p.net.Projections, *pr)
	}
	return p.net
}

// parser walks the document once and fills net. What it cannot use it reports
// and leaves out, so that net is only good when nothing was reported.
type parser struct {
	yamldoc.Reader
	net    *Network
	limits limits

	// groups are the inputs and populations by name, names in the order written.
	groups map[string]*group
	// refused are names that were told when they were declared.
	refused map[string]bool
	names   []string
	// pairs counts the projections of each (from, to).
	pairs       map[[2]string]int
	projections []*Projection
	files       *arrayFiles

	// neurons and synapses are totals so far; they saturate.
	neurons, synapses         int
	neuronsTold, synapsesTold bool
	// tooMany counts the projections that were told to have too many.
	tooMany int
	// later computes what has been checked.
	later []func()
}

// defaultTick is the duration of a tick that is not said, in seconds.
const defaultTick = 1e-3

var fileFields = []string{"network", "tick", "inputs", "populations", "projections", "outputs", "quantise", "optimise", "seed"}

func (p *parser) document(root *yamldoc.Node) {
	if !p.Mapping(root, "network file", fileFields...) {
		return
	}
	p.net.Name = p.title(root.Get("network"))
	p.tick(root.Get("tick"))
	p.net.Quantise = p.quantise(root.Get("quantise"), "quantise")
	p.optimise(root.Get("optimise"))
	if n := root.Get("seed"); n != nil {
		p.net.Seed = uint64(p.Int(n, "seed", 0, math.MaxInt64))
	}
	if n := root.Get("inputs"); n != nil && p.block(n, "inputs") {
		for _, f := range n.Fields {
			p.input(f)
		}
	}
	if n := p.require(root, "network file", "populations", fileFields); n != nil && p.block(n, "populations") {
		if len(n.Fields) == 0 {
			p.report(n, diag.MissingField, "populations: is empty, want at least one population")
		}
		for _, f := range n.Fields {
			p.population(f)
		}
	}
	if n := root.Get("projections"); n != nil && p.Sequence(n, "projections") {
		for i, item := range n.Items {
			p.projection(item, i)
		}
	}
	p.outputs(root.Get("outputs"))
}

// title reads the network's name; without one the file gives it.
func (p *parser) title(n *yamldoc.Node) string {
	if n == nil {
		return diag.Title(p.net.File)
	}
	name := p.String(n, "network")
	if len(name) > maxName || strings.ContainsFunc(name, diag.Hidden) {
		p.report(n, diag.WrongType, "network: want a name of one line and at most %d letters, have %s", maxName, n.Describe())
	}
	return name
}

func (p *parser) tick(n *yamldoc.Node) {
	if n == nil {
		return
	}
	var tick float64
	if !p.clean(func() { tick = p.Quantity(n, "tick", "s") }) {
		return
	}
	if tick <= 0 {
		p.report(n, diag.OutOfRange, "tick: is %s, want a duration above 0, such as 1ms", n.Text)
		return
	}
	p.net.Tick = tick
}

func (p *parser) outputs(n *yamldoc.Node) {
	if n == nil || !p.Sequence(n, "outputs") {
		return
	}
	first := map[string]diag.Pos{}
	for _, item := range n.Items {
		name := p.String(item, "outputs")
		if name == "" {
			continue
		}
		g := p.find(item, name, "outputs")
		if g == nil {
			continue
		}
		if g.ref.Input {
			p.report(item, diag.UnknownName, "outputs: %q is an input, want a population", name)
			continue
		}
		if at, ok := first[name]; ok {
			p.Diags.Append(diag.Diagnostic{
				Pos: item.Pos, Code: diag.DuplicateField,
				Message: fmt.Sprintf("outputs: %q is named twice", name),
				Notes:   []diag.Note{{Pos: at, Message: "first named here"}},
			})
			continue
		}
		first[name] = item.Pos
		p.net.Outputs = append(p.net.Outputs, g.ref.Index)
	}
}

var quantiseKeys = []string{"bits", "clip", "per", "sign", "format", "scale"}

// What the keys of the block say.
var (
	clips  = []Clip{ClipMSE, ClipMax}
	pers   = []Per{PerProjection, PerNeuron}
	signs  = []Sign{SignMixed, SignExcitatory, SignInhibitory}
	scales = []Scale{ScaleReal, ScalePow2}
)

// The narrowest and the widest weight, in bits.
const minBits, maxBits = 2, 16

// quantise reads a block of the quantiser's settings, if there is one.
func (p *parser) quantise(n *yamldoc.Node, what string) Quantise {
	return ReadQuantise(p.Reader, n, what, quantiseKeys...)
}

// ReadQuantise reads a block of the quantiser's settings, which has some of the
// keys; n may be nil. What begins every message.
func ReadQuantise(r yamldoc.Reader, n *yamldoc.Node, what string, keys ...string) Quantise {
	if n == nil || !r.Mapping(n, what, keys...) {
		return Quantise{}
	}
	q := Quantise{Pos: n.Pos}
	if b := n.Get("bits"); b != nil {
		q.Bits = int(r.Int(b, what+": bits", minBits, maxBits))
	}
	if c := n.Get("clip"); c != nil {
		q.Clip = yamldoc.Word(r, c, what+": clip", clips)
	}
	if c := n.Get("per"); c != nil {
		q.Per = yamldoc.Word(r, c, what+": per", pers)
	}
	if c := n.Get("sign"); c != nil {
		q.Sign = yamldoc.Word(r, c, what+": sign", signs)
	}
	if c := n.Get("format"); c != nil {
		q.Format = yamldoc.Word(r, c, what+": format", Formats)
		if q.Bits != 0 && q.Format != "" {
			r.Diags.Add(c.Pos, diag.DuplicateField, "%s: format %s says how many bits a weight has, and bits says so too; drop one of the two", what, q.Format)
		}
	}
	if c := n.Get("scale"); c != nil {
		q.Scale = yamldoc.Word(r, c, what+": scale", scales)
	}
	return q
}

// find returns the input or population called name, or reports that there is
// none, unless its name was refused.
func (p *parser) find(n *yamldoc.Node, name, what string) *group {
	g := p.groups[name]
	if g == nil && !p.refused[name] {
		hint := p.hint(name, p.names)
		if hint == "" {
			hint = "; there are " + listed(p.names)
		}
		p.report(n, diag.UnknownName, "%s: there is no input or population %s%s", what, n.Describe(), hint)
	}
	return g
}

// hint suggests a spelling. It looks at the first few thousand candidates, and
// at none once nothing more is printed, so that a broken file costs no time.
func (p *parser) hint(name string, candidates []string) string {
	if p.Diags.Len() >= diag.MaxDiagnostics {
		return ""
	}
	return spell.Hint(name, candidates[:min(len(candidates), 1<<12)])
}

// block checks that n is a mapping of any keys.
func (p *parser) block(n *yamldoc.Node, what string) bool {
	if n.Kind != yamldoc.Mapping {
		p.report(n, diag.WrongType, "%s: want a mapping of names, have %s", what, n.Describe())
		return false
	}
	return true
}

// knows says whether all keys of n are among keys. Others have been reported;
// a misspelled one may be what seems to be missing, so that is not told too.
func knows(n *yamldoc.Node, keys []string) bool {
	return !slices.ContainsFunc(n.Fields, func(f yamldoc.Field) bool { return !slices.Contains(keys, f.Key) })
}

// require is Require, but silent where another key is misspelled.
func (p *parser) require(n *yamldoc.Node, what, key string, keys []string) *yamldoc.Node {
	if !knows(n, keys) {
		return n.Get(key)
	}
	return p.Require(n, what, key)
}

// report adds a diagnostic at n.
func (p *parser) report(n *yamldoc.Node, code diag.Code, format string, args ...any) {
	p.Diags.Add(n.Pos, code, format, args...)
}

// clean runs f and says whether nothing was reported meanwhile.
func (p *parser) clean(f func()) bool {
	before := p.Diags.Len()
	f()
	return p.Diags.Len() == before
}

// listed writes names for a message, the first of them if there are many.
func listed(names []string) string {
	const most = 12
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
