package report

import (
	"fmt"
	"strings"
)

// InputEvents says what became of the events of recordings. Those that are not
// counted as lost are a spike each: Read − Cropped − Merged − Late spikes went in.
type InputEvents struct {
	Read int64 `json:"read"`
	// Cropped are outside what is kept of the sensor.
	Cropped int64 `json:"cropped"`
	// Merged met another one of their place in their tick, where both are one spike.
	Merged int64 `json:"merged"`
	// Late are behind the last tick.
	Late int64 `json:"late"`
}

// Add adds those of another recording.
func (e *InputEvents) Add(x InputEvents) {
	e.Read += x.Read
	e.Cropped += x.Cropped
	e.Merged += x.Merged
	e.Late += x.Late
}

// Lost says in a phrase each what became of those that are no spike.
func (e *InputEvents) Lost() []string {
	var out []string
	for _, l := range []struct {
		n    int64
		what string
	}{
		{e.Cropped, "outside what is kept of the sensor"},
		{e.Merged, "merged with another of their place and tick"},
		{e.Late, "behind the last tick"},
	} {
		if l.n > 0 {
			out = append(out, fmt.Sprintf("%d (%.1f %%) %s", l.n, 100*float64(l.n)/float64(e.Read), l.what))
		}
	}
	return out
}

// String says how many were read, and what became of them.
func (e *InputEvents) String() string {
	lost := e.Lost()
	if len(lost) == 0 {
		return fmt.Sprintf("%d read, each a spike", e.Read)
	}
	return fmt.Sprintf("%d read: %s", e.Read, strings.Join(lost, ", "))
}
