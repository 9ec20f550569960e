package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler/lavanet"
	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/rancnet"
	"github.com/weft-toolchain/weft/isa/image"
)

type importOptions struct {
	nirFlags
	in, out string
	align   bool
	// forNIR is a flag of nirOnly that was written, −1 if none.
	forNIR int
}

func newImportCmd() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE.nir|FILE.net|FOLDER",
		Short: "Write a network of another tool as a weft network",
		Long: `Write a network of another tool as a weft network: OUT.yaml, with its arrays in
OUT.npz beside it.

FILE.nir is a graph of NIR (HDF5), as snnTorch, Norse, Sinabs, Rockpool, Spyx,
Nengo and others export it. It does not say how long a tick is, nor how its
equations are discretised: flags do, and all that was assumed is told.

FILE.net is a trained network of lava-dl (HDF5). FOLDER is what RANC's simulator
runs, config.json and input.json or input.json.gz; of it come, too,
OUT.target.yaml, a target of that grid, OUT.csv, the packets as spikes of the
input, and OUT.bus.csv, which neuron drives which line of the output bus; what it
fires in tick t is row t + 1 of RANC's own output.

Whatever the file leaves open is decided, and told. What an import before wrote is
replaced, and nothing else that is there.`,
		Example: "  weft import model.nir -o model.yaml --dt 0.1ms --reset subtract\n  weft import tiny.net -o tiny.yaml\n  weft run tiny.yaml -t loihi",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.in = args[0]
			o.forNIR = slices.IndexFunc(nirOnly, cmd.Flags().Changed)
			return runImport(cmd.OutOrStdout(), o)
		},
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "network file to write (default: the input's name with .yaml, here)")
	cmd.Flags().BoolVar(&o.align, "align", false, "of a .net or .nir: neurons are at rest until their first input can arrive, as in lava-dl's recordings")
	o.addNIR(cmd)
	return cmd
}

// imported is what an importer made: files by their endings, and notes.
type imported struct {
	endings []string
	files   map[string][]byte
	arrays  map[string]*ndarray.Array
	notes   []string
}

// networkOf is a network and nothing besides.
func networkOf(r *netfile.Result) *imported {
	return &imported{
		endings: []string{".yaml"}, files: map[string][]byte{".yaml": []byte(r.YAML)}, arrays: r.Arrays, notes: r.Notes,
	}
}

func runImport(w io.Writer, o importOptions) error {
	info, err := os.Stat(o.in)
	if err != nil {
		return diag.One(diag.Pos{File: o.in}, diag.MissingFile, "cannot be read: %v", errorOf(err))
	}
	if o.out == "" {
		base := filepath.Base(filepath.Clean(o.in))
		o.out = strings.TrimSuffix(base, filepath.Ext(base)) + ".yaml"
	}
	stem, ok := strings.CutSuffix(o.out, ".yaml")
	if !ok || filepath.Base(o.out) == ".yaml" {
		return usagef("-o %s: want the name of a .yaml file", o.out)
	}
	var out *imported
	switch {
	case info.IsDir() && o.align:
		return usagef("--align is for a .net or .nir file, and %s is a folder", o.in)
	case strings.EqualFold(filepath.Ext(o.in), ".nir"):
		out, err = importNIR(o, stem)
	case o.forNIR >= 0:
		return usagef("--%s is for a .nir file, and %s is none", nirOnly[o.forNIR], o.in)
	case info.IsDir():
		out, err = importRANC(o.in, stem)
	default:
		out, err = importNet(o, stem)
	}
	if err != nil {
		return err
	}
	return out.write(w, o, stem)
}

// errorOf returns what is behind a file's error, without its path.
func errorOf(err error) error {
	if pe, ok := err.(*os.PathError); ok { //nolint:errorlint // os.Stat returns it unwrapped
		return pe.Err
	}
	return err
}

func importNet(o importOptions, stem string) (*imported, error) {
	res, err := lavanet.Import(o.in, lavanet.Options{Arrays: filepath.Base(stem) + ".npz", Align: o.align})
	if err != nil {
		return nil, err
	}
	return networkOf(&res.Result), nil
}

