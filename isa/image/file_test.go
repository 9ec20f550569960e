package image

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets"
)

func TestFileIsTheImageAgain(t *testing.T) {
	for _, im := range samples(t) {
		data := fileOf(t, im)
		again, err := Read("x.weft", data)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, fileOf(t, again)) {
			t.Errorf("the file is of another image (-want +got):\n%s", cmp.Diff(im, again, unpacked))
		}
	}
}

// The same image gives the same bytes, whether it was drawn, read or made of
// empty lists where another has none.
func TestSameImageSameBytes(t *testing.T) {
	want := fileOf(t, random(t, denseArch, 7))
	if !bytes.Equal(want, fileOf(t, random(t, denseArch, 7))) {
		t.Error("the same image has other bytes the second time")
	}
	nils := &Image{Manifest: Manifest{Arch: denseArch}}
	empties := &Image{Manifest: Manifest{Arch: denseArch, Inputs: []Symbol{}, Populations: []Symbol{}, Outputs: []int{}}, Cores: []Core{}, InputDests: [][]Dest{}}
	if !bytes.Equal(fileOf(t, nils), fileOf(t, empties)) {
		t.Error("an empty list has other bytes than none")
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	data := fileOf(t, random(t, denseArch, 1))
	if testing.Short() {
		data = fileOf(t, &Image{Manifest: Manifest{Arch: denseArch}})
	}
	for k := range 8 * len(data) {
		data[k/8] ^= 1 << (k % 8)
		if _, err := Read("x.weft", data); err == nil {
			t.Fatalf("with bit %d of %d flipped, the image is read", k, 8*len(data))
		}
		data[k/8] ^= 1 << (k % 8)
	}
}

func TestEveryCutFileIsRefused(t *testing.T) {
	data := fileOf(t, random(t, sparseArch, 1))
	for n := range data {
		if _, err := Read("x.weft", data[:n]); err == nil {
			t.Fatalf("of %d bytes, the first %d are read as an image", len(data), n)
		}
	}
}

// A file whose checksum fits is checked all the same.
func TestFileWithAnotherContentIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(files map[string][]byte)
		want string
	}{
		{"an array missing", func(f map[string][]byte) { delete(f, "slots.npy") }, "entries"},
		{"another array", func(f map[string][]byte) { f["tricks.npy"] = f["slots.npy"]; delete(f, "slots.npy") }, "no slots.npy"},
		{"no manifest", func(f map[string][]byte) { f["x.npy"] = f["slots.npy"]; delete(f, manifestName) }, "no manifest.json"},
		{"not an array", func(f map[string][]byte) { f["slots.npy"] = []byte("1, 2, 3") }, "slots.npy: not an array"},
		{"elements too many", func(f map[string][]byte) { f["consts.npy"] = npy(make([]int32, 27)) }, "array consts has 3 elements too many"},
		{"elements missing", func(f map[string][]byte) { f["state.npy"] = npy(nil) }, "array state ends"},
		{"half a core", func(f map[string][]byte) { f["cores.npy"] = npy([]int32{1, 2, 3}) }, "array"},
		{"a core beyond counting", func(f map[string][]byte) {
			f["cores.npy"] = npy([]int32{0, 0, 0, 0, -1, 1 << 30, 99, 0, 0, 0, 0})
		}, "out of range"},
		{"another version", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"version": 2`), []byte(`"version": 1`), 1)
		}, "version 1, this weft reads"},
		{"no JSON", func(f map[string][]byte) { f[manifestName] = []byte("{") }, "manifest.json"},
		{"a parameter in a register of the state", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"reg": 16`), []byte(`"reg": 8`), 1)
		}, "in register 8"},
		{"a name that no assembler takes", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"beta"`), []byte(`"Beta;"`), 1)
		}, "Beta;"},
		{"marks of half the axons", func(f map[string][]byte) { f["row_marks.npy"] = npy([]int32{1, 2}) }, "array row_marks ends at 2"},
		{"keys too many", func(f map[string][]byte) { f["row_keys.npy"] = npy(make([]int32, 64)) }, "array row_keys has "},
		{"marks that none has", func(f map[string][]byte) {
			marks := make([]int32, 64)
			marks[0] = 1 << 18
			f["row_marks.npy"] = npy(marks)
		}, "array row_marks: 0x40000 is no row's"},
		{"a kind beyond counting", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"words": 4`), []byte(`"kind": 5, "words": 4`), 1)
		}, "is of no kind"},
		{"a kind before the first", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"words": 4`), []byte(`"kind": -1, "words": 4`), 1)
		}, "manifest.json"},
		{"a population of a million", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"n": 30`), []byte(`"n": 1000000`), 1)
		}, "does not agree"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := unpack(t, fileOf(t, random(t, denseArch, 3)))
			c.make(files)
			_, err := Read("x.weft", pack(t, files))
			e, ok := errors.AsType[*diag.Error](err)
			if !ok || e.Diagnostics[0].Code != diag.BadImage || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s with %q", err, diag.BadImage, c.want)
			}
		})
	}
}

