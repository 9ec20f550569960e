// Package yamldoc reads YAML into nodes that all know where they stand, and
// reads values out of those nodes with positioned diagnostics for whatever is
// wrong. It is the only importer of yaml.v3.
//
// Decoding is by hand rather than by struct tags: a decoder sees presence
// exactly, reports every mistake of a file in one run, and suggests spellings.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

// MaxBytes is the largest YAML file that is read. Larger weight sets belong
// into .npz files.
const MaxBytes = 32 << 20

// MaxValues is how many values a document has at most, once its aliases are
// expanded. A value takes some 400 bytes while it is read.
const MaxValues = 1 << 19

// Kind tells the three shapes of a node.
type Kind int

// The kinds.
const (
	Scalar Kind = iota
	Sequence
	Mapping
)

// String names the kind as a user would.
func (k Kind) String() string {
	switch k {
	case Scalar:
		return "a value"
	case Sequence:
		return "a list"
	case Mapping:
		return "a mapping"
	}
	return "nothing"
}

// Node is a value of the document with its position.
type Node struct {
	Pos  diag.Pos
	Kind Kind
	// Text is the scalar as written; Quoted says that it stood in quotes and so
	// is a string whatever it looks like.
	Text   string
	Quoted bool
	// Null is an empty or `null` scalar.
	Null bool
	// Items are the elements of a sequence.
	Items []*Node
	// Fields are the entries of a mapping, in the order written.
	Fields []Field
}

// Field is one `key: value` of a mapping.
type Field struct {
	Key    string
	KeyPos diag.Pos
	Value  *Node
}

// Load reads and parses a file. A file that cannot be read or parsed is told
// in diags and gives nil.
func Load(path string, diags *diag.List) *Node {
	src, bad := diag.ReadFile(path, MaxBytes)
	if bad != nil {
		if bad.Code == diag.TooLarge {
			bad.Message += "; move arrays into an .npz file"
		}
		diags.Append(*bad)
		return nil
	}
	return Parse(path, src, diags)
}

// Parse parses src, which stands in file and holds one document. Mistakes
// of syntax give nil; duplicate keys are reported and the first one kept.
func Parse(file string, src []byte, diags *diag.List) *Node {
	if len(src) > MaxBytes {
		diags.Add(diag.Pos{File: file}, diag.TooLarge, "has %d bytes, at most %d are read", len(src), MaxBytes)
		return nil
	}
	if n := separators(src); n > 2*MaxValues {
		diags.Add(diag.Pos{File: file}, diag.TooLarge, "has some %d values, at most %d are read; move arrays into an .npz or .csv file", n, MaxValues)
		return nil
	}
	doc, err := decode(src)
	if err != nil {
		diags.Append(notWellFormed(file, src, err))
		return nil
	}
	// yaml.v3 has the end of the text below its last line.
	last := lines(bytes.TrimRight(src, "\r\n"))
	c := converter{file: file, last: last, diags: diags, open: map[*yaml.Node]bool{}}
	if len(doc.Content) == 0 {
		return &Node{Pos: diag.Pos{File: file, Line: 1, Col: 1}, Null: true}
	}
	n := c.node(doc.Content[0])
	if c.failed {
		return nil
	}
	return n
}

// decode reads the one document of src, which is empty if there is nothing
// but comments. Where yaml.v3 panics, it gives an error.
func decode(src []byte) (doc yaml.Node, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the YAML reader gave up: %v", v)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return doc, err
	}
	var second yaml.Node
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return doc, err
	case len(second.Content) > 0 && second.Content[0].Tag != "!!null":
		return doc, fmt.Errorf("line %d: a second document begins, want one; drop the ---", second.Content[0].Line)
	}
	return doc, nil
}

// separators estimates, from the bytes alone, how many values src has: each
// needs something before it that says where it begins.
func separators(src []byte) int {
	n := 0
	for i, c := range src {
		switch c {
		case ',', '\n', '[', '{', ':':
			n++
		case '-', '?':
			if i+1 < len(src) && src[i+1] == ' ' {
				n++
			}
		}
	}
	return n
}

type converter struct {
	file   string
	last   int // line
	diags  *diag.List
	open   map[*yaml.Node]bool
	count  int
	failed bool
}

func (c *converter) fail(pos diag.Pos, code diag.Code, format string, args ...any) *Node {
	if !c.failed {
		c.diags.Add(pos, code, format, args...)
	}
	c.failed = true
	return &Node{Pos: pos, Null: true}
}

