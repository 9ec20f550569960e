package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/approx"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// compileFlags are the choices that every command that compiles has.
type compileFlags struct {
	bits int
	clip string
	per  string
	// format and scale are how weights are rounded.
	format, scale string
	// optimise lists passes.
	optimise string
	seed     uint64
	// profile is a file.
	profile string
	// effort, split and objective are how neurons get cores.
	effort           int
	split, objective string
	// approximate is a share, or empty.
	approximate string
	// outs are files that the command writes.
	outs []string
}

func (f *compileFlags) add(cmd *cobra.Command) {
	addWhole(cmd, &f.bits, "bits", 2, 16, "quantise weights to this many bits (default: the target's)")
	addWord(cmd, &f.clip, "clip", []network.Clip{network.ClipMSE, network.ClipMax}, "largest weight kept: mse (least squared error) or max (clip nothing)")
	addWord(cmd, &f.per, "per", []network.Per{network.PerProjection, network.PerNeuron}, "weights that share a scale: projection or neuron")
	addWord(cmd, &f.format, "format", network.Formats, "round weights to: "+joined(network.Formats))
	addWord(cmd, &f.scale, "scale", []network.Scale{network.ScaleReal, network.ScalePow2}, "scales of weights: real or pow2 (powers of two)")
	addRead(cmd, &f.optimise, "optimise", func(text string) error { _, err := parsePasses(text); return err }, "passes to run besides, such as dead,share,prune=0.01: "+strings.Join(passWords(), ", "))
	addSeed(cmd, &f.seed, "begin the search for a mapping elsewhere: another seed, another mapping, as good")
	f.effort = compiler.DefaultEffort
	addWhole(cmd, &f.effort, "effort", 1, 6, "how long to look for a better mapping, 1 to 6: 1 constructs one, 2 takes seconds (a large network a minute or more), 3 may take minutes, each step above twice as long")
	f.split = string(mapping.SplitAuto)
	addWord(cmd, &f.split, "split", mapping.Splits, "neurons split over cores with partial sums, where the target has them: auto (where it takes fewer cores), needed or never")
	f.objective = "cores"
	addWord(cmd, &f.objective, "objective", []string{"cores", "traffic"}, "what mapping wants least: cores, then deliveries between them; or traffic, then cores")
	addRead(cmd, &f.approximate, "approximate", func(text string) error { _, err := parseShare(text); return err }, "let what does not fit differ, and say by how much: inputs beyond a core's axons come through relays, which keep up with this `share` of them in a tick, as in --approximate=0.5")
	cmd.Flags().Lookup("approximate").NoOptDefVal = strconv.Itoa(approx.DefaultShare)
	cmd.Flags().StringVar(&f.profile, "profile", "", "csv file of spikes (population, index, spikes), as 'weft run --profile-out' writes it: lay the network out for these")
}

// choices are the compiler's options as far as they can be known before the
// network is: profile is the file of a profile, or empty, and probes name neurons
// that are looked at.
type choices struct {
	compiler.Options
	profile string
	probes  []string
	// outs are files that will be written: none may be read.
	outs []string
}

// given reports whether something was chosen.
func (c *choices) given() bool {
	return c.Quantise != network.Quantise{} || c.Optimise != network.Optimise{} || c.Seed != 0 || c.profile != "" || c.Effort != compiler.DefaultEffort || c.Split != mapping.SplitAuto || c.Traffic || c.Approximate != 0
}

var errFormatAndBits = errors.New("--format and --bits both say how many bits a weight has; leave one out")

// options returns the choices, or a usage error with all that they cannot be.
func (f *compileFlags) options() (choices, error) {
	o := choices{
		Options: compiler.Options{Quantise: network.Quantise{
			Bits: f.bits, Clip: network.Clip(f.clip), Per: network.Per(f.per),
			Format: network.Format(f.format), Scale: network.Scale(f.scale),
		}, Seed: f.seed},
		profile: f.profile, outs: f.outs,
	}
	if f.format != "" {
		o.Quantise.Pos = diag.Pos{File: "--format"}
	}
	if f.bits != 0 {
		o.Quantise.Pos = diag.Pos{File: "--bits"}
	}
	var passes, share, both error
	o.Optimise, passes = parsePasses(f.optimise)
	o.Approximate, share = parseShare(f.approximate)
	if f.format != "" && f.bits != 0 {
		both = errFormatAndBits
	}
	o.Split = cmp.Or(mapping.Split(f.split), mapping.SplitAuto)
	o.Effort, o.Traffic = f.effort, f.objective == "traffic"
	return o, usage(passes, both, share)
}

