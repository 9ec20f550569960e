// Package store keeps the results of a sweep in a file of SQLite, each from the
// moment that it is there. It is the only importer of SQLite.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/weft-toolchain/weft/internal/diag"
)

// Result is what came of a point. Key names all that it depends on.
type Result struct {
	Key string
	// Outcome is JSON; empty where the point failed, and Error then says why.
	Outcome json.RawMessage
	Error   string
}

// Plan is what a sweep is to do.
type Plan struct {
	Name string
	// Parameters are those that points set, in the order that tables have them.
	Parameters []string
	Points     []Planned
	// Inputs are the files that the points depend on, with their hashes.
	Inputs map[string]string
}

// Planned is a point of a plan: its settings, and the key of its result.
type Planned struct {
	Key      string
	Settings map[string]string
}

// Row is a planned point with its result, nil where there is none yet.
type Row struct {
	Planned
	Result *Result
}

// magic is SQLite's application_id of these files, "weft"; version counts changes
// of the tables.
const (
	magic   = 0x77656674
	version = 1
)

// The plan refers to results by key, so that a changed plan keeps what it can use.
// The view points is for those who ask in SQL.
const schema = `
CREATE TABLE plan (position INTEGER PRIMARY KEY, key TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE results (key TEXT PRIMARY KEY, outcome TEXT, error TEXT) WITHOUT ROWID;
CREATE TABLE inputs (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sweep (name TEXT NOT NULL, parameters TEXT NOT NULL);
CREATE VIEW points AS SELECT position, settings, error, outcome ->> 'target' AS target, outcome ->> 'cores' AS cores,
	outcome ->> 'accuracy' AS accuracy, outcome ->> 'ticks' AS ticks, outcome ->> 'cycles' AS cycles, outcome ->> 'seconds' AS seconds,
	outcome ->> 'energy_joules' AS energy_joules, outcome ->> 'spike_hash' AS spike_hash
	FROM plan LEFT JOIN results USING (key) ORDER BY position;
`

// Store is an open file. Its methods may be called from one goroutine at a time.
type Store struct {
	// ctx ends what it does, and above all its waiting for others.
	ctx  context.Context
	path string
	db   *sql.DB
}

// Open opens a file of results, and makes it where there is none. A file of
// something else, or a damaged one, is a *diag.Error and stays as it is. ctx is for
// all that is done with the file until it is closed.
func Open(ctx context.Context, path string) (*Store, error) { return open(ctx, path, "rwc") }

// OpenToRead opens a file that must be there, and adds nothing to it. What a
// process that was killed left half written is undone.
func OpenToRead(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, diag.One(diag.Pos{File: path}, diag.MissingFile, "cannot be read: there is no such file of results")
	}
	return open(ctx, path, "rw")
}

// patience is how long others may keep a file locked: those of weft do for a moment.
// Tests have less.
var patience = 10 * time.Second

// safe is for files that a process may be killed over, on file systems that several
// machines share: a journal beside the file, since that of WAL wants shared memory;
// and all of it on the disk before a result counts as kept.
const safe = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL"

func open(ctx context.Context, path, mode string) (*Store, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		what := "a pipe or another special file"
		if info.IsDir() {
			what = "a directory"
		}
		return nil, diag.One(diag.Pos{File: path}, diag.BadFile, "is %s, want a file with the results of a sweep", what)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive
	}
	// Of these none looks into the file, and so waits for others: ctx would not end it.
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds())}
	if mode == "rw" {
		pragmas = append(pragmas, "query_only(1)")
	}
	query := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": pragmas}
	uri := url.URL{Scheme: "file", OmitHost: true, Path: name, RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{ctx, path, db}
	if err := s.prepare(mode == "rwc"); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// wrap says which file an error is about. Where it is the file that is wrong, and not
// the disk or who may write there, it is a *diag.Error.
func (s *Store) wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	if s.ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", doing, s.path, s.ctx.Err())
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		code := e.Code() & 0xff // without the details
		switch {
		case slices.Contains(damages, code), code == sqlite3.SQLITE_ERROR && doing == "read":
			return s.damaged(err)
		case code == sqlite3.SQLITE_CANTOPEN:
			return diag.One(diag.Pos{File: s.path}, diag.MissingFile, "cannot be opened: see that it, and the folder it is in, may be read and written by you")
		case code == sqlite3.SQLITE_BUSY:
			return fmt.Errorf("%s %s: another process has locked it, and has not let go in %v; try again when it has", doing, s.path, patience)
		}
	}
	return fmt.Errorf("%s %s: %w", doing, s.path, err)
}

