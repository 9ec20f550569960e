// Command release makes what is handed out of weft: its manual pages, and an
// archive for each platform with the binary, the pages, LICENSE and texts to
// begin with. The same commit gives the same bytes, on any machine and in any
// folder: `make man`, `make dist`.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/weft-toolchain/weft/internal/cli"
)

const usage = "usage: release man FOLDER, or release dist FOLDER OS/ARCH..., where weft's go.mod is"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	stamp, err := sourceDate()
	if err != nil {
		return err
	}
	switch {
	case len(args) == 2 && args[0] == "man":
		return writeMan(args[1], stamp)
	case len(args) > 2 && args[0] == "dist":
		return writeDist(args[1], args[2:], stamp)
	}
	return fmt.Errorf("%s", usage)
}

// sourceDate is when everything in an archive was made: $SOURCE_DATE_EPOCH in
// seconds, as reproducible-builds.org has it, or the first time that zip knows.
func sourceDate() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q, want seconds", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// writeMan writes a manual page for each command into a folder.
func writeMan(folder string, stamp time.Time) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	root := cli.Command()
	root.DisableAutoGenTag = true
	root.InitDefaultCompletionCmd()
	return writePages(root, folder, stamp)
}

// writePages writes the page of a command, and those of the commands below it.
func writePages(cmd *cobra.Command, folder string, stamp time.Time) error {
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand() {
			continue
		}
		if err := writePages(sub, folder, stamp); err != nil {
			return err
		}
	}
	var page bytes.Buffer
	if err := doc.GenMan(cmd, &doc.GenManHeader{Section: "1", Date: &stamp, Source: "weft", Manual: "weft"}, &page); err != nil {
		return err
	}
	text := flagHead.ReplaceAllStringFunc(page.String(), func(head string) string {
		parts := flagHead.FindStringSubmatch(head)
		return parts[1] + flagValue(cmd, parts[2])
	})
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	return os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644)
}

// flagHead is the line of a manual page that begins an option: up to its value, and
// its name.
var flagHead = regexp.MustCompile(`(?m)^((?:\\fB-.\\fP, )?\\fB--([a-z-]+)\\fP)\[?=.*$`)

// flagValue says what stands behind a flag, as help does: its default, if that is a
// value that it takes, or else the kind of value; and in brackets what may be left out.
func flagValue(cmd *cobra.Command, name string) string {
	f := cmd.Flag(name)
	switch kind := f.Value.Type(); {
	case kind == "bool":
		return ""
	case f.NoOptDefVal != "":
		return "[=" + f.NoOptDefVal + "]"
	case f.DefValue == "", f.DefValue == "[]", cli.SetFlag(cmd, name, f.DefValue) != nil:
		return "=" + strings.TrimSuffix(strings.TrimSuffix(kind, "Array"), "Slice")
	}
	return "=" + f.DefValue
}

// texts go into every archive as they are.
var texts = []string{"LICENSE", "README.md", "TUTORIAL.md", "CHANGELOG.md"}

// writeDist writes an archive for each platform into a folder, and their checksums.
func writeDist(folder string, platforms []string, stamp time.Time) error {
	work, err := os.MkdirTemp("", "weft-release-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if err := writeMan(filepath.Join(work, "man"), stamp); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(work, "man", "*.1"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range platforms {
		goos, arch, ok := strings.Cut(platform, "/")
		if !ok {
			return fmt.Errorf("platform %q: want OS/ARCH", platform)
		}
		binary := filepath.Join(work, "weft")
		pack, ending := packTar, ".tar.gz"
		if goos == "windows" {
			binary += ".exe"
			pack, ending = packZip, ".zip"
		}
		if err := build(goos, arch, binary); err != nil {
			return err
		}
		name := "weft-" + goos + "-" + arch
		entries, err := readEntries(name, binary, pages)
		if err != nil {
			return err
		}
		var archive bytes.Buffer
		if err := pack(&archive, entries, stamp); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name+ending), archive.Bytes(), 0o644); err != nil {
			return err
		}
		line := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive.Bytes()), name+ending)
		fmt.Print(line)
		sums.WriteString(line)
	}
	return os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// build builds the command for a platform, without a trace of this machine.
func build(goos, arch, to string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w -buildid=", "-o", to, "./cmd/weft")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+arch)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build for %s/%s: %w", goos, arch, err)
	}
	return nil
}

// readEntries reads the files of an archive, in the folder of its name.
func readEntries(name, binary string, pages []string) ([]entry, error) {
	entries := []entry{{path: binary, name: name + "/" + filepath.Base(binary), mode: 0o755}}
	for _, path := range texts {
		entries = append(entries, entry{path: path, name: name + "/" + path, mode: 0o644})
	}
	for _, path := range pages {
		entries = append(entries, entry{path: path, name: name + "/man/man1/" + filepath.Base(path), mode: 0o644})
	}
	for k := range entries {
		var err error
		if entries[k].data, err = os.ReadFile(entries[k].path); err != nil {
			return nil, err
		}
	}
	return entries, nil
}