func (c *converter) node(y *yaml.Node) *Node {
	n := &Node{Pos: diag.Pos{File: c.file, Line: min(y.Line, c.last), Col: y.Column}}
	if c.count++; c.count > MaxValues {
		return c.fail(n.Pos, diag.TooLarge, "the document has more than %d values, aliases expanded; move arrays into an .npz or .csv file", MaxValues)
	}
	if c.failed {
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		if c.open[y.Alias] {
			return c.fail(n.Pos, diag.Syntax, "alias *%s refers to the value it stands in", y.Value)
		}
		return c.node(y.Alias)
	case yaml.ScalarNode:
		n.Text = y.Value
		n.Quoted = y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		n.Null = y.Tag == "!!null"
	case yaml.SequenceNode:
		n.Kind = Sequence
		c.open[y] = true
		n.Items = make([]*Node, len(y.Content))
		for i, e := range y.Content {
			n.Items[i] = c.node(e)
		}
		delete(c.open, y)
	case yaml.MappingNode:
		n.Kind = Mapping
		c.open[y] = true
		c.fields(n, y)
		delete(c.open, y)
	}
	return n
}

func (c *converter) fields(n *Node, y *yaml.Node) {
	first := map[string]diag.Pos{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		k := y.Content[i]
		pos := diag.Pos{File: c.file, Line: k.Line, Col: k.Column}
		if k.Kind != yaml.ScalarNode {
			c.diags.Add(pos, diag.WrongType, "want a name as key")
			continue
		}
		if at, ok := first[k.Value]; ok {
			c.diags.Append(diag.Diagnostic{
				Pos: pos, Code: diag.DuplicateField,
				Message: "field " + quote(k.Value) + " is set twice",
				Notes:   []diag.Note{{Pos: at, Message: "first set here"}},
			})
			continue
		}
		first[k.Value] = pos
		n.Fields = append(n.Fields, Field{Key: k.Value, KeyPos: pos, Value: c.node(y.Content[i+1])})
	}
}

// Get returns the value of a mapping's key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

// Describe tells what a node is, for "have ..." in messages.
func (n *Node) Describe() string {
	switch {
	case n.Kind != Scalar:
		return n.Kind.String()
	case n.Null:
		return "nothing"
	}
	return quote(n.Text)
}

