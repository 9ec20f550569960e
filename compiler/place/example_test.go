package place_test

import (
	"context"
	"fmt"

	"github.com/weft-toolchain/weft/compiler/place"
)

func ExamplePlace() {
	// A core in the middle of four others, which the host feeds.
	p := &place.Problem{Width: 3, Height: 3, Cores: 5}
	for c := range int32(4) {
		p.Flows = append(p.Flows, place.Flow{From: c, To: 4, Weight: 10}, place.Flow{From: place.Host, To: c, Weight: 1})
	}
	spots, err := place.Place(context.Background(), p, place.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := place.Measure(p, spots)
	fmt.Println("the middle is at", spots[4], "and the packets cross", f.Hops, "links", err)
	// Output: the middle is at 4 and the packets cross 48 links <nil>
}
