package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// coreView is a core in a line.
type coreView struct {
	Core       int    `json:"core"`
	X          int    `json:"x"`
	Y          int    `json:"y"`
	Population string `json:"population"`
	// Populations are those whose neurons have slots here, copies and parts
	// included, where there are several; Population is the first of them.
	Populations []string `json:"populations,omitempty"`
	Program     int      `json:"program"`
	// Neurons are the slots in use; Copies, Parts and Relays are how many of them
	// are that.
	Neurons  int `json:"neurons"`
	Copies   int `json:"copies,omitempty"`
	Parts    int `json:"parts,omitempty"`
	Relays   int `json:"relays,omitempty"`
	Axons    int `json:"axons"`
	Synapses int `json:"synapses"`
	// Fill is the part of the synapse memory that is in use.
	Fill         float64 `json:"fill"`
	Destinations int     `json:"fan_out"`
	// Fullest is the largest part in use of neurons, axons, synapse memory and
	// destinations.
	Fullest float64 `json:"fullest"`
	// label names the populations in a word or two.
	label string
}

// holds says what the slots of the core hold.
func (v *coreView) holds() string {
	if v.others() == 0 {
		return fmt.Sprintf("%s of %s", diag.Plural(v.Neurons, "neuron"), v.label)
	}
	var words []string
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{v.Neurons - v.others(), "neuron", "neurons"},
		{v.Copies, "copy", "copies"},
		{v.Parts, "part", "parts"},
		{v.Relays, "relay", "relays"},
	} {
		if x.n > 0 {
			words = append(words, diag.Counted(x.n, x.one, x.many))
		}
	}
	return fmt.Sprintf("%s, %s", v.label, strings.Join(words, ", "))
}

// others returns how many slots are not those of neurons themselves.
func (v *coreView) others() int { return v.Copies + v.Parts + v.Relays }

