// Package chromium is a headless browser, with which tests look at pages.
package chromium

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

// Browser is a headless Chromium that is spoken to through two pipes, in the DevTools
// protocol: messages of JSON, each with a zero behind it. It has no network.
type Browser struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	session string
	last    int
	// Problems are what a console would show, and what was asked of a network.
	Problems []string
}

// message is what comes back: an answer, which has the ID of its question, or an event.
type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

// Start starts a browser that ends with the test; where there is none the test is
// skipped.
func Start(t *testing.T) *Browser {
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
	b := &Browser{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	t.Cleanup(func() {
		fmt.Fprintf(in, `{"id": %d, "method": "Browser.close"}`+"\x00", b.last+1)
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Logf("%s: %v", path, err)
		}
	})
	var target struct{ TargetID string }
	b.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.Call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.Call(domain+".enable", nil, nil)
	}
	b.Call("Network.emulateNetworkConditions", map[string]any{"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}, nil)
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

// Call asks the browser for something, and reads the answer into result.
func (b *Browser) Call(method string, params map[string]any, result any) {
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
func (b *Browser) next() message {
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
			b.Problems = append(b.Problems, m.Method+" "+string(m.Params))
		}
	}
	return m
}

// Open loads a page at a width in pixels, light or dark.
func (b *Browser) Open(file string, width int, scheme string) {
	b.t.Helper()
	b.size(width)
	b.Call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.Call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for b.next().Method != "Page.loadEventFired" {
	}
}

func (b *Browser) size(width int) {
	b.t.Helper()
	b.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": width < 500}, nil)
}

// paper is how wide a sheet of A4 is between a browser's margins, in its pixels.
const paper = 718

// Paper lays the open page out as on a sheet.
func (b *Browser) Paper() {
	b.t.Helper()
	b.size(paper)
	b.Call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	var told bool
	b.Eval(`dispatchEvent(new Event("beforeprint"))`, &told)
}

// Fits reports an error where the open page is wider than its window, or its sheet.
// What scrolls by itself, as wide tables do on a screen, is not.
func (b *Browser) Fits(name string) {
	b.t.Helper()
	var got struct{ Wide, Window int }
	b.Eval(`({Wide: document.documentElement.scrollWidth, Window: innerWidth})`, &got)
	if got.Wide > got.Window {
		b.t.Errorf("%s: the page is %d wide in a window of %d", name, got.Wide, got.Window)
	}
}

// Eval returns what an expression of the page is.
func (b *Browser) Eval(expression string, into any) {
	b.t.Helper()
	var r struct {
		Result struct{ Value json.RawMessage }
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if err := json.Unmarshal(r.Result.Value, into); err != nil {
		b.t.Fatalf("%s: %v: %s", expression, err, r.Result.Value)
	}
}

// Shoot keeps a picture of the whole page where WEFT_SHOTS names a folder.
func (b *Browser) Shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("WEFT_SHOTS")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	b.Call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
