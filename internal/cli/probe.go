package cli

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	name, rest := flag, []string{"", "", "", "", ""}
	if !slices.Contains(names, flag) {
		m := probePattern.FindStringSubmatch(flag)
		if m == nil {
			return bad("want POPULATION, POPULATION[INDEX] or POPULATION[FIRST..LAST], and .STATE behind it")
		}
		name, rest = m[1], m
	}
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
	states := stateNames(im, k)
	p := probe{population: name, first: pop.First + first, index: first, n: last - first + 1}
	if rest[4] != "" {
		if p.word = slices.Index(states, rest[4]); p.word < 0 {
			return bad("the neurons of %q have no state %q; they have %s", name, rest[4], strings.Join(states, ", "))
		}
		if !emulator.HasState(im, rest[4]) {
			return bad("the circuit of the chip keeps no word %q as such; run the network on a target that runs programs to see it", rest[4])
		}
		p.state = rest[4]
		return []probe{p}, nil
	}
	var out []probe
	for word, state := range states {
		if !emulator.HasState(im, state) {
			continue
		}
		p.word, p.state = word, state
		out = append(out, p)
	}
	return out, nil
}

// stateNames returns the names of the state words of a population.
func stateNames(im *image.Image, population int) []string {
	first := int32(im.Manifest.Populations[population].First)
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, n := range c.Neurons {
			if n == first && (c.Copies == nil || !c.Copies[slot]) {
				return im.Programs[c.Program].State
			}
		}
	}
	return nil
}

// probeLog holds the words of a run until they are written: they go to a file as
// a whole or not at all.
type probeLog struct {
	probes []probe
	words  []int32
	ticks  int
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

// write writes csv: the words as the chip has them after each tick.
func (l *probeLog) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "tick,population,index,state,word")
	at := 0
	for t := range l.ticks {
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
