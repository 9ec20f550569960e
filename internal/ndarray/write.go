package ndarray

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// WriteNPY writes a as an .npy file of version 1.0, in C order and of a.Type, or its
// Texts. Numbers that do not fit an integer type are an error.
func WriteNPY(w io.Writer, a *Array) error {
	n, ok := elements(a.Shape)
	if have := len(a.Data) + len(a.Texts); !ok || n != have {
		return fmt.Errorf("ndarray: shape %s does not hold %d elements", formatShape(a.Shape), have)
	}
	bw := bufio.NewWriterSize(w, 1<<16)
	if _, err := bw.Write(header(a)); err != nil {
		return err
	}
	if a.Texts != nil {
		return writeTexts(bw, a.Texts)
	}
	var buf [8]byte
	for _, v := range a.Data {
		b, err := appendElement(buf[:0], a.Type, v)
		if err != nil {
			return err
		}
		if _, err := bw.Write(b); err != nil {
			return err
		}
	}
	return bw.Flush()
}

// header is what stands before the elements, padded so that they are aligned
// to 64 bytes.
func header(a *Array) []byte {
	dims := make([]string, len(a.Shape))
	for i, d := range a.Shape {
		dims[i] = fmt.Sprint(d)
	}
	shape := strings.Join(dims, ", ")
	if len(dims) == 1 {
		shape += ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", a.descr(), shape)
	const fixed = len(npyMagic) + 2 + 2
	pad := (64 - (fixed+len(text)+1)%64) % 64
	text += strings.Repeat(" ", pad) + "\n"
	b := append([]byte(npyMagic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...)
}

// descr is the dtype: that of texts is as wide as the longest of them.
func (a *Array) descr() string {
	if a.Texts == nil {
		return a.Type.descr()
	}
	return fmt.Sprintf("<U%d", longest(a.Texts))
}

// longest is how many characters the longest text has, at least 1.
func longest(texts []string) int {
	n := 1
	for _, s := range texts {
		n = max(n, utf8.RuneCountInString(s))
	}
	return n
}

// writeTexts writes texts in UTF-32, each filled up with zeros.
func writeTexts(w *bufio.Writer, texts []string) error {
	width := longest(texts)
	for _, s := range texts {
		b := make([]byte, 0, 4*width)
		for _, r := range s {
			b = binary.LittleEndian.AppendUint32(b, uint32(r))
		}
		if _, err := w.Write(append(b, make([]byte, 4*width-len(b))...)); err != nil {
			return err
		}
	}
	return w.Flush()
}

func appendElement(b []byte, t Type, v float64) ([]byte, error) {
	switch t {
	case Float64:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v)), nil
	case Float32:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v))), nil
	case Int32:
		i := int32(v)
		if float64(i) != v {
			return nil, fmt.Errorf("ndarray: %v is not a 32-bit integer", v)
		}
		return binary.LittleEndian.AppendUint32(b, uint32(i)), nil
	}
	return nil, fmt.Errorf("ndarray: unknown type %q", t)
}

// WriteNPZ writes arrays to an .npz file, as EncodeNPZ does. The file appears whole
// or not at all.
func WriteNPZ(path string, arrays map[string]*Array) error {
	return replaceFile(path, func(w io.Writer) error { return EncodeNPZ(w, arrays) })
}

// EncodeNPZ writes arrays as an .npz file has them, sorted by name and not
// compressed: the same arrays give the same bytes.
func EncodeNPZ(w io.Writer, arrays map[string]*Array) error {
	z := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		// The date of the DOS epoch, as NumPy writes, keeps clocks out.
		h := &zip.FileHeader{Name: name + ".npy", Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		member, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if err := WriteNPY(member, arrays[name]); err != nil {
			return fmt.Errorf("array %q: %w", name, err)
		}
	}
	return z.Close()
}

// replaceFile writes a file beside path and moves it there once it is whole.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, cause(err))
		}
	}()
	bw := bufio.NewWriterSize(f, 1<<16)
	if err := write(bw); err != nil {
		return err
	}
	if err := bw.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
