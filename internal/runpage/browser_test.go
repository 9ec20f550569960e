package runpage_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/chromium"
	"github.com/weft-toolchain/weft/internal/runpage"
)

// found is what a page shows.
type found struct {
	Rows map[string]int
	// Inked are the places of the raster that are drawn, and the share of its pixels
	// that are not of the background's colour.
	Places int
	Inked  float64
	// White is the share of pixels that are. Shown are the maps of the chip that are
	// seen, Anchors the links within the page that lead somewhere.
	White   float64
	Shown   int
	Anchors int
	// Scheme is what a browser draws scroll bars and fields in.
	Scheme string
}

const look = `(function () {
  var rows = {}, canvas = document.querySelector("canvas"), inked = 0, all = 0;
  document.querySelectorAll("table[id]").forEach(function (t) { rows[t.id] = t.tBodies[0].rows.length; });
  var copy = document.createElement("canvas"), left = Math.round(canvas.width / 3);
  copy.width = canvas.width;
  copy.height = canvas.height;
  var c = copy.getContext("2d", {willReadFrequently: true});
  c.drawImage(canvas, 0, 0);
  var white = 0, back = document.documentElement.dataset.paper ? [255, 255, 255] : getComputedStyle(document.body).backgroundColor.match(/\d+/g);
  var image = c.getImageData(left, 4, canvas.width - left, canvas.height - 60).data;
  for (var k = 0; k < image.length; k += 4, all++) {
    if (image[k] + image[k + 1] + image[k + 2] === 765) white++;
    if (image[k] != back[0] || image[k + 1] != back[1] || image[k + 2] != back[2]) inked++;
  }
  return {
    Scheme: getComputedStyle(document.documentElement).colorScheme, Rows: rows, Places: +canvas.dataset.places, Inked: inked / all, White: white / all,
    Shown: Array.from(document.querySelectorAll(".choice > figure")).filter(function (f) { return f.getBoundingClientRect().height > 0; }).length,
    Anchors: Array.from(document.querySelectorAll("nav a")).filter(function (a) { return document.querySelector(a.getAttribute("href")); }).length,
  };
})()`

// many returns a raster of so many spikes of 1000 neurons in two groups, and how many
// ticks it has.
func many(spikes int) (*runpage.Raster, int64) {
	const neurons, each = 1000, 250
	r := &runpage.Raster{Groups: []runpage.Group{{Name: "in", N: 200, Input: true, Counts: &runpage.Counts{}}, {Name: "a", N: 800, Counts: &runpage.Counts{}}}, TickSeconds: 1e-3, Data: []byte{0}}
	for ; r.Spikes < spikes; r.Until++ {
		r.Data = append(r.Data, 128|each&127, each>>7)
		last := 0
		for k := range each {
			id := k*neurons/each + (r.Until*k*7+r.Until)%(neurons/each)
			r.Data = append(r.Data, byte(id-last))
			last = id
		}
		r.Spikes += each
	}
	return r, int64(r.Until)
}

