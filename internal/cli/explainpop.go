package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

// populationNamed returns the number of a population of the network.
func populationNamed(net *network.Network, name string) (int, error) {
	var names []string
	for _, p := range net.Populations {
		names = append(names, p.Name)
	}
	if k := slices.Index(names, name); k >= 0 {
		return k, nil
	}
	hint := spell.Hint(name, names)
	if slices.ContainsFunc(net.Inputs, func(in network.Input) bool { return in.Name == name }) {
		hint = "; that is an input, which takes no cores"
	}
	return 0, diag.One(diag.Pos{File: net.File}, diag.UnknownName, "--explain: the network has no population %q%s", name, hint)
}

// printExplanation tells how a population was mapped; profiled says that there
// are spikes of a profile to tell.
func printExplanation(w io.Writer, e *compiler.Explanation, profiled bool) error {
	fmt.Fprintf(w, "%s on %s: %s (%s); cores %d, at least %d\n", e.Population, e.Target, diag.Plural(e.Neurons, "neuron"), e.Model, e.Found, e.Bound)
	fmt.Fprintf(w, "fan-in %s from %d sources, fan-out %s\n\n", spreadText(e.FanIn), e.Sources, spreadText(e.FanOut))
	printLeftOut(w, e)
	fmt.Fprintln(w, "why")
	for _, r := range e.Reasons {
		fmt.Fprintln(w, "  "+r)
	}
	fmt.Fprintln(w)
	err := table(w, func(t io.Writer) {
		fmt.Fprintln(t, "limit\tneeded\ta core has\tcores at least")
		for _, n := range e.Needs {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\n", n.Limit, n.Needed, n.Core, n.Cores)
		}
	})
	if err != nil {
		return err
	}
	for _, side := range []struct {
		name, host string
		list       []compiler.Partner
	}{{"hears", "", e.From}, {"talks to", "host", e.To}} {
		if len(side.list) == 0 {
			continue
		}
		fmt.Fprintln(w)
		err := table(w, func(t io.Writer) {
			fmt.Fprintf(t, "%s\tsynapses\tdeliveries to other cores", side.name)
			if profiled {
				fmt.Fprint(t, "\tof the profile's spikes")
			}
			fmt.Fprintln(t)
			for _, p := range side.list {
				synapses := fmt.Sprint(p.Synapses)
				if p.Name == side.host && p.Synapses == 0 {
					synapses = "–"
				}
				fmt.Fprintf(t, "%s\t%s\t%d", p.Name, synapses, p.Deliveries.Unweighted)
				if profiled {
					fmt.Fprintf(t, "\t%d", p.Deliveries.Weighted)
				}
				fmt.Fprintln(t)
			}
		})
		if err != nil {
			return err
		}
	}
	if len(e.Cores) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return table(w, func(t io.Writer) {
		fmt.Fprint(t, "core\tat")
		for _, u := range e.Cores[0].Uses {
			fmt.Fprintf(t, "\t%s", u.Limit)
		}
		fmt.Fprintln(t, "\taxons shared\town\tfullest\troom left")
		for k, c := range e.Cores {
			if k == maxCoreRows {
				fmt.Fprintf(t, "…\t%d more: --json lists them\n", len(e.Cores)-k)
				break
			}
			fmt.Fprintf(t, "%d\t(%d, %d)", c.Core, c.X, c.Y)
			room := 0
			for _, u := range c.Uses {
				fmt.Fprintf(t, "\t%d/%d", u.Used, u.Of)
				if u.Limit == c.Limit {
					room = u.Of - u.Used
				}
			}
			fmt.Fprintf(t, "\t%d\t%d\t%s, %.0f %%\t%d\n", c.Shared, c.Own, c.Limit, 100*c.Share, room)
		}
	})
}

// maxShared is how many neurons that stand for others the text lists.
const maxShared = 16

// printLeftOut tells which neurons have no slots.
func printLeftOut(w io.Writer, e *compiler.Explanation) {
	if len(e.Shared)+len(e.Removed) == 0 {
		return
	}
	doubles := 0
	for _, s := range e.Shared {
		doubles += len(s.Doubles)
	}
	fmt.Fprintf(w, "left out, a slot saved for each: %s, %s\n", diag.Plural(doubles, "double"), diag.Plural(len(e.Removed), "removed neuron"))
	for k, s := range e.Shared {
		if k == maxShared {
			fmt.Fprintf(w, "  … %d more that stand for others: --json lists them\n", len(e.Shared)-k)
			break
		}
		fmt.Fprintf(w, "  %d stands for %s\n", s.Neuron, rangesText(s.Doubles))
	}
	if len(e.Removed) > 0 {
		fmt.Fprintf(w, "  removed: %s\n", rangesText(e.Removed))
	}
	fmt.Fprintln(w)
}

// maxRanges is how many ranges the text lists.
const maxRanges = 12

// rangesText writes rising numbers, those that follow each other as FIRST..LAST.
func rangesText(list []int) string {
	var words []string
	for k := 0; k < len(list); {
		if len(words) == maxRanges {
			words = append(words, fmt.Sprintf("… %d more: --json lists them", len(list)-k))
			break
		}
		n := 1
		for k+n < len(list) && list[k+n] == list[k]+n {
			n++
		}
		word := fmt.Sprint(list[k])
		if n > 1 {
			word += fmt.Sprintf("..%d", list[k+n-1])
		}
		words = append(words, word)
		k += n
	}
	return strings.Join(words, ", ")
}

// spreadText writes a range and its median.
func spreadText(s compiler.Spread) string {
	if s.Min == s.Max {
		return fmt.Sprint(s.Min)
	}
	return fmt.Sprintf("%d to %d (median %d)", s.Min, s.Max, s.Median)
}
