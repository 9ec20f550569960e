package benchnet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/benchnet"
)

func workload(t *testing.T, name string, size benchnet.Size) *benchnet.Workload {
	t.Helper()
	w, err := benchnet.NewWorkload(name, size)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func run(t *testing.T, w *benchnet.Workload, opt benchnet.Options) *benchnet.Result {
	t.Helper()
	opt.Count, opt.Workers = max(opt.Count, 1), 1
	r, err := w.Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The spikes of the networks are those that SANA-FE 2 and a numpy reference found:
// as many, over as many synapses, at the same ticks.
func TestKnownSpikes(t *testing.T) {
	tests := []struct {
		name, target             string
		mode                     emulator.Mode
		cores                    int
		spikes, synapses, events int64
		hash                     string
	}{
		{"rand1k", "", emulator.Functional, 1, 19784, 100000, 1978400, "e490e40b0c8873dd"},
		{"rand1k", "", emulator.Cycle, 1, 19784, 100000, 1978400, "e490e40b0c8873dd"},
		{"rand1k", "xbar1k", emulator.Functional, 4, 19784, 100000, 1978400, "e490e40b0c8873dd"},
		{"rand10k", "", emulator.Functional, 10, 197203, 1000000, 19720300, "e2654773bd12d2cb"},
		{"tnr16", "", emulator.Functional, 16, 80472, 524288, 10300416, "4324d57c14841725"},
		{"tnr16", "", emulator.Cycle, 16, 80472, 524288, 10300416, "4324d57c14841725"},
		{"tnr16", "xbar1k", emulator.Functional, 16, 80472, 524288, 10300416, "4324d57c14841725"},
		{"tnr64", "", emulator.Functional, 64, 322844, 2097152, 41324032, "329cabc02f66c627"},
		{"mlp", "", emulator.Functional, 6, 24327, 406528, 6031432, "a53d543be6ee7a92"},
		{"mlp", "", emulator.Cycle, 6, 24327, 406528, 6031432, "a53d543be6ee7a92"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s on %s %d", tt.name, tt.target, tt.mode), func(t *testing.T) {
			r := run(t, workload(t, tt.name, benchnet.Size{}), benchnet.Options{Seed: 1, Ticks: 1000, Mode: tt.mode, Target: tt.target})
			if r.Cores != tt.cores || r.Spikes != tt.spikes || r.Synapses != tt.synapses || r.SynapticEvents != tt.events || r.SpikeHash != tt.hash {
				t.Errorf("got %d cores, %d spikes, %d synapses, %d events, hash %s; want %+v", r.Cores, r.Spikes, r.Synapses, r.SynapticEvents, r.SpikeHash, tt)
			}
		})
	}
}

// Of other sizes and seeds the spikes are those of the networks built and run a
// second time, in both modes, and twice in a row.
func TestAgainstTheReference(t *testing.T) {
	tests := []struct {
		name  string
		size  benchnet.Size
		seed  uint64
		ticks int
		of    *reference
	}{
		{"rand", benchnet.Size{Neurons: 101}, 2, 300, referenceRand(101, 2)},
		{"rand", benchnet.Size{Neurons: 1500}, 3, 100, referenceRand(1500, 3)},
		{"rand", benchnet.Size{Cores: 2}, 1<<63 + 5, 60, referenceRand(2048, 1<<63+5)},
		{"tnr", benchnet.Size{Cores: 1}, 0, 300, referenceTnr(1, 0)},
		{"tnr", benchnet.Size{Cores: 5}, 9, 200, referenceTnr(5, 9)},
		{"mlp", benchnet.Size{}, 2, 300, referenceMLP(2)},
		{"truenorth", benchnet.Size{Cores: 1}, 1, 500, referenceTrueNorth(1, 1, 16)},
		{"truenorth", benchnet.Size{Cores: 2}, 42, 300, referenceTrueNorth(2, 42, 16)},
		{"truenorth", benchnet.Size{Cores: 7}, 1 << 40, 200, referenceTrueNorth(7, 1<<40, 16)},
		{"truenorth", benchnet.Size{Cores: 2, Leak: 255}, 3, 100, referenceTrueNorth(2, 3, 255)},
	}
	for _, tt := range tests {
		want := tt.of.run(tt.ticks)
		if want.spikes == 0 {
			t.Fatalf("%s, seed %d: the reference is silent", tt.name, tt.seed)
		}
		for _, mode := range []emulator.Mode{emulator.Functional, emulator.Cycle} {
			t.Run(fmt.Sprintf("%s %v seed %d mode %d", tt.name, tt.size, tt.seed, mode), func(t *testing.T) {
				r := run(t, workload(t, tt.name, tt.size), benchnet.Options{Seed: tt.seed, Ticks: tt.ticks, Count: 2, Mode: mode})
				if hash := fmt.Sprintf("%016x", want.hash); r.Spikes != want.spikes || r.SynapticEvents != want.events || r.SpikeHash != hash {
					t.Errorf("got %d spikes, %d events, hash %s; want %d, %d, %s", r.Spikes, r.SynapticEvents, r.SpikeHash, want.spikes, want.events, hash)
				}
			})
		}
	}
}

// What cores do does not depend on the way in which they are computed, nor on who
// does it.
func TestWays(t *testing.T) {
	want := referenceTnr(2, 6).run(100)
	for _, tt := range []struct {
		name    string
		way     emulator.Way
		workers int
	}{{"fast", emulator.Fast, 1}, {"fast", emulator.Fast, 2}, {"portable", emulator.Portable, 1}, {"plain", emulator.Plain, 3}} {
		opt := benchnet.Options{Seed: 6, Ticks: 100, Count: 1, Mode: emulator.Functional, Way: tt.way, Workers: tt.workers}
		r, err := workload(t, "tnr", benchnet.Size{Cores: 2}).Run(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		if r.SpikeHash != fmt.Sprintf("%016x", want.hash) || r.Way != tt.name || r.Workers != tt.workers {
			t.Errorf("%s: hash %s, as %s by %d, want %016x", tt.name, r.SpikeHash, r.Way, r.Workers, want.hash)
		}
	}
}

// TrueNorth's neurons run as programs, too, on cores that have no types.
func TestTrueNorthOnAnotherChip(t *testing.T) {
	want := referenceTrueNorth(3, 4, 16).run(200)
	r := run(t, workload(t, "truenorth", benchnet.Size{Cores: 3}), benchnet.Options{Seed: 4, Ticks: 200, Target: "xbar256"})
	if r.SpikeHash != fmt.Sprintf("%016x", want.hash) || r.Target != "xbar256" {
		t.Errorf("got hash %s on %s, want %016x", r.SpikeHash, r.Target, want.hash)
	}
}

// A TrueNorth at work fires some 20 times in 1000 ticks, over half of a crossbar; one
// asleep never.
func TestRates(t *testing.T) {
	r := run(t, workload(t, "truenorth", benchnet.Size{Cores: 4}), benchnet.Options{Seed: 1, Ticks: 1000, Mode: emulator.Functional})
	if rate := float64(r.Spikes) / float64(r.Neurons); rate < 19 || rate > 21 {
		t.Errorf("%.2f spikes a neuron in 1000 ticks, want 19 to 21", rate)
	}
	if fill := float64(r.Synapses) / (4 * 256 * 256); fill < 0.49 || fill > 0.51 {
		t.Errorf("%.3f of the crossbar set, want a half", fill)
	}
	r = run(t, workload(t, "silent", benchnet.Size{Cores: 4}), benchnet.Options{Seed: 1, Ticks: 1000, Mode: emulator.Functional})
	if r.Spikes != 0 || r.SynapticEvents != 0 || r.SpikeHash != "cbf29ce484222325" {
		t.Errorf("silent: %d spikes, hash %s", r.Spikes, r.SpikeHash)
	}
}

func TestResult(t *testing.T) {
	var phases []string
	opt := benchnet.Options{Seed: 1, Ticks: 250, Count: 3, Workers: 1, Mode: emulator.Functional}
	opt.Progress = func(phase string, done, total int) {
		if done == total {
			phases = append(phases, phase)
		}
		if done < 1 || done > total {
			t.Errorf("%s: %d of %d", phase, done, total)
		}
	}
	r, err := workload(t, "truenorth", benchnet.Size{Cores: 2}).Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(phases, ", "); got != "cores, run 1 of 3, run 2 of 3, run 3 of 3" {
		t.Errorf("phases %s", got)
	}
	if len(r.Runs) != 3 || r.NeuronUpdates != 512*250 || r.Timing != "functional" || r.Family != "truenorth" {
		t.Errorf("got %+v", r)
	}
	if r.ImageBytes < r.Synapses/8 || r.LoadedBytes < r.ImageBytes || r.PeakBytes < r.LoadedBytes {
		t.Errorf("%d synapses, and bytes of the image %d, loaded %d, at the peak %d", r.Synapses, r.ImageBytes, r.LoadedBytes, r.PeakBytes)
	}
	var out bytes.Buffer
	if err := r.WriteGo(&out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\nBenchmarkWeft/truenorth-512/functional/fast-1\t250\t"); n != 3 {
		t.Errorf("%d lines of runs in\n%s", n, out.String())
	}
}

func TestARunCanBeInterrupted(t *testing.T) {
	for _, name := range []string{"tnr", "truenorth"} {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		_, err := workload(t, name, benchnet.Size{Cores: 1}).Run(ctx, benchnet.Options{Ticks: 10, Count: 1, Workers: 1})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err := workload(t, "silent", benchnet.Size{Cores: 1}).Run(ctx, benchnet.Options{Ticks: 1000, Count: 1, Workers: 1, Progress: func(phase string, _, _ int) {
		if phase == "ticks" {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("while running: got %v", err)
	}
}

func TestBadWorkloads(t *testing.T) {
	tests := []struct {
		name string
		size benchnet.Size
		want string
	}{
		{"trn", benchnet.Size{}, `bench: unknown network "trn"; did you mean "tnr"? [unknown-name]`},
		{"", benchnet.Size{}, `bench: unknown network ""; there are tnr, rand, mlp, truenorth, silent, tnr16, tnr64, rand1k, rand10k, rand100k [unknown-name]`},
		{"tnr64", benchnet.Size{Cores: 1}, "bench: tnr64 says its size; for another, name tnr [unsupported]"},
		{"rand1k", benchnet.Size{Neurons: 2000}, "bench: rand1k says its size; for another, name rand [unsupported]"},
		{"mlp", benchnet.Size{Cores: 3}, "bench: mlp has one size: leave out --cores and --neurons [unsupported]"},
		{"tnr", benchnet.Size{Neurons: 512}, "--neurons: tnr has 256 neurons a core: say --cores [unsupported]"},
		{"rand", benchnet.Size{Cores: 1, Neurons: 512}, "--neurons: stands beside --cores, which has 1024 neurons a core: say one of them [unsupported]"},
		{"rand", benchnet.Size{Neurons: 100}, "--neurons: is 100, want 101 to 131072: each has 100 targets [out-of-range]"},
		{"rand", benchnet.Size{Neurons: -1}, "--neurons: is -1, want 101 to 131072: each has 100 targets [out-of-range]"},
		{"rand", benchnet.Size{Cores: 129}, "--cores: is 129, want 1 to 128 of rand [out-of-range]"},
		{"tnr", benchnet.Size{Cores: 257}, "--cores: is 257, want 1 to 256 of tnr [out-of-range]"},
		{"truenorth", benchnet.Size{Cores: -1}, "--cores: is -1, want 1 to 4096 of truenorth [out-of-range]"},
		{"tnr", benchnet.Size{Leak: 3}, "--leak: is of truenorth, and tnr has none to choose [unsupported]"},
		{"silent", benchnet.Size{Leak: 3}, "--leak: is of truenorth, and silent has none to choose [unsupported]"},
		{"truenorth", benchnet.Size{Leak: 256}, "--leak: is 256, want 1 to 255; silent is truenorth with 0 [out-of-range]"},
		{"truenorth", benchnet.Size{Leak: -1}, "--leak: is -1, want 1 to 255; silent is truenorth with 0 [out-of-range]"},
		{"truenorth", benchnet.Size{Cores: 4097}, "--cores: is 4097, want 1 to 4096 of truenorth [out-of-range]"},
	}
	for _, tt := range tests {
		_, err := benchnet.NewWorkload(tt.name, tt.size)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s %v: got %v, want %s", tt.name, tt.size, err, tt.want)
		}
	}
}

// A target that cannot hold a network, or would round it, is refused.
func TestTargetsThatDoNotFit(t *testing.T) {
	coarse := filepath.Join(t.TempDir(), "coarse.yaml")
	if err := os.WriteFile(coarse, []byte("target: coarse\ninherits: xbar1k\narch: {weight_bits: 4}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		cores  int
		target string
		want   string
	}{
		{"tnr", 1, "nosuch", `target: unknown target "nosuch"`},
		{"mlp", 0, "odin", "mlp: "},
		{"truenorth", 257, "xbar256", "xbar256: the network has 257 cores, 1 more than the target's 256 [does-not-fit]"},
		{"truenorth", 1, "ranc", "ranc: "},
		{"truenorth", 1, "odin", "odin: "},
		{"mlp", 0, coarse, "coarse: the target rounds the numbers of mlp"},
		{"rand", 1, "rram", "rand: "},
	}
	for _, tt := range tests {
		_, err := workload(t, tt.name, benchnet.Size{Cores: tt.cores}).Run(t.Context(), benchnet.Options{Ticks: 1, Count: 1, Workers: 1, Target: tt.target})
		t.Log(err)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s on %s: got %v, want %s", tt.name, tt.target, err, tt.want)
		}
	}
}
