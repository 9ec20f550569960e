package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var stamp = time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)

func TestEveryCommandHasAPage(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "man")
	if err := writeMan(folder, stamp); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"weft.1":              "weft-compile(1)",
		"weft-run.1":          "--timeline",
		"weft-targets-show.1": "weft-targets(1)",
		"weft-schema.1":       "yaml-language-server",
		"weft-completion.1":   "weft-completion-bash(1)",
		"weft-sweep.1":        "\n\\fB--slurm\\fP[=8]\n",
		"weft-eval.1":         "\n\\fB--workers\\fP=int\n",
		"weft-compile.1":      "\n\\fB-h\\fP, \\fB--help\\fP\n",
		"weft-debug.1":        "\n\\fB-e\\fP, \\fB--execute\\fP=string\n",
		"weft-compare.1":      "\n\\fB--timing\\fP=cycle\n",
	} {
		text, err := os.ReadFile(filepath.Join(folder, page))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %s", page, want)
		}
		if head, _, _ := strings.Cut(string(text), "\n.SH"); !strings.Contains(head, "Mar 2026") {
			t.Errorf("%s is not dated as asked: %s", page, head)
		}
	}
}

// What an archive holds depends on the bytes of its files, and on nothing else
// that the disk knows of them.
func TestArchivesAreTheSameTwice(t *testing.T) {
	pack := func(age time.Duration) (tarred, zipped []byte) {
		folder := t.TempDir()
		t.Chdir(folder)
		for _, path := range append([]string{"weft", "weft.1"}, texts...) {
			if err := os.WriteFile(path, []byte("this is "+path), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := readEntries("weft-linux-amd64", filepath.Join(folder, "weft"), []string{"weft.1"})
		if err != nil {
			t.Fatal(err)
		}
		var asTar, asZip bytes.Buffer
		if err := errors.Join(packTar(&asTar, entries, stamp), packZip(&asZip, entries, stamp)); err != nil {
			t.Fatal(err)
		}
		return asTar.Bytes(), asZip.Bytes()
	}
	tarred, zipped := pack(0)
	again, zippedAgain := pack(100 * time.Hour)
	if !bytes.Equal(tarred, again) || !bytes.Equal(zipped, zippedAgain) {
		t.Error("packed a second time, from files of another age in another folder, the archives differ")
	}

	want := []string{
		"weft-linux-amd64/weft -rwxr-xr-x", "weft-linux-amd64/LICENSE -rw-r--r--", "weft-linux-amd64/README.md -rw-r--r--",
		"weft-linux-amd64/TUTORIAL.md -rw-r--r--", "weft-linux-amd64/CHANGELOG.md -rw-r--r--", "weft-linux-amd64/man/man1/weft.1 -rw-r--r--",
	}
	var inTar, inZip []string
	z, err := gzip.NewReader(bytes.NewReader(tarred))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		inTar = append(inTar, head.Name+" "+head.FileInfo().Mode().String())
		if !head.ModTime.Equal(stamp) {
			t.Errorf("%s is of %v, want %v", head.Name, head.ModTime, stamp)
		}
	}
	r, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		inZip = append(inZip, f.Name+" "+f.Mode().String())
	}
	if !slices.Equal(inTar, want) || !slices.Equal(inZip, want) {
		t.Errorf("the archives hold\n%q and\n%q, want\n%q", inTar, inZip, want)
	}
}

func TestSourceDateIsSecondsOrNothing(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	if got, err := sourceDate(); err != nil || got.Unix() != 1_700_000_000 {
		t.Errorf("sourceDate() = %v, %v", got, err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "today")
	if _, err := sourceDate(); err == nil {
		t.Error("a date in words is accepted")
	}
}
