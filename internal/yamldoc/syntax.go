package yamldoc

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/weft-toolchain/weft/internal/diag"
)

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s*)?(?:line (\d+): )?`)

// parserProblems begin the messages of yaml.v3's parser, whose lines count
// from 0 where those of its scanner count from 1.
var parserProblems = []string{
	"did not find expected <", "did not find expected node", "did not find expected key", "did not find expected '-'",
	"did not find expected ','", "found undefined tag handle", "found duplicate %", "found incompatible YAML",
}

// unreadable begin the messages about bytes that are no text of YAML.
var unreadable = []string{"control characters", "invalid ", "incomplete "}

// unknownAnchor is the message about an alias of nothing.
var unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)

// notWellFormed tells yaml.v3's error about src, at its place. yaml.v3 says the line
// of most mistakes, and the column of none: that is then where the line begins to say
// something. Of others it says nothing, and they are looked for.
func notWellFormed(file string, src []byte, err error) diag.Diagnostic {
	line, problem := explain(err)
	begins := func(prefix string) bool { return strings.HasPrefix(problem, prefix) }
	var at int
	if m := unknownAnchor.FindStringSubmatch(problem); m != nil {
		at = aliasOf(src, m[1])
	} else if slices.ContainsFunc(unreadable, begins) {
		at = firstUnreadable(src)
	} else {
		at = textOfLine(src, line)
	}
	line, col := place(src, at)
	return diag.Diagnostic{Pos: diag.Pos{File: file, Line: line, Col: col}, Code: diag.Syntax, Message: "not well-formed YAML: " + problem + remedy(problem)}
}

// explain takes yaml.v3's error apart into a line and a message. Messages that have a
// line leave it out where it is the first.
func explain(err error) (line int, problem string) {
	m := yamlLine.FindStringSubmatch(err.Error())
	problem = strings.TrimSpace(strings.TrimPrefix(err.Error(), m[0]))
	if m[1] != "" {
		line, _ = strconv.Atoi(m[1])
	}
	if slices.ContainsFunc(parserProblems, func(prefix string) bool { return strings.HasPrefix(problem, prefix) }) {
		line++
	}
	return max(line, 1), problem
}

// remedies say what to do about what the YAML parser says, by a part of it.
var remedies = []struct{ part, remedy string }{
	{"cannot start any token", "; indent with spaces, not tabs, and quote names that begin with @, ` or %"},
	{"control characters", "; want a text file in UTF-8"},
	{"invalid", "; want a text file in UTF-8"},
	{"max depth", "; nest less"},
	{"did not find expected", "; check indentation, and that brackets, braces and quotes are closed"},
	{"mapping values are not allowed", "; check indentation, and put a value with a colon in quotes"},
}

func remedy(problem string) string {
	for _, r := range remedies {
		if strings.Contains(problem, r.part) {
			return r.remedy
		}
	}
	return ""
}

// lineBreaks end a line, as "\r\n" does.
const lineBreaks = "\n\r\u0085\u2028\u2029"

// lines is how many lines YAML counts.
func lines(src []byte) int {
	n := 1 - bytes.Count(src, []byte("\r\n"))
	for _, lineBreak := range lineBreaks {
		n += bytes.Count(src, []byte(string(lineBreak)))
	}
	return n
}

// byteOrderMark may begin a text, and is no part of it.
const byteOrderMark = "\ufeff"

// place returns the line and the column, in characters, of a byte of src. Both count
// from 1.
func place(src []byte, at int) (line, col int) {
	before := bytes.TrimPrefix(src[:at], []byte(byteOrderMark))
	text := before
	if end := bytes.LastIndexAny(before, lineBreaks); end >= 0 {
		_, width := utf8.DecodeRune(before[end:])
		text = before[end+width:]
	}
	return lines(before), utf8.RuneCount(text) + 1
}

// textOfLine returns where a line begins but for blanks. Beyond the last line that is
// not empty it is that one, since yaml.v3 has the end of the text below it.
func textOfLine(src []byte, line int) int {
	src = bytes.TrimRight(src, "\r\n")
	start := 0
	for ; line > 1; line-- {
		end := bytes.IndexAny(src[start:], lineBreaks)
		if end < 0 {
			break
		}
		start += end
		if bytes.HasPrefix(src[start:], []byte("\r\n")) {
			start++
		}
		_, width := utf8.DecodeRune(src[start:])
		start += width
	}
	if start == 0 && bytes.HasPrefix(src, []byte(byteOrderMark)) {
		start = len(byteOrderMark)
	}
	for text := start; text < len(src); text++ {
		if src[text] != ' ' {
			return text
		}
	}
	return start
}

// firstUnreadable returns where the first character is that YAML does not take, or
// what is no character of UTF-8; 0 if there is none.
func firstUnreadable(src []byte) int {
	for at := 0; at < len(src); {
		r, n := utf8.DecodeRune(src[at:])
		control := r < ' ' && r != '\t' && r != '\n' && r != '\r' || r >= 0x7F && r < 0xA0 && r != 0x85 || r == 0xFFFE || r == 0xFFFF
		if control || r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return 0
}

// aliasOf returns where the first alias of a name is, or what looks like one; 0 if
// there is none.
func aliasOf(src []byte, name string) int {
	alias := regexp.MustCompile(`(?m)^(?:[^#\n]*?[\s\[{,:])?(\*` + regexp.QuoteMeta(name) + `)(?:[\s\]},]|$)`)
	if at := alias.FindSubmatchIndex(src); at != nil {
		return at[2]
	}
	return 0
}
