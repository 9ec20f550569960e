package image

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets"
)

// tables is the image as the file holds it: JSON and flat integer arrays.
type tables struct {
	manifest []byte
	arrays   map[string][]int32
	// synapses are the arrays with an element a synapse, which are most of a file and are
	// read where they stand in it; of an image that is written it is empty.
	synapses map[string]*shorts
}

// arraySpecs lists the arrays in the order of the file, with the bytes of an
// element, and since when there are files that have them, where not always.
var arraySpecs = []struct {
	name  string
	size  int
	doc   string
	since int
}{
	{name: "programs", size: 4, doc: "instruction words of all programs"},
	{name: "cores", size: 4, doc: "x, y, program, population, neurons, axons, P registers, programs of the kinds arrive, pre, post, axon (one more than the index, 0: none); a core each"},
	{name: "consts", size: 4, doc: "C registers, 8 a core"},
	{name: "neurons", size: 4, doc: "number n of the neuron in each slot of each core; −2 − n in slots of copies and parts, −1 in those of relays"},
	{name: "state", size: 4, doc: "initial state words"},
	{name: "params", size: 4, doc: "P registers"},
	{name: "row_synapses", size: 4, doc: "synapses of each axon of each core"},
	{name: "row_keys", size: 4, doc: "key of the random numbers of each axon; empty where all are 0"},
	{name: "row_marks", size: 4, doc: "of each axon exponent (bits 0 to 7, signed), type (8 to 15), plastic (16), silent (17); empty where all are 0"},
	{name: "slots", size: 2, doc: "slot of each synapse"},
	{name: "delays", size: 2, doc: "delay of each synapse, where the target keeps delays there"},
	{name: "dest_counts", size: 4, doc: "destinations of each slot of each core"},
	{name: "dests", size: 4, doc: "core, axon, delay"},
	{name: "input_dest_counts", size: 4, doc: "destinations of each input"},
	{name: "input_dests", size: 4, doc: "core, axon, delay"},
	{name: "same_as", size: 4, doc: "of each neuron the number of the one whose slot is told of as its own, −1 where none is", since: versions[1]},
}

const (
	formatName = "weft-image"
	coreFields = 11
)

// fileManifest is manifest.json.
type fileManifest struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Manifest
	Programs []fileProgram `json:"programs"`
}

type fileProgram struct {
	Name         string      `json:"name"`
	Kind         isa.Kind    `json:"kind,omitempty"`
	Table        []int32     `json:"table,omitempty"`
	Compartments int         `json:"compartments,omitempty"`
	Words        int         `json:"words"`
	State        []string    `json:"state"`
	Params       []fileParam `json:"params"`
}

type fileParam struct {
	Name string `json:"name"`
	Reg  int    `json:"reg"`
}

// flatten returns the image's tables, but for those with an element a synapse.
func (im *Image) flatten() (*tables, error) {
	fm := fileManifest{Format: formatName, Version: im.version(), Manifest: im.Manifest}
	fm.Inputs, fm.Populations, fm.Outputs = notNil(fm.Inputs), notNil(fm.Populations), notNil(fm.Outputs)
	t := &tables{arrays: map[string][]int32{}}
	put := func(name string, values ...int32) { t.arrays[name] = append(t.arrays[name], values...) }
	for _, p := range im.Programs {
		fp := fileProgram{Name: p.Name, Kind: p.Kind, Table: p.Table, Compartments: p.Compartments, Words: len(p.Words), State: append([]string(nil), p.State...)}
		for _, b := range p.Params {
			fp.Params = append(fp.Params, fileParam{b.Name, int(b.Reg)})
		}
		fm.Programs = append(fm.Programs, fp)
		for _, w := range p.Words {
			put("programs", int32(w))
		}
	}
	for k := range im.Cores {
		c := &im.Cores[k]
		put("cores", c.X, c.Y, c.Program, c.Population, int32(len(c.Neurons)), int32(c.Rows.Len()), c.ParamWords,
			c.Learn[isa.Arrive], c.Learn[isa.Pre], c.Learn[isa.Post], c.Learn[isa.Axon])
		put("consts", c.Consts[:]...)
		put("neurons", c.packNeurons()...)
		put("state", c.State...)
		put("params", c.Params...)
		for axon := range c.Rows.Len() {
			marks := c.Rows.Marks(axon)
			put("row_synapses", int32(c.Rows.Synapses(axon)))
			put("row_keys", marks.Key)
			put("row_marks", marks.pack())
		}
		putDests(put, "dest_counts", "dests", c.Dests)
	}
	putDests(put, "input_dest_counts", "input_dests", im.InputDests)
	put("same_as", im.SameAs...)
	for _, name := range []string{"row_keys", "row_marks"} {
		if !slices.ContainsFunc(t.arrays[name], func(v int32) bool { return v != 0 }) {
			delete(t.arrays, name)
		}
	}
	var err error
	if t.manifest, err = json.MarshalIndent(fm, "", " "); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return t, nil
}

