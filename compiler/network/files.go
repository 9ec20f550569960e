package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/internal/spell"
)

// arrayFiles loads arrays for one parse, each once.
type arrayFiles struct {
	ctx    context.Context
	base   string
	arrays map[[2]string]arrayOrError
	listed map[string]namesOrError
}

type arrayOrError struct {
	array *array
	err   *ndarray.Error
}

type namesOrError struct {
	names []string
	err   *ndarray.Error
}

// array is an array of a file. It is shared and not written to.
type array struct {
	shape []int
	data  numbers.List
	// notFinite is the index of the first NaN or infinity, or -1.
	notFinite int
}

func newArrayFiles(ctx context.Context, base string) *arrayFiles {
	return &arrayFiles{ctx: ctx, base: base, arrays: map[[2]string]arrayOrError{}, listed: map[string]namesOrError{}}
}

// load returns an array of the file that path names in the network file.
func (f *arrayFiles) load(path, name string) (*array, *ndarray.Error) {
	f.preload(path, name)
	got := f.arrays[[2]string{path, name}]
	return got.array, got.err
}

// preload reads arrays of a file, all at a time, that were not read yet.
func (f *arrayFiles) preload(path string, names ...string) {
	got := make([]arrayOrError, len(names))
	var all sync.WaitGroup
	for k, name := range names {
		if known, ok := f.arrays[[2]string{path, name}]; ok {
			got[k] = known
			continue
		}
		all.Go(func() { got[k] = f.read(path, name) })
	}
	all.Wait()
	for k, name := range names {
		f.arrays[[2]string{path, name}] = got[k]
	}
}

func (f *arrayFiles) read(path, name string) arrayOrError {
	shape, data, err := ndarray.LoadList(f.ctx, paths.Resolve(f.base, path), name)
	if err != nil {
		return arrayOrError{err: f.explain(path, err)}
	}
	return arrayOrError{array: &array{shape: shape, data: data, notFinite: firstNotFinite(data)}}
}

// names lists the arrays of a file.
func (f *arrayFiles) names(path string) ([]string, *ndarray.Error) {
	got, ok := f.listed[path]
	if !ok {
		names, err := ndarray.Names(paths.Resolve(f.base, path))
		if err != nil {
			got.err = f.explain(path, err)
		}
		got.names = names
		f.listed[path] = got
	}
	return got.names, got.err
}

// explain adds to an error what the path as written may explain.
func (f *arrayFiles) explain(path string, err error) *ndarray.Error {
	e, ok := errors.AsType[*ndarray.Error](err)
	if !ok {
		e = &ndarray.Error{Code: diag.BadFile, Message: fmt.Sprintf("%s: %v", path, err)}
	}
	if e.Code != diag.MissingFile {
		return e
	}
	if why := paths.Explain(path); why != "" {
		return &ndarray.Error{Code: e.Code, Message: e.Message + why}
	}
	resolved := paths.Resolve(f.base, path)
	entries, readErr := os.ReadDir(filepath.Dir(resolved))
	if readErr != nil {
		return e
	}
	var files []string
	for _, entry := range entries[:min(len(entries), 1<<12)] {
		if isArrayFile(entry.Name()) {
			files = append(files, entry.Name())
		}
	}
	return &ndarray.Error{Code: e.Code, Message: e.Message + spell.Hint(filepath.Base(resolved), files)}
}

func firstNotFinite(data numbers.List) int {
	if data.Integers() {
		return -1
	}
	for first, block := range data.Blocks {
		for i, x := range block {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return first + i
			}
		}
	}
	return -1
}

// isArrayFile says whether a name ends as those of array files do.
func isArrayFile(name string) bool {
	for _, suffix := range []string{".npy", ".npz", ".csv", ".csv.gz"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// arrayName calls an array in messages.
func arrayName(path, name string) string {
	if name == "" {
		return "the array of " + path
	}
	return fmt.Sprintf("array %q of %s", name, path)
}
