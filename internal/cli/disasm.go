package cli

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
)

type disasmOptions struct{ file, out string }

func newDisasmCmd() *cobra.Command {
	var o disasmOptions
	cmd := &cobra.Command{
		Use:   "disasm IMAGE|OBJECT",
		Short: "Print an image or a program as text that assembles to the same bytes",
		Long: `Print a chip image, or a program object that 'weft asm -o' wrote, as text: all
of it. 'weft asm' turns the text back into the same bytes, so that an image can
be read, compared and edited.`,
		Example: "  weft disasm net.weft -o net.s",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runDisasm(cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "-", "write the text to this file")
	return cmd
}

func runDisasm(in io.Reader, w, errs io.Writer, o disasmOptions) error {
	if err := checkOut([]string{o.file}, o.out); err != nil {
		return err
	}
	src, err := readSource(in, o.file)
	if err != nil {
		return err
	}
	switch src.kind {
	case objectFile:
		p, err := isa.ReadObject(src.name, src.data)
		if err != nil {
			return err
		}
		text, err := p.Disassemble()
		if err != nil {
			return err
		}
		return writeWhole(o.out, w, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
	case imageFile:
		im, err := src.image()
		if err != nil {
			return err
		}
		data, err := im.Bytes()
		if err != nil {
			return err
		}
		if !bytes.Equal(data, src.data) {
			fmt.Fprintf(errs, "weft: note: %s was not written by this weft: the text is of the same image, but assembles to other bytes\n", src.name)
		}
		return writeWhole(o.out, w, im.WriteAssembly)
	case imageText, programText:
	}
	return diag.One(diag.Pos{File: src.name}, diag.BadFile, "want a chip image or a program object, which it does not begin like")
}
