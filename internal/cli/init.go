package cli

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
)

// first is the network that init writes, and what goes with it.
//
//go:embed first
var first embed.FS

func newInitCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a first network that runs, and say what to do with it",
		Long: `Write a first network that runs: network.yaml, the spikes of its input,
spikes.csv, and a README.md with the next commands. FOLDER is made where it is
not there; without it the files are written here. No file is replaced.`,
		Example: "  weft init first",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return runInit(cmd.OutOrStdout(), dir)
		},
	}
}

func runInit(w io.Writer, dir string) error {
	files, err := fs.Sub(first, "first")
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	names, err := fs.Glob(files, "*")
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	var diags diag.List
	for _, name := range names {
		path := filepath.ToSlash(filepath.Join(dir, name))
		if _, err := os.Lstat(path); err == nil {
			diags.Add(diag.Pos{File: path}, diag.BadFile, "is there already, and is not replaced; name another folder")
		}
	}
	if err := diags.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err //nolint:wrapcheck // tell says what is wrong with the path
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("init: %w", err)
		}
		path := filepath.ToSlash(filepath.Join(dir, name))
		if err := image.WriteFile(path, text); err != nil {
			return err
		}
		fmt.Fprintf(w, "wrote %s\n", path)
	}
	fmt.Fprint(w, "\nNext:\n\n")
	if dir != "." {
		fmt.Fprintf(w, "  cd %s\n", dir)
	}
	fmt.Fprint(w, "  weft run network.yaml -i spikes.csv --timeline\n\nREADME.md goes on from there.\n")
	return nil
}
