package dataset_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/shared"
)

// moment is an event, a place in (polarity, y, x).
type moment struct {
	Time  uint32
	Place int32
}

func moments(s *dataset.Set, i int) []moment {
	var out []moment
	for time, place := range s.Events(i) {
		out = append(out, moment{time, place})
	}
	return out
}

// packed is a file of one training and two test samples.
func packed() []byte {
	b := []byte("NMN1")
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 2)
	sample := func(label byte, n uint32, bytes ...byte) {
		b = append(b, label)
		b = binary.LittleEndian.AppendUint32(b, n)
		b = append(b, bytes...)
	}
	sample(9, 1, 33, 33, 1, 0)
	sample(4, 2, 1, 2, 0x80, 3, 0x10, 0, 0, 1)
	sample(2, 0)
	return b
}

func TestPackedNMNIST(t *testing.T) {
	d := dir(t, map[string][]byte{"a.evt": packed(), "a.evt.gz": gz(packed())})
	for _, name := range []string{"a.evt", "a.evt.gz"} {
		s, err := dataset.Load(dataset.Options{Format: dataset.NMNIST, File: filepath.Join(d, name)})
		if err != nil {
			t.Fatal(err)
		}
		if !s.Timed() || s.N != 2 || s.Classes != 5 || s.Size() != 2*34*34 {
			t.Errorf("%s: timed %v, %d samples, %d classes, size %d", name, s.Timed(), s.N, s.Classes, s.Size())
		}
		// x 1, y 0, brighter at 16 µs; x 2, y 3, darker 256 µs later.
		if diff := cmp.Diff([]moment{{16, 34*34 + 1}, {272, 3*34 + 2}}, moments(s, 0)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if rest := s.Slice(1, 1); rest.N != 1 || rest.Labels[0] != 2 || moments(rest, 0) != nil {
			t.Errorf("%s: the rest is %d samples, labels %v, events %v", name, rest.N, rest.Labels, moments(rest, 0))
		}
	}
	s, err := dataset.Load(dataset.Options{Format: dataset.NMNIST, File: filepath.Join(d, "a.evt"), Part: "train", Polarity: events.OnOff})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]moment{{1, 2*34*34 - 1}}, moments(s, 0)); diff != "" || s.N != 1 || s.Labels[0] != 9 {
		t.Errorf("%d samples, labels %v (-want +got)\n%s", s.N, s.Labels, diff)
	}
}

// folder writes a folder as N-MNIST's are.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	d := filepath.Join(t.TempDir(), "Test [1]")
	for name, content := range files {
		path := filepath.Join(d, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestNMNISTFolder(t *testing.T) {
	d := folder(t, map[string][]byte{
		"3/00002.bin":   {5, 6, 0x80, 0, 7, 0, 240, 0, 0, 0, 5, 6, 1, 0, 0},
		"3/00001.bin":   {1, 0, 0, 0, 2},
		"3/._00001.bin": []byte("what another system hides"),
		".trash/a.bin":  {},
		"0/00009.bin":   {0, 33, 0, 1, 0},
		"0/readme.txt":  []byte("not a sample"),
	})
	s, err := dataset.Load(dataset.Options{Format: dataset.NMNIST, File: d})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 3, 3}, s.Labels); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
	want := [][]moment{{{256, 33 * 34}}, {{2, 1}}, {{7, 34*34 + 6*34 + 5}, {1<<16 + 1<<13, 6*34 + 5}}}
	for i, w := range want {
		if diff := cmp.Diff(w, moments(s, i)); diff != "" {
			t.Errorf("sample %d (-want +got)\n%s", i, diff)
		}
	}
}

