// Package runpage is a run as a document to keep, RUN.json, and as a page: spikes,
// potentials, maps of the chip, energy, latency, what was lost to few bits, and where
// each figure is from. A Recorder watches the run, Write writes the document, Parse
// reads it and WriteHTML draws it. REPORT.md says what is in both.
package runpage

import (
	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/eval"
)

// Version is that of the documents.
const Version = 1

// Document is a run, as `weft run --json` tells it, or an experiment, as `weft eval
// --json` does, and what was recorded besides.
type Document struct {
	eval.Result
	Recording
}

// Recording is what a document has beyond a report. All of it may be missing.
type Recording struct {
	// Record is the Version; 0 where nothing was recorded.
	Record int     `json:"record"`
	Raster *Raster `json:"raster"`
	Probes []Trace `json:"probes"`
	// TickCycles is how long ticks took, in cycles; nil where no time is kept.
	TickCycles *report.Histogram `json:"tick_cycles"`
	// Mesh is the width and the height of the chip's mesh.
	Mesh       [2]int              `json:"mesh"`
	CoreLimits compiler.CoreLimits `json:"core_limits"`
	CoreList   []Core              `json:"core_list"`
	// Links are those between routers that packets crossed; nil where there was no
	// mesh.
	Links []Link `json:"links"`
	// NeuroBench and Compilation are nil where an image was run. The latter's
	// CoreList and Seconds are left out: the first is above, the second differs from
	// run to run.
	NeuroBench  *NeuroBench      `json:"neurobench"`
	Compilation *compiler.Report `json:"compilation"`
	// Sources are where the target's figures are from.
	Sources []Source `json:"sources"`
}

// Raster is all spikes, as far as they are kept.
type Raster struct {
	// Groups are the inputs, then the populations; neurons are numbered through all.
	Groups []Group `json:"groups"`
	// TickSeconds is the duration of a tick in the network's own time.
	TickSeconds float64 `json:"tick_seconds"`
	// Until is the last tick whose spikes are kept, Spikes how many these are.
	Until  int `json:"until"`
	Spikes int `json:"spikes"`
	// Data is packed: for each tick from 0 to Until how many spike, then for each of
	// them, in order, how much its number is above that of the one before, or above 0.
	// Numbers are unsigned LEB128, in base64.
	Data []byte `json:"data"`
	full bool
}

// Group is an input or a population.
type Group struct {
	Name  string `json:"name"`
	N     int    `json:"n"`
	Input bool   `json:"input"`
	// Counts are nil in documents of before there were any.
	Counts *Counts `json:"counts"`
}

// Counts are of all ticks, also of those whose spikes are not kept.
type Counts struct {
	Spikes int64 `json:"spikes"`
	// Active is how many neurons ever spiked, First and Last when the first and the
	// last did; 0 where none did.
	Active int `json:"active"`
	First  int `json:"first"`
	Last   int `json:"last"`
}

// Trace is a state word of a neuron after each tick, the first one's first.
type Trace struct {
	Population string `json:"population"`
	Index      int    `json:"index"`
	State      string `json:"state"`
	// Scale is the word of a potential of 1 in the network file; 0 where the word is
	// no potential.
	Scale float64 `json:"scale"`
	// Data is packed: how much each word is above the one before, or above 0, as
	// signed numbers in zigzag and LEB128, in base64.
	Data []byte `json:"data"`
}

// Core is how full a core is, and what it did. Its energy is in `energy_by_core`.
type Core struct {
	compiler.CoreReport
	// Spikes are those of its slots, copies, parts and relays included.
	Spikes      int64 `json:"spikes"`
	SynapticOps int64 `json:"synaptic_ops"`
}

// Link is how many packets crossed a link from a router, by x and y, to the next.
type Link struct {
	From    [2]int `json:"from"`
	To      [2]int `json:"to"`
	Packets int64  `json:"packets"`
}

// Source is a figure of the target as its file has it, and what the comment on its
// line says of where it is from.
type Source struct {
	Block  string `json:"block"`
	Field  string `json:"field"`
	Value  string `json:"value"`
	Source string `json:"source"`
	File   string `json:"file"`
}
