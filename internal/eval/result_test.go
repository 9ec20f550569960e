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
		{"one", []int64{7}, Distribution{7, 7, 7, 7}},
		{"two", []int64{3, 1}, Distribution{2, 1, 3, 3}},
		{"three", []int64{9, 1, 2}, Distribution{4, 2, 9, 9}},
		{"hundred", upTo(100), Distribution{50.5, 50, 99, 100}},
		{"hundred and one", upTo(101), Distribution{51, 51, 100, 101}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := distribution(tt.values); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
