package benchnet

import "testing"

func TestHighWater(t *testing.T) {
	tests := []struct {
		status string
		want   int64
		ok     bool
	}{
		{"Name:\tweft\nVmPeak:\t  99 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 5 kB\n", 1234 << 10, true},
		{"VmHWM:\t 12 MB\n", 0, false},
		{"VmHWM:\t x kB\n", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		if got, ok := highWater([]byte(tt.status)); got != tt.want || ok != tt.ok {
			t.Errorf("%q: got %d, %v", tt.status, got, ok)
		}
	}
	if got := peakBytes(); got < 1<<20 {
		t.Errorf("this process has had %d bytes at most", got)
	}
}
