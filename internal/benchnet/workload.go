package benchnet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Limits of the sizes.
const (
	maxTnrCores   = 256
	maxRandCores  = 128
	maxChipCores  = 4096
	randCoreSize  = 1024
	minRandSize   = fanOut + 1
	maxRandSize   = maxRandCores * randCoreSize
	smallRandSize = 16 * randCoreSize
)

// Size is what of a network may be chosen. What is 0 is the family's own.
type Size struct {
	// Cores is how many cores the family's own division into cores makes; Neurons
	// how many neurons there are, which rand alone is asked for by.
	Cores, Neurons int
	// Leak, of truenorth, is what drives its neurons: some Leak/800 spikes a tick.
	Leak int
}

// Workload is a network of a family in a size.
type Workload struct {
	// Name is what it was asked for by.
	Name   string
	family *family
	Size
}

// family is a kind of network.
type family struct {
	name, doc string
	// cores and most are how many cores it has where nobody says, and at most; 0 is
	// a family of one size.
	cores, most int
	// coreSize is the neurons of a core.
	coreSize int
	// target is what it runs on where nobody says; empty is sparseTarget.
	target string
	// network builds what is compiled; nil is a family that is made as an image.
	network func(w *Workload, seed uint64) *network.Network
	// leak is that of neurons where nobody says.
	leak int
}

var families = []family{
	{
		name: "tnr", doc: "cores of 256 axons and 256 neurons, 128 synapses an axon, one axon a neuron", cores: 16, most: maxTnrCores, coreSize: coreSize, target: "xbar256",
		network: func(w *Workload, seed uint64) *network.Network { return tnr(w.Cores, seed) },
	},
	{
		name: "rand", doc: "neurons with 100 random targets each, 1024 a core; --neurons says how many exactly", cores: 1, most: maxRandCores, coreSize: randCoreSize,
		network: func(w *Workload, seed uint64) *network.Network { return random(w.Neurons, seed) },
	},
	{
		name: "mlp", doc: "784-512-10, dense, of one size", target: "xbar1k",
		network: func(_ *Workload, seed uint64) *network.Network { return mlp(seed) },
	},
	{name: "truenorth", doc: "TrueNorth cores, half of all crossbar bits set, some 20 spikes in 1000 ticks; --leak L for 20·L/16", cores: 64, most: maxChipCores, coreSize: coreSize, target: "truenorth", leak: tnLeak},
	{name: "silent", doc: "truenorth with a leak of 0: nothing ever happens", cores: maxChipCores, most: maxChipCores, coreSize: coreSize, target: "truenorth"},
}

// sizes are names for families in a size.
var sizes = []struct {
	name, family string
	Size
}{
	{"tnr16", "tnr", Size{Cores: 16}},
	{"tnr64", "tnr", Size{Cores: 64}},
	{"rand1k", "rand", Size{Neurons: 1000}},
	{"rand10k", "rand", Size{Neurons: 10_000}},
	{"rand100k", "rand", Size{Neurons: 100_000}},
}

// names lists what NewWorkload takes: the families, and then those of one size.
func names() []string {
	var out []string
	for _, f := range families {
		out = append(out, f.name)
	}
	for _, s := range sizes {
		out = append(out, s.name)
	}
	return out
}

// Describe lists the families, a line each.
func Describe() string {
	var b strings.Builder
	for _, f := range families {
		size := ""
		if f.most > 0 {
			size = fmt.Sprintf("; 1 to %d cores, %d if not said", f.most, f.cores)
		}
		fmt.Fprintf(&b, "  %-10s %s%s\n", f.name, f.doc, size)
	}
	for _, s := range sizes {
		flag := fmt.Sprintf("--cores %d", s.Cores)
		if s.Neurons > 0 {
			flag = fmt.Sprintf("--neurons %d", s.Neurons)
		}
		fmt.Fprintf(&b, "  %-10s %s %s\n", s.name, s.family, flag)
	}
	return b.String()
}

// NewWorkload returns the workload of a name in a size. The error is a
// *diag.Error.
func NewWorkload(name string, size Size) (*Workload, error) {
	w := &Workload{Name: name, Size: size}
	of := name
	for _, s := range sizes {
		if s.name != name {
			continue
		}
		if size != (Size{}) {
			return nil, diag.One(diag.Pos{File: "bench"}, diag.Unsupported, "%s says its size; for another, name %s", name, s.family)
		}
		w.Size, of = s.Size, s.family
	}
	k := slices.IndexFunc(families, func(f family) bool { return f.name == of })
	if k < 0 {
		hint := spell.Hint(name, names())
		if hint == "" {
			hint = "; there are " + strings.Join(names(), ", ")
		}
		return nil, diag.One(diag.Pos{File: "bench"}, diag.UnknownName, "unknown network %q%s", name, hint)
	}
	w.family = &families[k]
	return w, w.check()
}