// page writes the run's page into a file, and returns its path.
func (r *ran) page(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "run.html")
	if err := os.WriteFile(file, []byte(html(t, r.document(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// In Chromium, without a network, at the width of a phone and of a desk, in the dark
// and on paper: no error, nothing wider than the window, everything drawn.
// WEFT_SPIKES says how many spikes there are, WEFT_SHOTS a folder for pictures.
func TestPageInChromium(t *testing.T) {
	spikes := 20000
	if text := os.Getenv("WEFT_SPIKES"); text != "" {
		var err error
		if spikes, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	r.rec.Raster, r.rep.Ticks = many(spikes)
	r.probe("a", 1)
	r.probe("b", 64)
	file := r.page(t)
	b := chromium.Start(t)
	for _, view := range []struct {
		name, scheme string
		width        int
	}{{"phone", "light", 360}, {"desk", "light", 1200}, {"phone-dark", "dark", 360}, {"desk-dark", "dark", 1200}} {
		b.Open(file, view.width, view.scheme)
		var loaded float64
		b.Eval("performance.timing.loadEventStart - performance.timing.navigationStart", &loaded)
		var got found
		b.Eval(look, &got)
		t.Logf("%s: %d spikes loaded and drawn in %v ms", view.name, r.rec.Raster.Spikes, loaded)
		if len(b.Problems) > 0 {
			t.Errorf("%s: %v", view.name, b.Problems)
		}
		b.Fits(view.name)
		if got.Scheme != view.scheme {
			t.Errorf("%s: the browser's own parts are %s", view.name, got.Scheme)
		}
		for table, least := range map[string]int{"groups": 2, "cores": 6, "links": 5, "events": 15, "figures": 10} {
			if got.Rows[table] < least {
				t.Errorf("%s: table %s has %d rows, want %d at least", view.name, table, got.Rows[table], least)
			}
		}
		if got.Places < 1000 || got.Inked < 0.02 || got.Inked > 0.98 {
			t.Errorf("%s: the raster has %d places and ink on %.3f of it", view.name, got.Places, got.Inked)
		}
		if got.Shown != 1 || got.Anchors < 8 {
			t.Errorf("%s: %d maps are shown, want the one that is chosen; %d links of the page lead somewhere", view.name, got.Shown, got.Anchors)
		}
		b.Shoot(view.name + ".png")
	}
	// The dark page is printed dark on light.
	var printed int
	b.Eval(`addEventListener("beforeprint", function () {
		document.documentElement.dataset.paper = ("#" + Math.round(100 * `+look+`.White)); }), 0`, &printed)
	b.Call("Page.printToPDF", nil, nil)
	b.Eval(`+document.documentElement.dataset.paper.slice(1)`, &printed)
	if printed < 2 {
		t.Errorf("%d %% of the raster are printed white, want its background", printed)
	}
	b.Paper()
	b.Fits("paper")
	var got found
	b.Eval(look, &got)
	var told string
	b.Eval("document.body.innerText", &told)
	if strings.Contains(told, "Point at") {
		t.Error("paper is to be pointed at")
	}
	if got.Shown != 4 || got.Inked < 0.02 || got.Inked > 0.98 || len(b.Problems) > 0 {
		t.Errorf("on paper %d maps are shown, want all 4; ink on %.3f of the raster; %v", got.Shown, got.Inked, b.Problems)
	}
	b.Shoot("paper.png")
}

// Names of a hundred letters are broken, and do not widen the page.
func TestLongNamesFitInChromium(t *testing.T) {
	net := layers
	for _, name := range []string{"in", "a", "b"} {
		net = regexp.MustCompile(`\b`+name+`([:,\]])`).ReplaceAllString(net, strings.Repeat(name, 100/len(name))+"$1")
	}
	r := run(t, net, small, emulator.Cycle, 1, steady(40))
	r.probe(strings.Repeat("a", 100), 1)
	file := r.page(t)
	b := chromium.Start(t)
	for _, width := range []int{390, 1280} {
		b.Open(file, width, "light")
		b.Fits(fmt.Sprint(width))
		// Not even what scrolls is much wider than it is with short names.
		var wide int
		b.Eval(`Math.max.apply(null, Array.from(document.querySelectorAll("table")).map(function (t) { return t.offsetWidth; }))`, &wide)
		if most := max(width, 900); wide > most {
			t.Errorf("%d: a table is %d wide, want %d at most", width, wide, most)
		}
	}
	b.Paper()
	b.Fits("paper")
}

// On a phone, too, the numbers of a column stand under each other and under its head,
// also where the text behind them is a line of its own.
func TestColumnsAlignOnAPhone(t *testing.T) {
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	file := r.page(t)
	b := chromium.Start(t)
	b.Open(file, 390, "light")
	var ragged []string
	var tables int
	b.Eval(`document.querySelectorAll("table.stack").length`, &tables)
	b.Eval(`Array.from(document.querySelectorAll("table.stack")).flatMap(function (t) {
		return Array.from(t.rows).flatMap(function (row) {
			return Array.from(row.cells).filter(function (c, k) {
				var a = c.getBoundingClientRect(), b = t.rows[0].cells[k].getBoundingClientRect();
				return Math.abs(a.left - b.left) > 1 || Math.abs(a.right - b.right) > 1;
			}).map(function (c) { return c.textContent; });
		});
	})`, &ragged)
	if len(ragged) > 0 || tables != 5 {
		t.Errorf("of %d tables, want 5, these cells are not below their heads: %q", tables, ragged)
	}
}

// uniform returns a raster of 24 neurons that all spike at every tick.
func uniform(ticks int) *runpage.Raster {
	const neurons = 24
	r := &runpage.Raster{Groups: []runpage.Group{{Name: "a", N: neurons}}, TickSeconds: 1e-3, Until: ticks, Spikes: (ticks + 1) * neurons}
	for range ticks + 1 {
		r.Data = append(append(r.Data, neurons, 0), bytes.Repeat([]byte{1}, neurons-1)...)
	}
	return r
}

// However many ticks there are to a pixel, or pixels to a tick, what is everywhere the
// same looks the same everywhere.
func TestRasterHasNoFalseBurstsInChromium(t *testing.T) {
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	b := chromium.Start(t)
	for _, ticks := range []int{1201, 3000, 20000} {
		r.rec.Raster, r.rep.Ticks = uniform(ticks), int64(ticks)
		file := r.page(t)
		b.Open(file, 1280, "light")
		var shades []int
		b.Eval(`(function () {
			var c = document.querySelector("canvas"), from = Math.round(c.width / 4), seen = {};
			var p = c.getContext("2d").getImageData(from, 4, Math.round(c.width * 0.74), 1).data;
			for (var k = 0; k < p.length; k += 4) seen[p[k]] = true;
			return Object.keys(seen).map(Number);
		})()`, &shades)
		if len(shades) != 1 || shades[0] > 200 {
			t.Errorf("%d ticks: the shades are %v, want a dark one alone", ticks, shades)
		}
	}
}

// A tick of a potential is below the same tick of the raster, and a range that is none
// is not drawn, but told.
func TestPotentialsShareTheRastersTime(t *testing.T) {
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	r.probe("a", 1)
	file := r.page(t)
	b := chromium.Start(t)
	b.Open(file, 1280, "light")
	choose := func(from, to int) {
		var done bool
		b.Eval(fmt.Sprintf(`document.querySelector(".from").value = %d, document.querySelector(".to").value = %d,
			document.querySelector(".from").dispatchEvent(new Event("change"))`, from, to), &done)
	}
	under := func(tick int) (told string) {
		b.Eval(fmt.Sprintf(`(function (tick) {
			var m = document.querySelector(".trace").getScreenCTM(), c = document.querySelector("canvas");
			c.dispatchEvent(new PointerEvent("pointermove", {clientX: m.a * (tick + 0.5) + m.e, clientY: c.getBoundingClientRect().top + 1, bubbles: true}));
			return document.querySelector("#raster .at").textContent;
		})(%d)`, tick), &told)
		return told
	}
	check := func(ticks ...int) {
		t.Helper()
		for _, tick := range ticks {
			if got, want := under(tick), fmt.Sprintf("tick %d, in[0]: ", tick); !strings.HasPrefix(got, want) {
				t.Errorf("above tick %d of the trace is %q, want %q", tick, got, want)
			}
		}
	}
	check(0, 1, 20, 40)
	choose(10, 30)
	check(10, 11, 30)
	choose(30, 10)
	var told string
	b.Eval(`document.querySelector("#raster .at").textContent`, &told)
	if want := "From tick 30 to 10 is no range of the ticks 0 to 40: 10 to 30 are drawn."; told != want {
		t.Errorf("got %q, want %q", told, want)
	}
	check(10, 11, 30)
	if len(b.Problems) > 0 {
		t.Error(b.Problems)
	}
}

// A map is chosen, the raster is looked into, and what is pointed at is told.
func TestPageAnswersInChromium(t *testing.T) {
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	file := r.page(t)
	b := chromium.Start(t)
	b.Open(file, 1200, "light")
	var name, told, core string
	var before, after int
	b.Eval(`document.querySelector("label[for=map1]").click(), Array.from(document.querySelectorAll(".choice > figure")).filter(function (f) { return f.offsetHeight > 0; }).map(function (f) { return f.querySelector("b").textContent; }).join()`, &name)
	if name != "spikes" {
		t.Errorf("a click on spikes shows %q", name)
	}
	b.Eval(`document.querySelector(".choice1 path title").parentNode.dispatchEvent(new MouseEvent("click", {bubbles: true})), document.querySelector(".choice1 .at").textContent`, &core)
	if want := "core "; len(core) < len(want) || core[:len(want)] != want {
		t.Errorf("a click on a core tells %q", core)
	}
	b.Eval(`(function () { var c = document.querySelector("canvas"), r = c.getBoundingClientRect();
		for (var x = 0, at = document.querySelector("#raster .at"); x < 200 && !at.textContent; x++)
			c.dispatchEvent(new PointerEvent("pointermove", {clientX: r.left + x, clientY: r.top + 1, bubbles: true}));
		return at.textContent; })()`, &told)
	if want := "tick 0, in[0]: 1 spike"; told != want {
		t.Errorf("the first place of the raster tells %q, want %q", told, want)
	}
	b.Eval(`+document.querySelector("canvas").dataset.places`, &before)
	b.Eval(`(function () { var f = document.querySelector(".from"); f.value = 30; f.dispatchEvent(new Event("change")); return +document.querySelector("canvas").dataset.places; })()`, &after)
	if before != r.rec.Raster.Spikes || after >= before || after == 0 {
		t.Errorf("%d places of %d spikes are drawn, and %d from tick 30 on", before, r.rec.Raster.Spikes, after)
	}
	if len(b.Problems) > 0 {
		t.Error(b.Problems)
	}
}
