package pareto_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/pareto"
)

func TestFront(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		name   string
		points [][]float64
		want   []bool
	}{
		{"nothing", nil, []bool{}},
		{"one", [][]float64{{3, 4}}, []bool{true}},
		{"a trade", [][]float64{{1, 4}, {2, 2}, {4, 1}, {3, 3}}, []bool{true, true, true, false}},
		{"equal points share it", [][]float64{{1, 1}, {1, 1}, {1, 2}}, []bool{true, true, false}},
		{"three figures", [][]float64{{1, 2, 3}, {1, 2, 4}, {3, 2, 1}}, []bool{true, false, true}},
		{"what is not known is out of it", [][]float64{{nan, 0}, {1, 1}, {0, nan}}, []bool{false, true, false}},
		{"infinite", [][]float64{{math.Inf(1), 0}, {1, 1}, {math.Inf(1), 1}}, []bool{true, true, false}},
	} {
		if diff := cmp.Diff(tt.want, pareto.Front(tt.points)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

// A point is on the front if and only if comparing it with every other says so.
func TestFrontIsWhatTheDefinitionSays(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		points := make([][]float64, rng.IntN(40))
		for i := range points {
			points[i] = []float64{float64(rng.IntN(6)), float64(rng.IntN(6)), float64(rng.IntN(6))}
		}
		for i, got := range pareto.Front(points) {
			want := true
			for _, q := range points {
				worse, better := false, false
				for k := range q {
					worse = worse || q[k] > points[i][k]
					better = better || q[k] < points[i][k]
				}
				want = want && (worse || !better)
			}
			if got != want {
				t.Fatalf("point %v of %v: on the front %v, want %v", points[i], points, got, want)
			}
		}
	}
}

func plot() pareto.Plot {
	number := func(x float64) string { return fmt.Sprintf("%.4g", x) }
	return pareto.Plot{
		X: pareto.Axis{Name: "energy", Text: number}, Y: pareto.Axis{Name: "accuracy", More: true, Text: number},
		Points: []pareto.Point{
			{X: 1, Y: 0.5, Front: true, Label: "1", Title: "bits=2"},
			{X: 10, Y: 0.9, Front: true, Label: "2", Title: "bits=4"},
			{X: 1000, Y: 0.8, Label: "<3>", Title: "<bits=8>"},
		},
		Stairs: true,
	}
}

func ExamplePlot_WriteText() {
	p := plot()
	if err := p.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// accuracy (more is better)
	// 0.9 |                     *
	//     |
	//     |
	//     |
	//     |
	//     |                                                               o
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	//     |
	// 0.5 |*
	//     +----------------------------------------------------------------
	//      1                                                           1000
	//      energy (less is better, logarithmic)
}

// A drawing is well-formed, tells every point, and marks the front by shape.
func TestSVG(t *testing.T) {
	p := plot()
	svg := p.SVG()
	dec, titles, count := xml.NewDecoder(strings.NewReader(svg)), []string{}, map[string]int{}
	for inTitle := false; ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inTitle = e.Name.Local == "title"
			count[e.Name.Local]++
		case xml.CharData:
			if inTitle {
				titles = append(titles, string(e))
			}
		case xml.EndElement:
			inTitle = false
		}
	}
	if diff := cmp.Diff([]string{"<bits=8>", "bits=2", "bits=4"}, titles); diff != "" {
		t.Errorf("titles (-want +got)\n%s", diff)
	}
	if count["circle"] != 1 || strings.Count(svg, `class="front"`) != 2 || strings.Count(svg, `class="stairs"`) != 1 {
		t.Errorf("want a circle, two points of the front and stairs:\n%s", svg)
	}
}

// texts returns what an element of a class says, or all that have none.
func texts(svg, class string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`<text `+class+`[^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		out = append(out, m[1])
	}
	return out
}

// Axes say round values between the least and the largest; points say their labels.
func TestSVGIsReadWithoutPointing(t *testing.T) {
	p := plot()
	svg := p.SVG()
	want := []string{"1", "5", "20", "100", "1000", "0.5", "0.55", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85", "0.9", "energy (less is better, logarithmic)"}
	if diff := cmp.Diff(want, texts(svg, `x="`)); diff != "" {
		t.Errorf("axes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1", "2", "&lt;3&gt;"}, texts(svg, `class="label`)); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
	p.Points = []pareto.Point{{X: 2, Y: 2, Label: "1"}, {X: 3, Y: 3, Label: "2"}, {X: 2, Y: 2, Label: "3", Front: true}}
	if diff := cmp.Diff([]string{"3, 1", "2"}, texts(p.SVG(), `class="label`)); diff != "" {
		t.Errorf("labels in one place (-want +got)\n%s", diff)
	}
}

// Labels lie within the frame, and on no other; where many crowd, some are left out.
func TestLabelsDoNotOverlap(t *testing.T) {
	p, rng := plot(), rand.New(rand.NewPCG(1, 2))
	p.Points = nil
	for k := range 1000 {
		p.Points = append(p.Points, pareto.Point{X: rng.Float64(), Y: rng.Float64(), Label: fmt.Sprint(k + 1)})
	}
	type box struct{ x, y, half float64 }
	var boxes []box
	for _, m := range regexp.MustCompile(`<text class="label" x="([\d.]+)" y="([\d.]+)">([^<]*)<`).FindAllStringSubmatch(p.SVG(), -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		if err := errors.Join(errX, errY); err != nil {
			t.Fatal(err)
		}
		b := box{x, y, 3 * float64(len(m[3]))}
		for _, o := range boxes {
			if math.Abs(b.x-o.x) < b.half+o.half && math.Abs(b.y-o.y) < 9 {
				t.Errorf("labels at (%v, %v) and (%v, %v)", b.x, b.y, o.x, o.y)
			}
		}
		boxes = append(boxes, b)
	}
	if len(boxes) < 20 || len(boxes) > 900 {
		t.Errorf("%d of 1000 points have a label", len(boxes))
	}
}

// Points that are all alike are drawn in the middle, and none at all draw nothing.
func TestPlotsOfLittle(t *testing.T) {
	p := plot()
	p.Points = []pareto.Point{{X: 2, Y: 2}, {X: 2, Y: 2}}
	var b strings.Builder
	if err := p.WriteText(&b); err != nil || strings.Count(b.String(), " o") != 1 {
		t.Errorf("want one o, have %v\n%s", err, b.String())
	}
	if svg := p.SVG(); strings.Contains(svg, "NaN") {
		t.Errorf("has NaN:\n%s", svg)
	}
	p.Points = nil
	b.Reset()
	if err := p.WriteText(&b); err != nil || b.Len() > 0 {
		t.Errorf("want nothing, have %v, %q", err, b.String())
	}
	if svg := p.SVG(); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("has NaN or Inf:\n%s", svg)
	}
}
