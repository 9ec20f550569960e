package runpage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
)

// maxSpikes is how many spikes a raster keeps at most, maxNeurons how many can spike.
const (
	maxSpikes  = 1 << 24
	maxNeurons = 1 << 26
)

// tick packs the spikes of the tick after the last, numbers ascending and those of
// inputs first; and no more once there are too many.
func (r *Raster) tick(inputs, fired []int32, firstNeuron int) {
	n := len(inputs) + len(fired)
	if r.full = r.full || r.Spikes+n > maxSpikes; r.full {
		return
	}
	r.Until++
	r.Spikes += n
	r.Data = binary.AppendUvarint(r.Data, uint64(n))
	last := 0
	for _, i := range inputs {
		r.Data = binary.AppendUvarint(r.Data, uint64(int(i)-last))
		last = int(i)
	}
	for _, i := range fired {
		r.Data = binary.AppendUvarint(r.Data, uint64(int(i)+firstNeuron-last))
		last = int(i) + firstNeuron
	}
}

// PackWords returns words as Trace.Data has them.
func PackWords(words iter.Seq[int32]) []byte {
	var out []byte
	last := int64(0)
	for w := range words {
		out = binary.AppendVarint(out, int64(w)-last)
		last = int64(w)
	}
	return out
}

var errPacked = errors.New("ends within a number, or has one that is too large")

// neurons returns how many can spike.
func (r *Raster) neurons() int {
	n := 0
	for _, g := range r.Groups {
		n += g.N
	}
	return n
}

// each calls visit with each spike, in order, and says what is wrong with the data.
func (r *Raster) each(visit func(tick, neuron int)) error {
	data, total, spikes := r.Data, uint64(r.neurons()), 0
	next := func() (uint64, error) {
		x, n := binary.Uvarint(data)
		if n <= 0 {
			return 0, errPacked
		}
		data = data[n:]
		return x, nil
	}
	for t := 0; t <= r.Until; t++ {
		n, err := next()
		if err != nil {
			return err
		}
		if n > uint64(len(data)) {
			return fmt.Errorf("has %d spikes at tick %d, and only %d bytes are left", n, t, len(data))
		}
		at := uint64(0)
		for range n {
			step, err := next()
			if err != nil {
				return err
			}
			if step >= total-at {
				return fmt.Errorf("has a spike of number %d at tick %d, of %d neurons and inputs", at+step, t, total)
			}
			at += step
			spikes++
			visit(t, int(at))
		}
	}
	if len(data) > 0 || spikes != r.Spikes {
		return fmt.Errorf("has %d spikes up to tick %d and %d bytes after them, want %d spikes and no more", spikes, r.Until, len(data), r.Spikes)
	}
	return nil
}

// words unpacks the trace.
func (t *Trace) words() ([]int32, error) {
	var out []int32
	last, data := int64(0), t.Data
	for len(data) > 0 {
		step, n := binary.Varint(data)
		if n <= 0 || step < -math.MaxUint32 || step > math.MaxUint32 {
			return nil, errPacked
		}
		data = data[n:]
		if last += step; last != int64(int32(last)) {
			return nil, errPacked
		}
		out = append(out, int32(last))
	}
	return out, nil
}
