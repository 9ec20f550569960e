package stimulus_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/events"
)

// camera is an input of a shape, behind 100 neurons of others.
func camera(shape ...int) []stimulus.Group {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return []stimulus.Group{{Name: "eye", Shape: shape, First: 100, N: n}}
}

// bin is a recording in the way of N-MNIST: (3, 1) is brighter at 0, 10 and 1100 µs and
// darker at 20, (0, 0) is darker at 2200 µs.
var bin = []byte{3, 1, 0x80, 0, 0, 3, 1, 0x80, 0, 10, 3, 1, 0, 0, 20, 3, 1, 0x80, 4, 76, 0, 0, 0, 8, 152}

func TestLoadRecording(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.BIN")
	if err := os.WriteFile(path, bin, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		groups []stimulus.Group
		o      stimulus.Options
		want   [][]int32
		merged int
	}{
		"two polarities": {camera(2, 2, 4), stimulus.Options{Tick: 1.1e-3}, [][]int32{{107, 115}, {115}, {100}}, 1},
		"brighter first": {camera(2, 2, 4), stimulus.Options{Tick: 1.1e-3, Polarity: events.OnOff}, [][]int32{{107, 115}, {107}, {108}}, 1},
		"merged":         {camera(2, 4), stimulus.Options{Tick: 1.1e-3}, [][]int32{{107}, {107}, {100}}, 2},
		"long ticks":     {camera(2, 4), stimulus.Options{Tick: 1}, [][]int32{{100, 107}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			got, told, err := stimulus.Load(path, test.groups, test.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&stimulus.Train{Ticks: len(test.want), Spikes: test.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(stimulus.Told{Events: 5, Merged: test.merged}, told); diff != "" {
				t.Errorf("told (-want +got)\n%s", diff)
			}
		})
	}
}

// Both are of testdata of package events: 300 events, (7i mod 20, 3i mod 10) at 37i µs.
func TestLoadRecordingThatIsCropped(t *testing.T) {
	const file = "../../internal/events/testdata/zstd.aedat4"
	train, told, err := stimulus.Load(file, camera(2, 10, 10), stimulus.Options{Tick: 1e-3, Fit: events.Crop})
	if err != nil {
		t.Fatal(err)
	}
	cropped := 0
	for i := range 300 {
		if x := i * 7 % 20; x < 5 || x >= 15 {
			cropped++
		}
	}
	if told.Events != 300 || told.Cropped != cropped || train.Count()+told.Merged+told.Cropped != 300 || train.Ticks != 299*37/1000+1 {
		t.Errorf("%+v, %d spikes in %d ticks; want 300 events, %d cropped", told, train.Count(), train.Ticks, cropped)
	}
}

func TestLoadSample(t *testing.T) {
	const file = "../../internal/events/testdata/shd.h5"
	train, told, err := stimulus.Load(file, camera(7, 100), stimulus.Options{Tick: 0.25, Sample: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := &stimulus.Train{Ticks: 7, Spikes: [][]int32{{140}, {110}, nil, nil, nil, nil, {120, 130}}}
	if diff := cmp.Diff(want, train); diff != "" || told != (stimulus.Told{Events: 4}) {
		t.Errorf("%+v (-want +got)\n%s", told, diff)
	}
}

func TestRecordingsThatDoNotGoIn(t *testing.T) {
	dir := t.TempDir()
	// A .dat of one event of an hour.
	late := append([]byte("% Version 2\n\x00\x08"), 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
	for name, content := range map[string][]byte{"a.bin": bin, "late.dat": late, "none.bin": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const testdata = "../../internal/events/testdata/"
	for _, test := range []struct {
		file   string
		groups []stimulus.Group
		o      stimulus.Options
		want   string
	}{
		{dir + "/a.bin", nil, stimulus.Options{}, "a.bin: a recording of events serves networks of one input, this one has 0; use .csv with the header tick,population,index [unsupported]"},
		{dir + "/a.bin", camera(2, 1, 4), stimulus.Options{}, `a.bin: does not go into input "eye": the event at byte 0 is at x 3, y 1, want x 0 to 3 and y 0 to 0 [shape-mismatch]`},
		{dir + "/a.bin", camera(8), stimulus.Options{}, `a.bin: does not go into input "eye": the shape is [8], want [2, height, width] or [height, width] for the events of a camera [shape-mismatch]`},
		{dir + "/a.bin", camera(2, 4), stimulus.Options{Sample: 1}, "a.bin: has no sample 1: it has 1, numbered from 0 [out-of-range]"},
		{dir + "/late.dat", camera(1, 1), stimulus.Options{Tick: 1e-4}, "late.dat: the event at byte 14 is at 4294967295 µs, behind the last of the 16777216 ticks of 0.0001 s that are read [too-large]"},
		{testdata + "lz4.aedat4", camera(2, 5, 5), stimulus.Options{}, `lz4.aedat4: does not go into input "eye": the sensor has 20 × 10 places (width × height), but shape [2, 5, 5] has 5 × 5; --input-fit crop keeps the middle of the sensor, --input-fit scale all of it [shape-mismatch]`},
		{testdata + "shd.h5", camera(699), stimulus.Options{}, `shd.h5: does not go into input "eye": spike 1 of sample 0 (both from 0) is of unit 699, want 0 to 698 [shape-mismatch]`},
		{dir + "/none.bin", camera(2, 4), stimulus.Options{}, "none.bin: has no events [bad-file]"},
		{testdata + "shd.h5", camera(700), stimulus.Options{Tick: 1, Sample: 1}, "shd.h5: sample 1 has no events [bad-file]"},
		{testdata + "shd.h5", camera(700), stimulus.Options{Fit: events.Scale}, "shd.h5: is a recording of units, which have no polarity and no places to crop or scale [unsupported]"},
		{testdata + "shd.h5", camera(700), stimulus.Options{Sample: 3}, "shd.h5: has no sample 3: it has 3, numbered from 0 [out-of-range]"},
	} {
		_, _, err := stimulus.Load(test.file, test.groups, test.o)
		if err == nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}
