package chippage_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/internal/chippage"
	"github.com/weft-toolchain/weft/internal/golden"
)

// small is a report of three cores on a mesh of 8 × 8, from (2, 1) on.
func small() *compiler.Report {
	sqnr := 32.5
	r := &compiler.Report{
		Network: "small", Target: "chip", Cores: 3, Neurons: 20, Axons: 30, Synapses: 300, MaxCores: 64,
		Mesh: [2]int{8, 8}, CoreLimits: compiler.CoreLimits{Neurons: 16, Axons: 16, SynapseWords: 100, FanOut: 64},
		Utilisation: compiler.Utilisation{Neurons: 20. / 48, Axons: 30. / 48, Synapses: 0.5},
		Profiled:    true,
		Links: compiler.Links{
			Count: 224, Used: 3,
			List: []compiler.Link{
				{From: [2]int{2, 1}, To: [2]int{3, 1}, Load: compiler.Weighted{Unweighted: 4, Weighted: 80}},
				{From: [2]int{3, 1}, To: [2]int{2, 1}, Load: compiler.Weighted{Unweighted: 1, Weighted: 10}},
				{From: [2]int{3, 1}, To: [2]int{3, 2}, Load: compiler.Weighted{Unweighted: 2, Weighted: 41}},
			},
		},
		Bounds: compiler.Bounds{Cores: compiler.Bound{Found: 3, Bound: 2, Argument: "if takes 30 axons at least, a core has 16"}},
		Populations: []compiler.PopulationReport{
			{Name: "first", Model: "if", Neurons: 16, Cores: 1, FanInMax: 4, Instructions: 5, Exact: true},
			{Name: "second", Model: "lif", Neurons: 4, Cores: 2, FanInMax: 9, Instructions: 7, FracBits: 6, SaturatedParams: 2},
		},
		Quantisation: []compiler.QuantReport{
			{Projection: "first→second", Synapses: 300, Bits: 8, Scale: 3, ScaleMax: 12, Clip: 1.25, SQNRdB: &sqnr, Clipped: 1, Zeroed: 2},
			{Projection: "second→second", Synapses: 2, Bits: 8, Scale: 1, ScaleMax: 1, Clip: 127, Exact: true},
		},
		CoreList: []compiler.CoreReport{
			{Core: 0, X: 2, Y: 1, Population: "first", Neurons: 16, Axons: 8, Synapses: 90, SynapseWords: 90, FanOut: 5, Limit: "neurons", Share: 1},
			{Core: 1, X: 3, Y: 1, Population: "second", Neurons: 1, Axons: 4, Synapses: 4, SynapseWords: 4, FanOut: 3, Limit: "axons", Share: 0.25},
			{Core: 2, X: 3, Y: 2, Population: "second", Neurons: 3, Axons: 2, Synapses: 60, SynapseWords: 60, Limit: "synapses", Share: 0.6},
		},
		Notes:      []string{"look at this"},
		Passes:     []compiler.PassReport{{Name: "map", Doc: "neurons get cores", Effect: "3 cores"}},
		ImageBytes: 12, ImageSHA256: "00ff",
	}
	r.Links.Fullest = &r.Links.List[0]
	return r
}

// full is a report of a mesh of side × side cores, all in use, as all links are.
func full(side int) *compiler.Report {
	r := small()
	r.Mesh, r.CoreList, r.Links.List = [2]int{side, side}, nil, nil
	for y := range side {
		for x := range side {
			k := y*side + x
			r.CoreList = append(r.CoreList, compiler.CoreReport{
				Core: k, X: x, Y: y, Population: "cortex", Neurons: 16, Axons: 16, SynapseWords: 100, FanOut: 64,
				Limit: "axons", Share: float64(k+1) / float64(side*side),
			})
			for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				if to := [2]int{x + d[0], y + d[1]}; min(to[0], to[1]) >= 0 && max(to[0], to[1]) < side {
					r.Links.List = append(r.Links.List, compiler.Link{From: [2]int{x, y}, To: to, Load: compiler.Weighted{Unweighted: 12345, Weighted: int64(1234567 + k)}})
				}
			}
		}
	}
	r.Links.Fullest = &r.Links.List[len(r.Links.List)-1]
	return r
}

