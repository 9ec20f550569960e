package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/isa/image"
)

type inspectOptions struct {
	file       string
	core       int
	population string
	json       bool
}

// noCore is --core when it is not given.
const noCore = -1

func newInspectCmd() *cobra.Command {
	o := inspectOptions{core: noCore}
	cmd := &cobra.Command{
		Use:   "inspect IMAGE",
		Short: "Show what an image holds, core by core",
		Long: `Show what a chip image holds: populations, programs, cores with how full they
are, and a map of the mesh. --population shows the cores of one population,
--core the axons and destinations of one core. Neurons are slots in use: of
these, copies do the same as a neuron elsewhere, hold a part of its synapses, or
send on what reaches them. Neurons may be without slots: doubles, for which
another stands, and removed ones. IMAGE may also be an image's text,
and - is stdin.`,
		Example: "  weft inspect net.weft\n  weft inspect net.weft --core 3",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runInspect(cmd.InOrStdin(), cmd.OutOrStdout(), o)
		},
	}
	addWhole(cmd, &o.core, "core", 0, noEnd, "show this core alone, by its number")
	cmd.Flags().StringVar(&o.population, "population", "", "show the cores of this population alone")
	cmd.Flags().BoolVar(&o.json, "json", false, "print as JSON")
	return cmd
}

func runInspect(in io.Reader, w io.Writer, o inspectOptions) error {
	if o.core != noCore && o.population != "" {
		return usagef("inspect: --core and --population exclude each other")
	}
	src, err := readSource(in, o.file)
	if err != nil {
		return err
	}
	im, err := src.image()
	if err != nil {
		return err
	}
	v := newImageView(im)
	switch {
	case o.core != noCore:
		if o.core < 0 || o.core >= len(im.Cores) {
			return diag.One(diag.Pos{File: src.name}, diag.OutOfRange, "core %d: the image has cores 0 to %d", o.core, len(im.Cores)-1)
		}
		c := newCoreDetail(im, o.core, v.Cores[o.core])
		if o.json {
			return printJSON(w, c)
		}
		return printCore(w, c)
	case o.population != "":
		if err := v.only(src.name, o.population); err != nil {
			return err
		}
	}
	if o.json {
		return printJSON(w, v)
	}
	return printImage(w, v)
}

// imageView is what inspect shows of an image.
type imageView struct {
	imageSummary
	TickSeconds float64          `json:"tick_seconds"`
	Mesh        [2]int           `json:"mesh"`
	Inputs      []populationView `json:"inputs"`
	Populations []populationView `json:"populations"`
	Outputs     []string         `json:"outputs"`
	// Defects are those that the image was compiled around.
	Defects     *image.Defects `json:"defects,omitempty"`
	ProgramList []programView  `json:"program_list"`
	Cores       []coreView     `json:"core_list"`
	// Limits are what one core has.
	Limits coreLimits `json:"core_limits"`
}

type populationView struct {
	Name    string `json:"name"`
	Shape   []int  `json:"shape"`
	Model   string `json:"model,omitempty"`
	Neurons int    `json:"neurons"`
	Cores   int    `json:"cores"`
}

type programView struct {
	Program      int      `json:"program"`
	Name         string   `json:"name"`
	Instructions int      `json:"instructions"`
	State        []string `json:"state"`
	Params       []string `json:"params"`
	Cores        int      `json:"cores"`
}

type coreLimits struct {
	Neurons      int `json:"neurons"`
	Axons        int `json:"axons"`
	Synapses     int `json:"synapses"`
	Destinations int `json:"fan_out"`
	Program      int `json:"program"`
}

// newImageView looks at the whole image.
func newImageView(im *image.Image) *imageView {
	m := &im.Manifest
	a := &m.Arch
	v := &imageView{
		imageSummary: newImageSummary(im), TickSeconds: m.TickSeconds, Mesh: [2]int{a.MeshWidth, a.MeshHeight},
		Inputs: populationViews(m.Inputs), Populations: populationViews(m.Populations), Outputs: []string{},
		Defects: m.Defects, ProgramList: []programView{}, Cores: []coreView{},
		Limits: coreLimits{Neurons: a.Neurons, Axons: a.Axons, Synapses: a.MaxSynapses() / a.Cores(), Destinations: a.FanOut, Program: a.ProgramWords},
	}
	for _, k := range m.Outputs {
		v.Outputs = append(v.Outputs, m.Populations[k].Name)
	}
	for k := range im.Programs {
		p := &im.Programs[k]
		l := programView{Program: k, Name: p.Name, Instructions: len(p.Words), State: append([]string{}, p.State...), Params: []string{}}
		for _, b := range p.Params {
			l.Params = append(l.Params, b.Name)
		}
		v.ProgramList = append(v.ProgramList, l)
	}
	for k := range im.Cores {
		c := &im.Cores[k]
		v.Cores = append(v.Cores, newCoreView(im, k, &v.Limits))
		for _, p := range im.PopulationsOn(c) {
			v.Populations[p].Cores++
		}
		v.ProgramList[c.Program].Cores++
	}
	return v
}

