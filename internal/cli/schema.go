package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/jsonschema"
	"github.com/weft-toolchain/weft/internal/sweep"
	"github.com/weft-toolchain/weft/targets"
)

// schemaRow is a kind of file that has a JSON Schema.
type schemaRow struct {
	kind string
	of   func() jsonschema.Schema
}

// schemas are the kinds of files that the command knows.
var schemas = []schemaRow{
	{"network", network.Schema},
	{"target", targets.Schema},
	{"experiment", experiment.Schema},
	{"sweep", sweep.Schema},
	{"defects", targets.DefectsSchema},
}

func newSchemaCmd() *cobra.Command {
	var kinds []string
	for _, s := range schemas {
		kinds = append(kinds, s.kind)
	}
	var out string
	cmd := &cobra.Command{
		Use:   "schema " + strings.Join(kinds, "|"),
		Short: "Print the JSON Schema of a kind of file, for editors",
		Long: `Print the JSON Schema (2020-12) of a kind of file, made from the tables that weft
reads such files with. An editor that speaks to yaml-language-server completes,
explains and checks with it. Let a file begin with

  # yaml-language-server: $schema=network.schema.json

The schema sees one file, and does no sums: weft refuses more, since it knows the
whole network and the files that are named. Some numbers that weft reads are texts
to an editor, such as 1_000, and are underlined though weft takes them.`,
		Example:   "  weft schema network -o network.schema.json",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: kinds,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOut(nil, out); err != nil {
				return err
			}
			schema := schemas[slices.Index(kinds, args[0])].of()
			return writeWhole(out, cmd.OutOrStdout(), func(w io.Writer) error { return printJSON(w, schema) })
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "-", "file to write; - is stdout")
	return cmd
}