// damages are the codes that our statements have only on a file that is damaged.
var damages = []int{
	sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_TOOBIG,
	sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH,
}

func (s *Store) damaged(err error) error {
	return diag.One(diag.Pos{File: s.path}, diag.BadFile, "is damaged: %v", err)
}

// prepare makes the tables of a new file, and refuses one of something else.
func (s *Store) prepare(make bool) error {
	bad := func(what string) error {
		return diag.One(diag.Pos{File: s.path}, diag.BadFile, "%s, want the results of a sweep, or a name that is free", what)
	}
	var id, have, tables, ours int
	// A view in the place of a table, or a trigger, could do anything, without end.
	err := s.db.QueryRowContext(s.ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), count(*),
		count(iif(type = 'table' AND instr(?, sql || ';'), 1, NULL)) - count(iif(type = 'trigger', 1, NULL)) FROM sqlite_master`, schema).Scan(&id, &have, &tables, &ours)
	switch {
	case err != nil && strings.Contains(err.Error(), "not a database"):
		return bad("is no file of SQLite")
	case err != nil:
		return s.wrap("read", err)
	case tables > 0 && id != magic:
		return bad("is a file of SQLite, but of something else")
	case tables > 0 && have != version:
		return bad(fmt.Sprintf("has version %d of the tables, and this is version %d", have, version))
	case tables > 0 && ours != strings.Count(schema, "CREATE TABLE"):
		return bad("does not have the tables of such results as they were made")
	case !make && tables == 0:
		return bad("is empty")
	case !make:
		return nil
	case tables > 0:
		// Before anything is written to it.
		var found string
		if err := s.db.QueryRowContext(s.ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
			return s.wrap("read", err)
		}
		if found != "ok" {
			return s.damaged(errors.New(found[strings.LastIndexByte(found, '\n')+1:])) // below a heading
		}
	}
	if _, err := s.db.ExecContext(s.ctx, safe); err != nil || tables > 0 {
		return s.wrap("write", err)
	}
	return s.wrap("make", s.within(func(tx *sql.Tx) error {
		_, err := tx.Exec(fmt.Sprintf("%s PRAGMA application_id = %d; PRAGMA user_version = %d", schema, magic, version))
		return err
	}))
}

// within does all that change does, or nothing.
func (s *Store) within(change func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(s.ctx, nil)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// SetPlan replaces the plan. Results stay, those that it does not use as well.
func (s *Store) SetPlan(p *Plan) error {
	return s.wrap("write", s.within(func(tx *sql.Tx) error {
		parameters, err := json.Marshal(p.Parameters)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM plan; DELETE FROM inputs; DELETE FROM sweep; INSERT INTO sweep VALUES (?, ?)", p.Name, string(parameters)); err != nil {
			return err
		}
		for i, point := range p.Points {
			settings, err := json.Marshal(point.Settings)
			if err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO plan VALUES (?, ?, ?)", i, point.Key, string(settings)); err != nil {
				return err
			}
		}
		for path, hash := range p.Inputs {
			if _, err := tx.Exec("INSERT INTO inputs VALUES (?, ?)", path, hash); err != nil {
				return err
			}
		}
		return nil
	}))
}

// put keeps a result, unless there is one of the same key: that is the same.
const put = "INSERT INTO results (key, outcome, error) VALUES (?, nullif(?, ''), nullif(?, '')) ON CONFLICT (key) DO NOTHING"

// Put keeps a result. When it returns, the result is on the disk.
func (s *Store) Put(r Result) error {
	_, err := s.db.ExecContext(s.ctx, put, r.Key, string(r.Outcome), r.Error)
	return s.wrap("write", err)
}

// Merge keeps the results of another file too, and returns how many are new.
func (s *Store) Merge(path string) (added int, err error) {
	from, err := OpenToRead(s.ctx, path)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	results, err := from.results()
	if err != nil {
		return 0, err
	}
	err = s.within(func(tx *sql.Tx) error {
		for _, r := range results {
			done, err := tx.Exec(put, r.Key, string(r.Outcome), r.Error)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			added += int(n)
		}
		return nil
	})
	return added, s.wrap("write", err)
}

// results returns all results by key.
func (s *Store) results() (map[string]*Result, error) {
	out := map[string]*Result{}
	err := s.each("SELECT key, coalesce(outcome, ''), coalesce(error, '') FROM results", func(scan func(dest ...any) error) error {
		var r Result
		var text string
		if err := scan(&r.Key, &text, &r.Error); err != nil {
			return err
		}
		r.Outcome = json.RawMessage(text)
		out[r.Key] = &r
		return nil
	})
	return out, err
}

// each calls row for the rows of a query of one table.
func (s *Store) each(query string, row func(scan func(dest ...any) error) error) error {
	rows, err := s.db.QueryContext(s.ctx, query)
	if err != nil {
		return s.wrap("read", err)
	}
	defer rows.Close()
	info, err := os.Stat(s.path)
	if err != nil {
		return s.wrap("read", err)
	}
	// Pages that are damaged may be one another's part many times over.
	left := info.Size()
	scan := func(dest ...any) error {
		err := rows.Scan(dest...)
		left--
		for _, d := range dest {
			if text, ok := d.(*string); ok {
				left -= int64(len(*text))
			}
		}
		if left < 0 {
			return errors.New("a table has more rows and texts than the file has bytes")
		}
		return err
	}
	for rows.Next() {
		if err := row(scan); err != nil {
			return s.damaged(err)
		}
	}
	return s.wrap("read", rows.Err())
}

// Done returns the keys of the results, and of each whether it is a failure.
func (s *Store) Done() (map[string]bool, error) {
	done := map[string]bool{}
	err := s.each("SELECT key, error IS NOT NULL FROM results", func(scan func(dest ...any) error) error {
		var key string
		var failed bool
		err := scan(&key, &failed)
		done[key] = failed
		return err
	})
	return done, err
}

// Inputs returns those of the plan.
func (s *Store) Inputs() (map[string]string, error) {
	out := map[string]string{}
	err := s.each("SELECT path, sha256 FROM inputs", func(scan func(dest ...any) error) error {
		var path, hash string
		err := scan(&path, &hash)
		out[path] = hash
		return err
	})
	return out, err
}

// Rows returns the points of the plan, in its order, with their results, and how
// many results are there that it does not use. The plan has no points where none
// was set.
func (s *Store) Rows() (plan *Plan, rows []Row, unused int, err error) {
	plan = &Plan{}
	err = s.each("SELECT name, parameters FROM sweep", func(scan func(dest ...any) error) error {
		var parameters string
		if err := scan(&plan.Name, &parameters); err != nil {
			return err
		}
		return json.Unmarshal([]byte(parameters), &plan.Parameters)
	})
	if err != nil {
		return nil, nil, 0, err
	}
	results, err := s.results()
	if err != nil {
		return nil, nil, 0, err
	}
	used := map[string]bool{}
	err = s.each("SELECT key, settings FROM plan ORDER BY position", func(scan func(dest ...any) error) error {
		var r Row
		var settings string
		if err := scan(&r.Key, &settings); err != nil {
			return err
		}
		if r.Result = results[r.Key]; r.Result != nil {
			used[r.Key] = true
		}
		rows = append(rows, r)
		return json.Unmarshal([]byte(settings), &rows[len(rows)-1].Settings)
	})
	return plan, rows, len(results) - len(used), err
}