// check checks the size, and works out what was not said of it.
func (w *Workload) check() error {
	f := w.family
	byNeurons := f.target == ""
	switch {
	case w.Leak != 0 && f.leak == 0:
		return diag.One(diag.Pos{File: "--leak"}, diag.Unsupported, "is of truenorth, and %s has none to choose", f.name)
	case w.Leak < 0 || w.Leak > maxLeak:
		return diag.One(diag.Pos{File: "--leak"}, diag.OutOfRange, "is %d, want 1 to %d; silent is truenorth with 0", w.Leak, maxLeak)
	case f.most == 0 && (w.Cores != 0 || w.Neurons != 0):
		return diag.One(diag.Pos{File: "bench"}, diag.Unsupported, "%s has one size: leave out --cores and --neurons", f.name)
	case f.most == 0:
		return nil
	case w.Neurons != 0 && !byNeurons:
		return diag.One(diag.Pos{File: "--neurons"}, diag.Unsupported, "%s has %d neurons a core: say --cores", f.name, f.coreSize)
	case w.Neurons != 0 && w.Cores != 0:
		return diag.One(diag.Pos{File: "--neurons"}, diag.Unsupported, "stands beside --cores, which has %d neurons a core: say one of them", f.coreSize)
	case w.Neurons != 0 && (w.Neurons < minRandSize || w.Neurons > maxRandSize):
		return diag.One(diag.Pos{File: "--neurons"}, diag.OutOfRange, "is %d, want %d to %d: each has %d targets", w.Neurons, minRandSize, maxRandSize, fanOut)
	case w.Cores < 0 || w.Cores > f.most:
		return diag.One(diag.Pos{File: "--cores"}, diag.OutOfRange, "is %d, want 1 to %d of %s", w.Cores, f.most, f.name)
	}
	if w.Leak == 0 {
		w.Leak = f.leak
	}
	if w.Neurons != 0 {
		w.Cores = (w.Neurons + f.coreSize - 1) / f.coreSize
		return nil
	}
	if w.Cores == 0 {
		w.Cores = f.cores
	}
	w.Neurons = w.Cores * f.coreSize
	return nil
}

// sparseTarget is a chip for rand: cores of 1024 neurons, with an axon for each
// neuron of the network and sparse rows. All of its figures are assumed: those of
// xbar256, which exists in no silicon either.
func sparseTarget(neurons int) (*targets.Target, error) {
	t, err := targets.Load("xbar256")
	if err != nil {
		return nil, err
	}
	t.Name, t.Arch.Axons, t.Arch.MeshWidth, t.Arch.MeshHeight = "sparse16k", smallRandSize, 4, 4
	if neurons > smallRandSize {
		t.Name, t.Arch.Axons, t.Arch.MeshWidth, t.Arch.MeshHeight = "sparse128k", maxRandSize, 16, 8
	}
	t.Doc = fmt.Sprintf("xbar256 with cores of %d axons × %d neurons and sparse 8-bit synapses; assumed", t.Arch.Axons, randCoreSize)
	t.Arch.Neurons, t.Arch.SynapseFormat = randCoreSize, targets.Sparse
	t.Arch.SynapseWords, t.Arch.FanOut = maxRandSize, t.Arch.Axons
	t.Arch.PartialSums = false
	return t, nil
}

// built is a workload as an image.
type built struct {
	image    *image.Image
	target   *targets.Target
	synapses int64
	// generate and compile are in seconds.
	generate, compile float64
}

// build makes the image; targetName is empty for the family's own target.
func (w *Workload) build(ctx context.Context, seed uint64, targetName string, progress func(done, total int)) (*built, error) {
	t, err := w.target(targetName)
	if err != nil {
		return nil, err
	}
	b := &built{target: t}
	start := time.Now()
	lap := func() float64 {
		s := time.Since(start).Seconds()
		start = time.Now()
		return s
	}
	if w.family.network == nil {
		b.image, err = truenorth(ctx, w.Cores, seed, int32(w.Leak), t, func(done int) { progress(done, w.Cores) })
		if err != nil {
			return nil, err
		}
		b.generate = lap()
		if err := b.image.Verify(); err != nil {
			return nil, diag.One(diag.Pos{File: t.Name}, diag.DoesNotFit, "the target cannot hold %s: %v", w.Name, err)
		}
		b.compile = lap()
		b.synapses = synapses(b.image)
		return b, nil
	}
	net := w.family.network(w, seed)
	b.generate = lap()
	res, err := w.compile(ctx, net, t)
	if err != nil {
		return nil, err
	}
	b.compile = lap()
	for k := range res.Quantized.Pops {
		if !res.Quantized.Pops[k].Exact {
			return nil, diag.One(diag.Pos{File: t.Name}, diag.DoesNotFit, "the target rounds the numbers of %s, whose spikes are those of whole numbers from −28 to 35, and potentials of 24 bits", w.Name)
		}
	}
	b.image, b.synapses = res.Image, int64(res.Graph.SynapseCount())
	return b, nil
}

// compile compiles the network into the cores that the family has, where the
// target's are large enough for that, or else into those that a search finds.
func (w *Workload) compile(ctx context.Context, net *network.Network, t *targets.Target) (*compiler.Result, error) {
	const effort = 1 // all cores of these networks are alike: there is little to find
	if size := w.family.coreSize; size > 0 && size <= t.Arch.Neurons && w.Cores <= t.Arch.Cores() {
		cores := make([]int32, w.Neurons)
		for i := range cores {
			cores[i] = int32(i / size)
		}
		res, err := compiler.Compile(ctx, net, t.Name, &t.Arch, compiler.Options{Effort: effort, Cores: cores})
		if _, refused := errors.AsType[*diag.Error](err); !refused {
			return res, err
		}
	}
	return compiler.Compile(ctx, net, t.Name, &t.Arch, compiler.Options{Effort: effort})
}

func (w *Workload) target(name string) (*targets.Target, error) {
	if name == "" {
		name = w.family.target
	}
	if name == "" {
		return sparseTarget(w.Neurons)
	}
	return targets.Load(name)
}

func synapses(im *image.Image) int64 {
	n := int64(0)
	for k := range im.Cores {
		n += int64(im.Cores[k].Synapses())
	}
	return n
}
