// Command weft compiles spiking networks to images for crossbar neuromorphic
// chips and emulates those chips.
package main

import (
	"os"

	"github.com/weft-toolchain/weft/internal/cli"
)

func main() { os.Exit(cli.Main()) }
