package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// axonKey is what a core needs an axon for: a source, with the delay where the
// target keeps it at axons, and a copy number for synapses that repeat a
// source, neuron and delay. Rows of different classes are apart. Inputs come
// before neurons.
//
//	source << 32 | delay << 16 | class << 8 | copy
type axonKey uint64

const maxCopies = 1 << 8

func makeKey(source, delay int, class uint8) axonKey {
	return axonKey(source)<<32 | axonKey(delay)<<16 | axonKey(class)<<8
}

// axon returns the axon of a key; sources below inputs are inputs.
func (k axonKey) axon(inputs int, classes []ir.Class) ir.Axon {
	source := int(k >> 32)
	a := ir.Axon{Delay: uint16(k >> 16), Class: classes[uint8(k>>8)], Copy: uint16(k & (maxCopies - 1))}
	if source < inputs {
		a.Source, a.Input = int32(source), true
	} else {
		a.Source = int32(source - inputs)
	}
	return a
}

// arrival is a synapse as the neuron it ends at sees it.
type arrival struct {
	key    axonKey
	weight int16
	delay  uint16 // at the synapse, or 0
}

// fanIn is the synapses that end at each neuron of a population, in order of
// key.
type fanIn struct {
	q        *ir.Quantized
	arch     *targets.Arch
	pop      int
	group    *ir.Group
	inputs   int
	off      []int32
	arrivals []arrival
	// fanOut, once it is known, is how many destinations each neuron has: as many
	// as in any mapping tried so far.
	fanOut []int
	// longest is the longest delay, longestProj the projection that has it.
	longest     int
	longestProj int
	// tooManyAlike says that a pair has more than maxCopies synapses of a delay.
	tooManyAlike bool
	// classes are those that keys count.
	classes []ir.Class
	// mostTypes is the largest number of weights that a neuron has, where weights
	// are typed, mostTypesAt the neuron.
	mostTypes, mostTypesAt int
}

func (f *fanIn) of(i int) []arrival { return f.arrivals[f.off[i]:f.off[i+1]] }

// gather collects the synapses that end in a population.
func gather(q *ir.Quantized, arch *targets.Arch, pop int) *fanIn {
	f := &fanIn{q: q, arch: arch, pop: pop, group: &q.Populations[pop], inputs: q.InputCount(), classes: classes(q, arch)}
	f.off = make([]int32, f.group.N+1)
	for k := range q.Projections {
		if q.Projections[k].To == pop {
			for _, j := range q.Projections[k].Post {
				f.off[j+1]++
			}
		}
	}
	for i := range f.group.N {
		f.off[i+1] += f.off[i]
	}
	f.arrivals = make([]arrival, f.off[f.group.N])
	next := slices.Clone(f.off)
	for k := range q.Projections {
		if q.Projections[k].To == pop {
			f.add(k, next)
		}
	}
	if arch.WeightFormat == targets.Typed {
		f.assignTypes()
	}
	if arch.WeightFormat == targets.AxonSign {
		f.assignSigns()
	}
	for i := range f.group.N {
		f.finish(f.of(i))
	}
	return f
}

func (f *fanIn) add(k int, next []int32) {
	p := &f.q.Projections[k]
	base := f.q.FromGroup(p).First
	if !p.From.Input {
		base += f.inputs
	}
	class := f.q.ClassOf[k]
	if f.arch.WeightFormat == targets.Typed || f.arch.WeightFormat == targets.AxonSign {
		class *= targets.AxonTypes
	}
	atAxon := f.arch.DelayPlace == targets.DelayAxon
	for i := range len(p.Off) - 1 {
		for s := p.Off[i]; s < p.Off[i+1]; s++ {
			d := p.DelayOf(int(s))
			if d > f.longest {
				f.longest, f.longestProj = d, k
			}
			a := arrival{weight: f.q.Weights[k][s]}
			if atAxon {
				a.key = makeKey(base+i, d, class)
			} else {
				a.key, a.delay = makeKey(base+i, 0, class), uint16(d)
			}
			j := p.Post[s]
			f.arrivals[next[j]] = a
			next[j]++
		}
	}
}

// finish sorts the arrivals of one neuron and numbers copies: a dense row has
// one word a neuron, so a second synapse of the same key needs another row.
func (f *fanIn) finish(list []arrival) {
	byKey := func(a, b arrival) int { return cmp.Compare(a.key, b.key) }
	if !slices.IsSortedFunc(list, byKey) {
		slices.SortStableFunc(list, byKey)
	}
	if f.arch.SynapseFormat == targets.Sparse {
		return
	}
	run := 0
	for i := 1; i < len(list); i++ {
		if list[i].key == list[i-1].key-axonKey(run) {
			if run++; run == maxCopies {
				f.tooManyAlike = true
				return
			}
			list[i].key += axonKey(run)
		} else {
			run = 0
		}
	}
}

// axonsOf counts the axons that neuron i alone needs.
func (f *fanIn) axonsOf(i int) int {
	n := 0
	list := f.of(i)
	for k := range list {
		if k == 0 || list[k].key != list[k-1].key {
			n++
		}
	}
	return n
}

// fits reports what no partition can mend: delays, a single neuron's fan-in or
// synapse memory.
func (f *fanIn) fits(diags *diag.List) {
	np := &f.q.Net.Populations[f.pop]
	if f.longest > f.arch.MaxDelay {
		pr := &f.q.Net.Projections[f.q.Projections[f.longestProj].Index]
		diags.Add(pr.Pos, diag.DoesNotFit, "projection %q: a delay of %s is %d longer than the target's longest, %d: shorten it, or choose a target with longer delays", pr.Name, plural(f.longest, "tick"), f.longest-f.arch.MaxDelay, f.arch.MaxDelay)
	}
	if f.tooManyAlike {
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: a pair of neurons has more than %d synapses of the same delay; sum their weights in one", np.Name, maxCopies)
		return
	}
	f.fitTypes(diags)
	f.fitSigns(diags)
	widest, widestAt, words := 0, 0, 0
	for i := range f.group.N {
		if n := f.axonsOf(i); n > widest {
			widest, widestAt = n, i
		}
		if f.arch.SynapseFormat == targets.Sparse {
			words = max(words, f.wordsAlone(i))
		}
	}
	if widest > f.arch.Axons {
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: neuron %d needs %d axons for its fan-in, %d more than the %d of a core: choose a target with more axons, or fewer sources and delays",
			np.Name, widestAt, widest, widest-f.arch.Axons, f.arch.Axons)
	}
	if f.arch.SynapseFormat == targets.Sparse && words > f.arch.SynapseWords {
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: one neuron's synapses take %d words, %d more than the %d of a core", np.Name, words, words-f.arch.SynapseWords, f.arch.SynapseWords)
	}
}

// wordsAlone is the synapse memory that neuron i needs in a core by itself.
func (f *fanIn) wordsAlone(i int) int {
	words, run := 0, 0
	list := f.of(i)
	for k := range list {
		run++
		if k+1 == len(list) || list[k+1].key != list[k].key {
			words += ir.SynapseWords(f.arch, run)
			run = 0
		}
	}
	return words
}

func quoted(s string) string { return strconv.Quote(s) }

func plural(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
