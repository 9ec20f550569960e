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