// Written returns a value, or a list of values, as the file has it, but for blanks
// and quotes.
func (n *Node) Written() string {
	if n.Kind != Sequence {
		return n.Text
	}
	items := make([]string, len(n.Items))
	for k, item := range n.Items {
		items[k] = item.Written()
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// quote puts text in quotes, and cuts it where it is too long for a message.
func quote(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}

// Reader reads values out of nodes and collects what is wrong with them. Every
// method returns a usable zero value when it reports.
type Reader struct {
	Diags *diag.List
}

// Mapping checks that n is a mapping whose keys are all among allowed, and
// returns whether it is one. Unknown keys are reported each with a suggestion.
func (r Reader) Mapping(n *Node, what string, allowed ...string) bool {
	if n == nil {
		return false
	}
	if n.Kind != Mapping {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want a mapping, have %s", what, n.Describe())
		return false
	}
	for _, f := range n.Fields {
		if slices.Contains(allowed, f.Key) {
			continue
		}
		if r.Diags.Len() < diag.MaxDiagnostics {
			r.Diags.Add(f.KeyPos, diag.UnknownField, "%s: unknown field %s%s", what, quote(f.Key), hintOrList(f.Key, allowed))
		} else {
			// Only counted, so no suggestion is looked for.
			r.Diags.Append(diag.Diagnostic{Pos: f.KeyPos, Code: diag.UnknownField})
		}
	}
	return true
}

func hintOrList(name string, allowed []string) string {
	if h := spell.Hint(name, allowed); h != "" {
		return h
	}
	return "; want one of " + strings.Join(allowed, ", ")
}

// Require returns a mapping's key, or reports that it is missing.
func (r Reader) Require(n *Node, what, key string) *Node {
	v := n.Get(key)
	if v == nil {
		r.Diags.Add(n.Pos, diag.MissingField, "%s: field %q is required", what, key)
	}
	return v
}

// Sequence checks that n is a list.
func (r Reader) Sequence(n *Node, what string) bool {
	if n == nil {
		return false
	}
	if n.Kind != Sequence {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want a list, have %s", what, n.Describe())
		return false
	}
	return true
}

// String reads a scalar that is not empty: it returns "" only where n is nil, or
// where it reported.
func (r Reader) String(n *Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != Scalar || n.Text == "" || n.Null {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want a name, have %s", what, n.Describe())
		return ""
	}
	return n.Text
}

// Name is String of what is printed as it is: one line without control characters.
func (r Reader) Name(n *Node, what string) string {
	name := r.String(n, what)
	if strings.ContainsFunc(name, diag.Hidden) {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want one line without control characters, have %s", what, n.Describe())
		return ""
	}
	return name
}

// Enum reads a scalar that is one of allowed, none of which is empty.
func (r Reader) Enum(n *Node, what string, allowed ...string) string {
	switch {
	case n == nil:
		return ""
	case n.Kind != Scalar || n.Text == "" || n.Null:
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want one of %s, have %s", what, strings.Join(allowed, ", "), n.Describe())
		return ""
	case !slices.Contains(allowed, n.Text):
		r.Diags.Add(n.Pos, diag.UnknownName, "%s: unknown value %s%s", what, quote(n.Text), hintOrList(n.Text, allowed))
		return ""
	}
	return n.Text
}

// Word is Enum for names of a type.
func Word[T ~string](r Reader, n *Node, what string, allowed []T) T {
	names := make([]string, len(allowed))
	for k, x := range allowed {
		names[k] = string(x)
	}
	return T(r.Enum(n, what, names...))
}

// Int reads an integer in [lo, hi].
func (r Reader) Int(n *Node, what string, lo, hi int64) int64 {
	if n == nil {
		return lo
	}
	if n.Kind != Scalar || n.Null || n.Quoted {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want an integer, have %s", what, n.Describe())
		return lo
	}
	v, err := parseInt(strings.ReplaceAll(n.Text, "_", ""))
	if err != nil {
		if f, ok := n.float(); ok && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			v = int64(f)
		} else if ok {
			r.Diags.Add(n.Pos, diag.OutOfRange, "%s: want an integer from %s, have %s", what, interval(lo, hi), n.Text)
			return lo
		} else {
			r.Diags.Add(n.Pos, diag.WrongType, "%s: want an integer, have %s", what, n.Describe())
			return lo
		}
	}
	if v < lo || v > hi {
		r.Diags.Add(n.Pos, diag.OutOfRange, "%s: is %d, want %s", what, v, interval(lo, hi))
		return lo
	}
	return v
}

// interval names the integers from lo to hi, of which the largest that there is
// bounds nothing.
func interval(lo, hi int64) string {
	if hi == math.MaxInt64 {
		return fmt.Sprintf("%d and up", lo)
	}
	return fmt.Sprintf("%d to %d", lo, hi)
}

// Float reads a finite number.
func (r Reader) Float(n *Node, what string) float64 {
	if n == nil {
		return 0
	}
	v, ok := n.float()
	if !ok {
		r.Diags.Add(n.Pos, diag.WrongType, "%s: want a number, have %s", what, n.Describe())
		return 0
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.Diags.Add(n.Pos, diag.NotFinite, "%s: is %s, want a finite number", what, n.Text)
		return 0
	}
	return v
}

// FloatRange reads a finite number in [lo, hi].
func (r Reader) FloatRange(n *Node, what string, lo, hi float64) float64 {
	before := r.Diags.Len()
	v := r.Float(n, what)
	if r.Diags.Len() == before && n != nil && (v < lo || v > hi) {
		r.Diags.Add(n.Pos, diag.OutOfRange, "%s: is %v, want %v to %v", what, v, lo, hi)
		return lo
	}
	return v
}

// Bool reads true or false.
func (r Reader) Bool(n *Node, what string) bool {
	if n == nil {
		return false
	}
	if n.Kind == Scalar && !n.Quoted {
		switch n.Text {
		case "true":
			return true
		case "false":
			return false
		}
	}
	r.Diags.Add(n.Pos, diag.WrongType, "%s: want true or false, have %s", what, n.Describe())
	return false
}

// IsNumber reports whether n is a scalar that reads as a number, NaN and
// infinity included.
func (n *Node) IsNumber() bool {
	_, ok := n.float()
	return ok
}

// Number returns the number that n is, NaN and infinity included, and whether
// it is one.
func (n *Node) Number() (float64, bool) { return n.float() }

func (n *Node) float() (float64, bool) {
	if n.Kind != Scalar || n.Quoted || n.Null {
		return 0, false
	}
	switch strings.ToLower(strings.TrimPrefix(n.Text, "+")) {
	case ".nan", "nan":
		return math.NaN(), true
	case ".inf", "inf", "infinity":
		return math.Inf(1), true
	case "-.inf", "-inf", "-infinity":
		return math.Inf(-1), true
	}
	text := strings.ReplaceAll(n.Text, "_", "")
	if v, err := parseInt(text); err == nil {
		return float64(v), true
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// parseInt reads an integer as YAML 1.2 does: 0x and 0o mark other bases, but
// 010 is ten.
func parseInt(text string) (int64, error) {
	digits := strings.TrimLeft(text, "+-")
	if len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return strconv.ParseInt(text, 10, 64)
	}
	return strconv.ParseInt(text, 0, 64)
}

// units of the quantities that files may write, in that of their kind.
var units = []struct {
	suffix string
	kind   string
	scale  float64
}{
	{"fs", "s", 1e-15},
	{"ps", "s", 1e-12},
	{"ns", "s", 1e-9},
	{"us", "s", 1e-6},
	{"µs", "s", 1e-6},
	{"ms", "s", 1e-3},
	{"fJ", "J", 1e-15},
	{"pJ", "J", 1e-12},
	{"nJ", "J", 1e-9},
	{"uJ", "J", 1e-6},
	{"mJ", "J", 1e-3},
	{"nW", "W", 1e-9},
	{"uW", "W", 1e-6},
	{"mW", "W", 1e-3},
	{"GHz", "Hz", 1e9},
	{"MHz", "Hz", 1e6},
	{"kHz", "Hz", 1e3},
	{"Hz", "Hz", 1},
	{"nS", "S", 1e-9},
	{"uS", "S", 1e-6},
	{"µS", "S", 1e-6},
	{"mS", "S", 1e-3},
	{"mOhm", "Ohm", 1e-3},
	{"kOhm", "Ohm", 1e3},
	{"Ohm", "Ohm", 1},
	{"um2", "mm2", 1e-6},
	{"µm2", "mm2", 1e-6},
	{"mm2", "mm2", 1},
	{"cm2", "mm2", 100},
	{"s", "s", 1},
	{"S", "S", 1},
	{"J", "J", 1},
	{"W", "W", 1},
}

// quantityExamples are one for each unit.
var quantityExamples = map[string]string{"s": "1ms", "J": "2.3pJ", "W": "15uW", "Hz": "200MHz", "S": "40uS", "Ohm": "0.5Ohm", "mm2": "60mm2"}

// Units returns how the units of a kind ("s", "J", …) are written.
func Units(kind string) []string {
	var out []string
	for _, u := range units {
		if u.kind == kind {
			out = append(out, u.suffix)
		}
	}
	return out
}

// ParseQuantity reads a number with a unit, and returns it in the unit of its kind
// ("s", "J", …), and which that is. It may be infinite where the unit makes it so.
func ParseQuantity(text string) (v float64, kind string, ok bool) {
	for _, u := range units {
		if !strings.HasSuffix(text, u.suffix) {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, u.suffix)), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, "", false
		}
		// Dividing by a whole number is exact where multiplying by 1e-3 is not.
		if u.scale < 1 {
			return v / math.Round(1/u.scale), u.kind, true
		}
		return v * u.scale, u.kind, true
	}
	return 0, "", false
}