func populationViews(symbols []image.Symbol) []populationView {
	out := []populationView{}
	for _, s := range symbols {
		out = append(out, populationView{Name: s.Name, Shape: append([]int{}, s.Shape...), Model: s.Model, Neurons: s.N})
	}
	return out
}

// only leaves one population and its cores.
func (v *imageView) only(file, name string) error {
	var names []string
	var kept []populationView
	for _, p := range v.Populations {
		names = append(names, p.Name)
		if p.Name == name {
			kept = append(kept, p)
		}
	}
	if kept == nil {
		return diag.One(diag.Pos{File: file}, diag.UnknownName, "the image has no population %q%s", name, spell.Hint(name, names))
	}
	v.Populations = kept
	var cores []coreView
	for _, c := range v.Cores {
		if c.Population == name || slices.Contains(c.Populations, name) {
			cores = append(cores, c)
		}
	}
	v.Cores = cores
	return nil
}

// maxLinks is how many dead links the text lists one by one.
const maxLinks = 8

// printDefects ends the paragraph about the whole image.
func printDefects(w io.Writer, v *imageView) {
	if d := v.Defects; d != nil {
		fmt.Fprintf(w, "compiled around defects %s, %s", aroundText(d), diag.Plural(len(d.Links), "dead link"))
		for k, l := range d.Links {
			if k == maxLinks {
				fmt.Fprintf(w, " … %d more: --json lists them", len(d.Links)-k)
				break
			}
			width := int32(v.Mesh[0])
			fmt.Fprintf(w, " (%d, %d)–(%d, %d)", l[0]%width, l[0]/width, l[1]%width, l[1]/width)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

func printImage(w io.Writer, v *imageView) error {
	fmt.Fprintf(w, "%s\ntick %s, mesh %d × %d, outputs %s\n", v.imageSummary, seconds(v.TickSeconds), v.Mesh[0], v.Mesh[1], orNone(v.Outputs))
	printDefects(w, v)
	err := table(w, func(t io.Writer) {
		fmt.Fprintln(t, "population\tshape\tmodel\tneurons\tcores")
		for _, p := range v.Inputs {
			fmt.Fprintf(t, "%s\t%s\tinput\t%d\t–\n", p.Name, shape(p.Shape), p.Neurons)
		}
		for _, p := range v.Populations {
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\n", p.Name, shape(p.Shape), p.Model, p.Neurons, p.Cores)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	err = table(w, func(t io.Writer) {
		fmt.Fprintln(t, "program\tname\tinstructions\tstate\tparameters\tcores")
		for _, p := range v.ProgramList {
			fmt.Fprintf(t, "%d\t%s\t%d/%d\t%s\t%s\t%d\n", p.Program, p.Name, p.Instructions, v.Limits.Program, orNone(p.State), orNone(p.Params), p.Cores)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	err = table(w, func(t io.Writer) {
		copies := slices.ContainsFunc(v.Cores, func(c coreView) bool { return c.others() > 0 })
		column := func(s string) string {
			if !copies {
				return ""
			}
			return s + "\t"
		}
		fmt.Fprintf(t, "core\tat\tpopulation\tneurons\t%saxons\tsynapses\tfill\tdestinations\tprogram\n", column("copies"))
		for _, c := range v.Cores {
			fmt.Fprintf(t, "%d\t(%d, %d)\t%s\t%d/%d\t%s%d/%d\t%d\t%.1f %%\t%d/%d\t%d\n", c.Core, c.X, c.Y, c.label,
				c.Neurons, v.Limits.Neurons, column(strconv.Itoa(c.others())), c.Axons, v.Limits.Axons, c.Synapses, 100*c.Fill, c.Destinations, v.Limits.Destinations, c.Program)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	return printMesh(w, v)
}
