package checkpoint

import (
	"crypto/sha256"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is something with a state.
type sample struct {
	Tick    int64
	Hash    uint64
	Words   []int32
	Bits    []uint64
	Waiting []int32
	Open    bool
}

func (s *sample) code(c *Coder) {
	Number(c, &s.Tick, 0, Any)
	Number(c, &s.Hash, math.MinInt64, math.MaxInt64)
	Numbers(c, s.Words, -100, 100)
	Numbers(c, s.Bits, math.MinInt64, math.MaxInt64)
	List(c, &s.Waiting, 4, 0, 9)
	Bool(c, &s.Open)
}

// blank returns a sample that has room for a state.
func blank() *sample {
	return &sample{Words: []int32{9, 9, 9, 9, 9, 9}, Bits: []uint64{9, 9}, Waiting: []int32{8}}
}

var facts = []Fact{{"image", "5e88"}, {"target", "a \"b\"\nc"}}

func full() *sample {
	return &sample{Tick: 7, Hash: math.MaxUint64 - 3, Words: []int32{0, 0, -100, 0, 100, 0}, Bits: []uint64{1 << 63, 0}, Waiting: []int32{4, 0, 4}, Open: true}
}

func bytesOf(s *sample) []byte {
	c := Writer()
	s.code(c)
	return Bytes(facts, c)
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.ckpt")
	for _, want := range []*sample{blank(), full()} {
		c := Writer()
		want.code(c)
		if err := Write(path, facts, c); err != nil {
			t.Fatal(err)
		}
		if !Is(path) {
			t.Error("the file does not look like a checkpoint")
		}
		r, err := Open(path, facts)
		if err != nil {
			t.Fatal(err)
		}
		got := blank()
		got.code(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("beside the file there is %v", left)
	}
}

// resealed returns a file of the same facts with other numbers.
func resealed(numbers []byte) []byte {
	data := append([]byte(head(facts)), numbers...)
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}

func TestWhatIsBrokenIsRefused(t *testing.T) {
	whole := bytesOf(full())
	numbers := whole[len(head(facts)) : len(whole)-sha256.Size]
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		data  []byte
		facts []Fact
		want  string
	}{
		"empty":         {nil, facts, "f: is no checkpoint of a run"},
		"other":         {[]byte("tick,population,index\n"), facts, "f: is no checkpoint of a run"},
		"version":       {[]byte("weft checkpoint 1\nrest"), facts, `f: is a checkpoint of version "1", and this weft reads version 2`},
		"cut short":     {whole[:len(whole)-1], facts, "f: is damaged: its checksum"},
		"head alone":    {[]byte(magic), facts, "f: is damaged: its checksum"},
		"flipped":       {flipped, facts, "f: is damaged: its checksum"},
		"another image": {whole, []Fact{{"image", "5e89"}, facts[1]}, "f:2: is of another run: image is 5e88, and in this run 5e89"},
		"fewer facts":   {whole, append(slices.Clone(facts), Fact{"ticks", "4"}), "f: does not say of its run: ticks"},
		"more facts":    {whole, facts[:1], "f:3: no fact of a run as this weft writes it"},
		"other facts":   {whole, []Fact{facts[1], facts[0]}, "f:2: no fact of a run as this weft writes it"},
		"fewer numbers": {resealed(numbers[:len(numbers)-1]), facts, "no number, or one of more than 64 bits"},
		"more numbers":  {resealed(append(slices.Clone(numbers), 0)), facts, "1 bytes more than the state of this run has"},
		"out of range":  {resealed([]byte{1}), facts, "byte 52: -1, want 0 to "},
		"many zeros":    {resealed([]byte{0, 0, 0, 14}), facts, "byte 55: 7, want 0 to 5"},
		"long list":     {resealed([]byte{0, 0, 0, 10, 0, 2, 10}), facts, "byte 58: 5, want 0 to 4"},
		"list cut":      {resealed([]byte{0, 0, 0, 10, 0, 2, 6, 1}), facts, "has not as many bytes as the list of 3"},
		"no number":     {resealed([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), facts, "one of more than 64 bits"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read("f", c.data, c.facts)
			if err == nil {
				blank().code(r)
				err = r.End()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), "[bad-checkpoint]") {
				t.Errorf("got %v, want %q [bad-checkpoint]", err, c.want)
			}
		})
	}
}

func TestAFileThatCannotBeWrittenIsAnError(t *testing.T) {
	if err := Write(filepath.Join(t.TempDir(), "none", "f"), nil, Writer()); err == nil {
		t.Error("no error")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), nil); err == nil || !strings.Contains(err.Error(), "[missing-file]") {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(path, []byte("weft"), 0o600); err != nil {
		t.Fatal(err)
	}
	if Is(path) || Is(path+"none") {
		t.Error("a file that is none looks like a checkpoint")
	}
}

// Whatever numbers a file has, it is read in memory of its size, and what was read is
// written in the same way again.
func FuzzRead(f *testing.F) {
	f.Add(bytesOf(full()), false)
	f.Add(bytesOf(blank()), false)
	f.Add([]byte{0, 0, 0, 10, 0, 2, 6, 1}, true)
	f.Fuzz(func(t *testing.T, data []byte, numbers bool) {
		if numbers {
			data = resealed(data)
		}
		r, err := Read("f", data, facts)
		if err != nil {
			return
		}
		s := blank()
		s.code(r)
		if r.End() != nil {
			return
		}
		again, err := Read("f", bytesOf(s), facts)
		if err != nil {
			t.Fatal(err)
		}
		got := blank()
		got.code(again)
		if diff := cmp.Diff(s, got); diff != "" || again.End() != nil {
			t.Errorf("%v (-first +second):\n%s", again.Err(), diff)
		}
	})
}
