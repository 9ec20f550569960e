package paths_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/internal/paths"
)

func TestResolveStartsFromTheFilesDirectory(t *testing.T) {
	t.Setenv("NETS", "/srv/nets")
	t.Setenv("SUB", "sub")
	for _, tt := range []struct{ base, path, want string }{
		{"dir", "w.npz", "dir/w.npz"},
		{"dir", "../w.npz", "w.npz"},
		{".", "w.npz", "w.npz"},
		{"dir", "/abs/w.npz", "/abs/w.npz"},
		{"dir", "${NETS}/w.npz", "/srv/nets/w.npz"},
		{"dir", "${SUB}/w.npz", "dir/sub/w.npz"},
		{"dir", "$SUB/w$.npz", "dir/$SUB/w$.npz"},
	} {
		if got := paths.Resolve(tt.base, tt.path); got != filepath.FromSlash(tt.want) {
			t.Errorf("Resolve(%q, %q) = %q, want %q", tt.base, tt.path, got, tt.want)
		}
	}
}

func TestUnsetVariableStaysAsWritten(t *testing.T) {
	const path = "${WEFT_TEST_NOT_SET}/w.npz"
	if got, want := paths.Resolve("dir", path), filepath.Join("dir", path); got != want {
		t.Errorf("Resolve(dir, %q) = %q, want %q", path, got, want)
	}
	if got := paths.Unset(path); !slices.Equal(got, []string{"WEFT_TEST_NOT_SET"}) {
		t.Errorf("Unset(%q) = %q, want the variable's name", path, got)
	}
}

func TestSharedDirectoryIsBesideTheWorkingDirectory(t *testing.T) {
	work := filepath.Join(t.TempDir(), "work")
	t.Setenv(paths.Shared, "")
	want, err := filepath.Abs(filepath.Join("..", "shared", "w.npz"))
	if err != nil {
		t.Fatal(err)
	}
	if got := paths.Resolve(work, "${WEFT_SHARED}/w.npz"); got != want {
		t.Errorf("with %s unset: got %q, want %q", paths.Shared, got, want)
	}
	t.Setenv(paths.Shared, "/data")
	if got := paths.Resolve(work, "${WEFT_SHARED}/w.npz"); got != filepath.FromSlash("/data/w.npz") {
		t.Errorf("with %s set: got %q, want /data/w.npz", paths.Shared, got)
	}
	if unset := paths.Unset("${WEFT_SHARED}/x"); unset != nil {
		t.Errorf("Unset says %q, want nothing", unset)
	}
}

func TestTargetIsANameOrAPath(t *testing.T) {
	for _, tt := range []struct{ base, name, want string }{
		{"dir", "xbar256", "xbar256"},
		{"dir", "mine.yaml", "dir/mine.yaml"},
		{"dir", "chips/mine", "dir/chips/mine"},
		{".", "mine.yml", "./mine.yml"},
		{"dir", "../mine.yaml", "./mine.yaml"},
	} {
		if got := paths.Target(tt.base, tt.name); got != filepath.FromSlash(tt.want) {
			t.Errorf("Target(%q, %q) = %q, want %q", tt.base, tt.name, got, tt.want)
		}
	}
}
