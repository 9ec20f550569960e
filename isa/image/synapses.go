package image

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
)

// The arrays with an element a synapse are most of a file, so they are written row
// by row, and not gathered before.

// perSynapse reports whether an array has an element a synapse.
func perSynapse(name string) bool { return name == "slots" || name == "delays" || name == weightsName }

// elements returns how many elements a row has in such an array.
func (r *Row) elements(name string) int {
	switch name {
	case "slots":
		return len(r.Slots)
	case "delays":
		return len(r.Delays)
	}
	return len(r.Weights)
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

// count returns how many elements an array of one a synapse has.
func (im *Image) count(name string) int {
	n := 0
	for k := range im.Cores {
		for r := range im.Cores[k].Rows {
			n += im.Cores[k].Rows[r].elements(name)
		}
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
		for r := range im.Cores[k].Rows {
			b = im.Cores[k].Rows[r].appendTo(b, name, size)
		}
	}
	if err != nil {
		return fmt.Errorf("image entry %s: %w", name, err)
	}
	return nil
}
