package examples

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/targets"
)

// BenchmarkMNIST evaluates the 10,000 test images on xbar1k, on as many chips at
// once as there are processors. An operation is all of them.
func BenchmarkMNIST(b *testing.B) {
	exp, err := experiment.Load(filepath.Join("mnist", "experiment.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	data, err := exp.LoadData()
	if e, ok := errors.AsType[*diag.Error](err); ok && e.Diagnostics[0].Code == diag.MissingFile {
		b.Skip("the images are not here: set WEFT_SHARED to a folder that has the four files of MNIST in data/mnist")
	}
	if err != nil {
		b.Fatal(err)
	}
	net, err := network.Load(exp.Network.Path)
	if err != nil {
		b.Fatal(err)
	}
	target, err := targets.Load("xbar1k")
	if err != nil {
		b.Fatal(err)
	}
	res, err := compiler.Compile(b.Context(), net, target.Name, &target.Arch, compiler.Options{Quantise: exp.Quantise})
	if err != nil {
		b.Fatal(err)
	}
	for _, x := range []struct {
		name string
		mode emulator.Mode
	}{{"functional", emulator.Functional}, {"cycle", emulator.Cycle}} {
		b.Run(x.name, func(b *testing.B) {
			chip := emulator.NewChip(res.Image, target.Timing, x.mode)
			var r *eval.Result
			for b.Loop() {
				r, err = eval.Run(b.Context(), eval.Config{
					Experiment: exp, Network: net, Data: data, Target: target, Chip: chip, Functional: x.mode == emulator.Functional,
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(r.SynapticEvents)*float64(b.N)/b.Elapsed().Seconds(), "synops/s")
			b.ReportMetric(100*r.Accuracy, "%accuracy")
		})
	}
}
