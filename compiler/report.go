package compiler

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Report says what went where, how full it is, and what quantisation cost.
type Report struct {
	Network string `json:"network"`
	Target  string `json:"target"`
	// Cores, Neurons, Axons and Synapses are what is used, of how much.
	Cores    int `json:"cores"`
	Neurons  int `json:"neurons"`
	Axons    int `json:"axons"`
	Synapses int `json:"synapses"`
	// MaxCores is how many cores the target has.
	MaxCores int `json:"max_cores"`
	// Mesh is the width and the height of the target's mesh, CoreLimits what each
	// of its cores has.
	Mesh        [2]int      `json:"mesh"`
	CoreLimits  CoreLimits  `json:"core_limits"`
	Utilisation Utilisation `json:"utilisation"`
	// Relays, Parts and Copies count the slots that the compiler added: relays of
	// long delays, parts of neurons that are split, copies for more destinations.
	Relays int `json:"relays"`
	Parts  int `json:"parts"`
	Copies int `json:"copies"`
	// Doubles and Removed count the neurons that have no slot: for which others stand,
	// and those that are gone.
	Doubles int `json:"doubles"`
	Removed int `json:"removed"`
	// Profiled says that weighted sums are over the spikes of a profile.
	Profiled bool `json:"profiled"`
	// Cut counts the deliveries to cores other than that of the neuron, copy, part or
	// relay that sends; an input's first core is free.
	Cut Weighted `json:"cut"`
	// Hops counts the links that spikes cross, around dead ones. A partial sum counts as
	// often as its neuron spikes, as that is what a profile says; the emulator sends it in
	// each tick in which it is not 0, which is more often.
	Hops Weighted `json:"hops"`
	// Links says how the hops are spread over the mesh.
	Links Links `json:"links"`
	// Chips says what goes from chip to chip where the mesh is made of several; else
	// it is null.
	Chips *ChipsReport `json:"chips"`
	// Bounds says how far from the best that can be all this is at most.
	Bounds       Bounds             `json:"bounds"`
	Populations  []PopulationReport `json:"populations"`
	Quantisation []QuantReport      `json:"quantisation"`
	CoreList     []CoreReport       `json:"core_list"`
	// Approximation says what differs from the network in the file, where the
	// options allow that something does; else it is null.
	Approximation *ApproximationReport `json:"approximation"`
	// Notes are things to look at before the image is trusted.
	Notes []string `json:"notes"`
	// Passes says what each pass did, in the order run.
	Passes []PassReport `json:"passes"`
	// Seconds is the time of each pass, and the only part of a report that is
	// not the same every time.
	Seconds     map[string]float64 `json:"seconds"`
	ImageBytes  int                `json:"image_bytes"`
	ImageSHA256 string             `json:"image_sha256"`
}

// ChipsReport is how a mesh of several chips is used.
type ChipsReport struct {
	// Size is the width and the height of each chip in cores.
	Size [2]int `json:"size"`
	// Count is how many chips there are, Used how many of them have cores in use.
	Count int `json:"count"`
	Used  int `json:"used"`
	// Crossings are those of the hops that are between two chips.
	Crossings Weighted `json:"crossings"`
}

// PassReport is what a pass did: Effect says it in a sentence, and Effects in
// numbers where the pass is one that was asked for.
type PassReport struct {
	Name    string         `json:"name"`
	Doc     string         `json:"doc"`
	Effect  string         `json:"effect"`
	Effects []EffectReport `json:"effects,omitempty"`
}

// Utilisation is the used share of the cores in use, from 0 to 1, by all that is in
// them, copies, parts and relays too. Synapses counts a sparse core's memory words, or a
// dense core's crossbar points.
type Utilisation struct {
	Cores    float64 `json:"cores"`
	Neurons  float64 `json:"neurons"`
	Axons    float64 `json:"axons"`
	Synapses float64 `json:"synapses"`
}

// Weighted is a sum over one spike of every source, and the same over the spikes
// of the profile. Without a profile the two are equal.
type Weighted struct {
	Unweighted int64 `json:"unweighted"`
	Weighted   int64 `json:"weighted"`
}

