package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/report"
)

// All values are in bins, of which there are few, and the first begins at a multiple
// of their width.
func TestHistogram(t *testing.T) {
	for _, tt := range []struct {
		name  string
		tally report.Tally
		want  *report.Histogram
	}{
		{"none", report.Tally{}, nil},
		{"one value", report.Tally{84: 3}, &report.Histogram{From: 84, Width: 1, Counts: []int64{3}}},
		{"bins of 2", report.Tally{7: 1, 31: 2, 30: 1}, &report.Histogram{From: 6, Width: 2, Counts: []int64{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}}},
		{"bins of 50", report.Tally{149: 1, 700: 2}, &report.Histogram{From: 100, Width: 50, Counts: []int64{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.tally.Histogram()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	for lowest := range int64(60) {
		for _, highest := range []int64{lowest, lowest + 23, lowest + 24, lowest + 1001, 1 << 62} {
			h := report.Tally{lowest: 1, highest: 1}.Histogram()
			sum := int64(0)
			for _, n := range h.Counts {
				sum += n
			}
			if want := int64(len(report.Tally{lowest: 1, highest: 1})); sum != want || len(h.Counts) > 24 || h.From%h.Width != 0 || h.From > lowest {
				t.Errorf("%d and %d in %+v", lowest, highest, h)
			}
		}
	}
}
