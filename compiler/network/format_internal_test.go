package network

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormatNamesEverything(t *testing.T) {
	b, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	row := func(first string) string {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "| "+first) {
				return line
			}
		}
		t.Errorf("FORMAT.md has no row for %s", first)
		return ""
	}
	for _, m := range models[:len(realModels)] {
		row("`" + string(m.model) + "` |")
	}
	for _, p := range params {
		first := "`" + string(p.param) + "`"
		if p.alias != "" {
			first += ", or `" + p.alias + "`"
		}
		cells := strings.Split(row(first+" |"), " | ")
		if len(cells) != 4 {
			continue
		}
		// The row's own default, if a model has it, and then those of models that have others.
		var defaults []string
		for _, m := range models[:len(realModels)] {
			own, other := m.defaults[p.param]
			switch {
			case other:
				defaults = append(defaults, fmt.Sprintf("%s of `%s`", own, m.model))
			case slices.Contains(m.params, p.param) && (len(defaults) == 0 || strings.Contains(defaults[0], " of ")):
				defaults = slices.Insert(defaults, 0, fmt.Sprint(p.standard))
			}
		}
		want := strings.Join(defaults, "; ")
		if p.required {
			want = "required"
		}
		if got := strings.Trim(cells[3], " |\n"); got != want {
			t.Errorf("FORMAT.md says the default of %s is %q, want %q", p.param, got, want)
		}
		for _, m := range models[:len(realModels)] {
			has := cells[1] == "all" || strings.Contains(cells[1], "`"+string(m.model)+"`")
			if takes := strings.Contains(" "+strings.Join(m.keys, " ")+" ", " "+string(p.param)+" "); has != takes {
				t.Errorf("FORMAT.md says %v, that %s takes %s; want %v", has, m.model, p.param, takes)
			}
		}
	}
	for _, reset := range []Reset{ResetZero, ResetSubtract, ResetValue, ResetNone} {
		row("`" + string(reset) + "`")
	}
	for _, r := range rules {
		first := "`" + r.name + "`"
		if r.args != nil {
			first = "`{" + r.name
		}
		row(first)
		for _, arg := range r.args {
			if !strings.Contains(text, "`"+arg+"`") {
				t.Errorf("FORMAT.md does not say what %s of %s is", arg, r.name)
			}
		}
		for _, layout := range r.layouts {
			if !strings.Contains(text, layout) {
				t.Errorf("FORMAT.md does not say what layout: %s is", layout)
			}
		}
	}
	for _, key := range projectionKeys {
		row("`" + key + "`")
	}
	for _, n := range []int{MaxNeurons, maxGroups, MaxSynapses} {
		if !strings.Contains(text, grouped(n)) {
			t.Errorf("FORMAT.md does not name the limit %s", grouped(n))
		}
	}
}

// Each integer model has a section with a table of its parameters, each rule of
// learning another: they are the rows of this package, word for word.
func TestFormatHasATableOfEachChipsModelAndEachRule(t *testing.T) {
	b, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	check := func(heading string, want []string) {
		_, section, ok := strings.Cut(string(b), "\n"+heading+"\n")
		if !ok {
			t.Errorf("FORMAT.md has no section %q", heading)
			return
		}
		section, _, _ = strings.Cut(section, "\n### ")
		section, _, _ = strings.Cut(section, "\n## ")
		var got []string
		for line := range strings.Lines(section) {
			if strings.HasPrefix(line, "| `") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("FORMAT.md, %s (-want +got):\n%s", heading, diff)
		}
	}
	for _, m := range integerModels {
		check("### `"+string(m.model)+"`", m.table())
	}
	for _, r := range learningRules {
		check("### `"+string(r.rule)+"`", table(r.params))
	}
}

// table is the rows of a model's table.
func (m modelRow) table() []string {
	out := table(m.own)
	words := func(key string, list []string, doc string) {
		out = append(out, fmt.Sprintf("| `%s` | `%s` | `%s` | %s |", key, strings.Join(list, "`, `"), list[0], doc))
	}
	for _, c := range m.choices {
		words(c.key, c.words, c.doc)
	}
	if m.resets != nil {
		resets := m.resets
		if resets == nil {
			resets = allResets
		}
		var list []string
		for _, r := range resets {
			list = append(list, string(r))
		}
		words(resetKey, list, "what a spike does to v")
	}
	return out
}

// table is the rows of some parameters.
func table(params []paramRow) []string {
	var out []string
	for _, p := range params {
		values, standard := "a number", fmt.Sprint(p.standard)
		switch {
		case p.unit == second:
			values = "a duration above 0"
		case p.hi > p.lo:
			values = fmt.Sprintf("%.0f to %.0f", p.lo, p.hi)
			standard = fmt.Sprintf("%.0f", p.standard)
		}
		if p.required {
			standard = "required"
		}
		out = append(out, fmt.Sprintf("| `%s` | %s | %s | %s |", p.param, strings.ReplaceAll(values, "-", "−"), standard, p.doc))
	}
	return out
}

// grouped writes 65536 as 65,536.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
