package diag

import "testing"

// What a broken file holds does not reach the terminal as it is.
func TestMessagesArePrintable(t *testing.T) {
	d := Diagnostic{
		Pos: Pos{File: "a\x1b[31m.npz", Line: 1}, Code: BadFile, Message: "unknown key \"\x00f\xef\"\r\nnext",
		Notes: []Note{{Pos: Pos{File: "b"}, Message: "\a"}},
	}
	const want = "a\uFFFD[31m.npz:1: unknown key \"\uFFFDf\uFFFD\"\uFFFD\uFFFDnext [bad-file]\n\tb: \uFFFD"
	if got := d.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A name made of a file's is one that is shown as it is.
func TestTitleIsOneLineOfSigns(t *testing.T) {
	for file, want := range map[string]string{
		"a/digits.yaml":            "digits",
		"a\x1b[31m.yaml":           "a\uFFFD[31m",
		"a\nb.tar.gz":              "a\uFFFDb.tar",
		"\u202Egpj.yaml":           "\uFFFDgpj",
		"\xe9t\u00e9 d\u00e9.yaml": "\uFFFDt\u00e9 d\u00e9",
	} {
		if got := Title(file); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
}
