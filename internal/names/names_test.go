package names

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

// small is an image with inputs in[0..3], and populations of neurons with a state of
// two words: "a" of 4, of which the third is removed and the last is as the first, and
// "a.b" of 2.
func small() *image.Image {
	im := &image.Image{
		Manifest: image.Manifest{
			Inputs:      []image.Symbol{{Name: "in", N: 4}},
			Populations: []image.Symbol{{Name: "a", N: 4}, {Name: "a.b", First: 4, N: 2}},
		},
		Programs:   []isa.Program{{State: []string{"v", "u"}}},
		Cores:      []image.Core{{Neurons: []int32{0, 1, 4, 5}, Rows: image.PackRows(make([]image.Row, 2)...), Dests: make([][]image.Dest, 4)}},
		InputDests: [][]image.Dest{{{Axon: 1, Delay: 2}}, {{Axon: 1, Delay: 3}}, nil, nil},
		SameAs:     []int32{0, 1, image.NoNeuron, 0, 4, 5},
	}
	im.Cores[0].Dests[3] = []image.Dest{{Axon: 0, Delay: 1}, {Core: image.Host, Delay: 1}}
	return im
}

func TestFind(t *testing.T) {
	both, v := []Word{{"v", 0}, {"u", 1}}, []Word{{"v", 0}}
	for text, want := range map[string]*Selection{
		"a":         {Population: "a", N: 4, Present: [][2]int{{0, 2}, {3, 1}}, Words: both},
		"a[1]":      {Population: "a", First: 1, Index: 1, N: 1, Present: [][2]int{{1, 1}}, Words: both},
		"a[1..3].v": {Population: "a", First: 1, Index: 1, N: 3, Present: [][2]int{{1, 1}, {3, 1}}, Words: v, Named: true},
		"a.b":       {Population: "a.b", First: 4, N: 2, Present: [][2]int{{4, 2}}, Words: both},
		"a.b[1].v":  {Population: "a.b", First: 5, Index: 1, N: 1, Present: [][2]int{{5, 1}}, Words: v, Named: true},
	} {
		got, bad := Find(small(), text)
		if bad != nil {
			t.Errorf("%s: %v", text, bad)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestFindSaysWhatWasWanted(t *testing.T) {
	for text, want := range map[string]string{
		"":                        `"": want POPULATION, POPULATION[INDEX] or POPULATION[FIRST..LAST], and .STATE behind it`,
		"aa":                      `"aa": there is no population "aa"; did you mean "a"?`,
		"nothing":                 `"nothing": there is no population "nothing"; there are a, a.b`,
		"a[4]":                    `"a[4]": population "a" has neurons 0 to 3, want one of them, or a range that rises`,
		"a[2..1]":                 `"a[2..1]": population "a" has neurons 0 to 3, want one of them, or a range that rises`,
		"a[-1]":                   `"a[-1]": "[-1]" is no index: want [INDEX] or [FIRST..LAST], without blanks; population "a" has neurons 0 to 3`,
		"a[1,1].v":                `"a[1,1].v": "[1,1].v" is no index: want [INDEX] or [FIRST..LAST], without blanks; population "a" has neurons 0 to 3`,
		"a[99999999999999999999]": `"a[99999999999999999999]": "[99999999999999999999]" is no index: want [INDEX] or [FIRST..LAST], without blanks; population "a" has neurons 0 to 3`,
		"aa[-1]":                  `"aa[-1]": there is no population "aa"; did you mean "a"?`,
		"a[2]":                    `"a[2]": no neuron of these is left: they were removed when the image was compiled, by the passes dead or unreachable`,
		"a.w":                     `"a.w": the neurons of "a" have no state "w"; they have v, u`,
	} {
		_, bad := Find(small(), text)
		if bad == nil || bad.Message != want {
			t.Errorf("%q: says %v, want %s", text, bad, want)
		}
	}
	for text, want := range map[string]string{
		"a":     `"a": there is no input "a"; there are in`,
		"in[4]": `"in[4]": input "in" has indices 0 to 3, want one of them, or a range that rises`,
		"in[x]": `"in[x]": "[x]" is no index: want [INDEX] or [FIRST..LAST], without blanks; input "in" has indices 0 to 3`,
		"in.v":  `"in.v": an input has no state`,
	} {
		_, bad := FindInputs(small(), text)
		if bad == nil || bad.Message != want {
			t.Errorf("input %q: says %v, want %s", text, bad, want)
		}
	}
}

func TestDriversNameWhoSends(t *testing.T) {
	from, delays := Drivers(small(), 0)
	if diff := cmp.Diff([][]string{{"a.b[1]"}, {"in[0]", "in[1]"}}, from); diff != "" {
		t.Errorf("who sends (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]int{{1, 1}, {2, 3}}, delays); diff != "" {
		t.Errorf("delays (-want +got):\n%s", diff)
	}
}

// Whatever text names neurons, each of them is found by its own name.
func FuzzFind(f *testing.F) {
	for _, text := range []string{"a", "a[1..3].v", "a.b[1].u", "in[0..2]", "a.[0].v", "a[2]", "a[000000003]"} {
		f.Add(text)
	}
	im := small()
	f.Fuzz(func(t *testing.T, text string) {
		for _, in := range []struct {
			find    func(*image.Image, string) (*Selection, *diag.Diagnostic)
			symbols []image.Symbol
		}{{Find, im.Manifest.Populations}, {FindInputs, im.Manifest.Inputs}} {
			s, bad := in.find(im, text)
			if bad != nil {
				if bad.Message == "" || bad.Code == "" {
					t.Errorf("%q: says %+v", text, bad)
				}
				continue
			}
			for n := s.First; n < s.First+s.N; n++ {
				name := Of(in.symbols, n)
				one, bad := in.find(im, name)
				if s.Words != nil && im.StandIn(int32(n)) == image.NoNeuron { // inputs have no words
					if bad == nil {
						t.Errorf("%s is removed, and found", name)
					}
				} else if bad != nil || one.First != n || one.N != 1 || one.Population != s.Population {
					t.Errorf("%q has %s, which is %+v: %v", text, name, one, bad)
				}
			}
		}
	})
}
