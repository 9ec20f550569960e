package lavanet

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
)

// describe writes everything of a result but large arrays.
func describe(r *Result) []byte {
	var b strings.Builder
	b.WriteString(r.YAML)
	for _, name := range slices.Sorted(maps.Keys(r.Arrays)) {
		a := r.Arrays[name]
		fmt.Fprintf(&b, "# %s %v", name, a.Shape)
		if len(a.Data) <= 48 {
			fmt.Fprintf(&b, " %v", a.Data)
		}
		b.WriteByte('\n')
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "# note: %s\n", n)
	}
	return []byte(b.String())
}

func TestImport(t *testing.T) {
	frame := make([]int, 2*6*6)
	for i := range frame {
		frame[i] = i
	}
	for _, test := range []struct {
		file, golden string
		opt          Options
	}{
		{"all.net", "all.txt", Options{}},
		{"all.net", "all-aligned.txt", Options{InputBias: frame, Align: true, Name: "a b", Arrays: "x/y z.npz"}},
		{"dense.net", "dense.txt", Options{}},
		{"conv.net", "conv.txt", Options{InputShape: []int{1, 4, 4}}},
	} {
		r, err := Import(filepath.Join("testdata", test.file), test.opt)
		if err != nil {
			t.Errorf("%s: %v", test.file, err)
			continue
		}
		golden.Check(t, filepath.Join("testdata", test.golden), describe(r))
	}
}

func TestImportErrors(t *testing.T) {
	for _, test := range []struct {
		file string
		opt  Options
		want string
	}{
		{"bad.net", Options{}, "bad.txt"},
		{"mismatch.net", Options{}, "mismatch.txt"},
		{"conv.net", Options{}, "conv-bad.txt"},
		{"all.net", Options{InputBias: []int{1, 2}}, "bias-bad.txt"},
		{"none.net", Options{}, "none.txt"},
	} {
		_, err := Import(filepath.Join("testdata", test.file), test.opt)
		if _, ok := errors.AsType[*diag.Error](err); !ok {
			t.Errorf("%s: error %v, want diagnostics", test.file, err)
			continue
		}
		text := strings.ReplaceAll(err.Error(), "testdata"+string(filepath.Separator), "")
		golden.Check(t, filepath.Join("testdata", test.want), []byte(text+"\n"))
	}
}

func TestTransform(t *testing.T) {
	// 72·x − 2, cut toward zero.
	tr := Transform{Weight: 36, Bias: 34}
	var got []int
	for _, x := range []float64{0, 0.02, 0.5, 1} {
		got = append(got, tr.Mantissa(x))
	}
	if diff := cmp.Diff([]int{-2, 0, 34, 70}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestBackward steps back from rest and forward again.
func TestBackward(t *testing.T) {
	for _, test := range []struct{ bias, decay, threshold, steps int }{
		{-42 << 6, 1024, 25 << 6, 1},
		{62 << 6, 1024, 25 << 6, 1},
		{36 << 6, 1024, 25 << 6, 2},
		{-14 << 6, 1024, 25 << 6, 2},
		{5, 0, 1 << 20, 7},
		{-5 << 6, 4095, 1 << 20, 1},
		{1 << 6, 4096, 25 << 6, 3},
	} {
		v, ok := backward(test.bias, test.decay, test.threshold, test.steps)
		if !ok {
			t.Errorf("%+v: no way back", test)
			continue
		}
		for range test.steps {
			v = toZero(v, test.decay) + test.bias
		}
		if want := 0; v != want && test.decay != maxDecay {
			t.Errorf("%+v: ends at %d, want 0", test, v)
		}
	}
	for _, test := range []struct{ bias, decay, threshold, steps int }{
		{-62 << 6, 1024, 25 << 6, 2},
		{-5 << 6, 4095, 1 << 20, 3},
		{26 << 6, 4096, 25 << 6, 1},
	} {
		if v, ok := backward(test.bias, test.decay, test.threshold, test.steps); ok {
			t.Errorf("%+v: begins at %d, want none", test, v)
		}
	}
}
