package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

func newExplainCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain the code in brackets behind a message",
		Long: `Explain what a code in brackets behind a message means, with an example that
causes it and what to do. Without CODE, list all of them.`,
		Example: "  weft explain does-not-fit",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listCodes(cmd.OutOrStdout(), asJSON)
			}
			return explainCode(cmd.OutOrStdout(), args[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// explanation is a code as JSON.
type explanation struct {
	Code    diag.Code `json:"code"`
	Meaning string    `json:"meaning"`
	Example string    `json:"example"`
	Remedy  string    `json:"remedy"`
}

func listCodes(w io.Writer, asJSON bool) error {
	if asJSON {
		out := []explanation{}
		for _, e := range diag.Codes() {
			out = append(out, explanation(e))
		}
		return printJSON(w, out)
	}
	return table(w, func(t io.Writer) {
		fmt.Fprintln(t, "code\tmeaning")
		for _, e := range diag.Codes() {
			fmt.Fprintf(t, "%s\t%s\n", e.Code, e.Meaning)
		}
	})
}

func explainCode(w io.Writer, code string, asJSON bool) error {
	code = strings.Trim(code, "[]")
	var names []string
	for _, e := range diag.Codes() {
		if string(e.Code) != code {
			names = append(names, string(e.Code))
			continue
		}
		if asJSON {
			return printJSON(w, explanation(e))
		}
		fmt.Fprintf(w, "%s\n\n%s\n\nFor example:\n\n    %s\n\n%s\n", e.Code, e.Meaning, strings.ReplaceAll(strings.TrimSpace(e.Example), "\n", "\n    "), e.Remedy)
		return nil
	}
	hint := spell.Hint(code, names)
	if hint == "" {
		hint = "; 'weft explain' lists them"
	}
	return diag.One(diag.Pos{File: "explain"}, diag.UnknownName, "unknown code %q%s", code, hint)
}