func TestNMNISTRefuses(t *testing.T) {
	load := func(t *testing.T, file []byte) (string, error) {
		d := dir(t, map[string][]byte{"a": file})
		_, err := dataset.Load(dataset.Options{Format: dataset.NMNIST, File: filepath.Join(d, "a")})
		return d, err
	}
	whole := packed()
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"another kind of file":  {[]byte("ATIS1234"), `a: starts with bytes 41 54 49 53, want "NMN1" as a packed file of N-MNIST has [bad-file]`},
		"cut in the header":     {whole[:5], "a: is cut short: it ends at byte 5, inside the header; copy the file again [bad-file]"},
		"cut in a sample":       {whole[:len(whole)-3], "a: is cut short: it ends at byte 32, inside sample 2; copy the file again [bad-file]"},
		"more than its samples": {append(packed(), 0), "a: goes on after byte 35, where its 3 samples end [bad-file]"},
		"a place outside":       {append(whole[:22:22], append([]byte{34}, whole[23:]...)...), "a: the event at byte 22 is at x 34, y 0, want x 0 to 33 and y 0 to 33 [bad-dataset]"},
		"a claim of many":       {append(whole[:18:18], 255, 255, 255, 255), "a: sample 1 claims 4294967295 events at byte 18, at most 16777216 are read [too-large]"},
		"no samples":            {[]byte("NMN1\x01\x00\x00\x00\x00\x00\x00\x00\x00"), "a: holds no samples [bad-dataset]"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := load(t, test.file)
			wantError(t, err, d, test.want)
		})
	}
	cut := folder(t, map[string][]byte{"1/a.bin": {1, 2, 3, 4, 5, 6}})
	_, err := dataset.Load(dataset.Options{Format: dataset.NMNIST, File: cut})
	wantError(t, err, filepath.Join(cut, "1"), "a.bin: is cut short: it ends at byte 6, inside an event of 5 bytes; copy the file again [bad-file]")
	empty := folder(t, map[string][]byte{"1/a.bin": {}})
	_, err = dataset.Load(dataset.Options{Format: dataset.NMNIST, File: empty})
	wantError(t, err, filepath.Join(empty, "1"), "a.bin: has no events [bad-file]")
	_, err = dataset.Load(dataset.Options{Format: dataset.NMNIST, File: cut, Part: "train"})
	wantError(t, err, filepath.Dir(cut), "Test [1]: is a folder, which has one part: name its Train or its Test, and drop part [bad-dataset]")
	_, err = dataset.Load(dataset.Options{Format: dataset.NMNIST, File: filepath.Join(cut, "1")})
	wantError(t, err, cut, "1: has no samples: want a folder for each label, with .bin files in them [bad-dataset]")
}

// dat is a .dat of one event at a place, with more lines in its header.
func dat(header string, time, x, y uint32, on bool) []byte {
	b := append([]byte("% Version 2\n"+header), 0x0c, 8)
	place := y<<14 | x
	if on {
		place |= 1 << 28
	}
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, time), place)
}

const tenByEight = "% Width 10\n% Height 8\n"

