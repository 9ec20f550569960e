package hdf5

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written writes a tree and opens what came out.
func written(t *testing.T, root *Tree) *File {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, root); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := Write(&again, root); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Errorf("written again it differs, or fails: %v", err)
	}
	f, err := Open("written.h5", out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tree reads back all that a file holds.
func tree(t *testing.T, g *Group) *Tree {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	out := &Tree{}
	attrs, err := g.Attrs()
	must(err)
	for _, name := range attrs {
		a, err := g.Attr(name)
		must(err)
		v := values(t, a)
		if out.Attrs == nil {
			out.Attrs = map[string]any{}
		}
		switch {
		case v.Strings != nil:
			out.Attrs[name] = v.Strings[0]
		case v.Floats != nil:
			out.Attrs[name] = v.Floats[0]
		default:
			out.Attrs[name] = v.Ints[0]
		}
	}
	names, err := g.Names()
	must(err)
	for _, name := range names {
		o, err := g.Open(name)
		must(err)
		switch o := o.(type) {
		case *Group:
			if out.Groups == nil {
				out.Groups = map[string]*Tree{}
			}
			out.Groups[name] = tree(t, o)
		case *Dataset:
			if out.Data == nil {
				out.Data = map[string]*Values{}
			}
			out.Data[name] = values(t, &o.Array)
		}
	}
	return out
}

func values(t *testing.T, a *Array) *Values {
	t.Helper()
	v := &Values{}
	if len(a.Shape()) > 0 {
		v.Shape = a.Shape()
	}
	var err error
	switch a.Type().Kind {
	case String:
		v.Strings, err = a.Strings()
	case Float:
		v.Floats, err = a.Floats()
		v.Narrow = a.Type().Size == 4
	case Int, Bool, Enum, VLen:
		v.Ints, err = a.Ints()
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	many := map[string]*Tree{}
	for k := range 1000 { // two levels of B-trees
		many[fmt.Sprintf("n%d", k)] = &Tree{Data: map[string]*Values{"x": {Ints: []int64{int64(k)}}}}
	}
	long := make([]float64, 3000)
	for i := range long {
		long[i] = float64(i) / 8
	}
	for _, want := range []*Tree{
		{},
		{
			Attrs: map[string]any{"__type__": "NIRGraphData", "dt": 1e-4, "count": int64(-7), "empty": ""},
			Groups: map[string]*Tree{
				"nodes":                   {Groups: many},
				"größer als acht Zeichen": {Attrs: map[string]any{"text": strings.Repeat("é", 100)}},
			},
			Data: map[string]*Values{
				"doubles": {Shape: []int{3}, Floats: []float64{math.Inf(1), -0.1, 1e300}},
				"floats":  {Shape: []int{3, 1000}, Floats: long, Narrow: true},
				"odd":     {Shape: []int{1}, Floats: []float64{0.5}, Narrow: true},
				"ints":    {Shape: []int{2, 2}, Ints: []int64{1, -1, math.MaxInt64, math.MinInt64}},
				"scalar":  {Ints: []int64{5}},
				"none":    {Shape: []int{0}, Floats: []float64{}},
				"text":    {Strings: []string{"CubaLIF"}},
				"edges":   {Shape: []int{2, 2}, Strings: []string{"a", "b", "b", ""}},
			},
		},
	} {
		if diff := cmp.Diff(want, tree(t, written(t, want).Root())); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	many := make([]string, maxCollection+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for want, root := range map[string]*Tree{
		"no name":               {Groups: map[string]*Tree{"a/b": {}}},
		"is a group and a data": {Groups: map[string]*Tree{"a": {}}, Data: map[string]*Values{"a": {Ints: []int64{1}}}},
		"does not hold":         {Data: map[string]*Values{"a": {Shape: []int{2}, Ints: []int64{1}}}},
		"of type bool":          {Attrs: map[string]any{"a": true}},
		"than 65535 different":  {Data: map[string]*Values{"a": {Shape: []int{len(many)}, Strings: many}}},
	} {
		if err := Write(&bytes.Buffer{}, root); err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
