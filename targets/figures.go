package targets

import (
	"regexp"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Figure is one figure of a target file: where it stands, what it is and what
// the comment on its line says about where it is from.
type Figure struct {
	Pos diag.Pos
	// Block is arch, devices, timing, prices or area.
	Block, Field, Value string
	// Source is the comment, without its #.
	Source string
}

// NeedsSource says whether the figure is one that a comment should account for:
// anything but geometry, which is what it is.
func (f Figure) NeedsSource() bool { return f.Block != archBlock }

// The blocks of a target file.
const (
	archBlock    = "arch"
	devicesBlock = "devices"
	timingBlock  = "timing"
	pricesBlock  = "prices"
	areaBlock    = "area"
)

// Figures returns the figures of a target file in the order written, those that
// it inherits apart.
func Figures(t Text) ([]Figure, error) {
	var diags diag.List
	root := yamldoc.Parse(t.File, []byte(t.Text), &diags)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	lines := lineBreaks.Split(t.Text, -1)
	var out []Figure
	for _, block := range []string{archBlock, devicesBlock, timingBlock, pricesBlock, areaBlock} {
		n := root.Get(block)
		if n == nil {
			continue
		}
		for _, f := range n.Fields {
			out = append(out, Figure{Pos: f.KeyPos, Block: block, Field: f.Key, Value: f.Value.Written(), Source: comment(lines[f.KeyPos.Line-1])})
		}
	}
	return out, nil
}

// Sources returns the figures of a target that need a source, as they hold: the files
// that it inherits from first, with what the nearer ones say instead.
func Sources(name string) ([]Figure, error) {
	texts, err := Texts(name)
	if err != nil {
		return nil, err
	}
	var out []Figure
	for k, t := range slices.Backward(texts) {
		figures, err := Figures(t)
		if err != nil {
			return nil, err
		}
		for _, f := range figures {
			if !f.NeedsSource() || k > 0 && f.Block == areaBlock { // which is not handed down
				continue
			}
			if at := slices.IndexFunc(out, func(o Figure) bool { return o.Block == f.Block && o.Field == f.Field }); at >= 0 {
				out[at] = f
			} else {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// lineBreaks are what YAML counts lines by.
var lineBreaks = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// comment returns what stands behind the # of a line.
func comment(line string) string {
	_, text, _ := strings.Cut(line, " #")
	return strings.TrimSpace(text)
}
