package cli

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// A run with a checkpoint that is interrupted writes one, says how to go on, and ends
// as one that was not.
func TestAnInterruptedRunGoesOn(t *testing.T) {
	t.Chdir(t.TempDir())
	button(t)
	write(t, "in.csv", "tick,population,index\n2,button,0\n9,button,0\n")
	run := func(ctx context.Context, args ...string) (status int, out, errs string) {
		var o, e bytes.Buffer
		status = Run(ctx, append([]string{"run", "button.weft", "-i", "in.csv", "--ticks", "12"}, args...), strings.NewReader(""), &o, &e)
		return status, o.String(), e.String()
	}
	var o, e bytes.Buffer
	if status := Run(t.Context(), []string{"compile", "button.yaml", "-o", "button.weft"}, nil, &o, &e); status != exitOK {
		t.Fatal(e.String())
	}
	_, want, _ := run(t.Context(), "-o", "want.csv")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if status, out, errs := run(over, "-o", "out.csv", "--checkpoint", "run.ckpt"); status != exitInput || out != "" || errs != "weft: interrupted after tick 0; go on with --resume run.ckpt\n" {
		t.Fatalf("status %d, %q, %q", status, out, errs)
	}
	if status, _, errs := run(over, "-o", "out.csv", "--resume", "run.ckpt"); status != exitInput || !strings.Contains(errs, "interrupted") {
		t.Fatalf("status %d, %q", status, errs)
	}
	status, got, errs := run(t.Context(), "-o", "out.csv", "--resume", "run.ckpt")
	if status != exitOK || got != want {
		t.Errorf("status %d, %s\ngot %s\nwant %s", status, errs, got, want)
	}
	var files [2]string
	for k, name := range []string{"want.csv", "out.csv"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[k] = string(data)
	}
	if files[0] != files[1] || !strings.Contains(files[0], "3,bell,0") {
		t.Errorf("got %q, want %q", files[1], files[0])
	}
}