// bytes returns how many bytes the flat arrays take, which all are of 4 bytes an
// element.
func (t *tables) bytes() int {
	n := 0
	for _, a := range t.arrays {
		n += 4 * len(a)
	}
	return n
}

// notNil returns s, or an empty list, since JSON tells nil from empty and an image
// does not.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func putDests(put func(string, ...int32), counts, name string, dests [][]Dest) {
	for _, list := range dests {
		put(counts, int32(len(list)))
		for _, d := range list {
			put(name, d.Core, d.Axon, d.Delay)
		}
	}
}

// cursor walks the arrays in step, refusing to read past their ends.
type cursor struct {
	t   *tables
	at  map[string]int
	err error
	// rows and row are what the rows of a core are read with.
	rows   Packer
	row    Row
	delays []uint16
}

func (c *cursor) take(name string, n int) []int32 {
	a := c.t.arrays[name]
	at := c.at[name]
	if c.err != nil {
		return nil
	}
	if n < 0 || n > len(a)-at {
		c.err = fmt.Errorf("array %s ends at %d, want %d more", name, len(a), n-(len(a)-at))
		return nil
	}
	c.at[name] = at + n
	return a[at : at+n : at+n]
}

// unflatten builds an image from tables, and checks that they are used up.
func unflatten(t *tables) (*Image, error) {
	var fm fileManifest
	if err := json.Unmarshal(t.manifest, &fm); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	if fm.Format != formatName || !slices.Contains(versions[:], fm.Version) {
		return nil, fmt.Errorf("is %s version %d, this weft reads %s version %d and %d", fm.Format, fm.Version, formatName, versions[0], versions[1])
	}
	for _, s := range arraySpecs {
		_, ok := t.arrays[s.name]
		if perSynapse(s.name) {
			_, ok = t.synapses[s.name]
		}
		switch wanted := s.since <= fm.Version; {
		case wanted && !ok:
			return nil, fmt.Errorf("no %s.npy", s.name)
		case !wanted && ok:
			return nil, fmt.Errorf("%s.npy, which version %d does not have", s.name, fm.Version)
		}
	}
	if t.synapses[weightsName] == nil {
		return nil, fmt.Errorf("no %s.npy", weightsName)
	}
	im := &Image{Manifest: fm.Manifest}
	c := &cursor{t: t, at: map[string]int{}, delays: []uint16{}}
	for _, fp := range fm.Programs {
		p := isa.Program{Name: fp.Name, Kind: fp.Kind, Table: fp.Table, Compartments: fp.Compartments, State: fp.State}
		if len(p.State) > isa.NumState {
			return nil, fmt.Errorf("program %s keeps %d state words", fp.Name, len(p.State))
		}
		for _, b := range fp.Params {
			if b.Reg < int(isa.P0) || b.Reg >= isa.NumRegs {
				return nil, fmt.Errorf("program %s: parameter %s in register %d", fp.Name, b.Name, b.Reg)
			}
			p.Params = append(p.Params, isa.ParamBinding{Name: b.Name, Reg: isa.Reg(b.Reg)})
		}
		for _, w := range c.take("programs", fp.Words) {
			p.Words = append(p.Words, uint32(w))
		}
		im.Programs = append(im.Programs, p)
	}
	n := len(t.arrays["cores"]) / coreFields
	if n > maxCores {
		return nil, fmt.Errorf("%d cores, at most %d", n, maxCores)
	}
	for range n {
		im.Cores = append(im.Cores, c.core(im))
		if c.err != nil {
			return nil, c.err
		}
	}
	if fm.Version == versions[1] {
		im.SameAs = slices.Clone(c.take("same_as", len(t.arrays["same_as"])))
	}
	inputs := len(t.arrays["input_dest_counts"])
	im.InputDests = c.dests("input_dest_counts", "input_dests", inputs)
	if c.err != nil {
		return nil, c.err
	}
	for _, s := range arraySpecs {
		if c.at[s.name] != len(t.arrays[s.name]) {
			return nil, fmt.Errorf("array %s has %d elements too many", s.name, len(t.arrays[s.name])-c.at[s.name])
		}
	}
	for _, name := range []string{"slots", "delays", weightsName} {
		if over := t.synapses[name].left(); over > 0 {
			return nil, fmt.Errorf("array %s has %d elements too many", name, over)
		}
	}
	if err := im.Verify(); err != nil {
		return nil, err
	}
	return im, nil
}

