package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/isa/image"
)

// inputFlags say where the spikes of the inputs come from.
type inputFlags struct {
	in       string
	sample   int
	polarity string
	fit      string
}

// addInput declares the flags; use is what -i is for.
func (f *inputFlags) addInput(cmd *cobra.Command, use string) {
	cmd.Flags().StringVarP(&f.in, "input", "i", "", use+": csv, .npz, or a recording of events: .bin of N-MNIST, .aedat4, .dat, .h5 as the spiking Heidelberg data")
	addWhole(cmd, &f.sample, "input-sample", 0, noEnd, "which sample of an .h5, from 0")
	cmd.Flags().StringVar(&f.polarity, "input-polarity", "", "of a recording of a camera: which polarity comes first in an input of shape [2, height, width], off_on (default) or on_off")
	cmd.Flags().StringVar(&f.fit, "input-fit", "", "of a recording of a camera that is larger than the input: crop (its middle) or scale; without it such a recording is refused")
}

// inputGiven reports whether any of the flags is.
func (f *inputFlags) inputGiven() bool { return *f != inputFlags{} }

// checkInput refuses what the flags cannot mean.
func (f *inputFlags) checkInput() error {
	polarities := []events.Polarity{events.OffOn, events.OnOff}
	switch {
	case f.polarity != "" && !slices.Contains(polarities, events.Polarity(f.polarity)):
		return usagef("--input-polarity %s: want %s", f.polarity, joined(polarities))
	case f.fit != "" && !slices.Contains(events.Fits, events.Fit(f.fit)):
		return usagef("--input-fit %s: want %s", f.fit, joined(events.Fits))
	case (f.sample != 0 || f.polarity != "" || f.fit != "") && !stimulus.IsRecording(f.in):
		return usagef("--input-sample, --input-polarity and --input-fit are for recordings of events, with -i")
	}
	return nil
}

// spikes reads the spikes; no file means none.
func (f *inputFlags) spikes(stdin io.Reader, im *image.Image) (*stimulus.Train, stimulus.Told, error) {
	groups := groupsOf(im.Manifest.Inputs)
	switch f.in {
	case "":
		return &stimulus.Train{}, stimulus.Told{}, nil
	case "-":
		t, err := stimulus.ReadCSV("stdin", stdin, groups)
		return t, stimulus.Told{}, err
	}
	return stimulus.Load(f.in, groups, stimulus.Options{
		Tick: im.Manifest.TickSeconds, Sample: f.sample, Polarity: events.Polarity(f.polarity), Fit: events.Fit(f.fit),
	})
}

// noteEvents tells what became of events that are no spikes of their own.
func (f *inputFlags) noteEvents(errs io.Writer, told stimulus.Told) {
	if told.Merged > 0 {
		fmt.Fprintf(errs, "note: %s: %d of %d events met another of their place in their tick, where both are one spike\n", f.in, told.Merged, told.Events)
	}
	if told.Cropped > 0 {
		fmt.Fprintf(errs, "note: %s: %d of %d events are outside what is kept of the sensor\n", f.in, told.Cropped, told.Events)
	}
}

// inputEvents counts what became of the events of a recording in a run of so many
// ticks; nil of an input that has none.
func inputEvents(told stimulus.Told, train *stimulus.Train, ticks int) *report.InputEvents {
	if told.Events == 0 {
		return nil
	}
	late := 0
	for t := ticks + 1; t <= len(train.Spikes); t++ {
		late += len(train.At(t))
	}
	return &report.InputEvents{Read: int64(told.Events), Cropped: int64(told.Cropped), Merged: int64(told.Merged), Late: int64(late)}
}
