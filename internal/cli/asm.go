package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

type asmOptions struct {
	file   string
	out    string
	define []string
	json   bool
}

func newAsmCmd() *cobra.Command {
	var o asmOptions
	cmd := &cobra.Command{
		Use:   "asm FILE",
		Short: "Assemble a program, or the text of a whole image",
		Long: `Assemble FILE, or stdin where FILE is -. A program is printed as a listing, or
written as an object to where -o says. A text that begins with .image is that of
a whole chip image, as 'weft disasm' prints it, and needs -o. isa/ISA.md is the
language.`,
		Example: "  weft asm neuron.s -D reset=zero\n  weft disasm net.weft | weft asm - -o same.weft",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runAsm(cmd.InOrStdin(), cmd.OutOrStdout(), o)
		},
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "write the object or image to this file")
	cmd.Flags().StringArrayVarP(&o.define, "define", "D", nil, "`SYM=VALUE`: a symbol that the text tests with .if (SYM alone: 1)")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the listing as JSON")
	return cmd
}

func runAsm(in io.Reader, w io.Writer, o asmOptions) error {
	define, err := parseDefines(o.define)
	if err != nil {
		return err
	}
	if err := checkOut([]string{o.file}, o.out); err != nil {
		return err
	}
	src, err := readSource(in, o.file)
	if err != nil {
		return err
	}
	switch src.kind {
	case imageText:
		return asmImage(w, o, src)
	case imageFile, objectFile:
		return diag.One(diag.Pos{File: src.name}, diag.BadAssembly, "is %s already, want a text; weft disasm prints it", src.kind)
	case programText:
	}
	p, err := isa.Assemble(src.name, string(src.data), isa.AsmOptions{Define: define})
	if err != nil {
		return err
	}
	l := newListing(p)
	switch {
	case o.out != "":
		return o.write(w, p.Object(), l, l.summary())
	case o.json:
		return printJSON(w, l)
	}
	return l.print(w)
}

// write writes what was assembled to where -o says, and what it is to w, unless
// that is the same.
func (o asmOptions) write(w io.Writer, data []byte, view any, summary string) error {
	err := writeWhole(o.out, w, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	switch {
	case err != nil || o.out == "-":
		return err
	case o.json:
		return printJSON(w, view)
	}
	fmt.Fprintf(w, "wrote %s: %s\n", o.out, summary)
	return nil
}

func asmImage(w io.Writer, o asmOptions, src source) error {
	switch {
	case o.out == "":
		return usagef("%s is the text of an image: say with -o where to write it", src.name)
	case len(o.define) > 0:
		return usagef("%s is the text of an image, which tests no symbols: leave out -D", src.name)
	}
	im, err := src.image()
	if err != nil {
		return err
	}
	data, err := im.Bytes()
	if err != nil {
		return err
	}
	sum := newImageSummary(im)
	return o.write(w, data, sum, sum.String())
}

// parseDefines reads the values of -D.
func parseDefines(list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, d := range list {
		name, value, ok := strings.Cut(d, "=")
		if name == "" {
			return nil, usagef("-D %s: want SYM=VALUE", d)
		}
		if !ok {
			value = "1"
		}
		out[name] = value
	}
	return out, nil
}

// sourceKind is what a file holds, by how it begins.
type sourceKind string

const (
	imageFile   sourceKind = "a chip image"
	imageText   sourceKind = "the text of a chip image"
	objectFile  sourceKind = "a program object"
	programText sourceKind = "the text of a program"
)

// source is a file that was read, or stdin.
type source struct {
	name string
	data []byte
	kind sourceKind
}

func readSource(in io.Reader, path string) (source, error) {
	s := source{name: path}
	if path == "-" {
		var err error
		s.name = "stdin"
		if s.data, err = io.ReadAll(in); err != nil {
			return s, fmt.Errorf("read stdin: %w", err)
		}
	} else {
		var bad *diag.Diagnostic
		if s.data, bad = diag.ReadFile(path, image.MaxBytes); bad != nil {
			return s, bad.Err()
		}
	}
	switch {
	case image.IsImage(s.data):
		s.kind = imageFile
	case isa.IsObject(s.data):
		s.kind = objectFile
	case image.IsAssembly(string(s.data)):
		s.kind = imageText
	default:
		s.kind = programText
	}
	return s, nil
}

// image returns the image that the file or its text holds.
func (s source) image() (*image.Image, error) {
	if s.kind == imageText {
		return image.ParseAssembly(s.name, string(s.data))
	}
	return image.Read(s.name, s.data)
}
