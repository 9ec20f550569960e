package main

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var kills = flag.Int("kills", 5, "how often a run with checkpoints is killed")

// killed is a network that is never at rest, of several cores, delays and random
// numbers.
const killed = `
network: killed
seed: 5
populations:
  exc: {shape: 400, neuron: stochastic_lif, params: {tau: 20ms, r: 20, noise: 0.5, threshold: 1, refractory: 2, bias: {uniform: [0.06, 0.08], seed: 1}}}
  inh: {shape: 100, neuron: lif, params: {tau: 20ms, r: 20, threshold: 1, bias: 0.07}}
projections:
  - {from: exc, to: exc, connect: {sparse: {in_degree: 20, seed: 3}}, weights: {normal: [0.1, 0.02], seed: 3}, delay: {integer: [1, 8], seed: 3}}
  - {from: exc, to: inh, connect: {sparse: {in_degree: 20, seed: 4}}, weights: {normal: [0.1, 0.02], seed: 4}}
  - {from: inh, to: exc, connect: {sparse: {in_degree: 10, seed: 5}}, weights: {normal: [-0.5, 0.1], seed: 5}, delay: 2}
outputs: [exc]
`

// killWork is a run of that in a folder.
type killWork struct {
	dir  string
	args []string
}

// start starts the run, from its checkpoint if there is one, in one of the ways.
func (k *killWork) start(ctx context.Context, t *testing.T, way int) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	args := append([]string{"run", filepath.Join(k.dir, "killed.weft")}, k.args...)
	args = append(args, []string{"--way=fast", "--way=plain", "--way=portable"}[way%3], []string{"--workers=1", "--workers=2"}[way%2])
	if _, err := os.Stat(filepath.Join(k.dir, "run.ckpt")); err == nil {
		args = append(args, "--resume", "run.ckpt")
	}
	cmd := exec.CommandContext(ctx, "weft", args...)
	cmd.Dir = k.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}

// A run that is killed at random moments and resumed until it is done, in other ways
// and by other workers, ends with the report and the files of one that was not.
func TestARunThatIsKilledEndsAsOneThatIsNot(t *testing.T) {
	k := &killWork{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(k.dir, "killed.yaml"), []byte(killed), 0o600); err != nil {
		t.Fatal(err)
	}
	compile := exec.Command("weft", "compile", "killed.yaml", "-t", "loihi", "--effort", "1", "-o", "killed.weft")
	compile.Dir = k.dir
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	common := []string{"--ticks", "1500", "--json", "--probe", "exc[0..9]"}
	k.args = append(common, "-o", "want.csv", "--probe-out", "want.probe", "--profile-out", "want.prof")
	begun := time.Now()
	cmd, out := k.start(t.Context(), t, 0)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	long := time.Since(begun)
	report := out.String()

	k.args = append(common, "-o", "out.csv", "--probe-out", "out.probe", "--profile-out", "out.prof", "--checkpoint", "run.ckpt", "--every", "20")
	r := rand.New(rand.NewPCG(8, 8))
	done, rounds := 0, 0
	for way := 0; done < *kills || rounds == 0; way++ {
		ctx, kill := context.WithCancel(t.Context())
		cmd, out := k.start(ctx, t, way)
		if done < *kills {
			time.AfterFunc(time.Duration(r.Int64N(int64(long))), kill)
		}
		err := cmd.Wait()
		stopped := ctx.Err() != nil
		kill()
		switch {
		case err == nil:
			rounds++
			k.compare(t, report, out.String())
			for _, f := range []string{"run.ckpt", "out.csv", "out.probe", "out.prof"} {
				if err := os.Remove(filepath.Join(k.dir, f)); err != nil {
					t.Fatal(err)
				}
			}
		case stopped:
			done++
		default:
			t.Fatalf("after %d kills: %v\n%s", done, err, out)
		}
	}
	t.Logf("%d kills, %d runs that came to an end", done, rounds)
}

// compare holds what came out to what is wanted.
func (k *killWork) compare(t *testing.T, wantReport, report string) {
	t.Helper()
	if diff := cmp.Diff(wantReport, report); diff != "" {
		t.Fatalf("the report (-never killed +killed):\n%s", diff)
	}
	for _, end := range []string{"csv", "probe", "prof"} {
		var files [2][]byte
		for i, name := range []string{"want.", "out."} {
			data, err := os.ReadFile(filepath.Join(k.dir, name+end))
			if err != nil {
				t.Fatal(err)
			}
			files[i] = data
		}
		if !bytes.Equal(files[0], files[1]) || len(files[0]) < 1000 {
			t.Fatalf("out.%s has %d bytes, and is not want.%s of %d", end, len(files[1]), end, len(files[0]))
		}
	}
}
