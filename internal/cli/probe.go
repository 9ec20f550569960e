package cli

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/isa/image"
)

// probe is a state word of a run of neurons that is written down every tick.
// Probing costs the chip nothing and changes nothing.
type probe struct {
	population string
	state      string
	first      int // number of the first neuron
	index      int // its place in the population
	n          int
	word       int // of the neuron's state
}

// probePattern is POPULATION, POPULATION[INDEX] or POPULATION[FIRST..LAST], and
// .STATE behind it. A population's name may have dots.
var probePattern = regexp.MustCompile(`^(.+?)(?:\[(\d{1,9})(?:\.\.(\d{1,9}))?\])?(?:\.([a-z_][a-z0-9_]*))?$`)

// probeWords are the submatches of probePattern in a flag, nil where it does not
// match; a flag that is one of the names has no other words.
func probeWords(names []string, flag string) []string {
	if slices.Contains(names, flag) {
		return []string{flag, flag, "", "", ""}
	}
	return probePattern.FindStringSubmatch(flag)
}

// probedPopulations returns the numbers of a network's populations that flags
// --probe name; what is wrong with the flags is told once there is an image.
func probedPopulations(net *network.Network, flags []string) []int {
	var names []string
	for _, p := range net.Populations {
		names = append(names, p.Name)
	}
	var out []int
	for _, flag := range flags {
		if words := probeWords(names, flag); words != nil {
			if k := slices.Index(names, words[1]); k >= 0 {
				out = append(out, k)
			}
		}
	}
	return out
}

// probes finds what the flags --probe name; all mistakes are in one error.
func probes(im *image.Image, flags []string) ([]probe, error) {
	var diags diag.List
	var out []probe
	for _, flag := range flags {
		list, err := oneProbe(im, flag)
		if err != nil {
			diags.Append(*err)
		}
		out = append(out, list...)
	}
	return out, diags.Err()
}

func oneProbe(im *image.Image, flag string) ([]probe, *diag.Diagnostic) {
	bad := func(format string, args ...any) ([]probe, *diag.Diagnostic) {
		return nil, &diag.Diagnostic{Pos: diag.Pos{File: "--probe"}, Code: diag.UnknownName, Message: strconv.Quote(flag) + ": " + fmt.Sprintf(format, args...)}
	}
	var names []string
	for _, s := range im.Manifest.Populations {
		names = append(names, s.Name)
	}
	rest := probeWords(names, flag)
	if rest == nil {
		return bad("want POPULATION, POPULATION[INDEX] or POPULATION[FIRST..LAST], and .STATE behind it")
	}
	name := rest[1]
	k := slices.Index(names, name)
	if k < 0 {
		hint := spell.Hint(name, names)
		if hint == "" {
			hint = "; there are " + strings.Join(names, ", ")
		}
		return bad("there is no population %q%s", name, hint)
	}
	pop := im.Manifest.Populations[k]
	first, last := 0, pop.N-1
	if rest[2] != "" {
		first, _ = strconv.Atoi(rest[2]) // nine digits at most
		last = first
	}
	if rest[3] != "" {
		last, _ = strconv.Atoi(rest[3])
	}
	if first > last || last >= pop.N {
		return bad("population %q has neurons 0 to %d, want one of them, or a range that rises", name, pop.N-1)
	}
	runs := presentRuns(im, pop.First+first, last-first+1)
	if runs == nil {
		return bad("no neuron of these is left: they were removed when the image was compiled, by the passes dead or unreachable")
	}
	states := stateNames(im, k)
	var words []int
	if rest[4] != "" {
		word := slices.Index(states, rest[4])
		if word < 0 {
			return bad("the neurons of %q have no state %q; they have %s", name, rest[4], strings.Join(states, ", "))
		}
		if !emulator.HasState(im, rest[4]) {
			return bad("the circuit of the chip keeps no word %q as such; run the network on a target that runs programs to see it", rest[4])
		}
		words = []int{word}
	} else {
		for word, state := range states {
			if emulator.HasState(im, state) {
				words = append(words, word)
			}
		}
	}
	var out []probe
	for _, word := range words {
		for _, r := range runs {
			out = append(out, probe{population: name, state: states[word], first: r[0], index: r[0] - pop.First, n: r[1], word: word})
		}
	}
	return out, nil
}

// presentRuns returns the runs of neurons, first and how many, that are not removed
// of n from one on.
func presentRuns(im *image.Image, first, n int) [][2]int {
	var out [][2]int
	for id := first; id < first+n; id++ {
		switch last := len(out) - 1; {
		case im.StandIn(int32(id)) == image.NoNeuron:
		case last >= 0 && out[last][0]+out[last][1] == id:
			out[last][1]++
		default:
			out = append(out, [2]int{id, 1})
		}
	}
	return out
}

// stateNames returns the names of the state words of a population.
func stateNames(im *image.Image, population int) []string {
	p := &im.Manifest.Populations[population]
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, n := range c.Neurons {
			if int(n) >= p.First && int(n) < p.First+p.N && (c.Copies == nil || !c.Copies[slot]) {
				return im.Programs[c.Program].State
			}
		}
	}
	return nil
}

// probeLog holds the words of a run, of the ticks behind first, until they are written.
type probeLog struct {
	probes       []probe
	words        []int32
	ticks, first int
}

// maxProbed bounds the words that are kept.
const maxProbed = 1 << 28

// room reports whether the words of so many ticks can be kept.
func (l *probeLog) room(ticks int) error {
	n := 0
	for _, p := range l.probes {
		n += p.n
	}
	if n > 0 && ticks > maxProbed/n {
		return diag.One(diag.Pos{File: "--probe"}, diag.TooLarge, "%d words in each of %d ticks are more than the %d that are kept; probe fewer neurons, or run fewer ticks", n, ticks, maxProbed)
	}
	return nil
}

func (l *probeLog) tick(m *emulator.Machine) {
	l.ticks++
	for _, p := range l.probes {
		for i := range p.n {
			l.words = append(l.words, m.State(p.first+i, p.word))
		}
	}
}

// begin says that what comes next is the tick behind this one.
func (l *probeLog) begin(tick int) { l.ticks, l.first, l.words = tick, tick, l.words[:0] }

// write writes csv: the words as the chip has them after each tick.
func (l *probeLog) write(w io.Writer, header bool) error {
	b := bufio.NewWriter(w)
	if header {
		fmt.Fprintln(b, "tick,population,index,state,word")
	}
	at := 0
	for t := l.first; t < l.ticks; t++ {
		for _, p := range l.probes {
			for i := range p.n {
				fmt.Fprintf(b, "%d,%s,%d,%s,%d\n", t+1, p.population, p.index+i, p.state, l.words[at])
				at++
			}
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write probes: %w", err)
	}
	return nil
}