func newCoreView(im *image.Image, k int, limits *coreLimits) coreView {
	c, a := &im.Cores[k], &im.Manifest.Arch
	v := coreView{
		Core: k, X: int(c.X), Y: int(c.Y), Population: im.Manifest.Populations[c.Population].Name, Program: int(c.Program),
		Neurons: len(c.Neurons), Axons: axonsOf(c), label: im.Label(c),
	}
	if on := im.PopulationsOn(c); len(on) > 1 {
		for _, p := range on {
			v.Populations = append(v.Populations, im.Manifest.Populations[p].Name)
		}
	}
	counts := im.RoleCounts(c)
	v.Copies, v.Parts, v.Relays = counts[image.Copy], counts[image.Part], counts[image.Relay]
	words := 0
	for axon := range c.Rows.Len() {
		n := c.Rows.Synapses(axon)
		v.Synapses += n
		words += (n + a.WordSynapses - 1) / a.WordSynapses
	}
	for _, d := range c.Dests {
		v.Destinations += len(d)
	}
	v.Fill = part(v.Synapses, limits.Synapses)
	if a.SynapseFormat == targets.Sparse {
		v.Fill = part(words, a.SynapseWords)
	}
	v.Fullest = max(v.Fill, part(v.Neurons, limits.Neurons), part(v.Axons, limits.Axons), part(v.Destinations, limits.Destinations))
	return v
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// coreDetail is one core's axons and destinations.
type coreDetail struct {
	coreView
	Constants []constantView `json:"constants"`
	AxonList  []axonView     `json:"axon_list"`
	Targets   []targetView   `json:"targets"`
}

// constantView is a parameter that the core's neurons share.
type constantView struct {
	Reg   string `json:"reg"`
	Name  string `json:"name"`
	Value int32  `json:"value"`
}

// axonView is an axon. Slots, weights and delays are each the smallest and the
// largest of its synapses.
type axonView struct {
	Axon     int      `json:"axon"`
	Synapses int      `json:"synapses"`
	Slots    [2]int   `json:"slot_range"`
	Weights  [2]int   `json:"weight_range"`
	Delays   [2]int   `json:"delay_range"`
	From     []string `json:"from"`
}

// targetView is what the core's neurons send to one other core, or the host:
// spikes to its axons, or partial sums to its slots.
type targetView struct {
	// Core is -1 for the host.
	Core         int    `json:"core"`
	Population   string `json:"population"`
	Neurons      int    `json:"neurons"`
	Destinations int    `json:"destinations"`
	// Sums says that the range is one of slots.
	Sums   bool   `json:"partial_sums,omitempty"`
	Axons  [2]int `json:"axon_range"`
	Delays [2]int `json:"delay_range"`
}

func newCoreDetail(im *image.Image, k int, v coreView) coreDetail {
	c := &im.Cores[k]
	d := coreDetail{coreView: v, Constants: []constantView{}, AxonList: []axonView{}}
	for _, b := range im.Programs[c.Program].Params {
		if b.Reg >= isa.C0 {
			d.Constants = append(d.Constants, constantView{b.Reg.String(), b.Name, c.Consts[b.Reg-isa.C0]})
		}
	}
	from, delays := names.Drivers(im, k)
	for r, row := range c.Rows.All() {
		a := axonView{Axon: r, Synapses: len(row.Slots), From: append([]string{}, from[r]...), Delays: delays[r]}
		if len(row.Slots) > 0 {
			a.Slots = [2]int{int(row.Slots[0]), int(row.Slots[len(row.Slots)-1])}
			a.Weights = [2]int{int(slices.Min(row.Weights)), int(slices.Max(row.Weights))}
		}
		if len(row.Delays) > 0 {
			a.Delays = [2]int{int(slices.Min(row.Delays)), int(slices.Max(row.Delays))}
		}
		d.AxonList = append(d.AxonList, a)
	}
	d.Targets = targetViews(im, c)
	return d
}

func targetViews(im *image.Image, c *image.Core) []targetView {
	type target struct {
		core int32
		sums bool
	}
	at := map[target]int{}
	out := []targetView{}
	for _, dests := range c.Dests {
		last := map[target]bool{}
		for _, d := range dests {
			place, sums := d.Slot()
			if !sums {
				place = d.Axon
			}
			to := target{d.Core, sums}
			k, ok := at[to]
			if !ok {
				k = len(out)
				at[to] = k
				t := targetView{Core: int(d.Core), Sums: sums, Axons: [2]int{int(place), int(place)}, Delays: [2]int{int(d.Delay), int(d.Delay)}}
				if d.Core != image.Host {
					t.Population = im.Label(&im.Cores[d.Core])
				}
				out = append(out, t)
			}
			t := &out[k]
			t.Destinations++
			if !last[to] {
				t.Neurons++
			}
			last[to] = true
			t.Axons = [2]int{min(t.Axons[0], int(place)), max(t.Axons[1], int(place))}
			t.Delays = [2]int{min(t.Delays[0], int(d.Delay)), max(t.Delays[1], int(d.Delay))}
		}
	}
	slices.SortStableFunc(out, func(a, b targetView) int { return a.Core - b.Core })
	return out
}

// axonsOf counts the axons of a core that are in use.
func axonsOf(c *image.Core) (n int) {
	for axon := range c.Rows.Len() {
		if c.Rows.Synapses(axon) > 0 {
			n++
		}
	}
	return n
}

// maxAxonRows is how many axons the text lists one by one.
const maxAxonRows = 64

func printCore(w io.Writer, c coreDetail) error {
	fmt.Fprintf(w, "core %d at (%d, %d): %s, program %d\n", c.Core, c.X, c.Y, c.holds(), c.Program)
	fmt.Fprintf(w, "%s, %s (%.1f %% of its memory), %s\n", diag.Plural(c.Axons, "axon"), diag.Plural(c.Synapses, "synapse"), 100*c.Fill, diag.Plural(c.Destinations, "destination"))
	for _, k := range c.Constants {
		fmt.Fprintf(w, "%s: %s = %d\n", k.Reg, k.Name, k.Value)
	}
	if len(c.AxonList) > 0 {
		fmt.Fprintln(w)
		err := table(w, func(t io.Writer) {
			fmt.Fprintln(t, "axon\tsynapses\tslots\tweights\tdelays\tfrom")
			for k, a := range c.AxonList {
				if k == maxAxonRows {
					fmt.Fprintf(t, "…\t%d more: --json lists them\n", len(c.AxonList)-k)
					break
				}
				if a.Synapses == 0 {
					fmt.Fprintf(t, "%d\t0\t–\t–\t%s\t%s\n", a.Axon, spanOf(a.Delays), sources(a.From))
					continue
				}
				fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t%s\n", a.Axon, a.Synapses, spanOf(a.Slots), spanOf(a.Weights), spanOf(a.Delays), sources(a.From))
			}
		})
		if err != nil {
			return err
		}
	}
	if len(c.Targets) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return table(w, func(t io.Writer) {
		fmt.Fprintln(t, "to\tpopulation\tneurons\tdestinations\taxons\tdelays")
		for _, to := range c.Targets {
			if to.Core == image.Host {
				fmt.Fprintf(t, "host\t–\t%d\t%d\t–\t–\n", to.Neurons, to.Destinations)
				continue
			}
			axons := spanOf(to.Axons)
			if to.Sums {
				axons = "slots " + axons
			}
			fmt.Fprintf(t, "core %d\t%s\t%d\t%d\t%s\t%s\n", to.Core, to.Population, to.Neurons, to.Destinations, axons, spanOf(to.Delays))
		}
	})
}

// sources names what drives an axon: usually one neuron.
func sources(from []string) string {
	const most = 3
	if len(from) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(from[:most], " "), len(from)-most)
	}
	return orNone(from)
}

// spanOf writes a range, or the one number that it is.
func spanOf(s [2]int) string {
	if s[0] == s[1] {
		return strconv.Itoa(s[0])
	}
	return fmt.Sprintf("%d..%d", s[0], s[1])
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "–"
	}
	return strings.Join(words, " ")
}

// shape writes a shape as 28 × 28.
func shape(dims []int) string {
	words := make([]string, len(dims))
	for k, d := range dims {
		words[k] = strconv.Itoa(d)
	}
	return strings.Join(words, " × ")
}

// seconds writes a time of the network with the unit that fits.
func seconds(s float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}} {
		if s >= u.size {
			return fmt.Sprintf("%.4g %s", s/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.4g ns", s/1e-9)
}

// printMesh draws how full each core is, in tenths, up to the last one shown.
func printMesh(w io.Writer, v *imageView) error {
	width, height := 0, 0
	for _, c := range v.Cores {
		width, height = max(width, c.X+1), max(height, c.Y+1)
	}
	rows := make([][]string, height)
	for y := range rows {
		rows[y] = slices.Repeat([]string{"."}, width)
	}
	for _, c := range v.Cores {
		rows[c.Y][c.X] = string("0123456789#"[min(int(10*c.Fullest), 10)])
	}
	fmt.Fprintf(w, "the mesh's first %d × %d of %d × %d cores, each by tenths (# is full)\nof its neurons, axons, synapses or destinations, whichever is most:\n", width, height, v.Mesh[0], v.Mesh[1])
	for _, row := range rows {
		fmt.Fprintf(w, "  %s\n", strings.Join(row, " "))
	}
	return nil
}
