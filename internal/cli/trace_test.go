package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An interrupted run leaves a whole trace of the ticks until then, and says so.
func TestInterruptedRunLeavesATrace(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	path := filepath.Join(t.TempDir(), "run.json")
	go func() {
		for ctx.Err() == nil {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var out, errs bytes.Buffer
	status := Run(ctx, []string{"run", "../../examples/hello/network.yaml", "--ticks", "16777216", "--trace", path}, nil, &out, &errs)
	if want := "weft: interrupted; " + path + " has the first "; status != exitInput || !strings.HasPrefix(errs.String(), want) {
		t.Errorf("status %d, want %d; stderr %q, want %q", status, exitInput, errs.String(), want)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var events []any
	if err := json.Unmarshal(data, &events); err != nil || len(events) == 0 {
		t.Errorf("%d events, error %v", len(events), err)
	}
}
