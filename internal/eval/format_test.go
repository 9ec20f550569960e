package eval_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/eval"
)

var csvBlock = regexp.MustCompile("(?ms)^```csv\n(.*?)^```$")

// formatPage is EXPERIMENT.md, which tells of results and spike files too.
func formatPage(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../experiment/EXPERIMENT.md")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSpikesOfTheFormatAreRead(t *testing.T) {
	b := csvBlock.FindSubmatch(formatPage(t))
	if b == nil {
		t.Fatal("EXPERIMENT.md has no spikes")
	}
	train, err := stimulus.ReadCSV("EXPERIMENT.md", bytes.NewReader(b[1]), []stimulus.Group{{Name: "button", N: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if train.Count() != 2 {
		t.Errorf("%d spikes, want 2", train.Count())
	}
}

// The first and the last tick that EXPERIMENT.md names are read, and none beside them.
func TestTicksOfTheFormatAreRead(t *testing.T) {
	b := regexp.MustCompile("(?m)^\\| `tick` \\| (\\d+) to ([\\d,]+);").FindSubmatch(formatPage(t))
	if b == nil {
		t.Fatal("EXPERIMENT.md does not say what ticks there are")
	}
	first, err := strconv.Atoi(string(b[1]))
	last, err2 := strconv.Atoi(strings.ReplaceAll(string(b[2]), ",", ""))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	for tick, want := range map[int]bool{first - 1: false, first: true, last: true, last + 1: false} {
		text := fmt.Sprintf("tick,population,index\n%d,button,0\n", tick)
		_, err := stimulus.ReadCSV("spikes.csv", strings.NewReader(text), []stimulus.Group{{Name: "button", N: 1}})
		if (err == nil) != want {
			t.Errorf("tick %d: error %v, want it read: %v", tick, err, want)
		}
	}
}

func TestFormatHasEveryKeyOfAResult(t *testing.T) {
	data, err := json.Marshal(eval.Result{Report: &report.Report{}})
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(data, &keys); err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(formatPage(t)), "## What `weft eval --json` returns")
	if !found || len(keys) == 0 {
		t.Fatalf("section found: %v, %d keys", found, len(keys))
	}
	for key := range keys {
		if !regexp.MustCompile("(?m)^\\|[^|]*`" + key + "`").MatchString(section) {
			t.Errorf("EXPERIMENT.md does not explain the key %q of a result", key)
		}
	}
}