// Quantity reads a number with a unit, such as 1ms or 2.3pJ, into the unit kind
// ("s", "J", "W", "Hz", "S", "Ohm", or "mm2"). A bare number is already in that unit. It
// must be finite and not negative.
func (r Reader) Quantity(n *Node, what, kind string) float64 {
	if n == nil {
		return 0
	}
	if n.Kind == Scalar && !n.Null {
		text := strings.TrimSpace(n.Text)
		if v, of, ok := ParseQuantity(text); ok && of == kind {
			switch {
			case v < 0:
				r.Diags.Add(n.Pos, diag.OutOfRange, "%s: is %s, want a quantity that is not negative", what, text)
				return 0
			case math.IsInf(v, 0):
				r.Diags.Add(n.Pos, diag.NotFinite, "%s: is %s, want a finite quantity", what, text)
				return 0
			}
			return v
		}
		if n.IsNumber() {
			v := r.Float(n, what)
			if v < 0 {
				r.Diags.Add(n.Pos, diag.OutOfRange, "%s: is %s, want a quantity that is not negative", what, text)
				return 0
			}
			return v
		}
	}
	r.Diags.Add(n.Pos, diag.WrongType, "%s: want a quantity in %s, such as %s, have %s", what, kind, quantityExamples[kind], n.Describe())
	return 0
}