// parseShare reads --approximate, 0 where it is not given. What it tells is the command
// line's mistake.
func parseShare(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	share, err := parseNumber(text)
	if err != nil || !(share > 0 && share <= 1) {
		return 0, fmt.Errorf("--approximate=%s: want a number above 0 and up to 1, the share of their inputs whose spikes relays keep up with in one tick", text)
	}
	return share, nil
}

// joined lists names for a message.
func joined[T ~string](names []T) string {
	return strings.Join(texts(names), ", ")
}

// texts returns names as texts.
func texts[T ~string](names []T) []string {
	list := make([]string, len(names))
	for k, n := range names {
		list[k] = string(n)
	}
	return list
}

// over lays the fields that are set in b over those of a.
func over(a, b network.Quantise) network.Quantise {
	if b.Bits != 0 {
		a.Bits, a.Format, a.Pos = b.Bits, "", b.Pos
	}
	if b.Format != "" {
		a.Bits, a.Format, a.Pos = 0, b.Format, b.Pos
	}
	if b.Scale != "" {
		a.Scale = b.Scale
	}
	if b.Clip != "" {
		a.Clip = b.Clip
	}
	if b.Per != "" {
		a.Per = b.Per
	}
	return a
}

// imageSuffix is how image files end.
const imageSuffix = ".weft"

// isImageFile reports whether path is a chip image, by its first bytes or its
// name.
func isImageFile(path string) (bool, error) {
	f, err := inputs.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head) // what is too short for an image is left to a parser
	return image.IsImage(head[:n]) || strings.HasSuffix(path, imageSuffix), nil
}

// loaded is an image ready to run on a target. result is nil where the image
// came from a file.
type loaded struct {
	image  *image.Image
	target *targets.Target
	result *compiler.Result
	// defects are those of the chip, where a file was named.
	defects *targets.Defects
}

// report says what went where, of what was compiled.
func (l *loaded) report() (*compiler.Report, error) {
	data, err := l.image.Bytes()
	if err != nil {
		return nil, err
	}
	return l.result.Report(data), nil
}

// noteDifferences says what --approximate made differ; of images, which do not know,
// nothing.
func (l *loaded) noteDifferences(errs io.Writer) {
	if l.result == nil {
		return
	}
	for _, d := range l.result.Differences() {
		fmt.Fprintf(errs, "note: on %s %s\n", l.target.Name, d)
	}
}

// load opens an image, or compiles a network. targetName may be empty: then an
// image runs on the target it was compiled for, and a network on xbar256. defects
// is a file, or empty.
func load(ctx context.Context, path, targetName, defects string, opt choices) (*loaded, error) {
	isImage, err := isImageFile(path)
	if err != nil {
		return nil, err
	}
	if isImage && opt.given() {
		return nil, usagef("%s is an image, and so already quantised and placed: --bits, --clip, --per, --format, --scale, --optimise, --seed, --profile, --effort, --split, --objective and --approximate are for networks", path)
	}
	if !isImage {
		if targetName == "" {
			targetName = defaultTarget
		}
		return compileFile(ctx, path, targetName, defects, opt)
	}
	im, err := image.Open(path)
	if err != nil {
		return nil, err
	}
	if targetName == "" {
		targetName = im.Manifest.Target
	}
	t, err := targets.Load(targetName)
	if err != nil && targetName == im.Manifest.Target {
		return nil, diag.One(diag.Pos{File: path}, diag.UnknownName, "was compiled for target %q, which is not built in; name its file with -t", im.Manifest.Target)
	}
	if err != nil {
		return nil, err
	}
	if t.Arch != im.Manifest.Arch {
		return nil, diag.One(diag.Pos{File: path}, diag.BadImage, "image was compiled for target %q, whose cores differ from those of %q; compile it for that one", im.Manifest.Target, t.Name)
	}
	d, err := loadDefects(defects, &t.Arch)
	if err == nil {
		err = checkOut(nil, opt.outs...) // nor what the target's file reads may be replaced
	}
	return &loaded{image: im, target: t, defects: d}, err
}

// defaultTarget is what a network runs on when nobody says.
const defaultTarget = "xbar256"

