// Package nir reads networks in NIR, the Neuromorphic Intermediate
// Representation, as nir.write stores them (HDF5), and writes them as weft
// networks: a text of YAML and arrays for an .npz file. NIR.md says what becomes
// of what.
//
// NIR's nodes are differential equations and linear maps, and its edges take no
// time. How long a tick is, how the equations are discretised, and what a spike is
// worth, is not in the file: Options say it, and everything that was assumed is in
// the notes.
package nir

import (
	"cmp"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// Options say what NIR leaves open. The zero value of each field is what the
// notes call the default.
type Options struct {
	// Name is the network's name; if empty, the file's without its ending.
	Name string
	// Arrays is the .npz file as the network file names it; if empty, Name.npz.
	Arrays string
	// Tick is the duration of a step in seconds; 0 is 0.1 ms.
	Tick float64
	// TimeUnit is what the file's times are counted in, in seconds; 0 is 1 s.
	TimeUnit float64
	// Reset says what a spike does to the potential; empty is what the file says: it
	// becomes v_reset.
	Reset Reset
	// Decay says how fast a time constant decays in a tick.
	Decay Decay
	// OldCurrent has the membrane of CubaLIF and CubaLI see the synaptic current of
	// the tick before, and not the new one.
	OldCurrent bool
	// Amplitude is that of a spike; empty is Unit for neurons that leak, and one
	// weight a tick for I and IF.
	Amplitude Amplitude
	// Layout is the order in which an input of three dimensions is numbered; empty
	// is the file's, (channels, height, width).
	Layout Layout
	// SwapPolarity numbers the two channels of such an input the other way round.
	SwapPolarity bool
	// Align gives neurons the state before tick 1 with which they are at rest when
	// their first input can arrive; without it biases act from tick 1.
	Align bool
	// Repair takes what a mistaken file most likely means: names in edges that are
	// nearly those of nodes, and shapes that differ but hold as many elements.
	Repair bool
}

// defaultTick is the tick in seconds that the importers of snnTorch and Norse
// assume.
const defaultTick = 1e-4

// Reset is what a spike does to the potential.
type Reset string

// The resets.
const (
	ResetZero     Reset = "zero"
	ResetSubtract Reset = "subtract"
)

// Decay is how a time constant τ becomes a factor of one tick dt.
type Decay string

// The decays. The zero value is Euler.
const (
	Euler Decay = "euler" // 1 − dt/τ
	Exact Decay = "exact" // e^(−dt/τ)
)

// Amplitude is what a spike of weight w is to a differential equation.
type Amplitude string

// The amplitudes.
const (
	Unit  Amplitude = "unit"  // a current of w that lasts a tick
	Dirac Amplitude = "dirac" // a current of w/dt: its integral is w
)

// Layout is an order of axes.
type Layout string

// The layouts. The zero value is CHW.
const (
	CHW Layout = "chw"
	HWC Layout = "hwc"
)

// Import reads a .nir file and writes it as a weft network, at whose head the notes
// stand. Mistakes come back all at once as a *diag.Error.
func Import(file string, opt Options) (*netfile.Result, error) {
	f, err := hdf5.OpenFile(file)
	return build(file, f, err, opt)
}

// build is Import of a file that is open, or of which err says why it is not.
// Each step wants the one before it to be free of mistakes.
func build(file string, f *hdf5.File, err error, opt Options) (*netfile.Result, error) {
	opt.Tick, opt.TimeUnit = cmp.Or(opt.Tick, defaultTick), cmp.Or(opt.TimeUnit, 1)
	im := &importer{
		file: file, opt: opt, budget: maxWork,
		late: map[*node][]int{}, labels: map[*node]string{}, used: map[string]bool{},
		out: netfile.New(file, opt.Name, opt.Arrays),
	}
	im.out.Tick = number(opt.Tick)
	if err != nil {
		hdf5.Report(&im.diags, err)
		return nil, im.diags.Err()
	}
	var outer *group
	for _, step := range []func(){
		func() { outer = im.read(f) },
		func() { im.flatten(outer) },
		im.infer,
		im.connect,
		im.write,
	} {
		step()
		if err := im.diags.Err(); err != nil {
			return nil, err
		}
	}
	return im.out.Result(), nil
}

// importer is the work on one file.
type importer struct {
	file    string
	version string
	opt     Options
	diags   diag.List

	// nodes are those of all graphs, edges their connections by index.
	nodes []*node
	edges []edge
	// before and after list the edges of each node.
	before, after [][]int
	// sources are the inputs and populations, links what connects them, outputs those
	// that are shown.
	sources []*source
	links   []*link
	outputs []*source
	// late are the delays of each Delay, labels the names of nodes in the network
	// file, of which used has all that are taken.
	late   map[*node][]int
	labels map[*node]string
	used   map[string]bool
	// budget is how many elements may still be worked on.
	budget int64
	out    netfile.File
}

// What is done for one file at most: numbers that are multiplied, of which things
// that stay in memory count as several.
const (
	maxWork      = 1 << 27
	synapseWork  = 8
	neuronWork   = 64
	visitingWork = 256
)

// spend takes n from the budget, and reports a file that wants more.
func (im *importer) spend(n int64) bool {
	if im.budget < 0 {
		return false // told already
	}
	if im.budget -= n; im.budget < 0 {
		im.add(diag.TooLarge, "its neurons and chains of linear maps are more than is taken on, %d products, or %d synapses that chains become; join the maps where it is trained", int64(maxWork), int64(maxWork/synapseWork))
		return false
	}
	return true
}

// add reports a mistake of the file as a whole.
func (im *importer) add(code diag.Code, format string, args ...any) {
	im.diags.Add(diag.Pos{File: im.file}, code, format, args...)
}
