package image

import (
	"fmt"

	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// Defects says around which defects of a chip an image was compiled.
type Defects struct {
	// Name and Fingerprint are those of targets.Defects.
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	// Links are the dead links, as pairs of routers y · mesh width + x. The image's
	// packets find their ways around them: see package mesh.
	Links []mesh.Link `json:"links,omitempty"`
}

// NewDefects returns what an image says of the defects that it is compiled
// around: nil where there are none.
func NewDefects(d *targets.Defects) *Defects {
	if d == nil {
		return nil
	}
	return &Defects{Name: d.Name, Fingerprint: d.Fingerprint(), Links: d.Links}
}

// Mesh returns the routers and links by which the image's packets find their ways.
func (im *Image) Mesh() *mesh.Mesh {
	var dead []mesh.Link
	if d := im.Manifest.Defects; d != nil {
		dead = d.Links
	}
	return mesh.New(im.Manifest.Arch.MeshWidth, im.Manifest.Arch.MeshHeight, dead)
}

// Router returns the router of a core; that of Host is mesh.Host.
func (im *Image) Router(core int32) int32 {
	if core == Host {
		return mesh.Host
	}
	c := &im.Cores[core]
	return c.Y*int32(im.Manifest.Arch.MeshWidth) + c.X
}

// verifyLinks checks that the dead links are links of the mesh.
func (im *Image) verifyLinks() error {
	if im.Manifest.Defects == nil {
		return nil
	}
	a := &im.Manifest.Arch
	whole := mesh.New(a.MeshWidth, a.MeshHeight, nil)
	for _, l := range im.Manifest.Defects.Links {
		if !whole.Neighbours(l[0], l[1]) {
			return fmt.Errorf("dead link %v is not between two neighbours", l)
		}
	}
	return nil
}

// verifyRoutes checks that there is a way to each destination, once all
// destinations are known to be there.
func (im *Image) verifyRoutes() (part, error) {
	m := im.Mesh()
	if m.Whole() {
		return part{}, nil
	}
	check := func(from int32, lists [][]Dest) error {
		for k, dests := range lists {
			for _, d := range dests {
				if to := im.Router(d.Core); !m.Connected(from, to) {
					return fmt.Errorf("list %d: no way from router %d to router %d around the dead links", k, from, to)
				}
			}
		}
		return nil
	}
	for k := range im.Cores {
		if err := check(im.Router(int32(k)), im.Cores[k].Dests); err != nil {
			return part{corePart, k}, fmt.Errorf("core %d: destination %w", k, err)
		}
	}
	if err := check(mesh.Host, im.InputDests); err != nil {
		return part{kind: inputPart}, fmt.Errorf("inputs: destination %w", err)
	}
	return part{}, nil
}
