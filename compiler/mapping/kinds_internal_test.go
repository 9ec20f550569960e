package mapping

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/targets"
)

// wired returns the wiring of a dense layer of rows of weights, a row a source, on cores
// of typed weights of so many bits, and holds the sums of its pins to the weights.
func wired(t *testing.T, rows [][]int, bits int) *wiring {
	t.Helper()
	chip, err := targets.Load("truenorth")
	if err != nil {
		t.Fatal(err)
	}
	arch := chip.Arch
	arch.WeightBits = bits
	text := fmt.Sprintf("inputs: {in: {shape: %d}}\npopulations: {p: {shape: %d, neuron: truenorth}}\nprojections:\n  - {from: in, to: p, connect: dense, weights: %s}\n",
		len(rows), len(rows[0]), strings.ReplaceAll(fmt.Sprint(slices.Concat(rows...)), " ", ","))
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	q, err := quant.Quantise(lower.Lower(net), &arch, network.Quantise{})
	if err != nil {
		t.Fatal(err)
	}
	w := wire(q, &arch, 1)
	for n := range rows[0] {
		got := make([]int, len(rows))
		kinds := [targets.AxonTypes]int16{}
		p := w.of(n)
		for i, x := range p.net {
			got[w.nets[x].source] += int(p.weight[i])
			if k := &kinds[w.classes[w.nets[x].class].Type]; *k == 0 {
				*k = p.weight[i]
			} else if p.weight[i] != 0 && *k != p.weight[i] {
				t.Fatalf("neuron %d has weights %d and %d of one type", n, *k, p.weight[i])
			}
		}
		for s, row := range rows {
			if got[s] != row[n] {
				t.Fatalf("synapse %d of neuron %d weighs %d, want %d", s, n, got[s], row[n])
			}
		}
	}
	return w
}

// layer returns random rows of weights from lo to hi.
func layer(r *rand.Rand, sources, neurons, lo, hi int) [][]int {
	out := make([][]int, sources)
	for s := range out {
		for range neurons {
			out[s] = append(out[s], lo+r.IntN(hi-lo+1))
		}
	}
	return out
}

// sets yields all sets of up to size numbers from lo to hi, without 0.
func sets(lo, hi, size int, yield func([]int)) {
	var more func(set []int, from int)
	more = func(set []int, from int) {
		if len(set) > 0 {
			yield(set)
		}
		if len(set) == size {
			return
		}
		for x := from; x <= hi; x++ {
			if x != 0 {
				more(append(set, x), x+1)
			}
		}
	}
	more(nil, lo)
}

// sums calls yield for all multisets of up to most of the numbers of a set, with the
// sum.
func sums(set []int, most int, yield func(sum int, times [targets.AxonTypes]int)) {
	var more func(k, left, sum int, times [targets.AxonTypes]int)
	more = func(k, left, sum int, times [targets.AxonTypes]int) {
		if k == len(set) {
			yield(sum, times)
			return
		}
		for n := range left + 1 {
			times[k] = n
			more(k+1, left-n, sum+n*set[k], times)
		}
	}
	more(0, most, 0, [targets.AxonTypes]int{})
}

// fewest returns how few axons a neuron takes with any four kinds from -reach to reach.
func fewest(rows [][]int, neuron, reach int) int {
	count := map[int]int{}
	for _, row := range rows {
		count[row[neuron]]++
	}
	want := -1
	least := make([]int, 10*reach+1) // summands of each sum
	sets(-reach, reach, targets.AxonTypes, func(set []int) {
		if len(set) < targets.AxonTypes {
			return
		}
		clear(least)
		sums(set, 5, func(sum int, times [targets.AxonTypes]int) {
			n := times[0] + times[1] + times[2] + times[3]
			if was := &least[5*reach+sum]; sum != 0 && (*was == 0 || n < *was) {
				*was = n
			}
		})
		axons := 0
		for w, n := range count {
			one := least[5*reach+w]
			if w != 0 && one == 0 {
				return
			}
			axons += n * one
		}
		if want < 0 || axons < want {
			want = axons
		}
	})
	return want
}

// A neuron by itself takes as few axons as it does with any four kinds from minus twice
// its largest weight to twice that, which are all tried here.
func TestOneNeuronHasTheBestKinds(t *testing.T) {
	for k, test := range []struct{ sources, lo, hi int }{
		{200, -3, 3}, {20, -3, 3}, {60, 0, 7}, {30, -5, 5}, {15, -7, 2}, {150, -7, 7}, {50, -7, 7}, {100, -8, 7}, {12, -8, 7},
	} {
		rows := layer(rand.New(rand.NewPCG(uint64(k), 1)), test.sources, 1, test.lo, test.hi)
		want := fewest(rows, 0, 2*max(test.hi, -test.lo))
		w := wired(t, rows, 9)
		if got, _ := w.fanInOf(0); got != want {
			t.Errorf("%d weights from %d to %d: %d axons with kinds %d, want %d", test.sources, test.lo, test.hi, got, w.types[0].codes[0].kinds, want)
		}
	}
}