// PopulationReport is a population's share.
type PopulationReport struct {
	Name    string `json:"name"`
	Model   string `json:"model"`
	Neurons int    `json:"neurons"`
	// Doubles and Removed are those of its neurons that have no slot.
	Doubles int `json:"doubles"`
	Removed int `json:"removed"`
	Cores   int `json:"cores"`
	// FanInMax is the largest number of synapses of a neuron.
	FanInMax int `json:"fan_in_max"`
	// Instructions is the length of its program.
	Instructions int  `json:"instructions"`
	Exact        bool `json:"exact"`
	FracBits     int  `json:"frac_bits"`
	// SaturatedParams counts parameters that did not fit a state word.
	SaturatedParams int `json:"saturated_params"`
}

// EffectReport is one number of it.
type EffectReport struct {
	What  string  `json:"what"`
	Value float64 `json:"value"`
}

// QuantReport says what quantisation cost a projection. SQNRdB is null where
// nothing was lost.
type QuantReport struct {
	Projection string `json:"projection"`
	Synapses   int    `json:"synapses"`
	// Format is empty where bits alone were asked for. Step is the integer of its
	// smallest number, Largest that of its largest.
	Format   string   `json:"format"`
	Bits     int      `json:"bits"`
	Step     int      `json:"step"`
	Largest  int      `json:"largest"`
	Scale    float64  `json:"scale"`
	ScaleMax float64  `json:"scale_max"`
	Clip     float64  `json:"clip"`
	SQNRdB   *float64 `json:"sqnr_db"`
	Exact    bool     `json:"exact"`
	Clipped  int      `json:"clipped"`
	Zeroed   int      `json:"zeroed"`
}

// CoreReport is one core's fill.
type CoreReport struct {
	Core int `json:"core"`
	X    int `json:"x"`
	Y    int `json:"y"`
	// Population is whose program it runs.
	Population   string `json:"population"`
	Neurons      int    `json:"neurons"`
	Axons        int    `json:"axons"`
	Synapses     int    `json:"synapses"`
	SynapseWords int    `json:"synapse_words"`
	FanOut       int    `json:"fan_out"`
	// Limit names what of the core is fullest, Share how full, from 0 to 1.
	Limit string  `json:"limit"`
	Share float64 `json:"share"`
}

// CoreLimits is what a core of the target has. SynapseWords is 0 where the
// crossbar is dense: that is never full before neurons and axons are.
type CoreLimits struct {
	Neurons      int `json:"neurons"`
	Axons        int `json:"axons"`
	SynapseWords int `json:"synapse_words"`
	FanOut       int `json:"fan_out"`
}

// CoreUse is how much of one of its memories a core uses.
type CoreUse struct {
	Limit string `json:"limit"`
	Used  int    `json:"used"`
	Of    int    `json:"of"`
}

// Share returns the used share, from 0 to 1.
func (u CoreUse) Share() float64 { return float64(u.Used) / float64(u.Of) }

// Uses returns how much of each memory a core uses.
func (l *CoreLimits) Uses(c *CoreReport) []CoreUse {
	out := []CoreUse{{"neurons", c.Neurons, l.Neurons}, {"axons", c.Axons, l.Axons}, {"fan-out", c.FanOut, l.FanOut}}
	if l.SynapseWords > 0 {
		out = append(out, CoreUse{"synapses", c.SynapseWords, l.SynapseWords})
	}
	return out
}

func coreLimits(a *targets.Arch) CoreLimits {
	l := CoreLimits{Neurons: a.Neurons, Axons: a.Axons, FanOut: a.FanOut}
	if a.SynapseFormat == targets.Sparse {
		l.SynapseWords = a.SynapseWords
	}
	return l
}

// zeroedShare is one over the share of a projection's weights that may become
// zero without a note.
const zeroedShare = 2

