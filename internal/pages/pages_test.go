package pages

import "testing"

func TestMakeIsAsMake(t *testing.T) {
	const mega = 1 << 20
	for _, n := range []int{0, 3, 3 * mega, 5*mega + 1} {
		s := Make[int32](n)
		if len(s) != n {
			t.Fatalf("Make(%d) has %d elements", n, len(s))
		}
		for i := range s {
			if s[i] != 0 {
				t.Fatalf("Make(%d): element %d is %d, want 0", n, i, s[i])
			}
			s[i] = int32(i)
		}
		for i := range s {
			if s[i] != int32(i) {
				t.Fatalf("Make(%d): element %d became %d", n, i, s[i])
			}
		}
	}
}
