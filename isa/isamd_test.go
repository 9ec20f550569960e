package isa

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/golden"
)

// manual is what testdata/ISA.md.tmpl is filled in with.
type manual struct {
	NumRegs, LastPred int
	Banks             []bankRow
	Extensions        []extRow
	Directives        []directiveRow
	Kinds             []kindRow
	AxonWords         int
	MaxTable          int
	MaxCompartments   int
	PayloadBits       int
	Example           string
	ExampleCycles     int
	ExampleHeader     string
	Magic             string
	Version           int
}

type bankRow struct{ Names, What, Access string }

type extRow struct {
	Letter, Title, Doc, First, Last string
	Instructions                    []instructionRow
}

type instructionRow struct{ Syntax, Word, For, Meaning string }

// kindRow tells of a kind of program when it runs and what it sees.
type kindRow struct {
	kind                    Kind
	Name                    string
	Runs, In, State, Params string
}

type directiveRow struct{ Word, Syntax, Meaning string }

const exampleText = `; A leaky neuron: v ← v·beta/2¹² + in; it fires above the threshold, and is set to 0.
.program leaky
.state v
.param beta
.param threshold c0
        mulz v, v, beta, 12
        acc  v, v, 0
        gt   q1, v, threshold
@q1     spk
.if reset=zero
@q1     mov  v, zero
.else
@q1     sub  v, v, threshold
.end
`

// banks tells what each run of registers is for.
var banks = []struct {
	first Reg
	n     int
	what  string
}{
	{Zero, 1, "reads 0"},
	{In, 1, "what came in this tick, saturated: see the kinds of program"},
	{T0, NumTemps, "scratch; 0 when the program begins"},
	{S0, NumState, "state of the neuron or axon, kept from tick to tick"},
	{P0, NumParams, "parameters, each neuron's own"},
	{C0, NumConsts, "constants, shared by the neurons of the core"},
}

var directiveRows = []directiveRow{
	{".program", ".program NAME", "names the program, once"},
	{".kind", ".kind KIND", "says the kind of the program, once; without it, it is `tick`"},
	{".state", ".state NAME", "names the next state word: the first is `s0`"},
	{".param", ".param NAME [REG]", "names a parameter and where it is read: in `REG`, or in the next free `p` register"},
	{".table", ".table N, N, …", "appends entries to the program's table"},
	{".compartments", ".compartments N", "says how many slots make a neuron, once; without it, one does"},
	{".if", ".if SYM[=VALUE]", "the lines up to `.else` or `.end` are assembled if the symbol has the value; without one, if it is neither empty nor 0"},
	{".else", ".else", "the lines up to `.end` are assembled otherwise"},
	{".end", ".end", "ends an `.if`"},
}

const neuronWords = "the neuron's, read and write"

var kindRows = []kindRow{
	{
		kind: Tick, Runs: "once a neuron, in every tick", In: "the sum of this tick's weights, payloads applied, partial sums and current",
		State: neuronWords, Params: "the neuron's",
	},
	{
		kind: Arrive, Runs: "once a synapse of an active plastic row, before the row's weights are added", In: "0",
		State: neuronWords, Params: "the neuron's",
	},
	{
		kind: Pre, Runs: "the same, after they were added", In: "0",
		State: neuronWords, Params: "the neuron's",
	},
	{
		kind: Post, Runs: "once a synapse, in plastic rows, of each neuron that fired in the tick before", In: "0",
		State: neuronWords, Params: "the neuron's",
	},
	{
		kind: Axon, Runs: "once a plastic row, in every tick", In: "the payload where the axon was active (1 of a plain spike), else 0",
		State: "the axon's, read and write", Params: "none",
	},
}

func TestEveryKindIsInTheManual(t *testing.T) {
	for kind := range NumKinds {
		if int(kind) >= len(kindRows) || kindRows[kind].kind != kind {
			t.Errorf("the manual has no row of kind %s in its place", kind)
		}
	}
}

func TestEveryDirectiveIsInTheManual(t *testing.T) {
	var words []string
	for _, d := range directiveRows {
		words = append(words, d.Word)
	}
	if diff := cmp.Diff(directives, words); diff != "" {
		t.Errorf("directives (-assembler +manual):\n%s", diff)
	}
}

func TestBanksCoverTheRegisters(t *testing.T) {
	next := Zero
	for _, b := range banks {
		if b.first != next {
			t.Errorf("bank of %s: begins at %d, want %d", b.what, b.first, next)
		}
		next = b.first + Reg(b.n)
	}
	if next != NumRegs {
		t.Errorf("banks end at %d, want %d", next, NumRegs)
	}
}