func TestDATFolder(t *testing.T) {
	files := map[string][]byte{
		"cars/b.dat":       dat(tenByEight, 7, 9, 7, true),
		"cars/a.DAT.gz":    gz(dat(tenByEight, 3, 5, 4, false)),
		"background/z.dat": dat(tenByEight, 1, 0, 0, true),
		"notes/read.me":    []byte("no samples"),
	}
	for name, test := range map[string]struct {
		o     dataset.Options
		shape []int
		want  [][]moment
	}{
		"whole":   {dataset.Options{}, []int{2, 8, 10}, [][]moment{{{1, 80}}, {{3, 45}}, {{7, 159}}}},
		"merged":  {dataset.Options{Polarity: events.Merged}, []int{8, 10}, [][]moment{{{1, 0}}, {{3, 45}}, {{7, 79}}}},
		"scaled":  {dataset.Options{Size: []int{4, 5}, Fit: events.Scale}, []int{2, 4, 5}, [][]moment{{{1, 20}}, {{3, 12}}, {{7, 39}}}},
		"cropped": {dataset.Options{Size: []int{2, 2}, Fit: events.Crop}, []int{2, 2, 2}, [][]moment{nil, {{3, 3}}, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			o := test.o
			o.Format, o.File = dataset.DAT, folder(t, files)
			s, err := dataset.Load(o)
			if err != nil {
				t.Fatal(err)
			}
			var got [][]moment
			for i := range s.N {
				got = append(got, moments(s, i))
				if part := s.Slice(i, 1); part.Cropped(0)+len(got[i]) != 1 {
					t.Errorf("sample %d: %d events are kept and %d cropped, want 1 in all", i, len(got[i]), part.Cropped(0))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff([]any{[]int{0, 1, 1}, test.shape, 2}, []any{s.Labels, s.Shape, s.Classes}); diff != "" {
				t.Errorf("labels, shape and classes (-want +got)\n%s", diff)
			}
		})
	}
}

// Folders that are named by numbers are in their order, not in that of their names.
func TestFoldersOfNumbersAreLabels(t *testing.T) {
	d := folder(t, map[string][]byte{"10/a.dat": dat("", 1, 0, 0, true), "9/a.dat": dat("", 2, 1, 0, true)})
	s, err := dataset.Load(dataset.Options{Format: dataset.DAT, File: d, Size: []int{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{[]int{9, 10}, []moment{{2, 3}}}, []any{s.Labels, moments(s, 0)}); diff != "" {
		t.Errorf("labels and first sample (-want +got)\n%s", diff)
	}
}

func TestAEDAT4Folder(t *testing.T) {
	none, err := os.ReadFile("../events/testdata/none.aedat4")
	if err != nil {
		t.Fatal(err)
	}
	s, err := dataset.Load(dataset.Options{Format: dataset.AEDAT4, File: folder(t, map[string][]byte{"1/a.aedat4": none})})
	if err != nil {
		t.Fatal(err)
	}
	all := moments(s, 0)
	if diff := cmp.Diff([]moment{{0, 200}, {37, 3*20 + 7}}, all[:2]); diff != "" || len(all) != 300 {
		t.Errorf("%d events, the first (-want +got)\n%s", len(all), diff)
	}
	if diff := cmp.Diff([]any{[]int{1}, []int{2, 10, 20}}, []any{s.Labels, s.Shape}); diff != "" {
		t.Errorf("labels and shape (-want +got)\n%s", diff)
	}
}

// More events than stand together in memory.
func TestManyEvents(t *testing.T) {
	const n = 20000
	file := []byte("% Version 2\n\x0c\x08")
	for i := range uint32(n) {
		file = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(file, i), i%10)
	}
	s, err := dataset.Load(dataset.Options{Format: dataset.DAT, Size: []int{1, 10}, File: folder(t, map[string][]byte{"0/a.dat": file, "1/a.dat": file})})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.N {
		got := moments(s, i)
		if len(got) != n {
			t.Fatalf("sample %d has %d events, want %d", i, len(got), n)
		}
		for k, m := range got {
			if want := (moment{uint32(k), int32(k % 10)}); m != want {
				t.Fatalf("event %d of sample %d is %+v, want %+v", k, i, m, want)
			}
		}
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	d := t.TempDir()
	_, err := dataset.Load(dataset.Options{Format: dataset.DAT, File: filepath.Join(d, "none")})
	wantError(t, err, d, "none: no such folder [missing-file]")
}

func TestSHD(t *testing.T) {
	load := func(o dataset.Options) (*dataset.Set, error) {
		o.Format = dataset.SHD
		return dataset.Load(o)
	}
	s, err := load(dataset.Options{File: "../events/testdata/shd.h5"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{[]int{4, 19, 0}, []int{700}, 20}, []any{s.Labels, s.Shape, s.Classes}); diff != "" {
		t.Errorf("labels, shape and classes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([][]moment{{{0, 0}, {1000, 699}, {500000, 3}}, nil}, [][]moment{moments(s, 0), moments(s, 1)}); diff != "" {
		t.Errorf("samples (-want +got)\n%s", diff)
	}
	_, err = load(dataset.Options{File: "../events/testdata/shd.h5", Units: 128})
	wantError(t, err, "../events/testdata", "shd.h5: spike 1 of sample 0 (both from 0) is of unit 699, want 0 to 127 [bad-dataset]")
	whole, err := os.ReadFile("../events/testdata/shd.h5")
	if err != nil {
		t.Fatal(err)
	}
	d := dir(t, map[string][]byte{"a.h5": bytes.Replace(whole, []byte("labels\x00"), []byte("labelz\x00"), 1)})
	_, err = load(dataset.Options{File: filepath.Join(d, "a.h5")})
	wantError(t, err, d, "a.h5: has no labels: want a dataset of this name beside spikes [bad-dataset]")
}

func TestFoldersAreRefused(t *testing.T) {
	one := dat(tenByEight, 1, 0, 0, true)
	for name, test := range map[string]struct {
		files map[string][]byte
		o     dataset.Options
		want  string
	}{
		"no samples":     {map[string][]byte{"1/a.txt": one}, dataset.Options{}, "Test [1]: has no samples: want a folder for each label, with .dat files in them"},
		"two ways":       {map[string][]byte{"1/a.dat": one, "cars/a.dat": one}, dataset.Options{}, "Test [1]: has samples in the folders 1 and cars: want all of them numbers from 0 to 65535, or none"},
		"no size":        {map[string][]byte{"1/a.dat": dat("", 1, 0, 0, true)}, dataset.Options{}, "a.dat: does not say how large its sensor is: say it with size: [HEIGHT, WIDTH]"},
		"another size":   {map[string][]byte{"1/a.dat": one}, dataset.Options{Size: []int{4, 4}}, "a.dat: the sensor has 10 × 8 places (width × height), but shape [2, 4, 4] has 4 × 4; fit: crop keeps the middle of the sensor, fit: scale all of it"},
		"a large label":  {map[string][]byte{"99999999999/a.dat": one}, dataset.Options{}, "99999999999: is a folder of label 99999999999, want 0 to 65535"},
		"a label below":  {map[string][]byte{"-1/a.dat": one}, dataset.Options{}, "-1: is a folder of label -1, want 0 to 65535"},
		"a sample twice": {map[string][]byte{"1/a.dat": one, "1/a.dat.gz": gz(one)}, dataset.Options{}, "a.dat.gz: is there twice: a.dat stands beside it; want one of them"},
		"two sensors":    {map[string][]byte{"1/a.dat": one, "1/b.dat": dat("% Width 8\n% Height 8\n", 1, 0, 0, true)}, dataset.Options{}, "b.dat: the sensor has 8 × 8 places (width × height), but shape [2, 8, 10] has 10 × 8"},
		"a place beyond": {map[string][]byte{"1/a.dat": dat("", 1, 5, 0, true)}, dataset.Options{Size: []int{4, 4}}, "a.dat: the event at byte 14 is at x 5, y 0, want x 0 to 3 and y 0 to 3"},
	} {
		t.Run(name, func(t *testing.T) {
			o := test.o
			o.Format, o.File = dataset.DAT, folder(t, test.files)
			_, err := dataset.Load(o)
			if want := test.want + " [bad-dataset]"; err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestSharedNMNIST reads the samples of others, one of them as it was published.
func TestSharedNMNIST(t *testing.T) {
	s, err := dataset.Load(dataset.Options{Format: dataset.NMNIST, File: shared.File(t, "data/nmnist_small/nmnist_small.evt.gz")})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range s.N {
		n += len(moments(s, i))
	}
	if diff := cmp.Diff([]int{7, 2, 1, 0, 4}, s.Labels[:5]); diff != "" || s.N != 100 || n != 385596 {
		t.Errorf("%d samples, %d events, labels (-want +got)\n%s", s.N, n, diff)
	}
	bin, err := os.ReadFile(shared.File(t, "data/formats/sample_nmnist.bin"))
	if err != nil {
		t.Fatal(err)
	}
	s, err = dataset.Load(dataset.Options{Format: dataset.NMNIST, File: folder(t, map[string][]byte{"5/x.bin": bin})})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(moments(s, 0)); got != len(bin)/5 {
		t.Errorf("%d events, want %d", got, len(bin)/5)
	}
}