// A neuron that does not fit with the kinds of its population takes as few axons as by
// itself, and is told with the sources that it has, however many axons each takes.
func TestNeuronsThatDoNotFitHaveTheBestKinds(t *testing.T) {
	for k, test := range []struct{ sources, neurons, lo, hi int }{{160, 3, -8, 7}, {170, 3, -6, 6}, {180, 3, 0, 12}} {
		rows := layer(rand.New(rand.NewPCG(uint64(k), 4)), test.sources, test.neurons, test.lo, test.hi)
		w := wired(t, rows, 9)
		for n := range test.neurons {
			got, _ := w.fanInOf(n)
			if want := fewest(rows, n, 2*max(test.hi, -test.lo)); got != want {
				t.Errorf("%+v: neuron %d takes %d axons with kinds %d, want %d", test, n, got, w.types[0].of(n).kinds, want)
			}
			sources := 0
			for _, row := range rows {
				if row[n] != 0 {
					sources++
				}
			}
			if got := w.sourcesOf(n); got != sources {
				t.Errorf("%+v: neuron %d has %d sources, want %d", test, n, got, sources)
			}
		}
	}
}

// Weights that are few enough for a type each are sums of fewer types where neurons
// share sources, and only there.
func TestFewWeightsAreSumsWhereSourcesAreShared(t *testing.T) {
	shared := layer(rand.New(rand.NewPCG(1, 5)), 128, 40, -2, 1)
	w := wired(t, shared, 9)
	if !w.types[0].sums || len(w.nets) > 256 {
		t.Errorf("%d axons with kinds %d, want 256 at most: a core", len(w.nets), w.types[0].codes[0].kinds)
	}
	// None of the summands is a weight.
	pairs := layer(rand.New(rand.NewPCG(3, 5)), 30, 40, 0, 3)
	for _, row := range pairs {
		for n := range row {
			row[n] = []int{3, 5, 6, 7}[row[n]]
		}
	}
	if w := wired(t, pairs, 9); len(w.nets) != 3*len(pairs) {
		t.Errorf("%d axons with kinds %d, want %d", len(w.nets), w.types[0].codes[0].kinds, 3*len(pairs))
	}
	// With sums neither of the neurons would fit.
	wide := layer(rand.New(rand.NewPCG(2, 5)), 250, 2, -2, 0)
	for _, row := range wide {
		for n := range row {
			if row[n] == 0 {
				row[n] = 1
			}
		}
	}
	w = wired(t, wide, 9)
	for n := range 2 {
		if got, _ := w.fanInOf(n); got != len(wide) {
			t.Errorf("neuron %d takes %d axons, want %d", n, got, len(wide))
		}
	}
	// A source weighs the same everywhere.
	alike := make([][]int, 60)
	for s := range alike {
		alike[s] = slices.Repeat([]int{[]int{-2, -1, 1}[s%3]}, 20)
	}
	if w := wired(t, alike, 9); w.types[0].sums || len(w.nets) != len(alike) {
		t.Errorf("%d axons with kinds %d, want a type for each weight and %d axons", len(w.nets), w.types[0].codes[0].kinds, len(alike))
	}
}

// united returns how many axons rows take in one core where all neurons have the same
// kinds: the fewest of any.
func united(rows [][]int, reach int) int {
	count := map[int]bool{}
	for _, row := range rows {
		for _, x := range row {
			count[x] = x != 0
		}
	}
	var weights []int
	for x, in := range count {
		if in {
			weights = append(weights, x)
		}
	}
	slices.Sort(weights)
	best := -1
	sets(-reach, reach, targets.AxonTypes, func(set []int) {
		ways := map[int][][targets.AxonTypes]int{}
		sums(set, 4, func(sum int, times [targets.AxonTypes]int) {
			if len(ways[sum]) < 4 {
				ways[sum] = append(ways[sum], times)
			}
		})
		chosen := map[int][targets.AxonTypes]int{}
		var choose func(k int)
		choose = func(k int) {
			if k < len(weights) {
				for _, way := range ways[weights[k]] {
					chosen[weights[k]] = way
					choose(k + 1)
				}
				return
			}
			axons := 0
			for _, row := range rows {
				var most [targets.AxonTypes]int
				for _, x := range row {
					for t, n := range chosen[x] {
						most[t] = max(most[t], n)
					}
				}
				axons += most[0] + most[1] + most[2] + most[3]
			}
			if best < 0 || axons < best {
				best = axons
			}
		}
		choose(0)
	})
	return best
}

