package eval

import "testing"

func TestDistribution(t *testing.T) {
	upTo := func(n int64) []int64 {
		out := make([]int64, n)
		for k := range out {
			out[k] = n - int64(k)
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		values []int64
		want   Distribution
	}{
		{"none", nil, Distribution{}},
		{"one", []int64{7}, Distribution{Mean: 7, P50: 7, P99: 7, Max: 7}},
		{"two", []int64{3, 1}, Distribution{Mean: 2, P50: 1, P99: 3, Max: 3}},
		{"three", []int64{9, 1, 2}, Distribution{Mean: 4, P50: 2, P99: 9, Max: 9}},
		{"hundred", upTo(100), Distribution{Mean: 50.5, P50: 50, P99: 99, Max: 100}},
		{"hundred and one", upTo(101), Distribution{Mean: 51, P50: 51, P99: 100, Max: 101}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := distribution(tt.values)
			inBins := int64(0)
			if got.Histogram != nil {
				for _, n := range got.Histogram.Counts {
					inBins += n
				}
			}
			if inBins != int64(len(tt.values)) {
				t.Errorf("%d values in %+v, want %d", inBins, got.Histogram, len(tt.values))
			}
			if got.Histogram = nil; got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
