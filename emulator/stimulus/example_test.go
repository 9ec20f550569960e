package stimulus_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/weft-toolchain/weft/emulator/stimulus"
)

// Three values become spikes over four ticks: each neuron spikes in proportion
// to its value, at evenly spread ticks.
func ExampleRate() {
	var train stimulus.Train
	clamped := stimulus.Rate([]float64{0.25, 0.5, 1}, 0, 4, &train)
	for i, ids := range train.Spikes {
		fmt.Println("tick", i+1, ids)
	}
	fmt.Println("clamped", clamped)
	// Output:
	// tick 1 [1 2]
	// tick 2 [0 2]
	// tick 3 [1 2]
	// tick 4 [2]
	// clamped 0
}

func ExampleReadCSV() {
	groups := []stimulus.Group{{Name: "image", First: 0, N: 784}}
	train, err := stimulus.ReadCSV("in.csv", strings.NewReader("tick,population,index\n2,image,7\n1,image,3\n"), groups)
	fmt.Println(train.Spikes, err)
	_, err = stimulus.ReadCSV("in.csv", strings.NewReader("tick,population,index\n-1,imge,7\n"), groups)
	fmt.Println(err)
	// Output:
	// [[3] [7]] <nil>
	// in.csv:2:1: tick is -1, want 0 to 16777216 [bad-stimulus]
	// in.csv:2:4: the network has no input "imge"; did you mean "image"? [bad-stimulus]
}

func ExampleWriteCSV() {
	groups := []stimulus.Group{{Name: "hidden", First: 0, N: 128}, {Name: "digit", First: 128, N: 10}}
	if err := stimulus.WriteCSV(os.Stdout, []stimulus.Spike{{Tick: 1, Neuron: 5}, {Tick: 3, Neuron: 135}}, groups); err != nil {
		fmt.Println(err)
	}
	// Output:
	// tick,population,index
	// 1,hidden,5
	// 3,digit,7
}
