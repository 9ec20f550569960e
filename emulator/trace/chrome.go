package trace

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// The processes of a trace: groups of tracks.
const (
	chipProcess = iota + 1
	coreProcess
	routerProcess
)

// Chrome writes a run in the trace-event format, which Perfetto and
// chrome://tracing open; TRACES.md says what each track is. It is an array with an
// event in each line, whose end may be missing: what is cut off is a trace still.
type Chrome struct {
	w     io.Writer
	buf   bytes.Buffer
	im    *image.Image
	clock clock
	// whole says that a core's tick is one piece, on a chip without ticks.
	whole bool
	// sep stands before the next event.
	sep string
	// start is the cycle at which the tick begins, flow the number of the last packet.
	start, flow int64
	slices      []slice
}

// slice is something on a track of a process that lasts from a cycle until before
// another.
type slice struct {
	process, track int
	from, until    int64
	name           string
	// args is JSON, or empty.
	args string
}

// event is a trace event as its names are in the format.
type event struct {
	Phase   string `json:"ph"`
	Process int    `json:"pid"`
	Track   int    `json:"tid"`
	Name    string `json:"name"`
	Args    any    `json:"args,omitempty"`
}

// NewChrome returns a trace of an image's run at a target's clock, and writes what
// the tracks are called.
func NewChrome(w io.Writer, im *image.Image, t *targets.Timing) (*Chrome, error) {
	c := &Chrome{w: w, im: im, clock: newClock(t), whole: im.Manifest.Arch.Controller.EventDriven(), sep: "[\n"}
	m := &im.Manifest
	c.name("process_labels", chipProcess, 0, map[string]string{"labels": c.clock.String()})
	for k, name := range []string{"chip: " + m.Network + " on " + m.Target, "cores", "routers"} {
		c.name("process_name", chipProcess+k, 0, map[string]string{"name": name})
		c.name("process_sort_index", chipProcess+k, 0, map[string]int{"sort_index": k})
	}
	c.track(chipProcess, 0, "ticks")
	c.track(routerProcess, routerOf(image.Host), "host")
	for k := range im.Cores {
		core := &im.Cores[k]
		c.track(coreProcess, k, fmt.Sprintf("core %d (%d, %d) %s", k, core.X, core.Y, im.Label(core)))
		c.track(routerProcess, routerOf(int32(k)), fmt.Sprintf("router (%d, %d) of core %d", core.X, core.Y, k))
	}
	return c, c.flush(flushAt)
}

// routerOf returns the track of a core's router; the host's comes first.
func routerOf(core int32) int { return int(core) - image.Host }

// track names a track, and puts it in order.
func (c *Chrome) track(process, track int, name string) {
	c.name("thread_name", process, track, map[string]string{"name": name})
	c.name("thread_sort_index", process, track, map[string]int{"sort_index": track})
}

// name writes an event that describes a process or a track.
func (c *Chrome) name(what string, process, track int, args any) {
	c.next()
	c.buf.Write(text(event{"M", process, track, what, args}))
}

// text returns JSON of what always has one.
func text(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("trace: " + err.Error())
	}
	return data
}

// next begins the line of an event.
func (c *Chrome) next() {
	c.buf.WriteString(c.sep)
	c.sep = ",\n"
}

// Tick writes one tick.
func (c *Chrome) Tick(t *emulator.Tick) error {
	c.slices = c.slices[:0]
	c.add(slice{chipProcess, 0, 0, t.Phases.Done, fmt.Sprintf("tick %d", t.Number), ""})
	for k := range t.Cores {
		c.core(k, &t.Cores[k], &t.Phases)
	}
	c.routers(t)
	c.write()
	c.flows(t.Deliveries)
	c.counters(t)
	c.start += t.Phases.Done
	return c.flush(flushAt)
}

// core adds the phases of a core.
func (c *Chrome) core(k int, t *emulator.CoreTick, p *emulator.Phases) {
	if c.whole {
		c.add(slice{coreProcess, k, 0, p.Done, "events", ""})
		return
	}
	at := int64(0)
	for _, phase := range []struct {
		name string
		end  int64
	}{
		{"integrate", t.Integrated},
		{"wait for sums", t.Began},
		{"update", t.Updated},
		{"learn", t.Learned},
		{"wait", p.Routed},
		{"synchronise", p.Done},
	} {
		c.add(slice{coreProcess, k, at, phase.end, phase.name, ""})
		at = max(at, phase.end)
	}
}

