package kernel

import "unsafe"

// inGo is a tile's crossbar for the loops in Go: one of the two.
type inGo struct {
	bits *Bits
	rows *Dense[int8]
}

// sum makes the sums of all lanes, each of which has excess too much.
func (g *inGo) sum(sums []fours, axons []int32, s *Scratch) (excess uint64) {
	if g.bits != nil {
		return g.bits.sum(sums, axons, s)
	}
	return g.rows.sum(sums, axons)
}

// add adds rows to the sums of all lanes.
func (g *inGo) add(sums, axons []int32, s *Scratch) {
	if g.bits != nil {
		g.bits.Add(sums, axons, s)
	} else {
		g.rows.Add(sums, axons, s)
	}
}

// tick is Tick in Go.
func (t *Tile) tick(axons []int32, w *Work) {
	f, lanes := t.fire, len(t.State)
	fired := w.Fired[:lanes/Block]
	w.Active, w.Bits = 0, 0
	if t.inGo.bits != nil { // before they are added: so all rows are asked for at once
		w.Bits = t.inGo.bits.count(axons)
	}
	if !t.inShorts {
		sums := w.sums[:lanes]
		clear(sums)
		t.inGo.add(sums, axons, &w.scratch)
		w.Active, _ = f.Run(t.State, sums, w.old[:lanes], fired)
		return
	}
	q, v := f.quads, t.asFours()
	if q.plain && t.inGo.bits != nil && len(axons) <= t.inGo.bits.few {
		sums := t.inGo.bits.sumBytes(axons, &w.scratch)
		for k := range fired {
			set, active := q.runBytes(&v[k], &sums[k])
			fired[k] = set
			w.Active += active
		}
		return
	}
	w.scratch.grow(len(fired), 0)
	sums := w.scratch.fours[:len(fired)]
	excess := t.inGo.sum(sums, axons, &w.scratch)
	for k := range fired {
		set, active := q.run(&v[k], &sums[k], k, excess)
		fired[k] = set
		w.Active += active
	}
}

// asFours returns the shorts as they are in Go.
func (t *Tile) asFours() []fours {
	return unsafe.Slice((*fours)(unsafe.Pointer(t.shorts)), len(t.State)/Block)
}
