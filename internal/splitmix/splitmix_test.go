package splitmix

import "testing"

// The first numbers of two states are those of the generator's other writings, such as
// Java's SplittableRandom.
func TestNumbers(t *testing.T) {
	for state, list := range map[Stream][]uint64{
		0:       {0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec},
		1234567: {0x599ed017fb08fc85, 0x2c73f08458540fa5},
	} {
		s := state
		for k, want := range list {
			if got := s.Next(); got != want {
				t.Errorf("number %d from %d is %#x, want %#x", k, uint64(state), got, want)
			}
		}
		if got := Hash(uint64(state)); got != list[0] {
			t.Errorf("Hash(%d) is %#x, want the first number, %#x", uint64(state), got, list[0])
		}
	}
}
