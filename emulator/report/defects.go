package report

import (
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/targets"
)

// Defects is what a run had to do with what is dead of its chip.
type Defects struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	// Used is what the image uses of what is dead.
	Used emulator.DeadUse `json:"used"`
	// LostPackets counts the packets that came to nothing: those sent over dead
	// links, those that reached dead cores, and those for dead axons.
	LostPackets int64 `json:"lost_packets"`
	LostAtLinks int64 `json:"lost_at_links"`
	LostAtCores int64 `json:"lost_at_cores"`
	LostAtAxons int64 `json:"lost_at_axons"`
}

// SetDefects has the report tell of the chip's defects and of what the image uses
// of them; with none it stays as it is.
func (r *Report) SetDefects(d *targets.Defects, used emulator.DeadUse) {
	if d == nil {
		return
	}
	r.Defects = &Defects{
		Name: d.Name, Fingerprint: d.Fingerprint(), Used: used, LostPackets: r.lost.Links + r.lost.Cores + r.lost.Axons,
		LostAtLinks: r.lost.Links, LostAtCores: r.lost.Cores, LostAtAxons: r.lost.Axons,
	}
}

func (d *Defects) writeText(w io.Writer) {
	fmt.Fprintf(w, "defects %s (%s): lost packets %d: %d at dead links, %d at dead cores, %d at dead axons\n",
		d.Name, d.Fingerprint, d.LostPackets, d.LostAtLinks, d.LostAtCores, d.LostAtAxons)
}
