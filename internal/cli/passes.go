package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
)

// passWord is a word of --optimise: a switch, or a number from above 0 to most, or to
// anyNumber where most is 0.
type passWord struct {
	word   string
	toggle func(o *network.Optimise) *bool
	number func(o *network.Optimise) *float64
	most   float64
}

// anyNumber is the largest number of --optimise.
const anyNumber = 1e100

var passTable = []passWord{
	{word: "dead", toggle: func(o *network.Optimise) *bool { return &o.Dead }},
	{word: "share", toggle: func(o *network.Optimise) *bool { return &o.Share }},
	{word: "unreachable", toggle: func(o *network.Optimise) *bool { return &o.Unreachable }},
	{word: "prune", number: func(o *network.Optimise) *float64 { return &o.Prune.Magnitude }},
	{word: "smallest", number: func(o *network.Optimise) *float64 { return &o.Prune.Smallest }, most: 1},
	{word: "noise", number: func(o *network.Optimise) *float64 { return &o.Prune.Keep }, most: 1},
	{word: "gain", number: func(o *network.Optimise) *float64 { return &o.Prune.Gain }},
	{word: "bias", number: func(o *network.Optimise) *float64 { return &o.CorrectBias }, most: 1},
}

// passWords lists what --optimise takes.
func passWords() []string {
	var out []string
	for _, w := range passTable {
		if w.toggle == nil {
			out = append(out, w.word+"=X")
		} else {
			out = append(out, w.word)
		}
	}
	return append(out, "seed=N")
}

// parsePasses reads --optimise. Its error has all the mistakes, a line each.
func parsePasses(list string) (network.Optimise, error) {
	var o network.Optimise
	if list == "" {
		return o, nil
	}
	o.Pos = diag.Pos{File: "--optimise"}
	given := map[string]bool{}
	var mistakes []error
	for item := range strings.SplitSeq(list, ",") {
		word, _, _ := strings.Cut(item, "=")
		if given[word] {
			mistakes = append(mistakes, fmt.Errorf("--optimise: %s stands twice", word))
			continue
		}
		given[word] = true
		mistakes = append(mistakes, parsePass(item, &o))
	}
	switch {
	case given["noise"] && o.Prune.Keep == 0: // which was told
	case o.Prune.Keep == 0 && (o.Prune.Gain != 0 || o.Prune.Seed != 0):
		mistakes = append(mistakes, fmt.Errorf("--optimise: gain and seed are of noise=X; write that too"))
	case o.Prune.Keep != 0 && o.Prune.Gain == 0:
		o.Prune.Gain = 1
	}
	return o, errors.Join(mistakes...)
}

func parsePass(item string, o *network.Optimise) error {
	word, text, has := strings.Cut(item, "=")
	if word == "seed" {
		seed, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return fmt.Errorf("--optimise %s: want seed=N, a whole number from 0", item)
		}
		o.Prune.Seed = seed
		return nil
	}
	for _, w := range passTable {
		switch {
		case w.word != word:
			continue
		case w.toggle != nil && has:
			return fmt.Errorf("--optimise %s: %s takes no number", item, word)
		case w.toggle != nil:
			*w.toggle(o) = true
			return nil
		}
		x, err := parseNumber(text)
		upTo := ""
		switch {
		case w.most > 0:
			upTo = fmt.Sprintf(" and up to %g", w.most)
		case x > anyNumber:
			upTo = fmt.Sprintf(" and up to %g", anyNumber)
		}
		if err != nil || !(x > 0 && x <= cmp.Or(w.most, anyNumber)) {
			return fmt.Errorf("--optimise %s: want %s=X, a number above 0%s", item, word, upTo)
		}
		*w.number(o) = x
		return nil
	}
	return fmt.Errorf("--optimise %s: want some of %s, parted by commas", cmp.Or(item, `""`), strings.Join(passWords(), ", "))
}

// parseNumber reads a number of an option: decimal digits, as people write them.
func parseNumber(text string) (float64, error) {
	if strings.ContainsAny(text, "_xX") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, 64)
}

// printPasses writes what the passes did that were asked for.
func printPasses(w io.Writer, passes []compiler.PassReport) {
	asked := false
	for _, p := range passes {
		if p.Effects == nil {
			continue
		}
		asked = true
		var did []string
		for _, e := range p.Effects {
			did = append(did, fmt.Sprintf("%s %.6g", e.What, e.Value))
		}
		fmt.Fprintf(w, "pass %s: %s\n", p.Name, strings.Join(did, ", "))
	}
	if asked {
		fmt.Fprintln(w)
	}
}