func html(t *testing.T, r *compiler.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := chippage.WriteHTML(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPageOfASmallChip(t *testing.T) {
	// The style is that of all pages, and no part of this one's golden.
	head, rest, _ := strings.Cut(html(t, small()), "<style>\n")
	_, body, _ := strings.Cut(rest, "</style>")
	golden.Check(t, "testdata/small.html", []byte(head+body))
}

func TestMapOfASmallChip(t *testing.T) {
	var out bytes.Buffer
	if err := chippage.WriteMap(&out, small()); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/small.map", out.Bytes())
}

// Between chips there are lines, in a map of letters at each of them and in the maps
// of the page.
func TestChipsOfAMeshHaveBorders(t *testing.T) {
	r := small()
	r.Mesh = [2]int{9, 8}
	r.Chips = &compiler.ChipsReport{Size: [2]int{3, 2}, Count: 12, Used: 3, Crossings: compiler.Weighted{Unweighted: 7, Weighted: 131}}
	var out bytes.Buffer
	if err := chippage.WriteMap(&out, r); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/chips.map", out.Bytes())
	page := html(t, r)
	if err := wellFormed(page); err != nil {
		t.Error(err)
	}
	for want, times := range map[string]int{
		"made of 12 chips of 3 × 2 cores, of which 3 are in use; 131 of the hops are between chips": 1,
		`<path class="border" d="M36 16v40M16 36h40"/>`:                                             2,
	} {
		if got := strings.Count(page, want); got != times {
			t.Errorf("the page has %q %d times, want %d", want, got, times)
		}
	}
}

// wellFormed reports what is not closed, or closed twice, or is no text.
func wellFormed(page string) error {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false
	d.AutoClose = []string{"meta"}
	d.Entity = xml.HTMLEntity
	var open []string
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			if name := x.Name.Local; name != "meta" {
				open = append(open, name)
			}
		case xml.EndElement:
			if n := len(open); x.Name.Local != "meta" && (n == 0 || open[n-1] != x.Name.Local) {
				return fmt.Errorf("</%s> closes %v", x.Name.Local, open)
			} else if x.Name.Local != "meta" {
				open = open[:n-1]
			}
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%v are not closed", open)
	}
	return nil
}

var outside = regexp.MustCompile(`(?i)https?:|//[a-z]|\bsrc=|\bhref=|@import|url\(`)

func TestPagesStandAloneAndAreWellFormed(t *testing.T) {
	none := &compiler.Report{Network: "none", Target: "chip"}
	for name, r := range map[string]*compiler.Report{"small": small(), "wide": full(30), "nothing": none} {
		text := html(t, r)
		if err := wellFormed(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if found := outside.FindString(text); found != "" {
			t.Errorf("%s: the page refers to something outside: %q", name, found)
		}
	}
}

func TestNamesAreText(t *testing.T) {
	const evil = `</title><script>alert("x")</script><b a='`
	r := small()
	r.Network, r.Target, r.Notes[0], r.CoreList[1].Population = evil, evil, evil, evil
	r.Populations[0].Name, r.Quantisation[0].Projection, r.Bounds.Cores.Argument, r.Passes[0].Effect = evil, evil, evil, evil
	text := html(t, r)
	if err := wellFormed(text); err != nil {
		t.Error(err)
	}
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("%d scripts, want our own alone", n)
	}
	if n := strings.Count(text, "&lt;script&gt;"); n < 8 {
		t.Errorf("the names stand as text in %d places, want 8 at least", n)
	}
}

// 64 × 64 cores, all of them and all links in use, with names longer than most.
func TestPageOfAFullChipIsSmall(t *testing.T) {
	r := full(64)
	for k := range r.CoreList {
		r.CoreList[k].Population = strings.Repeat("long", 20)
	}
	text := html(t, r)
	if most := 2 << 20; len(text) > most {
		t.Errorf("the page has %d bytes, want %d at most", len(text), most)
	}
	if n := strings.Count(text, "</title></path>"); n != 64*64+4*63*64 {
		t.Errorf("%d cores and links tell what they are, want %d", n, 64*64+4*63*64)
	}
}

// A mesh wider than a terminal has several cores to a letter, and no line is
// wider than it should be.
func TestAWideMapIsMadeNarrow(t *testing.T) {
	var out bytes.Buffer
	r := full(65)
	r.CoreList[len(r.CoreList)-1].Limit = "fan-out"
	if err := chippage.WriteMap(&out, r); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if want := "65 × 65 cores from (0, 0) of 65 × 65, 2 × 2 of them to a letter, which tells the fullest"; lines[0] != want {
		t.Errorf("the map begins with %q, want %q", lines[0], want)
	}
	rows := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !regexp.MustCompile(`^ +\d+  \S+$`).MatchString(l) })
	if len(rows) != 3*33 {
		t.Fatalf("%d rows, want 3 maps of 33", len(rows))
	}
	for k, want := range map[int]string{0: "    0  " + strings.Repeat("░", 33), 32: "   64  " + strings.Repeat("█", 33), 65: "   64  " + strings.Repeat("A", 32) + "F"} {
		if rows[k] != want {
			t.Errorf("row %d is %q, want %q", k, rows[k], want)
		}
	}
}

type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWhatCannotBeWrittenIsTold(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *compiler.Report) error{"page": chippage.WriteHTML, "map": chippage.WriteMap} {
		if err := write(shut{}, small()); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: error %v, want %v", name, err, io.ErrClosedPipe)
		}
	}
}
