package ndarray

import (
	"context"
	"errors"
	"testing"
)

func TestLoadListEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, path := range []string{
		write(t, "a.npy", npy(dict("|i1", false, "(3,)"), 1, 2, 3)),
		write(t, "a.csv", []byte("1\n2\n3\n")),
	} {
		if _, list, err := LoadList(ctx, path, ""); !errors.Is(err, context.Canceled) || list.Len() > 0 {
			t.Errorf("%s: %v and %d numbers", path, err, list.Len())
		}
	}
}
