package image

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// around returns an image that was compiled around a dead link.
func around(t *testing.T) *Image {
	t.Helper()
	im := full(t, denseArch, 3)
	im.Manifest.Defects = &Defects{Name: "die 12", Fingerprint: "00f1", Links: []mesh.Link{{0, 1}, {4, 5}}}
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	return im
}

func TestDefectsAreInFileAndText(t *testing.T) {
	im := around(t)
	again, err := Read("x.weft", fileOf(t, im))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(im.Manifest.Defects, again.Manifest.Defects); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkText(t, im)
	if text := textOf(t, im); !strings.Contains(text, ".defects {\"name\":\"die 12\",\"fingerprint\":\"00f1\",\"links\":[[0,1],[4,5]]}\n") {
		t.Errorf("the text does not tell of the defects:\n%.1000s", text)
	}
	if im.Mesh().Whole() || len(im.Mesh().Dead()) != 2 {
		t.Error("the image's mesh has no dead links")
	}
	im.Manifest.Defects = nil
	if bytes.Contains(fileOf(t, im), []byte("defects")) || strings.Contains(textOf(t, im), "defects") || !im.Mesh().Whole() {
		t.Error("an image without defects tells of some")
	}
}

func TestVerifyRefusesDeadLinks(t *testing.T) {
	for _, tt := range []struct {
		links []mesh.Link
		want  string
	}{
		{[]mesh.Link{{0, 2}}, "dead link [0 2] is not between two neighbours"},
		{[]mesh.Link{{5, 6}}, "dead link [5 6] is not between two neighbours"},
		{[]mesh.Link{{-1, 0}}, "dead link [-1 0] is not between two neighbours"},
		{[]mesh.Link{{0, 1}, {0, 3}}, "no way from router"},
	} {
		im := around(t)
		im.Manifest.Defects.Links = tt.links
		if err := im.Verify(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("links %v: got %v, want %s", tt.links, err, tt.want)
		}
	}
}