// Report sums up a compilation; data is the image's bytes.
func (r *Result) Report(data []byte) *Report {
	m := r.Mapped
	sum := sha256.Sum256(data)
	out := &Report{
		Network: m.Net.Name, Target: r.Image.Manifest.Target,
		Cores: len(m.Cores), MaxCores: m.Arch.Cores(), Neurons: m.Neurons(), Synapses: m.SynapseCount(),
		Mesh: [2]int{m.Arch.MeshWidth, m.Arch.MeshHeight}, CoreLimits: coreLimits(m.Arch),
		Profiled: r.Profile != nil, Quantisation: []QuantReport{}, Notes: []string{}, Seconds: map[string]float64{},
		ImageBytes: len(data), ImageSHA256: hex.EncodeToString(sum[:]),
	}
	for _, p := range r.Passes {
		out.Seconds[p.Name] = p.Seconds
		out.Passes = append(out.Passes, passReport(r, &p))
	}
	var used CoreReport
	for k := range m.Cores {
		c := coreReport(m, k, &out.CoreLimits)
		out.count(&m.Cores[k])
		out.Axons += c.Axons
		used.Neurons += c.Neurons
		used.Synapses += c.Synapses
		used.SynapseWords += c.SynapseWords
		out.CoreList = append(out.CoreList, c)
	}
	over := r.Image.Mesh()
	out.Cut, out.Hops = distances(m, r.Profile, over)
	all := m.Flows(r.Profile)
	out.Links = links(m, all, routes(over))
	out.Chips = chipsReport(m, &out.Links)
	out.Bounds = bounds(m, r.Profile, out, all)
	for k := range m.Populations {
		out.Populations = append(out.Populations, populationReport(r, k))
	}
	r.countCores(out.Populations)
	for _, p := range out.Populations {
		out.Doubles += p.Doubles
		out.Removed += p.Removed
	}
	out.Utilisation = utilisation(out, m.Arch, &used)
	for _, s := range m.Stats {
		out.Quantisation = append(out.Quantisation, quantReport(s))
		if s.Zeroed > 0 && s.Zeroed*zeroedShare >= s.Synapses {
			out.Notes = append(out.Notes, fmt.Sprintf("projection %q: %d of %d weights became zero, since its population's scale is set by larger numbers: SQNR %.2f dB", s.Projection, s.Zeroed, s.Synapses, s.SQNR))
		}
	}
	out.Approximation = r.approximation()
	if r.Silent {
		out.Notes = append(out.Notes, "no source spikes in the profile, so that it weighs nothing: each counts as if it spiked once")
	}
	out.Notes = append(out.Notes, r.Differences()...)
	for _, p := range out.Populations {
		if p.SaturatedParams > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("population %q: %d parameters do not fit the target's state word and were clipped", p.Name, p.SaturatedParams))
		}
	}
	return out
}

// chipsReport looks at a mesh of several chips, with the load of its links.
func chipsReport(m *ir.Mapped, l *Links) *ChipsReport {
	a := m.Arch
	if !a.SeveralChips() {
		return nil
	}
	out := &ChipsReport{Size: [2]int{a.ChipWidth, a.ChipHeight}, Count: a.Cores() / (a.ChipWidth * a.ChipHeight)}
	used := map[[2]int]bool{}
	for k := range m.Cores {
		used[[2]int{m.Cores[k].X / a.ChipWidth, m.Cores[k].Y / a.ChipHeight}] = true
	}
	out.Used = len(used)
	chips := a.Chips()
	for _, x := range l.List {
		if chips.Between(x.From[0], x.From[1], x.To[0], x.To[1]) > 0 {
			out.Crossings.Unweighted += x.Load.Unweighted
			out.Crossings.Weighted += x.Load.Weighted
		}
	}
	return out
}

// passReport says what a pass that ran did.
func passReport(r *Result, ran *PassRun) PassReport {
	row := passes[slices.IndexFunc(passes, func(p pass) bool { return p.name == ran.Name })]
	out := PassReport{Name: row.name, Doc: row.doc}
	if row.effect != nil {
		out.Effect = row.effect(r)
	}
	var told []string
	for _, e := range ran.Effects {
		out.Effects = append(out.Effects, EffectReport{e.What, e.Value})
		told = append(told, fmt.Sprintf("%s %g", e.What, e.Value))
	}
	if row.effect == nil {
		out.Effect = strings.Join(told, ", ")
	}
	return out
}

// count counts what the compiler added in a core.
func (r *Report) count(c *ir.MappedCore) {
	switch c.Role {
	case ir.Relays:
		r.Relays += len(c.Neurons)
	case ir.Parts:
		r.Parts += len(c.Neurons)
	case ir.Somas:
		for _, isCopy := range c.Copies {
			if isCopy {
				r.Copies++
			}
		}
	}
}

