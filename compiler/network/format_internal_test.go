package network

import (
	"fmt"
	"os"
	"strings"
	"testing"
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
	for _, m := range models {
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
		want := fmt.Sprint(p.standard)
		if p.required {
			want = "required"
		}
		if got := strings.Trim(cells[3], " |\n"); got != want {
			t.Errorf("FORMAT.md says the default of %s is %q, want %q", p.param, got, want)
		}
		for _, m := range models {
			has := cells[1] == "all" || strings.Contains(cells[1], "`"+string(m.model)+"`")
			if takes := strings.Contains(" "+strings.Join(m.keys(), " ")+" ", " "+string(p.param)+" "); has != takes {
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

// grouped writes 65536 as 65,536.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
