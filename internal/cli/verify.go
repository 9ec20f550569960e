package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

type verifyOptions struct {
	file   string
	target string
	define []string
	json   bool
}

func newVerifyCmd() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check an image, a program, a network, an experiment or a sweep",
		Long: `Check FILE, or stdin where FILE is -, and print what it is.

An image (or its text): its checksum, indices, sizes and programs; with -t, also
that it was compiled for cores like that target's.
A program (text or object): that a core of the target, xbar256 if none is named,
can run it: extensions, length, state, registers read before they are written.
A network (.yaml): that it is well-formed. Whether it fits a chip is for 'weft
compile' to say.
An experiment (.yaml): that it, its target and its network are well-formed and go
together. Its data are not read.
A sweep (.yaml): that it is well-formed, and that each value can be used at some
point. Its experiments' data are read.`,
		Example: "  weft verify net.weft -t xbar1k\n  weft verify neuron.s -D reset=zero -t loihi",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runVerify(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", "", "target: a built-in name or a file")
	cmd.Flags().StringArrayVarP(&o.define, "define", "D", nil, "`SYM=VALUE`: a symbol that a program's text tests with .if (SYM alone: 1)")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the summary as JSON")
	return cmd
}

// verdict is what verify prints of a sound file.
type verdict struct {
	File string `json:"file"`
	OK   bool   `json:"ok"`
	Kind string `json:"kind"`
	// Summary is one line about the file.
	Summary string `json:"summary"`
}

func runVerify(ctx context.Context, in io.Reader, w io.Writer, o verifyOptions) error {
	v, err := verify(ctx, in, o)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(w, v)
	}
	fmt.Fprintf(w, "%s: ok: %s: %s\n", v.File, v.Kind, v.Summary)
	return nil
}

func verify(ctx context.Context, in io.Reader, o verifyOptions) (verdict, error) {
	define, err := parseDefines(o.define)
	if err != nil {
		return verdict{}, err
	}
	if isYAML(o.file) {
		what, command, check := "network", "compile", verifyNetwork
		switch kind, _ := kindOfFile(o.file); {
		case kind == sweepFile && o.target != "":
			return verdict{}, usagef("verify -t is for images and programs; a sweep names its targets")
		case kind == sweepFile:
			return verifySweep(ctx, o.file)
		case kind == experimentFile:
			what, command, check = "experiment", "eval", verifyExperiment
		}
		if o.target != "" {
			return verdict{}, usagef("verify -t is for images and programs; 'weft %s %s -t %s' says whether the %s fits", command, o.file, o.target, what)
		}
		return check(ctx, o.file)
	}
	src, err := readSource(in, o.file)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{File: src.name, OK: true, Kind: string(src.kind)}
	switch src.kind {
	case imageFile, imageText:
		v.Summary, err = verifyImage(src, o.target)
	case objectFile, programText:
		v.Summary, err = verifyProgram(src, o.target, define)
	}
	return v, err
}

// isYAML reports whether a file is YAML by its name, or, as what a shell's pipe gives has
// none, by its keys.
func isYAML(path string) bool {
	ext := filepath.Ext(path)
	if ext == "" && path != "-" {
		kind, _ := kindOfFile(path)
		return kind != ""
	}
	return ext == ".yaml" || ext == ".yml"
}

func verifyNetwork(ctx context.Context, path string) (verdict, error) {
	net, err := network.LoadFor(ctx, path, network.Room{})
	if err != nil {
		return verdict{}, err
	}
	return verdict{File: path, OK: true, Kind: string(networkFile), Summary: net.Name + ": " + networkSizes(net)}, nil
}

// verifyExperiment checks an experiment with its target and its network, but
// without its data.
func verifyExperiment(ctx context.Context, path string) (verdict, error) {
	var j *job
	var t *targets.Target
	err := told(
		func() (err error) { j, err = newJob(evalOptions{file: path}, nil); return err },
		func() (err error) { t, err = j.target(nil); return err },
		func() error { return j.loadNetwork(ctx, &loads{}) },
		func() error { return j.check() },
	)
	if err != nil {
		return verdict{}, err
	}
	e, net := j.exp, j.net
	return verdict{
		File: path, OK: true, Kind: string(experimentFile),
		Summary: fmt.Sprintf("%s on %s: %s into %s for %s, %s of %s; its network %s: %s; its data were not read", e.Name, t.Name,
			e.Encode.Kind, e.Encode.Input.Text, diag.Plural(e.Encode.Ticks, "tick"), e.Readout.Kind, e.Readout.Population.Text,
			net.Name, networkSizes(net)),
	}, nil
}

