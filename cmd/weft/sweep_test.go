package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/weft-toolchain/weft/internal/sweep/store"
)

// sweepFiles is a sweep of 200 points, each of them short, some of which do not fit.
var sweepFiles = map[string]string{
	"sweep.yaml": `
experiment: experiment.yaml
grid:
  encode.ticks: {from: 1, to: 10}
  bits: [2, 4, 6, 8]
  arch.neurons: [1, 3, 4, 64, 256]
set: {arch.mesh: [4, 1]}
`,
	"experiment.yaml": `
network: network.yaml
dataset: {format: csv, file: data.csv, label: y}
encode: {input: in, kind: poisson, ticks: 4}
readout: {population: out, kind: count}
`,
	"network.yaml": `
inputs: {in: {shape: 2}}
populations:
  hidden: {shape: 8, neuron: if, params: {threshold: 1}}
  out:    {shape: 2, neuron: if, params: {threshold: 1}}
projections:
  - {from: in, to: hidden, connect: dense, weights: {uniform: [0, 1], seed: 1}}
  - {from: hidden, to: out, connect: dense, weights: {uniform: [0, 1], seed: 2}}
`,
	"data.csv": "a,b,y\n0.7,0.1,0\n0.3,0.9,1\n0.5,0.5,1\n",
}

// weft is the command, as a process of its own: this program by another name.
func weft(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Args[0] = "weft"
	return cmd
}

// output runs the command, which must succeed, and returns what it prints.
func output(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := weft(t, args...).Output()
	if err != nil {
		var said []byte
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			said = exit.Stderr
		}
		t.Fatalf("weft %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return out
}

// results returns how many results a file has; 0 where it is not there yet.
func results(t *testing.T, path string) int {
	t.Helper()
	f, err := store.OpenToRead(t.Context(), path)
	if err != nil {
		return 0
	}
	defer f.Close()
	done, err := f.Done()
	if err != nil {
		t.Fatal(err)
	}
	return len(done)
}

// A sweep that is interrupted once and killed ten times ends with the results of
// one that is not, each of them once.
func TestSweepGoesOnWhereItWasKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range sweepFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const points, kills = 200, 10
	file, whole, killed := filepath.Join(dir, "sweep.yaml"), filepath.Join(dir, "whole"), filepath.Join(dir, "killed")
	start := time.Now()
	output(t, "sweep", file, "-o", whole)
	took := time.Since(start)
	want := output(t, "sweep", "show", whole, "--csv")
	if n := bytes.Count(want, []byte("\n")); n != points+1 || !bytes.Contains(want, []byte("does-not-fit")) {
		t.Fatalf("%d lines, want %d with some that do not fit:\n%s", n, points+1, want)
	}
	interrupt(t, file, killed)
	for range kills {
		cmd := weft(t, "sweep", file, "-o", killed)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Ten of these are some two thirds of the time that it takes.
		time.Sleep(time.Duration(rand.Int64N(int64(took) / 7)))
		_ = cmd.Process.Kill() // which may come too late
		_ = cmd.Wait()
	}
	had := results(t, killed)
	t.Logf("%d of %d results after %d kills", had, points, kills)
	output(t, "sweep", "show", killed)
	var end struct{ Done, New int }
	if err := json.Unmarshal(output(t, "sweep", file, "-o", killed, "--json"), &end); err != nil {
		t.Fatal(err)
	}
	if end.Done != points || end.New != points-had || results(t, killed) != points {
		t.Errorf("at the end %+v and %d results, after %d; want %d, all new but these", end, results(t, killed), had, points)
	}
	if got := output(t, "sweep", "show", killed, "--csv"); !bytes.Equal(got, want) {
		t.Errorf("killed:\n%s\nnot:\n%s", got, want)
	}
}

// interrupt starts a sweep, and stops it in good order once something is there.
func interrupt(t *testing.T, file, path string) {
	t.Helper()
	if runtime.GOOS == "windows" { // where it cannot be sent to another process
		return
	}
	var said bytes.Buffer
	cmd := weft(t, "sweep", file, "-o", path)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for results(t, path) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("ended without a result: %v\n%s", err, &said)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("interrupted: %v, want exit status 1", err)
	}
	if want := "of 200 points are done and kept in " + path + "; the same command goes on"; !strings.Contains(said.String(), want) {
		t.Errorf("got %q, want %q", said.String(), want)
	}
}
