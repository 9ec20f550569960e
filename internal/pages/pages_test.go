package pages

import "testing"

func TestMakeIsAsMake(t *testing.T) {
	const mega = 1 << 20
	for _, c := range []struct{ n, room int }{{0, 0}, {0, 3}, {3, 3}, {2, 5*mega + 1}, {3 * mega, 3 * mega}} {
		s := Make[int32](c.n, c.room)
		if len(s) != c.n || cap(s) < c.room {
			t.Fatalf("Make(%d, %d) has %d elements and room for %d", c.n, c.room, len(s), cap(s))
		}
		s = s[:c.room]
		for i := range s {
			if s[i] != 0 {
				t.Fatalf("Make(%d, %d): element %d is %d, want 0", c.n, c.room, i, s[i])
			}
			s[i] = int32(i)
		}
		for i := range s {
			if s[i] != int32(i) {
				t.Fatalf("Make(%d, %d): element %d became %d", c.n, c.room, i, s[i])
			}
		}
	}
}
