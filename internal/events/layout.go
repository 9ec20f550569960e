package events

import (
	"errors"
	"fmt"
	"strings"
)

// Fit says what becomes of a sensor that is larger than the array.
type Fit string

// The fits; the zero value refuses such a sensor.
const (
	// Crop keeps the middle of the sensor.
	Crop Fit = "crop"
	// Scale makes blocks of the sensor's places one of the array's.
	Scale Fit = "scale"
)

// Fits are the fits that have a name.
var Fits = []Fit{Crop, Scale}

// Polarity says which polarity comes first in an array.
type Polarity string

// The polarities.
const (
	OffOn Polarity = "off_on" // darker, then brighter; the zero value, too
	OnOff Polarity = "on_off"
	// Merged has both in the same places.
	Merged Polarity = "merged"
)

// Polarities are the orders of polarities.
var Polarities = []Polarity{OffOn, OnOff, Merged}

// Layout says which place of an array, flat in C order, an event has.
type Layout struct {
	// width and height are the array's, of each polarity.
	width, height int
	// on and off are where the polarities begin.
	on, off int
	fit     Fit
	// sensorWidth and sensorHeight are the sensor's, 0 where not known; of a fit they
	// are known and no smaller than the array's.
	sensorWidth, sensorHeight int
	units                     bool
}

// Camera lays the places of a sensor out in an array of shape [2, height, width],
// whose first index is the polarity, or [height, width], where both have the same
// places. A width of 0 says that the sensor's size is not known. The error lacks what
// the sensor and the array are of.
func Camera(shape []int, width, height int, fit Fit, polarity Polarity) (*Layout, error) {
	l := &Layout{fit: fit, sensorWidth: width, sensorHeight: height}
	switch {
	case len(shape) == 3 && shape[0] == 2 && polarity != Merged:
		l.height, l.width = shape[1], shape[2]
		if polarity == OnOff {
			l.off = l.height * l.width
		} else {
			l.on = l.height * l.width
		}
	case len(shape) == 2:
		l.height, l.width = shape[0], shape[1]
	case polarity == Merged:
		return nil, fmt.Errorf("the shape is %s, want [height, width] for the events of a camera, both polarities merged", formatShape(shape))
	default:
		return nil, fmt.Errorf("the shape is %s, want [2, height, width] or [height, width] for the events of a camera", formatShape(shape))
	}
	switch {
	case fit != "" && width == 0:
		return nil, fmt.Errorf("the file does not say how large its sensor is, so there is nothing to %s", fit)
	case fit != "" && (l.width > width || l.height > height):
		return nil, fmt.Errorf("the sensor has %d × %d places (width × height), fewer than the %d × %d of shape %s: there is nothing to %s", width, height, l.width, l.height, formatShape(shape), fit)
	case fit == "" && width != 0 && (l.width != width || l.height != height):
		return nil, &SizeError{
			Larger: width >= l.width && height >= l.height,
			text:   fmt.Sprintf("the sensor has %d × %d places (width × height), but shape %s has %d × %d", width, height, formatShape(shape), l.width, l.height),
		}
	}
	return l, nil
}

// SizeError is a sensor of another size than the array, where no fit is asked for.
type SizeError struct {
	// Larger says that a fit would do.
	Larger bool
	text   string
}

func (e *SizeError) Error() string { return e.text }

// WithRemedy says of an error of Camera how a fit is asked for, where that would do.
func WithRemedy(err error, remedy string) error {
	if e, ok := errors.AsType[*SizeError](err); ok && e.Larger {
		return fmt.Errorf("%w; %s", err, remedy)
	}
	return err
}

// Units lays the units of an ear out in n places.
func Units(n int) *Layout { return &Layout{width: n, height: 1, units: true} }

// Place returns the place of an event, or -1 where the fit leaves it out. The error
// lacks which event it is about.
func (l *Layout) Place(e Event) (int, error) {
	x, y := e.X, e.Y
	outside := x < 0 || x >= l.width || y < 0 || y >= l.height
	switch {
	case l.fit == Crop:
		x, y = x-(l.sensorWidth-l.width)/2, y-(l.sensorHeight-l.height)/2
		if x < 0 || x >= l.width || y < 0 || y >= l.height {
			return -1, nil
		}
	case l.fit == Scale:
		x, y = x*l.width/l.sensorWidth, y*l.height/l.sensorHeight
	case outside && l.units:
		return 0, fmt.Errorf("is of unit %d, want 0 to %d", x, l.width-1)
	case outside:
		return 0, fmt.Errorf("is at x %d, y %d, want x 0 to %d and y 0 to %d", x, y, l.width-1, l.height-1)
	}
	first := l.off
	if e.On {
		first = l.on
	}
	return first + y*l.width + x, nil
}

// formatShape writes a shape as a user does: [2, 34, 34].
func formatShape(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}
