package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/sweep/store"
)

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t testing.TB, s *store.Store, results ...store.Result) {
	t.Helper()
	for _, r := range results {
		if err := s.Put(r); err != nil {
			t.Fatal(err)
		}
	}
}

func plan(keys ...string) *store.Plan {
	p := &store.Plan{Name: "p", Parameters: []string{"n"}, Inputs: map[string]string{"net.yaml": "1"}}
	for i, key := range keys {
		p.Points = append(p.Points, store.Planned{Key: key, Settings: map[string]string{"n": fmt.Sprint(i)}})
	}
	return p
}

func setPlan(t testing.TB, s *store.Store, p *store.Plan) {
	t.Helper()
	if err := s.SetPlan(p); err != nil {
		t.Fatal(err)
	}
}

// rows returns the rows as texts, and how many results are not used.
func rows(t *testing.T, s *store.Store) (list []string, unused int) {
	t.Helper()
	plan, rows, unused, err := s.Rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		text := fmt.Sprintf("%s %s=%s", r.Key, plan.Parameters[0], r.Settings["n"])
		if r.Result != nil {
			text += fmt.Sprintf(" %s%s", r.Result.Outcome, r.Result.Error)
		}
		list = append(list, text)
	}
	return list, unused
}

// Results are those that came first, in the order of the plan, and stay when the
// plan no longer wants them.
func TestResultsOfAPlan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a ?%#b.sqlite")
	s := open(t, path)
	setPlan(t, s, plan("b", "a", "c"))
	put(
		t, s, store.Result{Key: "a", Outcome: json.RawMessage(`{"cores":1}`)}, store.Result{Key: "b", Error: "does not fit"},
		store.Result{Key: "a", Outcome: json.RawMessage(`{"cores":2}`)},
	)
	got, unused := rows(t, s)
	if diff := cmp.Diff([]string{"b n=0 does not fit", `a n=1 {"cores":1}`, "c n=2"}, got); diff != "" || unused != 0 {
		t.Errorf("%d unused (-want +got)\n%s", unused, diff)
	}
	setPlan(t, s, plan("c", "b"))
	again, err := store.OpenToRead(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	got, unused = rows(t, again)
	if diff := cmp.Diff([]string{"c n=0", "b n=1 does not fit"}, got); diff != "" || unused != 1 {
		t.Errorf("%d unused (-want +got)\n%s", unused, diff)
	}
	done, err := again.Done()
	if diff := cmp.Diff(map[string]bool{"a": false, "b": true}, done); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	inputs, err := again.Inputs()
	if diff := cmp.Diff(map[string]string{"net.yaml": "1"}, inputs); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if err := again.Put(store.Result{Key: "c"}); err == nil {
		t.Error("a file that was opened to be read is written")
	}
}

