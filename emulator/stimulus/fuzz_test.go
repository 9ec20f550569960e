package stimulus_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// FuzzLoad reads any bytes as each kind of file, into inputs of several shapes: what is
// read is within the input and the time, and every event is counted once.
func FuzzLoad(f *testing.F) {
	names := []string{"a.npz", "a.bin", "a.aedat4", "a.dat", "a.h5", "a.csv"}
	dir := f.TempDir()
	npz := filepath.Join(dir, "seed.npz")
	if err := ndarray.WriteNPZ(npz, map[string]*ndarray.Array{
		"tick": {Shape: []int{2}, Data: []float64{0, 3}}, "index": {Shape: []int{2}, Data: []float64{7, 0}},
	}); err != nil {
		f.Fatal(err)
	}
	recordings := "../../internal/events/testdata/"
	for kind, file := range map[byte]string{0: npz, 2: recordings + "zstd.aedat4", 4: recordings + "shd.h5"} {
		f.Add(golden.Files(f, file)[0], kind, byte(0), uint16(1000))
	}
	f.Add(bin, byte(1), byte(1), uint16(1))
	f.Add([]byte("% Version 2\n\x0c\x08\x01\x00\x00\x00\x02\x40\x00\x10"), byte(3), byte(2), uint16(60000))
	f.Add([]byte("tick,index\n0,1\n5,2\n"), byte(5), byte(3), uint16(1))
	shapes := [][]int{{2, 10, 20}, {2, 5, 4}, {4, 4}, {700}}
	f.Fuzz(func(t *testing.T, content []byte, kind, how byte, micros uint16) {
		path := filepath.Join(dir, names[int(kind)%len(names)])
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		in := camera(shapes[how%4]...)
		o := stimulus.Options{
			Tick: 1e-6 * float64(1+int(micros)), Sample: int(how >> 2 & 1),
			Fit: []events.Fit{"", events.Crop, events.Scale}[how>>3%3], Polarity: []events.Polarity{"", events.OnOff}[how>>5&1],
		}
		train, told, err := stimulus.Load(path, in, o)
		if err != nil {
			golden.Told(t, err, "", nil)
			return
		}
		if train.Ticks != len(train.Spikes) || train.Ticks > stimulus.MaxTicks {
			t.Fatalf("%d ticks, %d lists", train.Ticks, len(train.Spikes))
		}
		if stimulus.IsRecording(path) && train.Count()+told.Merged+told.Cropped != told.Events {
			t.Errorf("%+v and %d spikes", told, train.Count())
		}
		for tick := range train.Ticks + 1 {
			list := train.At(tick)
			for k, id := range list {
				if id < 100 || int(id) >= 100+in[0].N || k > 0 && id <= list[k-1] {
					t.Fatalf("spikes %v of an input of %d from 100 on", list, in[0].N)
				}
			}
		}
	})
}
