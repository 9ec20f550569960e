package checkpoint_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/emulator/checkpoint"
)

// A counter says once what its state is.
type counter struct{ n int }

func (k *counter) code(c *checkpoint.Coder) { checkpoint.Number(c, &k.n, 0, 1000) }

func Example() {
	run := []checkpoint.Fact{{Name: "image", Value: "5e88"}}
	w := checkpoint.Writer()
	(&counter{n: 41}).code(w)
	file := checkpoint.Bytes(run, w)

	r, err := checkpoint.Read("run.ckpt", file, run)
	if err != nil {
		fmt.Println(err)
		return
	}
	var k counter
	k.code(r)
	fmt.Println(k.n+1, r.End())

	_, err = checkpoint.Read("run.ckpt", file, []checkpoint.Fact{{Name: "image", Value: "7d01"}})
	fmt.Println(err)
	// Output:
	// 42 <nil>
	// run.ckpt:2: is of another run: image is 5e88, and in this run 7d01 [bad-checkpoint]
}