func TestMergeTakesWhatIsNew(t *testing.T) {
	dir := t.TempDir()
	main, part := open(t, filepath.Join(dir, "main")), open(t, filepath.Join(dir, "part"))
	put(t, main, store.Result{Key: "a", Error: "main"})
	put(t, part, store.Result{Key: "a", Error: "part"}, store.Result{Key: "b", Error: "part"})
	setPlan(t, main, plan("a", "b"))
	for k, want := range []int{1, 0} {
		if n, err := main.Merge(filepath.Join(dir, "part")); n != want || err != nil {
			t.Errorf("merge %d: %d new, %v; want %d", k+1, n, err, want)
		}
	}
	got, _ := rows(t, main)
	if diff := cmp.Diff([]string{"a n=0 main", "b n=1 part"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Two processes on one file wait for each other.
func TestTwoWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "both")
	var wg sync.WaitGroup
	for w := range 2 {
		s := open(t, path)
		wg.Go(func() {
			for i := range 50 {
				if err := s.Put(store.Result{Key: fmt.Sprint(i), Error: fmt.Sprint(w)}); err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	wg.Wait()
	if done, err := open(t, path).Done(); len(done) != 50 || err != nil {
		t.Errorf("%d results, %v; want 50", len(done), err)
	}
}

// A file that another process keeps locked is waited for, but not for ever, and not
// beyond the end of the context.
func TestLockedFiles(t *testing.T) {
	defer store.SetPatience(100 * time.Millisecond)()
	path := filepath.Join(t.TempDir(), "results")
	setPlan(t, open(t, path), plan("a"))
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	lock := func(how string) {
		t.Helper()
		if _, err := other.Exec(how); err != nil {
			t.Fatal(err)
		}
	}
	told := func(what string, err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	const locked = ": another process has locked it, and has not let go in 100ms; try again when it has"
	lock("BEGIN IMMEDIATE")
	s := open(t, path) // reading it does no harm
	told("Put", s.Put(store.Result{Key: "a", Error: "failed"}), "write "+path+locked)
	told("SetPlan", s.SetPlan(plan("b")), "write "+path+locked)
	lock("ROLLBACK; BEGIN EXCLUSIVE")
	_, err = store.OpenToRead(t.Context(), path)
	told("OpenToRead", err, "read "+path+locked)
	_, err = s.Done()
	told("Done", err, "read "+path+locked)

	store.SetPatience(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err = store.Open(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v, want that it was cancelled", err)
	}
	lock("ROLLBACK")
	put(t, s, store.Result{Key: "a", Error: "failed"})
}

func TestFilesOfSomethingElseAreRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole := filepath.Join(dir, "whole")
	open(t, whole)
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, b byte) []byte {
		out := append([]byte(nil), good...)
		out[at] = b
		return out
	}
	for _, tt := range []struct{ path, want string }{
		{write("text", []byte("experiment: of something else altogether, and long enough for a header\n")), "is no file of SQLite"},
		{write("other", changed(68, 1)), "is a file of SQLite, but of something else"}, // its application_id
		{write("newer", changed(63, 9)), "has version 9 of the tables"},                // its user_version
	} {
		for what, open := range map[string]func(context.Context, string) (*store.Store, error){"Open": store.Open, "OpenToRead": store.OpenToRead} {
			if _, err := open(t.Context(), tt.path); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasSuffix(err.Error(), "[bad-file]") {
				t.Errorf("%s of %s: %v, want %s", what, tt.path, err, tt.want)
			}
		}
	}
	if _, err := store.OpenToRead(t.Context(), filepath.Join(dir, "none")); err == nil || !strings.HasSuffix(err.Error(), "[missing-file]") {
		t.Errorf("OpenToRead of nothing: %v", err)
	}
	if _, err := store.OpenToRead(t.Context(), write("empty", nil)); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("OpenToRead of an empty file: %v", err)
	}
}

// A view without end where a table is wanted, or a trigger, is not asked.
func TestFilesWithOtherTablesAreRefused(t *testing.T) {
	for name, change := range map[string]string{
		"view":    "DROP TABLE results; CREATE VIEW results AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS key, '' AS outcome, '' AS error FROM n",
		"column":  "ALTER TABLE results ADD COLUMN more TEXT",
		"none":    "DROP TABLE plan",
		"trigger": "CREATE TRIGGER more AFTER INSERT ON results BEGIN DELETE FROM plan; END",
	} {
		path := filepath.Join(t.TempDir(), name)
		open(t, path)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = db.Exec(change); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.OpenToRead(t.Context(), path); err == nil || !strings.Contains(err.Error(), "does not have the tables of such results") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedFilesAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results")
	s := open(t, path)
	setPlan(t, s, plan("a"))
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	pages := bytes.Clone(content)
	for k := range page { // that of the table plan, which is made first
		pages[page+k] = 0x55
	}
	settings := bytes.Replace(content, []byte(`["n"]`), []byte(`["n"}`), 1)
	format := bytes.Clone(content)
	format[47] = 9 // of the schema
	for name, content := range map[string][]byte{"page": pages, "settings": settings, "format": format, "cut": content[:3*page]} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		told := func(err error) {
			t.Helper()
			if want := path + ": is damaged: "; err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "[bad-file]") || strings.Contains(err.Error(), "\uFFFD") || strings.Count(err.Error(), "malformed") > 1 {
				t.Errorf("%s: %v, want %s once", name, err, want)
			}
		}
		s, err := store.OpenToRead(t.Context(), path)
		if err == nil {
			_, _, _, err = s.Rows()
			_ = s.Close()
		}
		told(err)
		if s, err = store.Open(t.Context(), path); err == nil {
			err = s.SetPlan(plan("b"))
			_ = s.Close()
		}
		if name == "settings" { // which is damaged as ours alone, and replaced
			continue
		}
		told(err)
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, content) {
			t.Errorf("%s: the damaged file was written to, %v", name, err)
		}
	}
}
