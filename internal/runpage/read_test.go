package runpage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/runpage"
)

// A broken document is told where it breaks.
func TestBrokenDocumentsAreToldWhere(t *testing.T) {
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	r.probe("a", 1)
	good := string(r.document(t))
	line := func(text string) int {
		at := strings.Index(good, text)
		if at < 0 {
			t.Fatalf("the document has no %q", text)
		}
		return strings.Count(good[:at], "\n") + 1
	}
	raster := regexp.MustCompile(`"data": "[^"]*"`).FindString(good)
	probe := regexp.MustCompile(`"data": "[^"]*"\n  }\n ],`).FindString(good)
	for _, tt := range []struct {
		name, old, other, want string
	}{
		{"cut", good[len(good)/2:], "", fmt.Sprintf("run.json:%d:", strings.Count(good[:len(good)/2], "\n")+1) + `\d+: no JSON: unexpected end of JSON input \[syntax\]`},
		{"no JSON", `"ticks": 40`, `"ticks": forty`, fmt.Sprintf(`run.json:%d:12: no JSON: .* \[syntax\]`, line(`"ticks": 40`))},
		{"a text", `"ticks": 40`, `"ticks": "40"`, fmt.Sprintf(`run.json:%d:\d+: ticks: has string, want a whole number \[wrong-type\]`, line(`"ticks": 40`))},
		{"a list", good, `[]`, `run.json:1:\d+: the document: has array, want an object \[wrong-type\]`},
		{"nothing", good, ``, `run.json:1:1: no JSON: .* \[syntax\]`},
		{"something else", good, `{"a": 1}`, "run.json:1:1: this is no record of a run.*--record.* \\[unsupported\\]"},
		{"a compilation", good, `{"target": "x", "image_sha256": "00"}`, `run.json:1:1: this is the report of a compilation.* \[unsupported\]`},
		{"of later", `"record": 1`, `"record": 2`, fmt.Sprintf(`run.json:%d:12: record: version 2.* \[out-of-range\]`, line(`"record": 1`))},
		{"ticks", `"ticks": 40`, `"ticks": -1`, fmt.Sprintf(`run.json:%d:11: ticks: -1.* \[out-of-range\]`, line(`"ticks": 40`))},
		{"events", `"ticks": 40`, `"input_events": {"read": 1, "merged": 2}, "ticks": 40`, fmt.Sprintf(`run.json:%d:18: input_events: 0 cropped, 2 merged and 0 late of 1 that were read \[out-of-range\]`, line(`"ticks": 40`))},
		{"neurons", `"n": 8`, `"n": 100000000`, fmt.Sprintf(`run.json:%d:10: raster.groups\[0\].n: 100000000.*`, line(`"n": 8`))},
		{"until", `"until": 40`, `"until": 41`, fmt.Sprintf(`run.json:%d:12: raster.until: 41.*`, line(`"until": 40`))},
		{"spikes", `"until": 40,`, `"until": 39,`, fmt.Sprintf(`run.json:%d:11: raster.data: has \d+ spikes up to tick 39 and \d+ bytes.*`, line(raster))},
		{"number", raster, `"data": "Af8="`, fmt.Sprintf(`run.json:%d:11: raster.data: ends within a number.*`, line(raster))},
		{"far", raster, `"data": "AX8="`, fmt.Sprintf(`run.json:%d:11: raster.data: has a spike of number 127 at tick 0, of 24 .*`, line(raster))},
		{"base64", raster, `"data": "!"`, fmt.Sprintf(`run.json:%d:11: raster.data: is no base64: illegal base64 data at input byte 0 \[out-of-range\]$`, line(raster))},
		{"words", probe, `"data": "AA=="` + "\n  }\n ],", fmt.Sprintf(`run.json:%d:12: probes\[0\].data: has 1 words.*`, line(probe))},
		{"bins", `"width": 2`, `"width": 0`, fmt.Sprintf(`run.json:%d:17: tick_cycles: .* bins of width 0.*`, line(`"tick_cycles"`))},
		{"mesh", "\"mesh\": [\n  4", "\"mesh\": [\n  100000", fmt.Sprintf(`run.json:%d:10: mesh: 100000 × 3.*`, line(`"mesh"`))},
		{"core", `"x": 2`, `"x": 1000000000`, `run.json:\d+:3: core_list\[\d\]: a core at \(1000000000, \d\).*`},
		{"link", "\"links\": [\n  {\n   \"from\": [\n    0", "\"links\": [\n  {\n   \"from\": [\n    3", `run.json:\d+:3: links\[0\]: a link from \(3, 0\).*`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			broken := strings.Replace(good, tt.old, tt.other, 1)
			if broken == good {
				t.Fatal("nothing is broken")
			}
			_, err := runpage.Parse("run.json", []byte(broken))
			if err == nil {
				t.Fatal("it is read")
			}
			if !regexp.MustCompile(`(?s)^` + tt.want).MatchString(err.Error()) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

// Texts that are no base64 are told all in one run, each at its place and once, with what
// is wrong besides.
func TestTextsThatAreNoBase64AreToldTogether(t *testing.T) {
	const raster, ticks = `"raster": {"groups": [], "until": 1, "spikes": 0, "data": "!"},`, `"ticks": 2,`
	const text = `{"target": "x", "counts": {},
 ` + raster + `
 "probes": [{"data": "AgM="}, {"data": "AgM"},
  {"data": "\u0041g=M"}, {"data": "Ag=="}],
 ` + ticks + ` "tick_cycles": {"width": 0}}`
	want := []string{
		"run.json:2:60: raster.data: is no base64: illegal base64 data at input byte 0 [out-of-range]",
		"run.json:3:40: probes[1].data: is no base64: illegal base64 data at input byte 0 [out-of-range]",
		"run.json:4:12: probes[2].data: is no base64: illegal base64 data at input byte 2 [out-of-range]",
		"run.json:4:35: probes[3].data: has 1 words, want one for each of 2 ticks [out-of-range]",
		"run.json:5:29: tick_cycles: 0 bins of width 0, want 1 to 1024 bins of 1 or more [out-of-range]",
	}
	_, err := runpage.Parse("run.json", []byte(text))
	if err == nil {
		t.Fatal("it is read")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = runpage.Parse("run.json", []byte(strings.Replace(text, ticks, `"ticks": "2",`, 1)))
	if err == nil {
		t.Fatal("it is read")
	}
	want = append(want[:3:3], "run.json:5:13: ticks: has string, want a whole number [wrong-type]")
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("with a wrong type, too (-want +got)\n%s", diff)
	}
}

// Whatever is read is drawn, and nothing else happens.
func FuzzParse(f *testing.F) {
	r := run(f, layers, small, emulator.Cycle, 1, steady(4))
	r.probe("a", 1)
	f.Add(r.document(f))
	f.Add([]byte(`{"target": "x", "counts": {}, "ticks": 2, "raster": {"groups": [{"name": "a", "n": 3}], "until": 2, "spikes": 1, "data": "AAECAA=="}}`))
	f.Add([]byte(`{"target": "x", "counts": {"spike": 1}, "mesh": [2, 2], "core_list": [{"x": 1, "y": 1}], "links": [{"from": [0, 0], "to": [1, 0], "packets": -1}], "energy_by_core": [1e300, -1]}`))
	f.Add([]byte(`{"target": "x", "counts": {}, "ticks": 2, "probes": [{"data": "AgM="}], "compilation": {"quantisation": [{}]}, "tick_cycles": {"width": 1, "counts": [-1]}, "samples": 1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := runpage.Parse("run.json", data)
		if err != nil {
			golden.Told(t, err, "run.json", data)
			return
		}
		if err := runpage.WriteHTML(io.Discard, d); err != nil {
			t.Error(err)
		}
	})
}

type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A page that cannot be written is told.
func TestWhatCannotBeWrittenIsTold(t *testing.T) {
	d, err := runpage.Parse("run.json", []byte(`{"target": "x", "counts": {}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := runpage.WriteHTML(shut{}, d); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v, want %v", err, io.ErrClosedPipe)
	}
	var out bytes.Buffer
	if err := runpage.WriteHTML(&out, d); err != nil || out.Len() == 0 {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}
