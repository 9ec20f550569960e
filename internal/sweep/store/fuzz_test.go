package store_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/sweep/store"
)

// FuzzOpen reads any file; what is read without a mistake can go on.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "results")
	made, err := store.Open(f.Context(), path)
	if err != nil {
		f.Fatal(err)
	}
	seed := func() {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	seed()
	setPlan(f, made, plan("b", "a", "c"))
	put(f, made, store.Result{Key: "a", Outcome: json.RawMessage(`{"cores":1}`)}, store.Result{Key: "b", Error: "does not fit"})
	seed()
	if err := made.Close(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "results") // a journal of the one before is none of this
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.OpenToRead(t.Context(), path)
		if err == nil {
			err = readAll(s)
			if closed := s.Close(); closed != nil {
				t.Fatal(closed)
			}
		}
		if err != nil {
			golden.Told(t, err, path, content)
			return
		}
		if s, err = store.Open(t.Context(), path); err != nil {
			golden.Told(t, err, path, content)
			return
		}
		defer s.Close()
		want := plan("x", "y")
		err = s.SetPlan(want)
		if err == nil {
			err = s.Put(store.Result{Key: "x", Error: "failed"})
		}
		got, rows, _, readErr := s.Rows()
		switch {
		case err != nil: // a page that nobody read is damaged
			golden.Told(t, err, path, content)
		case readErr != nil:
			golden.Told(t, readErr, path, content)
		case len(rows) != 2 || rows[0].Result == nil:
			t.Errorf("rows %+v", rows)
		default:
			want.Points, want.Inputs = nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("plan (-want +got)\n%s", diff)
			}
		}
	})
}

// readAll asks a file for all that it has.
func readAll(s *store.Store) error {
	if _, _, _, err := s.Rows(); err != nil {
		return err
	}
	if _, err := s.Done(); err != nil {
		return err
	}
	_, err := s.Inputs()
	return err
}