// routers adds what cores and the host sent, and the cycles of deliveries.
func (c *Chrome) routers(t *emulator.Tick) {
	for _, s := range t.Sends {
		track := routerOf(s.Core)
		c.add(slice{routerProcess, track, s.From, s.Until - s.Stall, "send", ""})
		c.add(slice{routerProcess, track, s.Until - s.Stall, s.Until, "stall", ""})
	}
	for _, d := range t.Deliveries {
		args := fmt.Sprintf(`{"from":%q,"offered":%d}`, place(d.From), d.Offered)
		if slot, part := (image.Dest{Core: d.To, Axon: d.Axon}).Slot(); part {
			args = fmt.Sprintf(`{"from":%q,"offered":%d,"slot":%d}`, place(d.From), d.Offered, slot)
		} else if d.To != image.Host {
			args = fmt.Sprintf(`{"from":%q,"offered":%d,"axon":%d}`, place(d.From), d.Offered, d.Axon)
		}
		c.add(slice{routerProcess, routerOf(d.To), d.At, d.At + 1, "packet", args})
	}
}

// add adds a slice, if it lasts.
func (c *Chrome) add(s slice) {
	if s.until > s.from {
		c.slices = append(c.slices, s)
	}
}

// write writes the slices track by track, each before those within it.
func (c *Chrome) write() {
	slices.SortStableFunc(c.slices, func(a, b slice) int {
		return cmp.Or(a.process-b.process, a.track-b.track, cmp.Compare(a.from, b.from), cmp.Compare(b.until, a.until))
	})
	for k := range c.slices {
		s := &c.slices[k]
		from := c.clock.at(c.start + s.from)
		c.head("X", s.process, s.track, from, s.name)
		c.buf.WriteString(`,"dur":`)
		c.time(c.clock.at(c.start+s.until) - from)
		if s.args != "" {
			c.buf.WriteString(`,"args":` + s.args)
		}
		c.buf.WriteByte('}')
	}
}

// flows writes an arrow for each packet, from where it was offered to where it was
// delivered.
func (c *Chrome) flows(list []emulator.Delivery) {
	for _, d := range list {
		c.flow++
		c.head("s", routerProcess, routerOf(d.From), c.clock.at(c.start+d.Offered), "packet")
		fmt.Fprintf(&c.buf, `,"cat":"packet","id":%d}`, c.flow)
		c.head("f", routerProcess, routerOf(d.To), c.clock.at(c.start+d.At), "packet")
		fmt.Fprintf(&c.buf, `,"cat":"packet","id":%d,"bp":"e"}`, c.flow)
	}
}

// counters writes what is counted in a tick, at its start.
func (c *Chrome) counters(t *emulator.Tick) {
	at := c.clock.at(c.start)
	stalls := int64(0)
	for _, s := range t.Sends {
		stalls += s.Stall
	}
	for _, group := range []struct {
		name    string
		symbols []image.Symbol
		fired   []int32
	}{
		{"spikes of inputs", c.im.Manifest.Inputs, t.Inputs},
		{"spikes", c.im.Manifest.Populations, t.Fired},
	} {
		if len(group.symbols) == 0 {
			continue
		}
		c.head("C", chipProcess, 0, at, group.name)
		c.buf.WriteString(`,"args":{`)
		for k, s := range group.symbols {
			if k > 0 {
				c.buf.WriteByte(',')
			}
			fmt.Fprintf(&c.buf, "%s:%d", text(s.Name), within(group.fired, &s))
		}
		c.buf.WriteString("}}")
	}
	for _, count := range []struct {
		name string
		n    int64
	}{{"packets delivered", int64(len(t.Deliveries))}, {"stall cycles", stalls}} {
		c.head("C", chipProcess, 0, at, count.name)
		fmt.Fprintf(&c.buf, `,"args":{"a tick":%d}}`, count.n)
	}
}

// within returns how many of ids, which ascend, are a symbol's.
func within(ids []int32, s *image.Symbol) int {
	first, _ := slices.BinarySearch(ids, int32(s.First))
	end, _ := slices.BinarySearch(ids, int32(s.First+s.N))
	return end - first
}

// head begins an event at a time.
func (c *Chrome) head(phase string, process, track int, at int64, name string) {
	c.next()
	fmt.Fprintf(&c.buf, `{"ph":%q,"pid":%d,"tid":%d,"name":%s,"ts":`, phase, process, track, text(name))
	c.time(at)
}

// time writes picoseconds as microseconds.
func (c *Chrome) time(ps int64) { fmt.Fprintf(&c.buf, "%d.%06d", ps/1e6, ps%1e6) }

// flush writes what is gathered, if it is so many bytes.
func (c *Chrome) flush(atLeast int) error { return flush(c.w, &c.buf, atLeast) }

// Close ends the trace.
func (c *Chrome) Close() error {
	c.buf.WriteString("\n]\n")
	return c.flush(0)
}
