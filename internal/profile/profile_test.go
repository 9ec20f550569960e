package profile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/profile"
)

var groups = []profile.Group{{Name: "image", N: 3}, {Name: "hidden", N: 2}}

func TestReadGivesInputsThenNeurons(t *testing.T) {
	for name, text := range map[string]string{
		"as written":      "population,index,spikes\nhidden,1,7\nimage,0,4294967296\n",
		"other order":     "spikes,population,index\n7,hidden,1\n4294967296,image,0\n",
		"with zeros":      "population,index,spikes\nhidden,0,0\nhidden,1,7\nimage,0,4294967296\nimage,2,0\n",
		"blanks, quotes":  "population , index,\tspikes\r\n# a comment\n\n\"hidden\", 1 ,7\r\nimage,0,4294967296",
		"byte order mark": "\ufeffpopulation,index,spikes\nhidden,1,7\nimage,0,4294967296\n",
	} {
		got, err := profile.Read("p.csv", strings.NewReader(text), groups)
		if diff := cmp.Diff([]int64{1 << 32, 0, 0, 0, 7}, got); err != nil || diff != "" {
			t.Errorf("%s: error %v, spikes (-want +got):\n%s", name, err, diff)
		}
	}
	got, err := profile.Read("p.csv", strings.NewReader("population,index,spikes\nhidden,0,0\n"), groups)
	if diff := cmp.Diff(make([]int64, 5), got); err != nil || diff != "" {
		t.Errorf("no spikes: error %v, spikes (-want +got):\n%s", err, diff)
	}
}

func TestMistakesAreToldAllInOneRun(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "p.csv:1: is empty, want the header population,index,spikes and a line for each input or neuron that spiked [bad-stimulus]"},
		{"header alone", "# of nothing\npopulation,index,spikes\n", "p.csv:2:1: has a header and no line below it, want one for each input or neuron that spiked; a run in which none did writes such a file [bad-stimulus]"},
		{"header", "population,spikes\n", `p.csv:1:1: want the header population,index,spikes, have "population,spikes" [bad-stimulus]`},
		{"column twice", "population,index,index\n", `p.csv:1:1: want the header population,index,spikes, have "population,index,index" [bad-stimulus]`},
		{
			"lines", `population,index,spikes
hiden,0,1
cortex,0,1
hidden,2,1
hidden,-1,1
hidden,x,1
hidden,0,-1
hidden,0,4294967297
hidden,0,99999999999999999999
hidden,0,1.5
hidden,0
hidden,1,2
image,0,1
hidden,1,3
`, `p.csv:2:1: the network has no population or input "hiden"; did you mean "hidden"? [unknown-name]
p.csv:3:1: the network has no population or input "cortex"; a profile belongs to the network that was run [unknown-name]
p.csv:4:8: index of "hidden" is 2, want 0 to 1 [out-of-range]
p.csv:5:8: index of "hidden" is -1, want 0 to 1 [out-of-range]
p.csv:6:8: index of "hidden": want a whole number, have "x" [bad-stimulus]
p.csv:7:10: spikes is -1, want 0 to 4294967296 [out-of-range]
p.csv:8:10: spikes is 4294967297, want 0 to 4294967296 [out-of-range]
p.csv:9:10: spikes is 99999999999999999999, want 0 to 4294967296 [out-of-range]
p.csv:10:10: spikes: want a whole number, have "1.5" [bad-stimulus]
p.csv:11:1: has 2 columns, want 3 as in the header [bad-stimulus]
p.csv:14:8: the spikes of "hidden", index 1, are given twice [bad-stimulus]
	p.csv:12: first given here`,
		},
		{"open quote", "population,index,spikes\nhidden,9,1\n\"hidden,0,1\n", "p.csv:2:8: index of \"hidden\" is 9, want 0 to 1 [out-of-range]\np.csv:3:1: the quote is not closed on its line [bad-stimulus]"},
	} {
		got, err := profile.Read("p.csv", strings.NewReader(c.text), groups)
		if err == nil || got != nil {
			t.Errorf("%s: no error, spikes %v", c.name, got)
			continue
		}
		if _, ok := errors.AsType[*diag.Error](err); !ok {
			t.Errorf("%s: error is a %T", c.name, err)
		}
		if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestAllSpikesTogetherAreBounded(t *testing.T) {
	many := []profile.Group{{Name: "p", N: 300}}
	spikes := make([]int64, 300)
	for i := range 256 {
		spikes[i] = profile.MaxSpikes
	}
	var text bytes.Buffer
	if err := profile.Write(&text, many, spikes); err != nil {
		t.Fatal(err)
	}
	if _, err := profile.Read("p.csv", &text, many); err != nil {
		t.Errorf("%d spikes in all: %v", int64(profile.MaxTotal), err)
	}
	spikes[256], spikes[257] = 1, 1
	if err := profile.Write(&text, many, spikes); err != nil {
		t.Fatal(err)
	}
	_, err := profile.Read("p.csv", &text, many)
	want := "p.csv:258:7: with this line the spikes are more than 1099511627776 in all, the most that is read: divide all of them by one number [too-large]"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	odd := []profile.Group{{Name: `a "b", c`, N: 2}, {Name: "#d", N: 1}, {Name: "e", N: 2}}
	want := []int64{0, 3, 1, 0, 12}
	var text bytes.Buffer
	if err := profile.Write(&text, odd, want); err != nil {
		t.Fatal(err)
	}
	const file = "population,index,spikes\n\"a \"\"b\"\", c\",1,3\n\"#d\",0,1\ne,1,12\n"
	if diff := cmp.Diff(file, text.String()); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	path := filepath.Join(t.TempDir(), "p.csv")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := profile.Load(path, odd)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("read: error %v (-want +got):\n%s", err, diff)
	}
	if _, err := profile.Load(path+".none", odd); err == nil || !strings.Contains(err.Error(), "[missing-file]") {
		t.Errorf("a file that is not there: %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteTellsThatItCannot(t *testing.T) {
	if err := profile.Write(full{}, groups, make([]int64, 5)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v, want %v", err, os.ErrClosed)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("population,index,spikes\nhidden,1,7\n")
	f.Add("spikes,index,population\n-1,9,hiden\n1,0,image\n1,0,image")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := profile.Read("p.csv", strings.NewReader(text), groups)
		if err != nil {
			golden.Told(t, err, "p.csv", []byte(text))
			return
		}
		if !slices.ContainsFunc(got, func(n int64) bool { return n > 0 }) {
			return // of no spikes a header is written, which is no profile
		}
		var again bytes.Buffer
		if err := profile.Write(&again, groups, got); err != nil {
			t.Fatal(err)
		}
		back, err := profile.Read("p.csv", &again, groups)
		if diff := cmp.Diff(got, back); err != nil || diff != "" {
			t.Errorf("read again: error %v (-want +got):\n%s", err, diff)
		}
	})
}
