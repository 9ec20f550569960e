package benchnet

import (
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/targets"
)

// The spikes of the benchmark networks are those that SANA-FE 2 and a numpy
// reference found: as many, over as many synapses, at the same ticks.
func TestKnownSpikes(t *testing.T) {
	tests := []struct {
		name           string
		net            *Network
		target         string
		spikes, events int64
		hash           string
	}{
		{"rand1k", Rand(1000, 100, 1), "xbar1k", 19784, 1978400, "e490e40b0c8873dd"},
		{"tnr16", Tnr(16, 128, 1), "xbar256", 80472, 10300416, "4324d57c14841725"},
		{"mlp", MLP(1), "xbar1k", 24327, 6031432, "a53d543be6ee7a92"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, err := tt.net.Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			net, err := network.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			chip, err := targets.Load(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			res, err := compiler.Compile(t.Context(), net, chip.Name, &chip.Arch, compiler.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for k := range res.Quantized.Pops {
				if !res.Quantized.Pops[k].Exact {
					t.Errorf("population %d was not compiled exactly", k)
				}
			}
			got := run(emulator.NewChip(res.Image, chip.Timing, emulator.Functional))
			want := result{tt.spikes, tt.events, tt.hash}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

type result struct {
	spikes, events int64
	hash           string
}

func run(chip *emulator.Chip) result {
	m := emulator.New(chip)
	hash := report.NewHash()
	for t := int64(1); t <= 1000; t++ {
		hash.Spikes(t, m.Tick(nil))
	}
	im := chip.Image()
	act := activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	var r result
	for _, n := range act.Spikes {
		r.spikes += n
	}
	r.events, r.hash = act.SynapticEvents, hash.String()
	return r
}