func (c *cursor) core(im *Image) Core {
	f := c.take("cores", coreFields)
	if f == nil {
		return Core{}
	}
	k := Core{X: f[0], Y: f[1], Program: f[2], Population: f[3], ParamWords: f[6]}
	copy(k.Learn[isa.Arrive:], f[7:])
	neurons, axons := int(f[4]), int(f[5])
	if k.Program < 0 || int(k.Program) >= len(im.Programs) || k.ParamWords < 0 || k.ParamWords > isa.NumParams || neurons < 0 {
		c.err = fmt.Errorf("core at (%d, %d): program %d, %d neurons or %d parameters are out of range", k.X, k.Y, k.Program, neurons, k.ParamWords)
		return k
	}
	copy(k.Consts[:], c.take("consts", isa.NumConsts))
	k.unpackNeurons(c.take("neurons", neurons))
	k.State = slices.Clone(c.take("state", neurons*im.StateWords(&k)))
	k.Params = slices.Clone(c.take("params", neurons*int(k.ParamWords)))
	counts := c.take("row_synapses", axons)
	keys, marks := c.optional("row_keys", axons), c.optional("row_marks", axons)
	for r, n := range counts {
		row := c.readRow(int(n), im.Manifest.Arch.DelayPlace == targets.DelaySynapse)
		if c.err == nil && marks != nil {
			c.err = row.unpack(marks[r])
		}
		if c.err == nil && keys != nil {
			row.Key = keys[r]
		}
		if c.err != nil {
			return k
		}
		c.rows.Add(row)
	}
	k.Rows = c.rows.Rows()
	k.Dests = c.dests("dest_counts", "dests", neurons)
	return k
}

// packNeurons returns the neurons and marks of copies as the file has them.
func (c *Core) packNeurons() []int32 {
	out := slices.Clone(c.Neurons)
	for slot, isCopy := range c.Copies {
		if isCopy && out[slot] != NoNeuron {
			out[slot] = -2 - out[slot]
		}
	}
	return out
}

// unpackNeurons reads what packNeurons made.
func (c *Core) unpackNeurons(packed []int32) {
	c.Neurons = slices.Clone(packed)
	for slot, n := range packed {
		if n >= 0 {
			continue
		}
		if c.Copies == nil {
			c.Copies = make([]bool, len(packed))
		}
		c.Copies[slot] = true
		if n != NoNeuron {
			c.Neurons[slot] = -2 - n
		}
	}
}

// optional is take for an array that may be left out.
func (c *cursor) optional(name string, n int) []int32 {
	if len(c.t.arrays[name]) == 0 {
		return nil
	}
	return c.take(name, n)
}

// Bits of a row's marks.
const (
	typeShift   = 8
	plasticMark = 1 << 16
	silentMark  = 1 << 17
)

// pack returns the marks but for the key as the file has them.
func (m *Marks) pack() int32 {
	v := int32(uint8(m.Exp)) | int32(m.Type)<<typeShift
	if m.Plastic {
		v |= plasticMark
	}
	if m.Silent {
		v |= silentMark
	}
	return v
}

// unpack reads the marks that pack made, and refuses others.
func (m *Marks) unpack(v int32) error {
	m.Exp, m.Type = int8(v), uint8(v>>typeShift)
	m.Plastic, m.Silent = v&plasticMark != 0, v&silentMark != 0
	if m.pack() != v {
		return fmt.Errorf("array row_marks: %#x is no row's", v)
	}
	return nil
}

// readRow reads the synapses of a row, which is there until the next one is read.
func (c *cursor) readRow(n int, delays bool) *Row {
	row := &c.row
	row.Marks, row.Delays = Marks{}, nil
	if c.err == nil {
		row.Slots, c.err = takeShorts(c.t.synapses["slots"], row.Slots, n)
	}
	if c.err == nil && delays {
		c.delays, c.err = takeShorts(c.t.synapses["delays"], c.delays, n)
		row.Delays = c.delays
	}
	if c.err == nil {
		row.Weights, c.err = takeShorts(c.t.synapses[weightsName], row.Weights, n)
	}
	return row
}

func (c *cursor) dests(counts, name string, n int) [][]Dest {
	list := c.take(counts, n)
	out := make([][]Dest, len(list))
	for k, m := range list {
		if m < 0 || int(m) > len(c.t.arrays[name]) {
			c.err = fmt.Errorf("array %s: element %d is %d", counts, k, m)
			return nil
		}
		flat := c.take(name, 3*int(m))
		for i := 0; i+2 < len(flat); i += 3 {
			out[k] = append(out[k], Dest{flat[i], flat[i+1], flat[i+2]})
		}
	}
	return out
}
