package rancnet_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/rancnet"
	"github.com/weft-toolchain/weft/targets"
)

// FuzzImport reads a folder of any two files. What is imported is a network and a
// target without mistakes of form, and spikes of its input.
func FuzzImport(f *testing.F) {
	const folder = "../../emulator/ranc/testdata/rand_tiny/"
	names := []string{"config.json", "input.json"}
	seed := golden.Files(f, folder+names[0], folder+names[1])
	f.Add(seed[0], seed[1])
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, config, input []byte) {
		for k, content := range [][]byte{config, input} {
			if err := os.WriteFile(filepath.Join(dir, names[k]), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r, err := rancnet.Import(dir, "fuzz", "fuzz.npz")
		if err != nil {
			golden.Told(t, err, dir, nil)
			return
		}
		if err := ndarray.WriteNPZ(filepath.Join(dir, "fuzz.npz"), r.Arrays); err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(dir, "target.yaml")
		if err := os.WriteFile(target, []byte(r.Target), 0o600); err != nil {
			t.Fatal(err)
		}
		net, err := network.Parse(filepath.Join(dir, "net.yaml"), []byte(r.YAML))
		if err == nil {
			_, err = targets.Load(target)
		}
		found, told := errors.AsType[*diag.Error](err)
		if err != nil && !told {
			t.Fatalf("error of type %T: %v", err, err)
		}
		if told {
			for _, d := range found.Diagnostics {
				if d.Code != diag.OutOfRange && d.Code != diag.TooLarge { // what a network may have, and RANC's need not
					t.Errorf("%v\n%s", err, r.YAML)
				}
			}
			return
		}
		for _, s := range r.Spikes {
			if s.Tick < 0 || s.Index < 0 || s.Index >= network.Size(net.Inputs[0].Shape) {
				t.Fatalf("spike %+v of an input of %v", s, net.Inputs[0].Shape)
			}
		}
	})
}
