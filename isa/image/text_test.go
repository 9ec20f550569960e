package image

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/golden"
)

func fileOf(t testing.TB, im *Image) []byte {
	t.Helper()
	data, err := im.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func textOf(t testing.TB, im *Image) string {
	t.Helper()
	var b strings.Builder
	if err := im.WriteAssembly(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkText checks that the image's text is the image again.
func checkText(t testing.TB, im *Image) {
	t.Helper()
	text := textOf(t, im)
	again, err := ParseAssembly("again.s", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !bytes.Equal(fileOf(t, im), fileOf(t, again)) {
		t.Errorf("the text is of another image (-want +got):\n%s\n%s", cmp.Diff(im, again, unpacked), text)
	}
}

func TestTextIsTheImageAgain(t *testing.T) {
	for _, im := range samples(t) {
		checkText(t, im)
	}
}

// The format, as people read it.
func TestText(t *testing.T) {
	for _, c := range []struct {
		name  string
		image *Image
	}{
		{"dense", random(t, denseArch, 3)},
		{"sparse", random(t, sparseArch, 3)},
		{"full", full(t, denseArch, 3)},
		{"slotless", slotless(t, denseArch, 3)},
	} {
		golden.Check(t, "testdata/"+c.name+".s", []byte(textOf(t, c.image)))
	}
}

// A writer that has used up its repeats goes on without runs, and the text is
// still the image's.
func TestTextGoesOnWhenRepeatsAreUsedUp(t *testing.T) {
	for _, im := range samples(t) {
		for _, left := range []int{0, 1, 5, 50} {
			var b strings.Builder
			if err := im.writeText(&textWriter{w: &b, repeats: left}); err != nil {
				t.Fatal(err)
			}
			again, err := ParseAssembly("again.s", b.String())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(fileOf(t, im), fileOf(t, again)) {
				t.Errorf("with %d repeats left, the text is of another image:\n%s", left, b.String())
			}
		}
	}
}

func TestRunsBeyondTheLimitAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString(".image weft-image/2\n.core 0 0 0 0\n")
	for axon := range maxRepeats>>16 + 1 {
		fmt.Fprintf(&b, ".row %d 0..65535:1\n", axon)
	}
	b.WriteString(".inputs\n")
	_, err := ParseAssembly("x.s", b.String())
	if err == nil || !strings.Contains(err.Error(), "x.s:131: ") || !strings.Contains(err.Error(), "runs stand for more than") {
		t.Errorf("got %v, want that line 131 repeats too much", err)
	}
}

// Each file of testdata/bad says on its lines which mistakes are there.
func TestEachMistakeOfATextIsReportedOnItsLine(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.s")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d files (%v), want at least 5", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = ParseAssembly(file, string(src))
			golden.Mistakes(t, err, file, src)
		})
	}
}

func TestOtherTextIsNoImage(t *testing.T) {
	for _, text := range []string{"", "; nothing\n\n", ".program x\n"} {
		if _, err := ParseAssembly("x.s", text); err == nil || !strings.Contains(err.Error(), "not the text of an image") {
			t.Errorf("ParseAssembly(%q) = %v, want that it is no image", text, err)
		}
	}
}

func TestImageThatIsWrongHasNoText(t *testing.T) {
	im := random(t, denseArch, 1)
	im.Cores[0].Program = 99
	if err := im.WriteAssembly(io.Discard); err == nil {
		t.Error("an image without its program has a text")
	}
}

// What parses is an image, and its text is the image again.
func FuzzImageText(f *testing.F) {
	for _, im := range samples(f)[:9] {
		f.Add(textOf(f, im))
	}
	f.Add(textOf(f, slotless(f, denseArch, 2)))
	for _, src := range golden.Files(f, "testdata/bad/*.s") {
		f.Add(string(src))
	}
	f.Fuzz(func(t *testing.T, text string) {
		im, err := ParseAssembly("x.s", text)
		if err != nil {
			golden.Told(t, err, "x.s", []byte(text))
			return
		}
		checkText(t, im)
		if _, err := Read("x.weft", fileOf(t, im)); err != nil {
			t.Error(err)
		}
	})
}
