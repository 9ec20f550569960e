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
)

func TestFileIsTheImageAgain(t *testing.T) {
	for _, im := range samples(t) {
		data := fileOf(t, im)
		again, err := Read("x.weft", data)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, fileOf(t, again)) {
			t.Errorf("the file is of another image (-want +got):\n%s", cmp.Diff(im, again))
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
		{"elements too many", func(f map[string][]byte) { f["consts.npy"] = npy(4, false, make([]int32, 27)) }, "array consts has 3 elements too many"},
		{"elements missing", func(f map[string][]byte) { f["state.npy"] = npy(4, false, nil) }, "array state ends"},
		{"half a core", func(f map[string][]byte) { f["cores.npy"] = npy(4, false, []int32{1, 2, 3}) }, "array"},
		{"a core beyond counting", func(f map[string][]byte) {
			f["cores.npy"] = npy(4, false, []int32{0, 0, 0, 0, -1, 1 << 30, 99})
		}, "out of range"},
		{"another version", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"version": 1`), []byte(`"version": 2`), 1)
		}, "version 2, this weft reads"},
		{"no JSON", func(f map[string][]byte) { f[manifestName] = []byte("{") }, "manifest.json"},
		{"a parameter in a register of the state", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"reg": 16`), []byte(`"reg": 8`), 1)
		}, "in register 8"},
		{"a name that no assembler takes", func(f map[string][]byte) {
			f[manifestName] = bytes.Replace(f[manifestName], []byte(`"beta"`), []byte(`"Beta;"`), 1)
		}, "Beta;"},
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
		if out[f.Name], err = entry(f, int64(len(data))); err != nil {
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
	if err := z.SetComment(commentPrefix + strings.Repeat("0", 2*sha256.Size)); err != nil {
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
		{"a mesh without cores", func(im *Image) { im.Manifest.Arch.MeshWidth = 0 }, "mesh width: is 0"},
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
		{"a neuron of others", func(im *Image) { im.Cores[2].Neurons[0] = 3 }, `neuron 3 is not of population "out"`},
		{"too many parameters", func(im *Image) { im.Manifest.Arch.ParamWords = 2; im.Cores[0].ParamWords = 3 }, "core 0: 3 parameter words a neuron, at most 2"},
		{"state missing", func(im *Image) { im.Cores[0].State = nil }, "core 0: tables do not agree"},
		{"a slot that is not there", func(im *Image) { im.Cores[0].Rows[0].Slots[0] = 20 }, "core 0: axon 0: synapse 0 to slot 20 of 20"},
		{"a weight too wide", func(im *Image) { im.Cores[0].Rows[0].Weights[0] = -129 }, "weight -129 does not fit 8 bits"},
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
	im := random(t, sparseArch, 3)
	im.Manifest.Arch.SynapseWords = 10
	if err := im.Verify(); err == nil || !strings.Contains(err.Error(), "words of synapses, at most 10") {
		t.Errorf("got %v, want that the synapses do not fit", err)
	}
	im = random(t, sparseArch, 3)
	im.Cores[0].Rows[0].Delays[0] = 63
	if err := im.Verify(); err == nil || !strings.Contains(err.Error(), "delay 63, want 1 to 62") {
		t.Errorf("got %v, want that the delay is too long", err)
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
	for _, im := range samples(f)[:6] {
		f.Add(fileOf(f, im))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= 2*sha256.Size {
			data = bytes.Clone(data)
			seal(data)
		}
		im, err := Read("x.weft", data)
		if err != nil {
			if _, ok := errors.AsType[*diag.Error](err); !ok {
				t.Errorf("got %v, want a *diag.Error", err)
			}
			return
		}
		again, err := Read("x.weft", fileOf(t, im))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fileOf(t, im), fileOf(t, again)) {
			t.Errorf("the file is of another image (-want +got):\n%s", cmp.Diff(im, again))
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
	for range 1024 {
		row := Row{Slots: make([]uint16, 256), Weights: make([]int16, 256)}
		for k := range row.Slots {
			row.Slots[k], row.Weights[k] = uint16(k), int16(r.IntN(256)-128)
		}
		c.Rows = append(c.Rows, row)
	}
	im.Cores = []Core{c}
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return im
}
