// Package names is what people call neurons, and where these are in an image:
// POPULATION, POPULATION[3] or POPULATION[3..7], and .STATE behind it.
package names

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/isa/image"
)

// Selection is a run of neurons of a population, and words of their states.
type Selection struct {
	Population string
	// First is the number of the first neuron, Index its place in the population, and
	// N how many there are.
	First, Index, N int
	// Present are the runs of those that are not removed, each the number of the first
	// and how many.
	Present [][2]int
	// Words are the state word that was Named, or all that can be looked at.
	Words []Word
	Named bool
}

// Has reports whether a neuron is one of the run, removed or not.
func (s *Selection) Has(neuron int32) bool {
	return int(neuron) >= s.First && int(neuron) < s.First+s.N
}

// Word is a state word: its name, and its number in a neuron's state.
type Word struct {
	Name   string
	Number int
}

// pattern is POPULATION, POPULATION[INDEX] or POPULATION[FIRST..LAST], and .STATE
// behind it. A population's name may have dots.
var pattern = regexp.MustCompile(`^(.+?)(?:\[(\d{1,9})(?:\.\.(\d{1,9}))?\])?(?:\.([a-z_][a-z0-9_]*))?$`)

// split returns the submatches of pattern in a text, nil where it does not match; a
// text that is one of the known names has no other words.
func split(known []string, text string) []string {
	if slices.Contains(known, text) {
		return []string{text, text, "", "", ""}
	}
	return pattern.FindStringSubmatch(text)
}

// Population returns the index of the population, among those known, that a text names
// neurons of; −1 is none.
func Population(known []string, text string) int {
	if words := split(known, text); words != nil {
		return slices.Index(known, words[1])
	}
	return -1
}

// Find returns the neurons of an image that a text names; what is wrong with it is a
// diagnostic without a position.
func Find(im *image.Image, text string) (*Selection, *diag.Diagnostic) {
	s, state, bad := find("population", "neurons", "POPULATION", im.Manifest.Populations, text)
	if bad != nil {
		return nil, bad
	}
	wrong := func(format string, args ...any) (*Selection, *diag.Diagnostic) {
		return nil, mistake(text, format, args...)
	}
	if s.Present = present(im, s.First, s.N); s.Present == nil {
		return wrong("no neuron of these is left: they were removed when the image was compiled, by the passes dead or unreachable")
	}
	all := stateNames(im, s.Present[0][0])
	if state == "" {
		for k, name := range all {
			if emulator.HasState(im, name) {
				s.Words = append(s.Words, Word{name, k})
			}
		}
		return s, nil
	}
	k := slices.Index(all, state)
	switch {
	case k < 0:
		return wrong("the neurons of %q have no state %q; they have %s", s.Population, state, strings.Join(all, ", "))
	case !emulator.HasState(im, state):
		return wrong("the circuit of the chip keeps no word %q as such; run the network on a target that runs programs to see it", state)
	}
	s.Words, s.Named = []Word{{state, k}}, true
	return s, nil
}

// FindInputs is Find of inputs, which have no state.
func FindInputs(im *image.Image, text string) (*Selection, *diag.Diagnostic) {
	s, state, bad := find("input", "indices", "INPUT", im.Manifest.Inputs, text)
	if bad == nil && state != "" {
		bad = mistake(text, "an input has no state")
	}
	return s, bad
}

// find finds a run of neurons or inputs, and which state a text names.
func find(what, places, form string, symbols []image.Symbol, text string) (s *Selection, state string, bad *diag.Diagnostic) {
	var known []string
	for _, s := range symbols {
		known = append(known, s.Name)
	}
	words := split(known, text)
	if words == nil {
		return nil, "", mistake(text, "want %s, %s[INDEX] or %s[FIRST..LAST], and .STATE behind it", form, form, form)
	}
	name := words[1]
	k := slices.Index(known, name)
	if at := strings.IndexByte(name, '['); k < 0 && at >= 0 { // which is of no name
		index := text[at:]
		if k = slices.Index(known, name[:at]); k >= 0 {
			return nil, "", mistake(text, "%q is no index: want [INDEX] or [FIRST..LAST], without blanks; %s %q has %s 0 to %d", index, what, known[k], places, symbols[k].N-1)
		}
		name = name[:at]
	}
	if k < 0 {
		hint := spell.Hint(name, known)
		if hint == "" {
			hint = "; there are " + strings.Join(known, ", ")
		}
		return nil, "", mistake(text, "there is no %s %q%s", what, name, hint)
	}
	first, last := 0, symbols[k].N-1
	if words[2] != "" {
		first, _ = strconv.Atoi(words[2]) // nine digits at most
		last = first
	}
	if words[3] != "" {
		last, _ = strconv.Atoi(words[3])
	}
	if first > last || last >= symbols[k].N {
		return nil, "", mistake(text, "%s %q has %s 0 to %d, want one of them, or a range that rises", what, name, places, symbols[k].N-1)
	}
	return &Selection{Population: name, First: symbols[k].First + first, Index: first, N: last - first + 1}, words[4], nil
}

func mistake(text, format string, args ...any) *diag.Diagnostic {
	return &diag.Diagnostic{Code: diag.UnknownName, Message: strconv.Quote(text) + ": " + fmt.Sprintf(format, args...)}
}

// present returns the runs of neurons, first and how many, that are not removed
// of n from one on.
func present(im *image.Image, first, n int) [][2]int {
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

// stateNames returns the names of the state words of a neuron that is not removed.
func stateNames(im *image.Image, neuron int) []string {
	stand := im.StandIn(int32(neuron))
	for k := range im.Cores {
		c := &im.Cores[k]
		for slot, n := range c.Neurons {
			if n == stand && (c.Copies == nil || !c.Copies[slot]) {
				return im.Programs[c.Program].State
			}
		}
	}
	return nil
}
