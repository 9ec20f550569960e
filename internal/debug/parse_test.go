package debug

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
)

// told writes what a command is.
func told(c *Command) string {
	if c == nil {
		return "nothing"
	}
	words := []string{c.verb.names[0]}
	if c.n != 0 {
		words = append(words, fmt.Sprint(c.n))
	}
	if c.named != nil {
		words = append(words, selected(c.named))
	}
	if c.stop != nil {
		words = append(words, c.stop.String())
	}
	if c.topic != "" {
		words = append(words, c.topic)
	}
	return strings.Join(words, " ")
}

func TestParse(t *testing.T) {
	s := newSession(t, chain, xbar(t), &bytes.Buffer{})
	for line, want := range map[string]string{
		"":                          "nothing",
		" \t# a comment":            "nothing",
		"s":                         "step",
		"step 20":                   "step 20",
		"\tn  3 # neurons":          "neuron 3",
		"continue":                  "run",
		"run 12":                    "run 12",
		"goto 0":                    "goto",
		"core 2":                    "core 2",
		"core all":                  "core -1",
		"print":                     "print",
		"p sum":                     "print sum[0..1]",
		"p sum[1].v":                "print sum[1].v",
		"synapses sum[0]":           "synapses sum[0]",
		"spike button[1]":           "spike button[1]",
		"b spike sum":               "break spike sum[0..1]",
		"break saturate":            "break saturate",
		"break saturate bell[0]":    "break saturate bell[0]",
		"break tick 3":              "break tick 3",
		"break sum[0..1]":           "break sum[0..1]",
		"break sum[1].v>=-3":        "break sum[1].v >= -3",
		"break sum[1].v  ==  3":     "break sum[1].v == 3",
		"break sum[1].v = 3":        "break sum[1].v == 3",
		"break sum.v != 0.5":        "break sum[0..1].v != 0.5",
		"break sum[0].v < 1e3":      "break sum[0].v < 1e3",
		"info breaks":               "info breaks",
		"help b":                    "help b",
		"?":                         "help",
		"delete":                    "delete",
		"d 2":                       "delete 2",
		"registers relay[0] # here": "registers relay[0]",
	} {
		c, err := s.Parse(line)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		} else if got := told(c); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

func TestParseSaysWhatWasWanted(t *testing.T) {
	s := newSession(t, chain, xbar(t), &bytes.Buffer{})
	for line, want := range map[string]string{
		"stpe":                   `1: there is no command "stpe"; did you mean "step"? [bad-command]`,
		"xyzzyx":                 `1: there is no command "xyzzyx"; help lists them [bad-command]`,
		"  step x":               `8: "x" is no number; want step [N] [bad-command]`,
		"step -1":                `6: "-1" is no number; want step [N] [bad-command]`,
		"step 0":                 `6: number 0: want 1 to 2147483647 [out-of-range]`,
		"step 99999999999":       `6: number 99999999999: want 1 to 2147483647 [out-of-range]`,
		"step 1 2":               `8: "2" is too much; want step [N] [bad-command]`,
		"run 13":                 `5: tick 13: want 1 to 12 [out-of-range]`,
		"goto":                   `5: the line ends here; want goto TICK [bad-command]`,
		"core":                   `5: the line ends here; want core N|all [bad-command]`,
		"core 3":                 `6: core 3: want 0 to 2 [out-of-range]`,
		"print bel":              `7: "bel": there is no population "bel"; did you mean "bell"? [unknown-name]`,
		"print sum[2]":           `7: "sum[2]": population "sum" has neurons 0 to 1, want one of them, or a range that rises [unknown-name]`,
		"print sum[-1]":          `7: "sum[-1]": "[-1]" is no index: want [INDEX] or [FIRST..LAST], without blanks; population "sum" has neurons 0 to 1 [unknown-name]`,
		"print sum[ 0 ]":         `7: "sum[": "[" is no index: want [INDEX] or [FIRST..LAST], without blanks; population "sum" has neurons 0 to 1 [unknown-name]`,
		"synapses sum":           `10: "sum" are 2 neurons; want one: synapses POP[I] [bad-command]`,
		"spike sum[0]":           `7: "sum[0]": there is no input "sum"; there are button [unknown-name]`,
		"break":                  `6: the line ends here; want break WHEN [bad-command]`,
		"break spike # bell":     `12: the line ends here; want break spike POP[I] [bad-command]`,
		"break spike bell[0].v":  `13: "bell[0].v" is a state word; want neurons: POP[I], or a condition of it: bell[0].v > 100 [bad-command]`,
		"break bell[0].v":        `7: "bell[0].v" is a state word; want neurons: POP[I], or a condition of it: bell[0].v > 100 [bad-command]`,
		"break bell[0] > 3":      `7: "bell[0]" has no state word; want one, such as bell[0].v > 3 [bad-command]`,
		"break bell[0].v > much": `7: "much" is no number; want a word such as 100, or a value of the network such as 1.0 [bad-command]`,
		"break bell[0].v > nan":  `7: "nan" is no number; want a word such as 100, or a value of the network such as 1.0 [bad-command]`,
		"break bell[0].v > inf":  `7: "inf" is no number; want a word such as 100, or a value of the network such as 1.0 [bad-command]`,
		"break bell[0].v > -Inf": `7: "-Inf" is no number; want a word such as 100, or a value of the network such as 1.0 [bad-command]`,
		"break bell[0].v ~ 3":    `7: "bell[0].v ~ 3" is nothing to stop at; want spike POP[I], saturate [POP[I]], tick N, POP[I], or POP[I].STATE > VALUE [bad-command]`,
		"break tick 0":           `12: tick 0: want 1 to 12 [out-of-range]`,
		"info braeks":            `6: there is no info "braeks"; did you mean "breaks"? [bad-command]`,
		"help stpe":              `6: there is no command "stpe"; did you mean "step"? [bad-command]`,
	} {
		_, err := s.Parse(line)
		if got := fmt.Sprint(err); got != ":1:"+want {
			t.Errorf("%q: says %s, want :1:%s", line, got, want)
		}
	}
}

// A script's mistakes are told all at once, each with its line.
func TestParseScriptTellsAllMistakes(t *testing.T) {
	s := newSession(t, chain, xbar(t), &bytes.Buffer{})
	var diags diag.List
	list := s.ParseScript(t.Context(), "a.txt", "\ufeff# steps\r\nstep\r\n\nstpe\nrun 9\n  goto x", &diags)
	want := `a.txt:4:1: there is no command "stpe"; did you mean "step"? [bad-command]
a.txt:6:8: "x" is no number; want goto TICK [bad-command]`
	if got := fmt.Sprint(diags.Err()); got != want {
		t.Errorf("says\n%s\nwant\n%s", got, want)
	}
	if len(list) != 2 || told(list[0]) != "step" || told(list[1]) != "run 9" {
		t.Errorf("the sound ones are %d", len(list))
	}
}

// What a script would set, and not take away, is counted before it runs; the typed one
// that is too many is refused, until one is taken away.
func TestBreakpointsAreBounded(t *testing.T) {
	var out bytes.Buffer
	s := newSession(t, chain, xbar(t), &out)
	full := strings.Repeat("break tick 3\n", maxBreaks)
	for script, want := range map[string]string{
		full:                         "<nil>",
		full + "delete 7\nb bell[0]": "<nil>",
		full + "delete\n" + full:     "<nil>",
		full + "stpe\n b bell[0].v>1\nb bell[0]": `a.txt:1001:1: there is no command "stpe"; did you mean "step"? [bad-command]
a.txt:1002:4: this is breakpoint 1001 of 1000 at most at a time; delete takes some away [too-large]`,
	} {
		var diags diag.List
		s.planned = 0
		s.ParseScript(t.Context(), "a.txt", script, &diags)
		if got := fmt.Sprint(diags.Err()); got != want {
			t.Errorf("a script of %d bytes: says %s, want %s", len(script), got, want)
		}
	}
	do(t, s, &out, strings.Split(full, "\n")...)
	got := do(t, s, &out, "break bell[0]", "break bell[0]", "delete 4", "break bell[0]")
	want := ":1:7: this is breakpoint 1001 of 1000 at most at a time; delete takes some away [too-large]\n"
	if want = want + want + "breakpoint 1001: bell[0]\n"; got != want {
		t.Errorf("tells\n%swant\n%s", got, want)
	}
}

func TestCompleteGoesOnAsFarAsAllDo(t *testing.T) {
	s := newSession(t, chain, xbar(t), &bytes.Buffer{})
	for line, want := range map[string]string{
		"ste": "step ", "sy": "synapses ", "s": "s", "xx": "xx", "": "",
		"print b": "print b", "print be": "print bell ", "print r": "print relay ", "break sat": "break saturate ",
	} {
		if got := s.Complete(line); got != want {
			t.Errorf("%q becomes %q, want %q", line, got, want)
		}
	}
}

// No line panics, and what is sound is so once more.
func FuzzParse(f *testing.F) {
	for _, line := range []string{"break relay[0].v > 1.5 # x", "p sum[0..1].v", "step 3", "core all", "spike button[0]", "help break", "  \tgoto\x00 é"} {
		f.Add(line)
	}
	s := newSession(f, chain, xbar(f), &bytes.Buffer{})
	f.Fuzz(func(t *testing.T, line string) {
		c, err := s.Parse(line)
		if err != nil {
			var wrong *diag.Error
			if !errors.As(err, &wrong) || wrong.Diagnostics[0].Pos.Col < 1 || wrong.Diagnostics[0].Pos.Col > len(line)+1 {
				t.Fatalf("%q: %v", line, err)
			}
			return
		}
		if c == nil {
			return
		}
		again, err := s.Parse(told(c))
		if c.verb.names[0] == "core" || c.verb.names[0] == "goto" { // whose 0 and −1 are written otherwise
			return
		}
		if err != nil || told(again) != told(c) {
			t.Errorf("%q is %q, and that %q: %v", line, told(c), told(again), err)
		}
	})
}

// Whatever a session does, the run behind it is the run.
func FuzzSession(f *testing.F) {
	f.Add("step 7\nbreak spike bell[0]\nrun\nphase\nback\nneuron 4\nregisters\nspike button[1]\nrun")
	f.Add("core 1\nstep 100\ngoto 3\nbreak sum[0].v > 5\nrun\nrun\naxons\nprint sum\nreset\nphase 9")
	f.Add("break saturate\nrun\ncounts\ncycle\nfired\nreport\ndisasm\nparams\nsynapses sum[1]\ninfo cores")
	var out bytes.Buffer
	target := xbar(f)
	chip := newChip(f, chain, target)
	want := do(f, sessionOn(f, chip, target, &out), &out, "run", "report")
	f.Fuzz(func(t *testing.T, script string) {
		s := sessionOn(t, chip, target, &out)
		lines := strings.Split(script, "\n")
		do(t, s, &out, lines[:min(len(lines), 30)]...)
		do(t, s, &out, "delete", "reset")
		if got := do(t, s, &out, "run", "report"); got != want {
			t.Errorf("after\n%s\nthe run is\n%swant\n%s", script, got, want)
		}
	})
}
