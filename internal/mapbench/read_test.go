package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParseNetReadsSourcesAndTargets(t *testing.T) {
	name, p, err := parseNet(strings.NewReader("snn tiny 2 3\n5 1\n7\n9 0 1 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if name != "tiny" || !slices.Equal(p.Off, []int64{0, 1, 3}) || !slices.Equal(p.In, []int32{2, 0, 2}) ||
		!slices.Equal(p.Home, []int32{0, 1, -1}) || !slices.Equal(p.Weight, []int64{5, 7, 9}) {
		t.Errorf("got %s %+v", name, p)
	}
}

func TestParseNetSaysWhereAFileIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "1: the file ends here",
		"net x 1 1\n":           "1: want `snn NAME NEURONS SOURCES`",
		"snn x 2 1\n":           "1: 2 neurons are sources too, and there are 1 sources",
		"snn x 1 1\n":           "2: the file ends here",
		"snn x 1 1\n\n":         "2: want a source's spikes",
		"snn x 1 1\n3 1\n":      `2: "1": want an integer from 0 to 0`,
		"snn x 1 99999999999\n": `1: "99999999999": want an integer`,
	} {
		if _, _, err := parseNet(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestKnownRowsRead(t *testing.T) {
	rows, err := knownRows()
	if err != nil || len(rows) != 10 {
		t.Errorf("got %d rows, %v", len(rows), err)
	}
}
