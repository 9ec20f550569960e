package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

// listing is a program as asm prints it.
type listing struct {
	Name         string            `json:"name"`
	State        []string          `json:"state"`
	Params       []listedParam     `json:"params"`
	Instructions []listInstruction `json:"instructions"`
}

type listedParam struct {
	Name string `json:"name"`
	Reg  string `json:"reg"`
}

type listInstruction struct {
	Index int    `json:"index"`
	Word  string `json:"word"`
	Text  string `json:"text"`
}

// newListing lists a program whose words are sound.
func newListing(p *isa.Program) listing {
	l := listing{Name: p.Name, State: append([]string{}, p.State...), Params: []listedParam{}, Instructions: []listInstruction{}}
	for _, b := range p.Params {
		l.Params = append(l.Params, listedParam{b.Name, b.Reg.String()})
	}
	insts, err := isa.DecodeAll(p.Words)
	if err != nil {
		panic("cli: listing of an assembled program: " + err.Error())
	}
	for k, i := range insts {
		l.Instructions = append(l.Instructions, listInstruction{k, fmt.Sprintf("%08x", p.Words[k]), i.String()})
	}
	return l
}

func (l listing) summary() string {
	name := l.Name
	if name == "" {
		name = "a program without a name"
	}
	return fmt.Sprintf("%s, %s", name, diag.Plural(len(l.Instructions), "instruction"))
}

func (l listing) print(w io.Writer) error {
	fmt.Fprintln(w, l.summary())
	for k, s := range l.State {
		fmt.Fprintf(w, "state s%d: %s\n", k, s)
	}
	for _, p := range l.Params {
		fmt.Fprintf(w, "parameter %s: %s\n", p.Reg, p.Name)
	}
	if len(l.Instructions) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return table(w, func(t io.Writer) {
		fmt.Fprintln(t, "index\tword\tinstruction")
		for _, i := range l.Instructions {
			fmt.Fprintf(t, "%d\t%s\t%s\n", i.Index, i.Word, i.Text)
		}
	})
}

// imageSummary is an image in a line.
type imageSummary struct {
	Network string `json:"network"`
	Target  string `json:"target"`
	Cores   int    `json:"cores"`
	Neurons int    `json:"neurons"`
	// Doubles and Removed are those of the neurons that have no slot.
	Doubles  int `json:"doubles,omitempty"`
	Removed  int `json:"removed,omitempty"`
	Axons    int `json:"axons"`
	Synapses int `json:"synapses"`
	Programs int `json:"programs"`
}

func newImageSummary(im *image.Image) imageSummary {
	s := imageSummary{
		Network: im.Manifest.Network, Target: im.Manifest.Target,
		Cores: len(im.Cores), Neurons: im.Neurons(), Programs: len(im.Programs),
	}
	s.Doubles, s.Removed = im.WithoutSlot()
	for k := range im.Cores {
		s.Axons += axonsOf(&im.Cores[k])
		s.Synapses += im.Cores[k].Synapses()
	}
	return s
}

func (s imageSummary) String() string {
	neurons := diag.Plural(s.Neurons, "neuron")
	if s.Doubles+s.Removed > 0 {
		neurons += fmt.Sprintf(" (%s and %d removed, without slots)", diag.Plural(s.Doubles, "double"), s.Removed)
	}
	return fmt.Sprintf("%s for %s: %s", s.Network, s.Target, strings.Join([]string{
		diag.Plural(s.Cores, "core"), neurons, diag.Plural(s.Axons, "axon"), diag.Plural(s.Synapses, "synapse"), diag.Plural(s.Programs, "program"),
	}, ", "))
}
