package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ctrl-C ends a compilation with nothing written, wherever it comes.
func TestCtrlCLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	net := filepath.Join(dir, "net.yaml")
	text := "populations: {p: {shape: 300, neuron: if}}\nprojections: [{from: p, to: p, connect: {sparse: {in_degree: 20}}}]\n"
	if err := os.WriteFile(net, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	args := []string{"compile", net, "-o", filepath.Join(dir, "net.weft"), "--report", filepath.Join(dir, "r.json"), "--html", filepath.Join(dir, "r.html")}
	if status := Run(ctx, args, nil, &out, &errs); status != exitInput || !strings.Contains(errs.String(), "interrupted; nothing was written") || out.Len() > 0 {
		t.Errorf("status %d, stdout %q, stderr %q", status, &out, &errs)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v; want the network alone", files, err)
	}
	if status := Run(t.Context(), args, nil, &out, &errs); status != exitOK {
		t.Errorf("status %d where nobody interrupts: %s", status, &errs)
	}
}
