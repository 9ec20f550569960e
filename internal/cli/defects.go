package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// defectsFlag is the choice of a chip's defects, of commands that are about one
// chip.
type defectsFlag struct{ defects string }

func (f *defectsFlag) addDefects(cmd *cobra.Command, use string) {
	cmd.Flags().StringVar(&f.defects, "defects", "", "file of what is dead of the chip (targets/DEFECTS.md): "+use)
}

// loadDefects reads the file, if one is named.
func loadDefects(path string, a *targets.Arch) (*targets.Defects, error) {
	if path == "" {
		return nil, nil
	}
	return targets.LoadDefects(path, a)
}

// noteDefects says what an image has to do with the defects of the chip that it
// runs on.
func noteDefects(errs io.Writer, chip *emulator.Chip, d *targets.Defects) {
	around := chip.Image().Manifest.Defects
	if around != nil && d != nil && around.Fingerprint != d.Fingerprint() {
		fmt.Fprintf(errs, "note: the image was compiled around the defects %s, and the chip has others: %s\n", aroundText(around), d.Name)
	}
	u := chip.DeadUse()
	if u == (emulator.DeadUse{}) {
		return
	}
	fmt.Fprintf(errs, "note: the image uses what is dead of %s: %s, %s over dead links, %s, %s; compile it with --defects to go around them\n", d.Name,
		diag.Plural(u.Cores, "core"), diag.Plural(u.Destinations, "destination"), diag.Plural(u.Axons, "axon"), diag.Plural(u.Synapses, "synapse"))
}

// aroundText names the defects that an image was compiled around.
func aroundText(d *image.Defects) string { return d.Name + " (" + d.Fingerprint + ")" }
