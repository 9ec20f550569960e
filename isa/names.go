package isa

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameRule says in messages what isName asks for.
const nameRule = "lower-case letters, digits and _"

// isName reports whether s may name a state word or parameter: lower-case
// letters, digits and underscores, no digit first, and not a register.
func isName(s string) bool {
	for k, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (k == 0 || c < '0' || c > '9') {
			return false
		}
	}
	_, taken := parseReg(s)
	return s != "" && !taken
}

// isProgramName reports whether s may name a program: what .program can write
// and read back. It may be empty.
func isProgramName(s string) bool {
	hidden := func(c rune) bool { return !unicode.IsPrint(c) || c == ';' }
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, hidden)
}

// badNames tells what the assembler would not take of a program's names.
func (p *Program) badNames() []string {
	var out []string
	if !isProgramName(p.Name) {
		out = append(out, fmt.Sprintf("program name %s has characters that cannot be printed", quote(p.Name)))
	}
	if p.Kind != Axon && len(p.State) > NumState {
		out = append(out, fmt.Sprintf("program %q keeps %d state words, the ISA has %d", p.Name, len(p.State), NumState))
	}
	if p.Kind >= NumKinds {
		out = append(out, fmt.Sprintf("program %q is of no kind", p.Name))
	}
	if p.Kind == Axon && len(p.State) > NumAxonWords {
		out = append(out, fmt.Sprintf("program %q keeps %d words an axon, an axon has %d", p.Name, len(p.State), NumAxonWords))
	}
	if len(p.Table) > MaxTable {
		out = append(out, fmt.Sprintf("program %q has a table of %d entries, the ISA has %d at most", p.Name, len(p.Table), MaxTable))
	}
	if p.Compartments < 0 || p.Compartments > MaxCompartments {
		out = append(out, fmt.Sprintf("program %q has %d compartments, want 1 to %d", p.Name, p.Compartments, MaxCompartments))
	}
	seen := map[string]bool{}
	check := func(name string) {
		if seen[name] || !isName(name) {
			out = append(out, fmt.Sprintf("program %q: name %s is taken, or is not of %s", p.Name, quote(name), nameRule))
		}
		seen[name] = true
	}
	for _, s := range p.State {
		check(s)
	}
	held := map[Reg]bool{}
	for _, b := range p.Params {
		check(b.Name)
		if b.Reg < P0 || b.Reg >= NumRegs || held[b.Reg] {
			out = append(out, fmt.Sprintf("program %q: parameter %s is in register %d, want one of its own from %d (p0) to %d (c7)", p.Name, quote(b.Name), b.Reg, P0, NumRegs-1))
		}
		held[b.Reg] = true
	}
	return out
}

// quote puts text in quotes, cut where it is too long for a message.
func quote(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}