func importRANC(dir, stem string) (*imported, error) {
	name := filepath.Base(stem)
	res, err := rancnet.Import(dir, name, name+".npz")
	if err != nil {
		return nil, err
	}
	var spikes, bus bytes.Buffer
	fmt.Fprintln(&spikes, "tick,population,index")
	for _, s := range res.Spikes {
		fmt.Fprintf(&spikes, "%d,packets,%d\n", s.Tick, s.Index)
	}
	fmt.Fprintln(&bus, "population,index,line")
	for _, l := range res.Bus {
		fmt.Fprintf(&bus, "%s,%d,%d\n", l.Population, l.Index, l.Line)
	}
	return &imported{
		endings: []string{".yaml", ".target.yaml", ".csv", ".bus.csv"},
		files:   map[string][]byte{".yaml": []byte(res.YAML), ".target.yaml": []byte(res.Target), ".csv": spikes.Bytes(), ".bus.csv": bus.Bytes()},
		arrays:  res.Arrays, notes: res.Notes,
	}, nil
}

// The first line of a network that an import wrote begins and ends so.
const (
	markBegin = "# Imported from "
	markEnd   = " by weft import.\n"
)

// marked returns the text of a network whose first line says from which file it is, unless
// it says so already.
func marked(text []byte, from string) []byte {
	if bytes.HasPrefix(text, []byte(markBegin)) {
		return text
	}
	return append([]byte(markBegin+strconv.Quote(filepath.Base(from))+markEnd), text...)
}

// isMarked reports whether a file begins with such a line.
func isMarked(path string) bool {
	f, err := inputs.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	first, err := bufio.NewReader(io.LimitReader(f, 1<<12)).ReadString('\n')
	return err == nil && strings.HasPrefix(first, markBegin) && strings.HasSuffix(first, markEnd)
}

// checkImportOut refuses to replace what no import wrote: by a network one without a mark, by
// its arrays what no network there names, and by what else came with these anything that
// is not there with all the rest.
func checkImportOut(net, arrays string, more []string) error {
	var diags diag.List
	there := func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0
	}
	if there(net) && !isMarked(net) {
		diags.Add(diag.Pos{File: net}, diag.BadFile, "would be replaced, but is not of an import before, as its first line would say; remove it first, or give another name")
	}
	named := sameFile(arrays, filesOf(net)) != ""
	if there(arrays) && !named {
		diags.Add(diag.Pos{File: arrays}, diag.BadFile, "would be replaced, but is not of an import before: no %s names it; remove it first, or give another name", net)
	}
	whole := named && !slices.ContainsFunc(more, func(path string) bool { return !there(path) })
	for _, path := range more {
		if there(path) && !whole {
			diags.Add(diag.Pos{File: path}, diag.BadFile, "would be replaced, but is not of an import before, which wrote %s; remove it first, or give another name", joined(append([]string{net, arrays}, more...)))
		}
	}
	return diags.Err()
}

// write writes the files, each whole, and says which.
func (m *imported) write(w io.Writer, o importOptions, stem string) error {
	paths := []string{stem + ".npz"}
	for _, ending := range m.endings {
		paths = append(paths, stem+ending)
	}
	if err := checkOut([]string{o.in}, paths...); err != nil {
		return err
	}
	m.files[".yaml"] = marked(m.files[".yaml"], o.in)
	if err := checkImportOut(paths[1], paths[0], paths[2:]); err != nil {
		return err
	}
	if err := ndarray.WriteNPZ(paths[0], m.arrays); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	for k, ending := range m.endings {
		if err := image.WriteFile(paths[k+1], m.files[ending]); err != nil {
			return err
		}
	}
	for _, n := range m.notes {
		fmt.Fprintf(w, "%s\n", n)
	}
	fmt.Fprintf(w, "wrote %s\n", strings.Join(append(paths[1:], paths[0]), ", "))
	return nil
}
