package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/diag"
)

type diffOptions struct {
	compileFlags
	inputFlags
	files  [2]string
	target string
	ticks  int
	json   bool
}

func newDiffCmd() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Say where two runs part: the first tick, neuron and cause",
		Long: `Compare two files of spikes as 'weft run -o' writes them (.csv or .npz), or two
images or networks, which are run with the same input until they part.

Of spike files, the first tick that differs is told, and the spikes that only one
has. Of runs, also what the first of these neurons had as its state and its sum of
inputs in both, which synapses gave it something else in that tick or before, and
which of its parameters differ.

Exit status: 0 where all spikes are the same, 1 where they are not, with nothing on
stderr; 1 with a message on stderr, and nothing on stdout, where the input is
wrong.`,
		Example: "  weft diff yesterday.csv today.csv\n  weft diff net.yaml other.yaml -t xbar256 -i spikes.csv",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = [2]string{args[0], args[1]}
			return runDiff(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", "", "target of runs: a built-in name or a file (default: the image's, or "+defaultTarget+")")
	o.addInput(cmd, "spikes of the inputs of both runs")
	addWhole(cmd, &o.ticks, "ticks", 1, stimulus.MaxTicks, fmt.Sprintf("how many ticks to run at most (default: as long as the input needs, %d without input)", defaultTicks))
	cmd.Flags().BoolVar(&o.json, "json", false, "print the difference as JSON")
	o.add(cmd)
	return cmd
}

// errDiffer ends a command that has told on stdout that two things differ.
var errDiffer = errors.New("they differ")

// neuronName is a neuron as its population has it.
type neuronName struct {
	Population string `json:"population"`
	Index      int    `json:"index"`
}

func (n neuronName) String() string { return fmt.Sprintf("%s[%d]", n.Population, n.Index) }

// parting is where two runs part.
type parting struct {
	Equal bool `json:"equal"`
	// Ticks is how many were compared; Spikes how many each run had in these.
	Ticks  int    `json:"ticks"`
	Spikes [2]int `json:"spikes"`
	// Tick is the first that differs, OnlyA and OnlyB what only one has there. All are
	// empty of equal runs.
	Tick  int          `json:"tick"`
	OnlyA []neuronName `json:"only_a"`
	OnlyB []neuronName `json:"only_b"`
	// Differing is how many ticks differ, of files.
	Differing int `json:"ticks_differing,omitempty"`
	// Cause is known of runs.
	Cause *cause `json:"cause,omitempty"`
}

func runDiff(ctx context.Context, in io.Reader, w io.Writer, o diffOptions) error {
	opt, err := o.options()
	if err != nil {
		return err
	}
	spikes := [2]bool{isSpikeFile(o.files[0]), isSpikeFile(o.files[1])}
	if err := o.checkInput(); err != nil {
		return err
	}
	if err := present(o.files[:]...); err != nil {
		return err
	}
	var p *parting
	switch {
	case spikes[0] != spikes[1]:
		return usagef("%s is spikes and %s is to be run: want two of the same kind", o.files[slices.Index(spikes[:], true)], o.files[slices.Index(spikes[:], false)])
	case spikes[0] && (opt.given() || o.target != "" || o.inputGiven() || o.ticks != 0):
		return usagef("files of spikes are compared as they are: -t, -i, --ticks and the choices of compilation are for images and networks")
	case spikes[0]:
		p, err = diffFiles(o.files)
	default:
		p, err = diffRuns(ctx, in, o, opt)
	}
	if err != nil {
		return err
	}
	if o.json {
		err = printJSON(w, p)
	} else {
		err = p.write(w, o.files)
	}
	if err == nil && !p.Equal {
		err = errDiffer
	}
	return err
}

// isSpikeFile reports whether a file's name is one of spikes.
func isSpikeFile(path string) bool {
	lower := strings.ToLower(path)
	return isNPZ(path) || strings.HasSuffix(lower, ".csv") || strings.HasSuffix(lower, ".csv.gz")
}

// diffFiles compares two files of spikes.
func diffFiles(paths [2]string) (*parting, error) {
	trains, groups, err := loadSpikeFiles(paths)
	if err != nil {
		return nil, err
	}
	p := &parting{Equal: true, OnlyA: []neuronName{}, OnlyB: []neuronName{}, Ticks: max(len(trains[0].Spikes), len(trains[1].Spikes))}
	for t := range p.Ticks + 1 {
		var fired [2][]int32
		for k, train := range trains {
			fired[k] = train.At(t)
		}
		p.tick(t, fired, groups)
	}
	return p, nil
}

// tick takes in who spiked in a tick, in order.
func (p *parting) tick(t int, fired [2][]int32, groups []stimulus.Group) {
	p.Spikes[0] += len(fired[0])
	p.Spikes[1] += len(fired[1])
	if slices.Equal(fired[0], fired[1]) {
		return
	}
	if p.Differing++; !p.Equal {
		return
	}
	p.Equal, p.Tick = false, t
	p.OnlyA, p.OnlyB = only(fired[0], fired[1], groups), only(fired[1], fired[0], groups)
}

// only returns those of a that are not in b.
func only(a, b []int32, groups []stimulus.Group) []neuronName {
	out := []neuronName{}
	for _, n := range a {
		if _, found := slices.BinarySearch(b, n); !found {
			out = append(out, nameOf(groups, n))
		}
	}
	return out
}

// nameOf returns a neuron's name.
func nameOf(groups []stimulus.Group, n int32) neuronName {
	k, found := slices.BinarySearchFunc(groups, n, func(g stimulus.Group, n int32) int { return cmp.Compare(g.First, n) })
	if !found {
		k--
	}
	return neuronName{groups[k].Name, int(n - groups[k].First)}
}

// maxListed bounds what a list in the text has.
const maxListed = 12

// listed returns the first of a list, and how many more there are.
func listed[T fmt.Stringer](list []T, between string) string {
	var words []string
	for _, v := range list[:min(len(list), maxListed)] {
		words = append(words, v.String())
	}
	if more := len(list) - maxListed; more > 0 {
		words = append(words, fmt.Sprintf("… %d more", more))
	}
	return strings.Join(words, between)
}

// write writes text.
func (p *parting) write(w io.Writer, files [2]string) error {
	if p.Equal {
		_, err := fmt.Fprintf(w, "the same %s in %s\n", diag.Plural(p.Spikes[0], "spike"), diag.Plural(p.Ticks, "tick"))
		return err
	}
	fmt.Fprintf(w, "tick %d is the first that differs\n", p.Tick)
	for k, list := range [][]neuronName{p.OnlyA, p.OnlyB} {
		if len(list) > 0 {
			fmt.Fprintf(w, "  only %s has %s\n", files[k], listed(list, " "))
		}
	}
	if p.Cause != nil {
		return p.Cause.write(w)
	}
	_, err := fmt.Fprintf(w, "%d of %s differ; spikes %d and %d\n", p.Differing, diag.Plural(p.Ticks, "tick"), p.Spikes[0], p.Spikes[1])
	return err
}