// utilisation returns how full the cores in use are, that use so much together.
func utilisation(r *Report, a *targets.Arch, used *CoreReport) Utilisation {
	n := float64(max(r.Cores, 1))
	u := Utilisation{
		Cores:   float64(r.Cores) / float64(a.Cores()),
		Neurons: float64(used.Neurons) / n / float64(a.Neurons),
		Axons:   float64(r.Axons) / n / float64(a.Axons),
	}
	if a.SynapseFormat == targets.Dense {
		u.Synapses = float64(used.Synapses) / n / float64(a.Axons*a.Neurons)
	} else {
		u.Synapses = float64(used.SynapseWords) / n / float64(a.SynapseWords)
	}
	return u
}

func coreReport(m *ir.Mapped, k int, limits *CoreLimits) CoreReport {
	c := &m.Cores[k]
	out := CoreReport{Core: k, X: c.X, Y: c.Y, Population: m.Label(c), Neurons: len(c.Neurons), FanOut: entries(c.Dests)}
	for _, row := range c.Axons {
		out.row(m.Arch, len(row.Slots))
	}
	out.limit(limits)
	return out
}

// CoreReports returns how full each core of an image is, and what a core has.
func CoreReports(im *image.Image) (CoreLimits, []CoreReport) {
	limits, all := coreLimits(&im.Manifest.Arch), make([]CoreReport, len(im.Cores))
	for k := range im.Cores {
		c, out := &im.Cores[k], &all[k]
		*out = CoreReport{Core: k, X: int(c.X), Y: int(c.Y), Population: im.Label(c), Neurons: len(c.Neurons), FanOut: entries(c.Dests)}
		for axon := range c.Rows.Len() {
			out.row(&im.Manifest.Arch, c.Rows.Synapses(axon))
		}
		out.limit(&limits)
	}
	return limits, all
}

// entries counts the destinations of all slots.
func entries[D any](dests [][]D) (n int) {
	for _, list := range dests {
		n += len(list)
	}
	return n
}

// row takes in an axon's row.
func (c *CoreReport) row(a *targets.Arch, synapses int) {
	c.Axons++
	c.Synapses += synapses
	c.SynapseWords += ir.SynapseWords(a, synapses)
}

// limit finds what of the core is fullest.
func (c *CoreReport) limit(limits *CoreLimits) {
	fullest := slices.MaxFunc(limits.Uses(c), func(a, b CoreUse) int { return cmp.Compare(a.Share(), b.Share()) })
	c.Limit, c.Share = fullest.Limit, fullest.Share()
}

func populationReport(r *Result, k int) PopulationReport {
	m := r.Mapped
	p := &m.Pops[k]
	out := PopulationReport{
		Name: m.Populations[k].Name, Model: string(p.Model), Neurons: m.Populations[k].N,
		Exact: p.Exact, FracBits: p.Frac, SaturatedParams: p.Saturated,
	}
	for n := m.Populations[k].First; n < m.Populations[k].First+out.Neurons; n++ {
		switch {
		case m.Gone(n):
			out.Removed++
		case !m.HasSlot(n):
			out.Doubles++
		}
	}
	fan := make([]int32, out.Neurons)
	for i := range m.Projections {
		if m.Projections[i].To == k {
			for _, j := range m.Projections[i].Post {
				fan[j]++
			}
		}
	}
	for _, n := range fan {
		out.FanInMax = max(out.FanInMax, int(n))
	}
	return out
}

// countCores counts the cores that hold some of each population, and how long its
// program is.
func (r *Result) countCores(populations []PopulationReport) {
	for c := range r.Mapped.Cores {
		core := &r.Mapped.Cores[c]
		for _, k := range r.Mapped.PopulationsOn(core) {
			populations[k].Cores++
			if core.Role == ir.Somas {
				populations[k].Instructions = len(r.Image.Programs[r.Image.Cores[c].Program].Words)
			}
		}
	}
}

func quantReport(s ir.QuantStats) QuantReport {
	out := QuantReport{
		Projection: s.Projection, Synapses: s.Synapses, Format: string(s.Format), Bits: s.Bits, Step: s.Step, Largest: s.Largest, Scale: s.ScaleMin, ScaleMax: s.ScaleMax,
		Clip: s.Clip, Exact: s.Exact, Clipped: s.Clipped, Zeroed: s.Zeroed,
	}
	if !s.Exact && !math.IsInf(s.SQNR, 0) && !math.IsNaN(s.SQNR) {
		out.SQNRdB = &s.SQNR
	}
	return out
}