func unpack(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		if out[f.Name], err = entry(f, data); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// pack is an image file of any entries, with a checksum that fits.
func pack(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, data := range files {
		if err := store(z, name, data); err != nil {
			t.Fatal(err)
		}
	}
	version := versions[0]
	if files["same_as.npy"] != nil {
		version = versions[1]
	}
	if err := z.SetComment(comment(version) + strings.Repeat("0", 2*sha256.Size)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	seal(buf.Bytes())
	return buf.Bytes()
}

func TestVerifyNamesTheFirstThingThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(im *Image)
		want   string
	}{
		{"a network's name with an escape", func(im *Image) { im.Manifest.Network = "a\x1b[31m" }, `name "a\x1b[31m": want one line without control characters`},
		{"a population's name with a line", func(im *Image) { im.Manifest.Populations[0].Name = "a\nb" }, `name "a\nb": want one line without control characters`},
		{"a mesh without cores", func(im *Image) { im.Manifest.Arch.MeshWidth = 0 }, "mesh width: is 0"},
		{"chips that do not make the mesh", func(im *Image) { im.Manifest.Arch.ChipWidth, im.Manifest.Arch.ChipHeight = 2, 2 }, "chips of 2 × 2 cores do not make a mesh of 3 × 2"},
		{"chips of no height", func(im *Image) { im.Manifest.Arch.ChipWidth = 3 }, "chips of 3 × 0 cores do not make a mesh of 3 × 2"},
		{"a synapse format of its own", func(im *Image) { im.Manifest.Arch.SynapseFormat = "fluffy" }, `synapse format "fluffy"`},
		{"delays nowhere", func(im *Image) { im.Manifest.Arch.DelayPlace = "" }, `delay place ""`},
		{"a shape that is another", func(im *Image) { im.Manifest.Populations[0].Shape = []int{31} }, `symbol "hid": shape [31]`},
		{"a shape beyond counting", func(im *Image) { im.Manifest.Inputs[0].Shape = []int{1 << 20, 1 << 20} }, `symbol "in": shape`},
		{"scales for some", func(im *Image) { im.Manifest.Populations[0].Scale = []float64{1, 2} }, "2 scales for 30 neurons"},
		{"an output that is no population", func(im *Image) { im.Manifest.Outputs = []int{2} }, "output 2"},
		{"a missing extension", func(im *Image) { im.Manifest.Arch.Extensions = "" }, "needs extension M"},
		{"a program too long", func(im *Image) { im.Manifest.Arch.ProgramWords = 3 }, `program 0: program "leaky" has 4 instructions, 1 more`},
		{"a place off the mesh", func(im *Image) { im.Cores[1].X = 3 }, "core 1: place (3, "},
		{"a place that is taken", func(im *Image) { im.Cores[1].X, im.Cores[1].Y = im.Cores[0].X, im.Cores[0].Y }, "core 1: place"},
		{"a program that is not there", func(im *Image) { im.Cores[2].Program = 3 }, "core 2: program 3 of 3"},
		{"a population that is not there", func(im *Image) { im.Cores[2].Population = -1 }, "core 2: population -1 of 2"},
		{"a neuron missing", func(im *Image) { im.Cores[2].Neurons = nil }, "slots for 30 neurons, the populations 31"},
		{"a neuron twice", func(im *Image) { im.Cores[0].Neurons[0] = im.Cores[0].Neurons[1] }, "in two slots"},
		{"a neuron of others", func(im *Image) { im.Cores[2].Neurons[0] = 3 }, "core 2: neuron 3 is in two slots, and neither is marked as a copy"},
		{"too many parameters", func(im *Image) { im.Manifest.Arch.ParamWords = 2; im.Cores[0].ParamWords = 3 }, "core 0: 3 parameter words a neuron, at most 2"},
		{"state missing", func(im *Image) { im.Cores[0].State = nil }, "core 0: tables do not agree"},
		{"a slot that is not there", func(im *Image) { changeRow(im, 0, func(r *Row) { r.Slots[0] = 20 }) }, "core 0: axon 0: synapse 0 to slot 20 of 20"},
		{"a weight too wide", func(im *Image) { changeRow(im, 0, func(r *Row) { r.Weights[0] = -129 }) }, "weight -129 is not of -128 to 127"},
		{"a destination that is not there", func(im *Image) { im.InputDests[0] = []Dest{{Core: 3}} }, "input 0: destination core 3"},
		{"a delay beyond the scheduler", func(im *Image) { im.InputDests[0] = []Dest{{Delay: 17}} }, "destination delay 17, want 1 to 16"},
		{"too many destinations", func(im *Image) { im.Manifest.Arch.FanOut = 2 }, "destinations, at most 2"},
		{"an input without a list", func(im *Image) { im.InputDests = im.InputDests[1:] }, "9 destination lists for 10 inputs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			im := random(t, denseArch, 3)
			c.damage(im)
			if err := im.Verify(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	for _, c := range []struct {
		name   string
		damage func(im *Image)
		want   string
	}{
		{"weights of a format of their own", func(im *Image) { im.Manifest.Arch.WeightFormat = "floating" }, `weight format "floating" is not known`},
		{"a mantissa too wide", func(im *Image) { im.Manifest.Arch.WeightBits, im.Manifest.Arch.WeightFormat = 16, targets.Mantissa }, `weights of 16 bits in format "mantissa" are wider`},
		{"a magnitude that is negative", func(im *Image) {
			im.Manifest.Arch.WeightFormat = targets.AxonSign
			changeRow(im, 0, func(r *Row) { *r = Row{Slots: []uint16{0}, Weights: []int16{-256}} })
		}, "weight -256 is not of -255 to 255"},
		{"a table entry too wide", func(im *Image) { im.Programs[extra].Table[1] = 1 << 23 }, "program 3: table entry 8388608 does not fit 24 bits"},
		{"kinds without their extension", func(im *Image) { im.Manifest.Arch.Extensions = "MRGXTC" }, `program 4: program "arrive" of kind arrive needs extension L`},
		{"a tick program of another kind", func(im *Image) { im.Cores[0].Program = extra + 1 }, "core 0: program 4 is of kind arrive, want tick"},
		{"a program of another kind", func(im *Image) { im.Cores[0].Learn[isa.Post] = 1 }, "core 0: program 0 is of kind tick, want post"},
		{"a program that is not there", func(im *Image) { im.Cores[0].Learn[isa.Pre] = 9 }, "core 0: pre program 8 of 8"},
		{"a program before the first", func(im *Image) { im.Cores[0].Learn[isa.Axon] = -1 }, "core 0: axon program -2 of 8"},
		{"two tick programs", func(im *Image) { im.Cores[0].Learn[isa.Tick] = 1 }, "core 0: program 0 of kind tick besides program 3"},
		{"state words of others", func(im *Image) { im.Cores[1].Learn[isa.Post] = extra + 4 }, "core 1: program 6 does not name the state words of the core's program 1"},
		{"a plastic row without programs", func(im *Image) { changeRow(im, 1, func(r *Row) { r.Plastic = true }) }, "core 1: axon 0 is plastic, and the core has no program for that"},
		{"half a neuron", func(im *Image) { im.Programs[extra].Compartments = 3 }, "core 0: 20 slots for neurons of 3 compartments"},
		{"an exponent beyond its bits", func(im *Image) { changeRow(im, 0, func(r *Row) { r.Exp = 8 }) }, "core 0: axon 0: exponent 8, type"},
		{"a type beyond its bits", func(im *Image) { changeRow(im, 0, func(r *Row) { r.Type = 4 }) }, "type 4 or key"},
		{"a key below none", func(im *Image) { changeRow(im, 0, func(r *Row) { r.Key = -1 }) }, "key -1 is out of range"},
		{"a slot that is not there", func(im *Image) { im.Cores[1].Dests[0] = []Dest{{Core: 2, Axon: -2, Delay: 1}} }, "core 1: slot 0: destination core 2, slot 1 is not there"},
		{"no partial sums at once", func(im *Image) { im.Cores[1].Dests[0] = []Dest{{Core: 2, Axon: -1}} }, "core 1: destinations of delay 0, and no partial sums to send"},
		{"a partial sum before it was sent", func(im *Image) { im.Cores[0].Dests[0] = []Dest{{Core: 2, Axon: -1, Delay: -1}} }, "destination delay -1, want 0 to 16"},
		{"a chain of partial sums at once", func(im *Image) {
			im.Cores[0].Dests[0] = []Dest{{Core: 2, Axon: -1}}
			im.Cores[2].Dests[0] = []Dest{{Core: 1, Axon: -1}}
		}, "core 2: takes partial sums of delay 0, and sends some"},
		{"a partial sum to itself at once", func(im *Image) { im.Cores[0].Dests[0] = []Dest{{Core: 0, Axon: -1}} }, "core 0: takes partial sums of delay 0, and sends some"},
		{"a spike at once", func(im *Image) { im.Cores[0].Dests[0] = []Dest{{Core: 2}} }, "destination delay 0, want 1 to 16"},
		{"a partial sum of an input", func(im *Image) { im.InputDests[0] = []Dest{{Core: 2, Axon: -1, Delay: 1}} }, "input 0: destination core 2, slot 0: an input sends no partial sums"},
		{"a broadcast of some inputs", func(im *Image) { im.Manifest.Inputs[1].Broadcast = []int32{1} }, `symbol "reward": 1 broadcast values, want one for each of 2`},
		{"a broadcast of neurons", func(im *Image) { im.Manifest.Populations[1].Broadcast = []int32{1} }, `symbol "out": 1 broadcast values`},
		{"a broadcast to an axon", func(im *Image) { im.InputDests[11] = []Dest{{Core: 2, Delay: 1}} }, `input 11: 1 destinations of broadcast input "reward"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			im := full(t, denseArch, 3)
			c.damage(im)
			if err := im.Verify(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	im := full(t, sparseArch, 3)
	im.Cores[1].Dests[0] = []Dest{{Core: 2, Axon: -1, Delay: 63}}
	if err := im.Verify(); err == nil || !strings.Contains(err.Error(), "destination delay 63, want 0 to 62") {
		t.Errorf("got %v, want that a partial sum has its delay wherever the target keeps them", err)
	}
	im = random(t, sparseArch, 3)
	im.Manifest.Arch.SynapseWords = 10
	if err := im.Verify(); err == nil || !strings.Contains(err.Error(), "words of synapses, at most 10") {
		t.Errorf("got %v, want that the synapses do not fit", err)
	}
	im = random(t, sparseArch, 3)
	changeRow(im, 0, func(r *Row) { r.Delays[0] = 63 })
	if err := im.Verify(); err == nil || !strings.Contains(err.Error(), "delay 63, want 1 to 62") {
		t.Errorf("got %v, want that the delay is too long", err)
	}
}

// The file holds the smallest and the largest weight of every format.
func TestFileHoldsTheWeightsOfEveryFormat(t *testing.T) {
	for _, format := range []targets.WeightFormat{targets.Signed, targets.Mantissa, targets.AxonSign} {
		for _, bits := range []int{2, 7, 8, 9, 15} {
			im := random(t, denseArch, 3)
			a := &im.Manifest.Arch
			a.WeightFormat, a.WeightBits = format, bits
			lo, hi := a.WeightLimits()
			for k := range im.Cores {
				im.Cores[k].Rows = PackRows(
					Row{Slots: []uint16{0}, Weights: []int16{int16(lo)}},
					Row{Slots: []uint16{0}, Weights: []int16{int16(hi)}},
				)
				for slot := range im.Cores[k].Dests {
					im.Cores[k].Dests[slot] = nil
				}
			}
			im.InputDests = make([][]Dest, len(im.InputDests))
			again, err := Read("x.weft", fileOf(t, im))
			if err != nil {
				t.Errorf("%s of %d bits: %v", format, bits, err)
				continue
			}
			if got := [2]int16{again.Cores[0].Rows.Row(0).Weights[0], again.Cores[0].Rows.Row(1).Weights[0]}; got != [2]int16{int16(lo), int16(hi)} {
				t.Errorf("%s of %d bits: weights %d and %d read as %v", format, bits, lo, hi, got)
			}
		}
	}
}

// What a file leaves out is 0, and what is 0 is left out.
func TestPlainImageHasNoMarks(t *testing.T) {
	files := unpack(t, fileOf(t, random(t, denseArch, 1)))
	for _, name := range []string{"row_keys.npy", "row_marks.npy"} {
		if values, err := parseNpy(files[name]); err != nil || len(values) != 0 {
			t.Errorf("%s holds %v (%v), want nothing", name, values, err)
		}
	}
	for _, word := range []string{"seed", "kind", "table", "compartments", "broadcast"} {
		if strings.Contains(string(files[manifestName]), `"`+word+`"`) {
			t.Errorf("the manifest of a plain image says %s", word)
		}
	}
}

func TestScaledWeights(t *testing.T) {
	for _, c := range []struct {
		w    int16
		exp  int8
		want int16
	}{
		{5, 0, 5},
		{-32768, 0, -32768},
		{5, 7, 640},
		{-5, 7, -640},
		{256, 7, 32767},
		{-256, 7, -32768},
		{-257, 7, -32768},
		{255, -8, 0},
		{256, -8, 1},
		{-1, -8, -1},
		{-32768, -8, -128},
		{3, -1, 1},
		{-3, -1, -2},
	} {
		m := Marks{Exp: c.exp}
		if got := m.Scaled(c.w); got != c.want {
			t.Errorf("%d · 2^%d is %d, want %d", c.w, c.exp, got, c.want)
		}
	}
}

func TestWriteLeavesTheWholeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.weft")
	im := random(t, denseArch, 1)
	for range 2 { // the second time over the first
		if err := im.Write(path); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fileOf(t, im), fileOf(t, again)) {
		t.Error("the file is of another image")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v (%v), want the image alone", left, err)
	}
	if err := im.Write(filepath.Join(path, "below-a-file")); err == nil {
		t.Error("an image was written below a file")
	}
}

// What reads is an image that Verify accepts, and its file and text are the
// image again. The checksum is made to fit, or nothing would get past it.
func FuzzImage(f *testing.F) {
	for _, im := range samples(f)[:9] {
		f.Add(fileOf(f, im))
	}
	f.Add(fileOf(f, slotless(f, denseArch, 2)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= 2*sha256.Size {
			data = bytes.Clone(data)
			seal(data)
		}
		im, err := Read("x.weft", data)
		if err != nil {
			golden.Told(t, err, "x.weft", data)
			return
		}
		again, err := Read("x.weft", fileOf(t, im))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fileOf(t, im), fileOf(t, again)) {
			t.Errorf("the file is of another image (-want +got):\n%s", cmp.Diff(im, again, unpacked))
		}
		checkText(t, im)
	})
}

// A large image takes as long as its bytes, not as its limits.
func BenchmarkText(b *testing.B) {
	im := large(b)
	text := textOf(b, im)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			textOf(b, im)
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := ParseAssembly("x.s", text); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// large returns an image of one full core of 1024 × 256 synapses.
func large(t testing.TB) *Image {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	arch := denseArch
	arch.Neurons, arch.Axons, arch.FanOut = 256, 1024, 4096
	im := &Image{
		Manifest:   Manifest{Arch: arch, Populations: []Symbol{{Name: "p", Shape: []int{256}, N: 256}}},
		Programs:   programs(t)[1:2],
		InputDests: [][]Dest{},
	}
	c := Core{Dests: make([][]Dest, 256), State: make([]int32, 256)}
	for k := range int32(256) {
		c.Neurons = append(c.Neurons, k)
	}
	var rows Packer
	for range 1024 {
		row := Row{Slots: make([]uint16, 256), Weights: make([]int16, 256)}
		for k := range row.Slots {
			row.Slots[k], row.Weights[k] = uint16(k), int16(r.IntN(256)-128)
		}
		rows.Add(&row)
	}
	c.Rows = rows.Rows()
	im.Cores = []Core{c}
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return im
}
