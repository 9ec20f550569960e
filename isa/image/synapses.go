package image

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"slices"
)

// The arrays with an element a synapse are most of a file, so they are written row
// by row, and not gathered before.

// perSynapse reports whether an array has an element a synapse.
func perSynapse(name string) bool { return name == "slots" || name == "delays" || name == weightsName }

// elements returns how many elements a core's rows have in such an array.
func (r *Rows) elements(name string) int {
	n := 0
	for axon := range r.at {
		if h, _ := r.head(axon); name != "delays" || h.how.delays != delaysNone {
			n += h.synapses
		}
	}
	return n
}

// appendTo appends the elements of a row, of size bytes each.
func (r *Row) appendTo(b []byte, name string, size int) []byte {
	switch name {
	case "slots":
		return appendShorts(b, r.Slots, size)
	case "delays":
		return appendShorts(b, r.Delays, size)
	}
	return appendShorts(b, r.Weights, size)
}

func appendShorts[T uint16 | int16](b []byte, list []T, size int) []byte {
	for _, v := range list {
		if size == 1 {
			b = append(b, byte(v))
		} else {
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		}
	}
	return b
}

// shorts is an array of one element a synapse, of a byte or two, where it stands in a
// file; what was taken of it is no longer there.
type shorts struct {
	name string
	size int
	data []byte
}

// left returns how many elements are left.
func (s *shorts) left() int { return len(s.data) / s.size }

// takeShorts takes n elements into a list, in whose memory they are if it has room.
func takeShorts[T uint16 | int16](s *shorts, list []T, n int) ([]T, error) {
	if have := s.left(); n < 0 || n > have {
		return nil, fmt.Errorf("array %s ends %d elements short of a row's %d", s.name, n-have, n)
	}
	list = slices.Grow(list[:0], n)[:n]
	if s.size == 2 {
		unpackShorts(list, s.data)
	} else {
		for k := range list {
			list[k] = T(int8(s.data[k]))
		}
	}
	s.data = s.data[n*s.size:]
	return list, nil
}

// count returns how many elements an array of one a synapse has.
func (im *Image) count(name string) int {
	n := 0
	for k := range im.Cores {
		n += im.Cores[k].Rows.elements(name)
	}
	return n
}

// synapseBytes returns how many bytes these arrays take, where a weight has some.
func (im *Image) synapseBytes(weight int) int {
	return 2*im.count("slots") + 2*im.count("delays") + weight*im.count(weightsName)
}

// storeSynapses stores an array of one element a synapse, of size bytes.
func (im *Image) storeSynapses(z *zip.Writer, name string, size int) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	b := npyHeader(size, name != weightsName, im.count(name))
	for k := 0; err == nil; k++ {
		if _, err = w.Write(b); err != nil || k == len(im.Cores) {
			break
		}
		b = b[:0]
		for _, row := range im.Cores[k].Rows.All() {
			b = row.appendTo(b, name, size)
		}
	}
	if err != nil {
		return fmt.Errorf("image entry %s: %w", name, err)
	}
	return nil
}
