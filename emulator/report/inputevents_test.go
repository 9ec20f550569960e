package report_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/emulator/report"
)

func ExampleInputEvents() {
	e := report.InputEvents{Read: 111954, Cropped: 97512, Merged: 170}
	fmt.Println(&e)
	fmt.Println(&report.InputEvents{Read: 5})
	// Output:
	// 111954 read: 97512 (87.1 %) outside what is kept of the sensor, 170 (0.2 %) merged with another of their place and tick
	// 5 read, each a spike
}
