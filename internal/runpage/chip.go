package runpage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/chippage"
)

// drawChip draws the maps of the chip, and lists what is most of it.
func (v *view) drawChip() {
	if len(v.CoreList) == 0 {
		return
	}
	links, carried := v.Links, "packets that crossed each link"
	if v.Functional && v.Compilation != nil {
		carried = "spikes that would cross each link, as the compiler counted them: one of every source, or those of its profile. This run had no mesh"
		for _, l := range v.Compilation.Links.List {
			links = append(links, Link{l.From, l.To, l.Load.Weighted})
		}
	}
	var reports []compiler.CoreReport
	for k := range v.CoreList {
		c := &v.CoreList[k]
		v.Window.Take(c.X, c.Y)
		reports = append(reports, c.CoreReport)
		v.Busiest = append(v.Busiest, coreRow{*c, v.energyOf(k)})
	}
	for _, l := range links {
		v.Window.Take(l.From[0], l.From[1])
		v.Window.Take(l.To[0], l.To[1])
	}
	v.Maps = append(v.Maps, chipMap{
		Name: "occupancy", Letters: chippage.Letters(),
		Caption: "how full each core is, in per cent, of what it is fullest of. Letter: what that is",
		Legend:  chippage.Legend(func(share float64) string { return fmt.Sprintf("%v %%", 100*share) }),
		Picture: chippage.CoreMap("how full each core is", v.Window, chippage.Occupancy(&v.CoreLimits, reports)),
	})
	v.Maps = append(
		v.Maps,
		v.heat("spikes", "spikes fired by each core", func(r *coreRow) float64 { return float64(r.Spikes) }, func(x float64) string { return fmt.Sprintf("%.4g", x) }),
		v.heat("energy", "energy taken by each core", func(r *coreRow) float64 { return r.Energy }, func(x float64) string { return report.SI(x, "J") }),
	)
	if len(links) > 0 {
		v.Maps = append(v.Maps, v.linkMap(links, carried))
	}
	slices.SortStableFunc(v.Busiest, func(a, b coreRow) int {
		return cmp.Or(cmp.Compare(b.Energy, a.Energy), cmp.Compare(b.Spikes, a.Spikes))
	})
	v.MoreCores = max(0, len(v.Busiest)-maxRows)
	v.Busiest = v.Busiest[:len(v.Busiest)-v.MoreCores]
}

// energyOf returns a core's energy, 0 where the document does not have it.
func (v *view) energyOf(k int) float64 {
	if k < len(v.EnergyByCore) {
		return v.EnergyByCore[k]
	}
	return 0
}

// heat draws a figure of the cores, as a share of the largest.
func (v *view) heat(name, what string, of func(r *coreRow) float64, text func(x float64) string) chipMap {
	most := 0.0
	for k := range v.Busiest {
		most = max(most, of(&v.Busiest[k]))
	}
	cores := make([]chippage.Core, len(v.Busiest))
	for k := range v.Busiest {
		r := &v.Busiest[k]
		cores[k] = chippage.Core{X: r.X, Y: r.Y, Title: chippage.CoreName(&r.CoreReport) + ": " + text(of(r))}
		if most > 0 {
			cores[k].Share = of(r) / most
		}
	}
	return chipMap{
		Name: name, Caption: what + ", in per cent of the most, which is " + text(most),
		Legend:  chippage.Legend(func(share float64) string { return text(share * most) }),
		Picture: chippage.CoreMap(what, v.Window, cores),
	}
}

// linkMap draws links, and keeps the fullest.
func (v *view) linkMap(links []Link, carried string) chipMap {
	v.Fullest = slices.Clone(links)
	slices.SortStableFunc(v.Fullest, func(a, b Link) int { return cmp.Compare(b.Packets, a.Packets) })
	most := max(v.Fullest[0].Packets, 1)
	v.Fullest = v.Fullest[:min(len(v.Fullest), maxRows)]
	drawn := make([]chippage.Link, len(links))
	for k, l := range links {
		drawn[k] = chippage.LinkOf(l.From, l.To, l.Packets, most)
	}
	return chipMap{
		Name:    "links",
		Caption: carried + ": a wedge points where they go; colour and width are the share of the fullest's. The host is at router (0, 0), and its own link is not drawn",
		Legend:  chippage.Legend(func(share float64) string { return fmt.Sprint(int64(share * float64(most))) }),
		Picture: chippage.LinkMap("how much each link carries", v.Window, drawn),
	}
}