func compileFile(ctx context.Context, path, targetName, defects string, opt choices) (*loaded, error) {
	net, t, err := loadParts(ctx, path, targetName, defects, &opt)
	if err != nil {
		return nil, err
	}
	return compileNetwork(ctx, net, t, opt)
}

func compileFileFor(ctx context.Context, path string, t *targets.Target, opt choices) (*loaded, error) {
	net, err := loadNetwork(ctx, path, t, opt)
	if err != nil {
		return nil, err
	}
	return compileNetwork(ctx, net, t, opt)
}

func compileNetwork(ctx context.Context, net *network.Network, t *targets.Target, opt choices) (*loaded, error) {
	if err := opt.loadProfile(net); err != nil {
		return nil, err
	}
	// What the network reads, and an experiment around it, was read by now.
	if err := checkOut(nil, opt.outs...); err != nil {
		return nil, err
	}
	opt.Watched = append(opt.Watched, probedPopulations(net, opt.probes)...)
	res, err := compiler.Compile(ctx, net, t.Name, &t.Arch, opt.Options)
	if err != nil {
		return nil, err
	}
	return &loaded{image: res.Image, target: t, result: res, defects: opt.Defects}, nil
}

// table writes aligned columns; cells are parted by tabs.
func table(w io.Writer, rows func(t io.Writer)) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	rows(t)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// willWrite is checkOut of files that a command writes that compiles. They are checked once
// more when all that is compiled was read.
func (f *compileFlags) willWrite(read []string, paths ...string) error {
	f.outs = append(f.outs, paths...)
	return checkOut(read, paths...)
}

// checkOut refuses files that could not be written, that are among those that are read,
// or that are one file under two names, before any work is done for them. Read are those
// of read, which are named on the command line, and all that was opened by now. No name,
// and "-", are no file.
func checkOut(read []string, paths ...string) error {
	first := map[string]string{}
	for _, path := range paths {
		if path == "" || path == "-" {
			continue
		}
		at := fileAt(path)
		other, twice := first[at]
		if !twice {
			other = sameFile(path, slices.Collect(maps.Values(first)))
		}
		if other != "" {
			return usagef("two outputs are the same file: %s and %s; give each a name of its own", other, path)
		}
		first[at] = path
	}
	var diags diag.List
	for _, path := range paths {
		in := sameFile(path, read)
		if in == "" {
			in = sameFile(path, inputs.Files())
		}
		if in != "" {
			diags.Add(diag.Pos{File: path}, diag.BadFile, "cannot be written: it is the file %s that is read; give another name", in)
			continue
		}
		if path == "" || path == "-" {
			continue
		}
		pos, dir := diag.Pos{File: path}, filepath.Dir(path)
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			what := "a special file"
			if info.IsDir() {
				what = "a directory"
			}
			diags.Add(pos, diag.BadFile, "cannot be written: it is %s, want the name of a file", what)
		} else if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			diags.Add(pos, diag.MissingFile, "cannot be written: there is no directory %s; make it first", dir)
		}
	}
	return diags.Err()
}

// fileAt returns where a file is, or will be, whatever links lead there: of two names
// of a file that is not there yet it is the same.
func fileAt(path string) string {
	const most = 40 // links, as systems have it
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	for range most {
		if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(dir, filepath.Base(path))
		}
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return path
}

// sameFile returns which of the files in read path is, or nothing.
func sameFile(path string, read []string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	for _, r := range read {
		if other, err := os.Stat(r); err == nil && os.SameFile(info, other) {
			return r
		}
	}
	return ""
}

// present tells files that are not there.
func present(paths ...string) error {
	var diags diag.List
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			diags.Add(diag.Pos{File: path}, diag.MissingFile, "cannot be read: %v", errorOf(err))
		}
	}
	return diags.Err()
}

// checkImageOut refuses to replace what is no image by one.
func checkImageOut(path string) error {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 || image.IsImageFile(path) {
		return nil
	}
	return diag.One(diag.Pos{File: path}, diag.BadFile, "would be replaced by an image, but is none; remove it first, or give another name")
}

// writeWhole makes a file with write, whole or not at all; "-" is out.
func writeWhole(path string, out io.Writer, write func(w io.Writer) error) error {
	if path == "-" {
		return write(out)
	}
	var buf writerBuffer
	if err := write(&buf); err != nil {
		return err
	}
	return image.WriteFile(path, buf)
}

type writerBuffer []byte

func (b *writerBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
