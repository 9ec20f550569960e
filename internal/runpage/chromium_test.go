package runpage_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// browser is a headless Chromium that is spoken to through two pipes, in the DevTools
// protocol: messages of JSON, each with a zero behind it. It has no network.
type browser struct {
	t        *testing.T
	in       io.Writer
	out      *bufio.Reader
	session  string
	last     int
	problems []string
}

// message is what comes back: an answer, which has the ID of its question, or an event.
type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

// chromium starts a browser that ends with the test; where there is none the test is
// skipped.
func chromium(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium here")
	}
	args := []string{
		"--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
		"--user-data-dir=" + t.TempDir(), "about:blank",
	}
	if os.Getuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...) // which root may not have
	}
	read, in := pipe(t)
	out, write := pipe(t)
	cmd := exec.Command(path, args...)
	cmd.ExtraFiles = []*os.File{read, write} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Skipf("%s does not start: %v", path, err)
	}
	if err := errors.Join(read.Close(), write.Close()); err != nil { // the browser has them
		t.Fatal(err)
	}
	b := &browser{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	t.Cleanup(func() {
		fmt.Fprintf(in, `{"id": %d, "method": "Browser.close"}`+"\x00", b.last+1)
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Logf("%s: %v", path, err)
		}
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Network.emulateNetworkConditions", map[string]any{"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}, nil)
	return b
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// call asks the browser for something, and reads the answer into result.
func (b *browser) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.last++
	data, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params, "sessionId": b.session})
	if b.session == "" {
		data, err = json.Marshal(map[string]any{"id": b.last, "method": method, "params": params})
	}
	if err == nil {
		_, err = b.in.Write(append(data, 0))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	for {
		m := b.next()
		if m.ID != b.last {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// next reads a message, and keeps what a console would show.
func (b *browser) next() message {
	b.t.Helper()
	data, err := b.out.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("the browser: %v", err)
	}
	var m message
	if err := json.Unmarshal(bytes.TrimRight(data, "\x00"), &m); err != nil {
		b.t.Fatal(err)
	}
	switch m.Method {
	case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.requestWillBeSent":
		if !bytes.Contains(m.Params, []byte(`"url":"file:`)) || m.Method != "Network.requestWillBeSent" {
			b.problems = append(b.problems, m.Method+" "+string(m.Params))
		}
	}
	return m
}

// open loads a page at a width in pixels, light or dark.
func (b *browser) open(file string, width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": width < 500}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for b.next().Method != "Page.loadEventFired" {
	}
}

// eval returns what an expression of the page is.
func (b *browser) eval(expression string, into any) {
	b.t.Helper()
	var r struct {
		Result struct{ Value json.RawMessage }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if err := json.Unmarshal(r.Result.Value, into); err != nil {
		b.t.Fatalf("%s: %v: %s", expression, err, r.Result.Value)
	}
}

// shoot keeps a picture of the whole page where WEFT_SHOTS names a folder.
func (b *browser) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("WEFT_SHOTS")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// found is what a page shows.
type found struct {
	// Wide is how wide the page's content is, Window how wide it may be.
	Wide, Window int
	Rows         map[string]int
	// Inked are the places of the raster that are drawn, and the share of its pixels
	// that are not of the background's colour.
	Places int
	Inked  float64
	// White is the share of pixels that are. Shown are the maps of the chip that are
	// seen, Anchors the links within the page that lead somewhere.
	White   float64
	Shown   int
	Anchors int
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
    Wide: document.documentElement.scrollWidth, Window: window.innerWidth, Rows: rows, Places: +canvas.dataset.places, Inked: inked / all, White: white / all,
    Shown: Array.from(document.querySelectorAll(".choice > figure")).filter(function (f) { return f.getBoundingClientRect().height > 0; }).length,
    Anchors: Array.from(document.querySelectorAll("nav a")).filter(function (a) { return document.querySelector(a.getAttribute("href")); }).length,
  };
})()`
