package image

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

func TestVerifyChecksWhoStandsForWhom(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(im *Image)
		want   string
	}{
		{"a list too short", func(im *Image) { im.SameAs = im.SameAs[1:] }, "what stands for 53 neurons, and there are 54"},
		{"no list", func(im *Image) { im.SameAs = nil }, "the cores have slots for 31 neurons, the populations 54"},
		{"a list that says nothing", func(im *Image) {
			for n := range im.SameAs {
				im.SameAs[n] = int32(n)
			}
		}, "each has a slot of its own"},
		{"one that comes later", func(im *Image) { im.SameAs[30] = 31 }, "neuron 30 is the same as 31, which cannot stand for it"},
		{"one beyond all", func(im *Image) { im.SameAs[30] = 1 << 30 }, "neuron 30 is the same as 1073741824"},
		{"one below none", func(im *Image) { im.SameAs[30] = -2 }, "neuron 30 is the same as -2"},
		{"one that another stands for", func(im *Image) { im.SameAs[30], im.SameAs[31] = 3, 30 }, "neuron 31 is the same as 30, which cannot stand for it"},
		{"one that is removed", func(im *Image) { im.SameAs[30], im.SameAs[31] = NoNeuron, 30 }, "neuron 31 is the same as 30, which cannot"},
		{"one of another population", func(im *Image) { im.SameAs[52] = 4 }, "neuron 52 is the same as 4, which is of another population"},
		{"one without a slot", func(im *Image) { im.SameAs[51] = 51 }, "the cores have slots for 31 neurons, the populations 32"},
		{"a double with a slot", func(im *Image) {
			for n := 31; n < 50; n++ {
				im.SameAs[n] = NoNeuron
			}
			im.SameAs[30], im.SameAs[29] = 30, 2
		}, "of neuron 29, which has none, since another stands for it"},
		{"a copy of a double", func(im *Image) {
			c := &im.Cores[2]
			c.Neurons, c.Copies, c.Dests = []int32{50, 30}, []bool{false, true}, [][]Dest{nil, nil}
			c.ParamWords, c.Params = 0, nil
		}, "core 2: slot 1: of neuron 30, which has none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			im := slotless(t, denseArch, 1)
			c.damage(im)
			if err := im.Verify(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A file has the list where the image has one, says so in its version, and is
// checked against it.
func TestFileOfNeuronsWithoutSlots(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(files map[string][]byte)
		want string
	}{
		{"without the list", func(f map[string][]byte) { delete(f, "same_as.npy") }, "no same_as.npy"},
		{"of the version before", func(f map[string][]byte) {
			f[manifestName] = []byte(strings.Replace(string(f[manifestName]), `"version": 3`, `"version": 2`, 1))
		}, "same_as.npy, which version 2 does not have"},
		{"with half a list", func(f map[string][]byte) { f["same_as.npy"] = npy([]int32{0, 0}) }, "what stands for 2 neurons, and there are 54"},
		{"with an empty list", func(f map[string][]byte) { f["same_as.npy"] = npy(nil) }, "what stands for 0 neurons, and there are 54"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := unpack(t, fileOf(t, slotless(t, denseArch, 1)))
			c.make(files)
			if _, err := Read("x.weft", pack(t, files)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	data := fileOf(t, slotless(t, denseArch, 1))
	if _, err := Read("x.weft", pack(t, unpack(t, data))); err != nil {
		t.Error(err)
	}
	data = bytes.Replace(data, []byte("weft-image/3 sha256"), []byte("weft-image/2 sha256"), 1)
	seal(data)
	if _, err := Read("x.weft", data); err == nil || !strings.Contains(err.Error(), "ends as weft-image/2, want weft-image/3") {
		t.Errorf("of a file that ends as the version before, got %v", err)
	}
	// An image without such neurons is the same bytes as ever.
	if data := string(fileOf(t, random(t, denseArch, 1))); strings.Contains(data, "same_as") || !strings.Contains(data, "weft-image/2") {
		t.Error("an image whose neurons all have slots is of the later version")
	}
}

// Lists with random mistakes are refused, or are read as the list of an image that
// has a text.
func TestDamagedListsAreRefusedOrSound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	read := 0
	for k := range 600 {
		im := slotless(t, denseArch, uint64(k%40))
		for range 1 + r.IntN(3) {
			n := r.IntN(len(im.SameAs))
			switch r.IntN(5) {
			case 0:
				im.SameAs[n] = r.Int32() - 1<<30
			case 1:
				im.SameAs[n] = NoNeuron
			case 2:
				im.SameAs = append(im.SameAs, int32(n))
			case 3:
				if c := &im.Cores[0]; n < len(c.Neurons) {
					c.Neurons[n] = int32(r.IntN(60))
				}
			default:
				im.SameAs[n] = int32(r.IntN(len(im.SameAs)))
			}
		}
		again, err := Read("x.weft", fileOf(t, im))
		if err != nil {
			if _, ok := errors.AsType[*diag.Error](err); !ok {
				t.Fatalf("got %v, want a *diag.Error", err)
			}
			continue
		}
		read++
		checkText(t, again)
	}
	if read < 20 || read > 580 {
		t.Errorf("%d of 600 lists are read: the test is idle", read)
	}
}

func TestWithoutSlotCounts(t *testing.T) {
	im := &Image{Manifest: Manifest{Arch: targets.Arch{}}, SameAs: []int32{0, 0, NoNeuron, 0, 4}}
	if doubles, removed := im.WithoutSlot(); doubles != 2 || removed != 1 {
		t.Errorf("%d doubles and %d removed, want 2 and 1", doubles, removed)
	}
	for n, want := range []int32{0, 0, NoNeuron, 0, 4} {
		if got := im.StandIn(int32(n)); got != want {
			t.Errorf("%d stands for %d, want %d", got, n, want)
		}
	}
	if got := (&Image{}).StandIn(7); got != 7 {
		t.Errorf("%d stands for 7 where there is no list", got)
	}
}