// verifySweep checks a sweep, and that its points can be got ready, data included.
func verifySweep(ctx context.Context, path string) (verdict, error) {
	s, points, _, err := loadSweep(ctx, path)
	if err != nil {
		return verdict{}, err
	}
	failed := 0
	for _, p := range points {
		if p.failed != nil {
			failed++
		}
	}
	v := verdict{File: path, OK: true, Kind: string(sweepFile)}
	v.Summary = fmt.Sprintf("%s: %s over %s", s.Name, diag.Plural(len(s.Points), "point"), strings.Join(s.Parameters, ", "))
	if failed > 0 {
		v.Summary += fmt.Sprintf("; %d of them cannot be run", failed)
	}
	return v, nil
}

// networkSizes says in a line how large a network is.
func networkSizes(net *network.Network) string {
	count := func(groups int, size func(k int) int) (n int) {
		for k := range groups {
			n += size(k)
		}
		return n
	}
	neurons := count(len(net.Populations), func(k int) int { return network.Size(net.Populations[k].Shape) })
	inputs := count(len(net.Inputs), func(k int) int { return network.Size(net.Inputs[k].Shape) })
	return fmt.Sprintf("%s, %s in %s, %s", diag.Plural(inputs, "input"),
		diag.Plural(neurons, "neuron"), diag.Plural(len(net.Populations), "population"), diag.Plural(len(net.Projections), "projection"))
}

func verifyImage(src source, target string) (string, error) {
	im, err := src.image()
	if err != nil {
		return "", err
	}
	if target != "" {
		t, err := targets.Load(target)
		if err != nil {
			return "", err
		}
		if err := compareArch(src.name, &im.Manifest, t); err != nil {
			return "", err
		}
	}
	return newImageSummary(im).String(), nil
}

// compareArch tells in which fields an image's cores differ from a target's.
func compareArch(file string, m *image.Manifest, t *targets.Target) error {
	have, want := archFields(m.Arch), archFields(t.Arch)
	var diags diag.List
	for _, f := range slices.Sorted(maps.Keys(want)) {
		if have[f] != want[f] {
			diags.Add(diag.Pos{File: file}, diag.BadImage, "image was compiled for %q with %s %v, target %q has %v", m.Target, f, have[f], t.Name, want[f])
		}
	}
	return diags.Err()
}

// archFields returns the fields of an Arch by the names that images have.
func archFields(a targets.Arch) map[string]any {
	data, err := json.Marshal(a)
	out := map[string]any{}
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		panic("cli: Arch as JSON: " + err.Error())
	}
	return out
}

func verifyProgram(src source, target string, define map[string]string) (string, error) {
	if target == "" {
		target = defaultTarget
	}
	t, err := targets.Load(target)
	if err != nil {
		return "", err
	}
	var p *isa.Program
	var lines []int // none in an object
	if src.kind == objectFile {
		p, err = isa.ReadObject(src.name, src.data)
	} else {
		p, lines, err = isa.AssembleLines(src.name, string(src.data), isa.AsmOptions{Define: define})
	}
	if err != nil {
		return "", err
	}
	var diags diag.List
	for _, problem := range p.Verify(features(&t.Arch)) {
		pos, message := diag.Pos{File: src.name}, problem.Message
		switch {
		case problem.Inst >= 0 && lines != nil:
			pos.Line = lines[problem.Inst]
		case problem.Inst >= 0:
			message = fmt.Sprintf("instruction %d: %s", problem.Inst, message)
		}
		diags.Add(pos, problemCode(problem), "%s", message)
	}
	if err := diags.Err(); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, which %s runs", newListing(p).summary(), t.Name), nil
}

func problemCode(p isa.Problem) diag.Code {
	switch {
	case p.Extension != 0:
		return diag.NoExtension
	case p.Inst < 0:
		return diag.DoesNotFit
	}
	return diag.BadAssembly
}

// features is what a core of a target offers to programs.
func features(a *targets.Arch) isa.Features {
	return isa.Features{Extensions: a.Extensions, ProgramWords: a.ProgramWords, StateWords: a.StateWords, ParamWords: a.ParamWords}
}
