package stimulus

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
)

// camera makes a reader of the recordings of cameras, of a format.
func camera(format events.Format) func(string, []Group, Options) (*Train, Told, error) {
	return func(path string, groups []Group, o Options) (*Train, Told, error) {
		in, err := oneInput(path, "a recording of events", groups)
		if err != nil {
			return nil, Told{}, err
		}
		if o.Sample != 0 {
			return nil, Told{}, noSample(path, o.Sample, 1)
		}
		r, err := events.Open(path, format)
		if err != nil {
			return nil, Told{}, err
		}
		defer r.Close()
		layout, err := events.Camera(in.Shape, r.Width, r.Height, o.Fit, o.Polarity)
		if err != nil {
			return nil, Told{}, diag.One(diag.Pos{File: path}, diag.ShapeMismatch, "does not go into input %q: %v", in.Name,
				events.WithRemedy(err, "--input-fit crop keeps the middle of the sensor, --input-fit scale all of it"))
		}
		return gather(path, in, layout, o, r.Each)
	}
}

// loadSHD reads a sample.
func loadSHD(path string, groups []Group, o Options) (*Train, Told, error) {
	in, err := oneInput(path, "a recording of events", groups)
	if err != nil {
		return nil, Told{}, err
	}
	if o.Fit != "" || o.Polarity != "" {
		return nil, Told{}, diag.One(diag.Pos{File: path}, diag.Unsupported, "is a recording of units, which have no polarity and no places to crop or scale")
	}
	s, err := events.OpenSHD(path)
	if err != nil {
		return nil, Told{}, err
	}
	if o.Sample >= s.N {
		return nil, Told{}, noSample(path, o.Sample, s.N)
	}
	train, told, err := gather(path, in, events.Units(in.N), o, func(sink events.Sink) error { return s.Each(o.Sample, sink) })
	if err == nil && told.Events == 0 {
		return nil, Told{}, diag.One(diag.Pos{File: path}, diag.BadFile, "sample %d has no events", o.Sample)
	}
	return train, told, err
}

func noSample(path string, sample, have int) error {
	return diag.One(diag.Pos{File: path}, diag.OutOfRange, "has no sample %d: it has %d, numbered from 0", sample, have)
}

// gather makes a train of events: those of a tick are from its beginning on, the
// first tick begins with the recording, and a neuron spikes once a tick however many
// events it has there.
func gather(path string, in Group, layout *events.Layout, o Options, each func(events.Sink) error) (*Train, Told, error) {
	var told Told
	var keys []uint64
	bin := microseconds(o.Tick)
	err := each(func(e events.Event, where func() string) error {
		told.Events++
		place, err := layout.Place(e)
		switch tick := float64(e.Time) / bin; {
		case err != nil:
			return diag.One(diag.Pos{File: path}, diag.ShapeMismatch, "does not go into input %q: %s %v", in.Name, where(), err)
		case place < 0:
			told.Cropped++
		case tick >= MaxTicks:
			return diag.One(diag.Pos{File: path}, diag.TooLarge, "%s is at %d µs, behind the last of the %d ticks of %v s that are read", where(), e.Time, MaxTicks, o.Tick)
		case len(keys) == MaxSpikes:
			return diag.One(diag.Pos{File: path}, diag.TooLarge, "%s is one more than %d spikes, the most that are read", where(), MaxSpikes)
		default:
			keys = append(keys, key(int(tick)+1, in.First+int32(place)))
		}
		return nil
	})
	if err != nil {
		return nil, Told{}, err
	}
	n := len(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	told.Merged = n - len(keys)
	return newTrain(keys), told, nil
}
