package network

import "testing"

// countTaps is what taps means, one kernel element after the other.
func countTaps(w *Window) int {
	n := [2]int{}
	for axis := range 2 {
		for o := range w.Out[axis] {
			for k := range w.Kernel[axis] {
				if i := o*w.Stride[axis] - w.Padding[axis] + k*w.Dilation[axis]; i >= 0 && i < w.In[axis] {
					n[axis]++
				}
			}
		}
	}
	return n[0] * n[1]
}

func TestTapsAreCountedWithoutWalking(t *testing.T) {
	for in := 1; in < 8; in++ {
		for kernel := 1; kernel < 6; kernel++ {
			for stride := 1; stride < 5; stride++ {
				for padding := range 6 {
					for dilation := 1; dilation < 4; dilation++ {
						for out := 1; out < 8; out++ {
							w := &Window{
								Kernel: [2]int{kernel, 1}, Stride: [2]int{stride, 1}, Padding: [2]int{padding, 0},
								Dilation: [2]int{dilation, 1}, In: [2]int{in, 1}, Out: [2]int{out, 1},
							}
							if got, want := w.taps(), countTaps(w); got != want {
								t.Fatalf("%+v has %d taps, want %d", *w, got, want)
							}
						}
					}
				}
			}
		}
	}
}
