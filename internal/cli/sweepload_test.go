package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/experiment"
)

// The digest of data changes with what files hold, in a folder also with their
// names, and is the same by another path. What is no sample is none of a folder's data, and
// a folder that is no data set is not read.
func TestDigestIsOfContent(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	digest := func(name string) string {
		t.Helper()
		var l sweepLoader
		d, err := l.dataDigest(&experiment.Dataset{Format: dataset.NMNIST, File: experiment.Path{Path: filepath.Join(dir, name)}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	write("a/0/x.bin", "one")
	write("a/1/y.bin", "two")
	write("b/0/x.bin", "one")
	write("b/1/z.bin", "two")
	write("file", "one")
	write("copy", "one")
	seen := map[string]string{digest("none"): "none"}
	for _, name := range []string{"a", "b", "file"} {
		d := digest(name)
		if other := seen[d]; other != "" {
			t.Errorf("%s and %s have the digest %s", name, other, d)
		}
		seen[d] = name
	}
	if digest("file") != digest("copy") {
		t.Error("two files of the same content differ")
	}
	before := digest("a")
	write("a/1/y.bin", "tow")
	if digest("a") == before {
		t.Error("a folder changed, its digest did not")
	}
	before = digest("a")
	write("a/readme.txt", "three")
	write("a/0/deeper/x.bin", "four")
	if digest("a") != before {
		t.Error("what is no sample changed the digest of a folder")
	}
	var l sweepLoader
	if d, err := l.digest(filepath.Join(dir, "a")); d != missing || err != nil {
		t.Errorf("got %s and %v of a folder, want %s", d, err, missing)
	}
	if err := os.Symlink(filepath.Join(dir, "a"), filepath.Join(dir, "link")); err == nil && digest("link") != digest("a") {
		t.Error("a link to a folder has another digest")
	}
}