// ISA.md is what the tables say.
func TestManual(t *testing.T) {
	example, err := Assemble("example.s", exampleText, AsmOptions{Define: map[string]string{"reset": "zero"}})
	if err != nil {
		t.Fatal(err)
	}
	header := example.Object()[len(objectMagic):]
	header = header[4 : 4+binary.LittleEndian.Uint32(header)]
	m := manual{
		NumRegs: NumRegs, LastPred: NumPreds - 1, Directives: directiveRows,
		Example: listing(t, exampleText, example.Words), ExampleCycles: len(example.Words),
		Magic: objectMagic, Version: objectVersion, ExampleHeader: string(header),
		AxonWords: NumAxonWords, MaxTable: MaxTable, MaxCompartments: MaxCompartments, PayloadBits: PayloadBits,
	}
	for _, k := range kindRows {
		k.Name = k.kind.String()
		m.Kinds = append(m.Kinds, k)
	}
	for _, b := range banks {
		row := bankRow{Names: fmt.Sprintf("`%s`", b.first), What: b.what, Access: "read"}
		if b.n > 1 {
			row.Names = fmt.Sprintf("`%s` to `%s`", b.first, b.first+Reg(b.n-1))
		}
		if b.first.Writable() {
			row.Access = "read and write"
		}
		m.Banks = append(m.Banks, row)
	}
	for _, e := range exts {
		m.Extensions = append(m.Extensions, describe(e))
	}
	src, err := os.ReadFile("testdata/ISA.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := template.Must(template.New("ISA.md").Parse(string(src))).Execute(&out, m); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "ISA.md", out.Bytes())
}

func describe(e extInfo) extRow {
	row := extRow{
		Letter: string(rune(e.Ext)), Doc: e.Doc,
		First: fmt.Sprintf("%02x", e.First), Last: fmt.Sprintf("%02x", int(e.First)+extOpcodes-1),
	}
	row.Title = "Extension " + row.Letter + ": " + e.Doc
	if e.Ext == Base {
		row.Title = "The base, B: " + e.Doc
	}
	for _, info := range rows {
		if info.Ext == e.Ext {
			row.Instructions = append(row.Instructions, instructionRow{info.Syntax(), drawing(info), kindsOf(info), strings.ReplaceAll(info.Meaning, "|", `\|`)})
		}
	}
	return row
}

// kindsOf names the kinds of program that an instruction is for.
func kindsOf(info Info) string {
	if info.In == nil {
		return "all"
	}
	var names []string
	for _, k := range info.In {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}

// drawing returns the word of an instruction with a letter for each bit of an
// operand.
func drawing(info Info) string {
	word := bytes.Repeat([]byte{'0'}, opShift)
	fill := func(letter byte, mask uint32) {
		for k := range word {
			if mask>>(opShift-1-k)&1 == 1 {
				word[k] = letter
			}
		}
	}
	fill('~', negBit)
	fill('g', (NumPreds-1)<<predShift)
	letters := map[operand]byte{
		operandD: 'd', operandA: 'a', operandB: 'b', operandQD: 'q', operandQA: 'a', operandQB: 'b', operandQN: 'q',
		operandShift: 'n', operandScale: 'n', operandImm16: 'i', operandImm11: 'i',
		operandBits: 'n', operandCount: 'n', operandWord: 'n', operandC: 'c',
	}
	for _, o := range formats[info.Format] {
		_, mask := o.place(0)
		width := bits.OnesCount32(mask)
		if o.isPred() {
			width = bits.Len(NumPreds - 1)
		} else if lim, numeric := operandLimits[o]; numeric && lim[0] >= 0 {
			width = bits.Len(uint(lim[1]))
		}
		if letters[o] == 0 {
			panic(fmt.Sprintf("operand %s of %s has no letter", operandNames[o], info.Name))
		}
		fill(letters[o], (1<<width-1)<<bits.TrailingZeros32(mask))
	}
	var parts []string
	last := 0
	for _, shift := range []int{predShift, dShift, aShift, bShift, 0} {
		end := opShift - shift
		parts = append(parts, string(word[last:end]))
		last = end
	}
	return fmt.Sprintf("%02x ", info.Op) + strings.ReplaceAll(strings.Join(parts, " "), "~", "¬")
}

// listing returns a text, indented, with the word behind each line that was
// assembled.
func listing(t *testing.T, text string, words []uint32) string {
	t.Helper()
	var b strings.Builder
	inElse := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		inElse = strings.HasPrefix(line, ".else") || inElse && !strings.HasPrefix(line, ".end")
		if isInstruction := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "@"); isInstruction && !inElse {
			line = fmt.Sprintf("%-32s; %08x", line, words[0])
			words = words[1:]
		}
		fmt.Fprintf(&b, "    %s\n", line)
	}
	if len(words) > 0 {
		t.Errorf("%d words of the example are not in its listing", len(words))
	}
	return b.String()
}
