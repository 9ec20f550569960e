package network

import "testing"

func TestArraysThatFitAnOrder(t *testing.T) {
	dense := func(pre, post []int) order { return order{axes: [][]int{pre, post}} }
	kernel := order{kernel: true, axes: [][]int{{5}, {5}, {1}, {8}}}
	for _, tt := range []struct {
		order order
		shape []int
		want  bool
	}{
		{dense([]int{784}, []int{128}), []int{784, 128}, true},
		{dense([]int{784}, []int{128}), []int{28, 28, 128}, true},
		{dense([]int{28, 28}, []int{128}), []int{784, 128}, true},
		{dense([]int{28, 28}, []int{128}), []int{784, 8, 16}, true},
		{dense([]int{28, 28}, []int{128}), []int{784 * 128}, true},
		{dense([]int{28, 28}, []int{128}), []int{784, 128, 1}, true},
		{dense([]int{784}, []int{128}), []int{128, 784}, false},
		{dense([]int{784}, []int{128}), []int{28, 28 * 128}, false},
		{dense([]int{28, 28}, []int{128}), []int{14, 56, 128}, false},
		{dense([]int{3, 8, 8}, []int{10}), []int{8, 8, 3, 10}, false},
		{dense([]int{3, 8, 8}, []int{10}), []int{3, 64, 10}, true},
		{dense([]int{784}, []int{128}), []int{784, 127}, false},
		{dense([]int{784}, []int{128}), []int{0}, false},
		{dense([]int{1}, []int{10}), []int{10}, true},
		{dense([]int{1}, []int{10}), []int{2, 5}, true},
		{dense([]int{10}, []int{1}), []int{10, 1}, true},
		{dense([]int{6}, []int{6}), []int{6, 6}, true},
		{kernel, []int{5, 5, 1, 8}, true},
		{kernel, []int{25, 8}, true},
		{kernel, []int{5, 5, 8}, true},
		{kernel, []int{200}, true},
		{kernel, []int{8, 25}, false},
		{kernel, []int{5, 5, 2, 4}, false},
		{inOrder(12), []int{3, 4}, true},
		{inOrder(12), []int{13}, false},
	} {
		if got := tt.order.fits(tt.shape); got != tt.want {
			t.Errorf("an array of shape %v fits %v: %v, want %v", tt.shape, tt.order.axes, got, tt.want)
		}
	}
}