// Neurons that share a core and some sources take hardly an axon more than with the best
// kinds that are the same for all of them, often fewer, and never more than with binary
// digits.
func TestNeuronsOfACoreHaveTheBestKinds(t *testing.T) {
	more := 0
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 2))
		rows := layer(r, 12+r.IntN(6), 2+r.IntN(4), -3, 2+r.IntN(2))
		got := len(wired(t, rows, 9).nets)
		want := united(rows, 6)
		if got > want+1 {
			t.Errorf("%v: %d axons, want %d", rows, got, want)
		}
		more += got - want
	}
	if more > 0 {
		t.Errorf("%d axons more than with the best common kinds", more)
	}
	for seed, test := range []struct{ sources, neurons, lo, hi int }{{20, 60, -8, 7}, {50, 50, 0, 15}, {40, 6, -7, 7}, {9, 200, -3, 3}, {30, 2, -8, 7}} {
		rows := layer(rand.New(rand.NewPCG(uint64(seed), 3)), test.sources, test.neurons, test.lo, test.hi)
		if got, digits := len(wired(t, rows, 9).nets), binaryAxons(rows); got > digits {
			t.Errorf("%+v: %d axons, want at most those of binary digits, %d", test, got, digits)
		}
	}
}

// binaryAxons returns how many axons rows take in one core as numbers of four binary
// digits.
func binaryAxons(rows [][]int) int {
	n := 0
	for _, row := range rows {
		digits := 0
		for _, x := range row {
			digits |= x & 15
		}
		for ; digits > 0; digits >>= 1 {
			n += digits & 1
		}
	}
	return n
}

// Neurons whose weights have nothing in common have kinds of their own; one of few
// weights takes an axon for each, whatever the others need.
func TestNeuronsHaveKindsOfTheirOwn(t *testing.T) {
	rows := make([][]int, 36)
	for s := range rows {
		rows[s] = make([]int, 3)
		switch k := s % 12; {
		case s < 12:
			rows[s][0] = []int{-100, 7, 50, 93}[k%4]
		case s < 24:
			rows[s][1] = 1 + k%5
		default:
			rows[s][2] = 20 * (1 + k%5)
		}
	}
	w := wired(t, rows, 9)
	// Five weights are four kinds and a sum of two, of the weight that is there twice.
	for n, want := range []int{12, 14, 14} {
		if got, _ := w.fanInOf(n); got != want {
			t.Errorf("neuron %d takes %d axons with kinds %d, want %d", n, got, w.types[0].of(n).kinds, want)
		}
	}
	if got := len(w.nets); got != 12+14+14 {
		t.Errorf("%d axons in all", got)
	}
}

// Weights of all widths come to an end, and are exact, which wired sees to; so are those
// of 0, without an axon.
func TestWideWeightsAreExact(t *testing.T) {
	for _, test := range []struct{ sources, neurons, lo, hi, bits int }{
		{100, 1, -256, 255, 9}, {10, 4, -256, 255, 9}, {60, 1, -32768, 32767, 16}, {9, 3, 0, 32767, 16}, {9, 2, -32768, 0, 16},
	} {
		rows := layer(rand.New(rand.NewPCG(5, 6)), test.sources, test.neurons, test.lo, test.hi)
		rows[0][0] = 0
		w := wired(t, rows, test.bits)
		if !w.types[0].sums || w.doubled == 0 {
			t.Errorf("%+v: no sums", test)
		}
		if w.nets[w.of(0).net[0]].source == 0 {
			t.Errorf("%+v: a weight of 0 has an axon", test)
		}
	}
}

// Of a large population the neuron that reads most is looked at, and not all others.
func TestKindsAreComparedOnASample(t *testing.T) {
	fan := make([]int, 1<<17)
	total := 0
	for j := range fan {
		fan[j] = 10 + j%7
		if j == 12345 {
			fan[j] = 200
		}
		total += fan[j]
	}
	var r readers
	r.choose(fan, total)
	sum := 0
	for _, j := range r.neurons {
		sum += fan[j]
	}
	if r.all || sum > maxSample+sampleRuns*200+200 || sum < maxSample/2 || !slices.Contains(r.neurons, 12345) {
		t.Errorf("%d neurons with %d of %d synapses", len(r.neurons), sum, total)
	}
}

// A weight of 0 takes no axon, however many kinds there are besides: of a source whose
// others are of one kind there is one, where a type for 0 would have made it two.
func TestZerosTakeNoAxon(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, weights := range [][]int{{5}, {-7, 7}, {-7, -3, 3}, {-7, -3, 3, 7}} {
		var rows [][]int
		zeros := 0
		for s := range 40 {
			row := make([]int, 20)
			for n := range row {
				if n == s%20 || r.IntN(2) == 0 {
					row[n] = weights[s%len(weights)]
				} else {
					zeros++
				}
			}
			rows = append(rows, row)
		}
		w := wired(t, rows, 9)
		if len(w.nets) != len(rows) || w.zeros != zeros || w.doubled != 0 {
			t.Errorf("%v: %d axons, %d zeros, %d more synapses; want %d, %d, 0", weights, len(w.nets), w.zeros, w.doubled, len(rows), zeros)
		}
	}
	// Each neuron with four kinds of its own.
	var rows [][]int
	for s := range 40 {
		row := make([]int, 20)
		for n := range row {
			if r.IntN(2) == 0 {
				row[n] = 4*n + 1 + s%4
			}
		}
		rows = append(rows, row)
	}
	w := wired(t, rows, 9)
	for n := range rows[0] {
		for _, weight := range w.of(n).weight {
			if weight == 0 {
				t.Fatalf("neuron %d has a synapse of weight 0", n)
			}
		}
	}
}
