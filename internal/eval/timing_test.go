package eval_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/targets"
)

// The first picture of TIMING.md, which the emulator's own tests draw from an
// image made by hand, is that of examples/hello as the compiler lays it out.
func TestTimingMDShowsTheHelloExample(t *testing.T) {
	root := filepath.Join("..", "..")
	doc, err := os.ReadFile(filepath.Join(root, "emulator", "TIMING.md"))
	if err != nil {
		t.Fatal(err)
	}
	net, err := network.Load(filepath.Join(root, "examples", "hello", "network.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Compile(t.Context(), net, chip.Name, &chip.Arch, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := emulator.New(emulator.NewChip(res.Image, chip.Timing, emulator.Cycle))
	var picture strings.Builder
	line := trace.NewTimeline(&picture, res.Image)
	var seen emulator.Tick
	m.Watch(&seen)
	for range 2 {
		m.Tick([]int32{0})
		if err := line.Tick(&seen); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(doc), strings.TrimSpace(picture.String())) {
		t.Errorf("TIMING.md does not show this:\n%s", picture.String())
	}
}
