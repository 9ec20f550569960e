package ndarray

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
)

// An .npy file, as numpy.lib.format describes it:
//
//	\x93NUMPY | major | minor | header length: u16 (1.0), u32 (2.0, 3.0)
//	{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }␣␣␣\n
//	elements
const npyMagic = "\x93NUMPY"

// maxHeader bounds the text of an .npy header; NumPy's own limit is 10,000.
const maxHeader = 1 << 16

// npyHeader is what stands before the elements.
type npyHeader struct {
	dtype   dtype
	fortran bool
	shape   []int
	count   int
}

func loadNPY(path string, to sink) (layout, error) {
	f, err := inputs.Open(path)
	if err != nil {
		return layout{}, errorf(diag.MissingFile, path, "cannot be opened: %v", cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return layout{}, errorf(diag.MissingFile, path, "cannot be opened: %v", cause(err))
	}
	return readNPY(path, f, info.Size(), info.Size(), to)
}

// readNPY reads an array from r, which has size bytes as far as its container
// says, and there bytes of a file behind it; what is named in messages is what.
func readNPY(what string, r io.Reader, size, there int64, to sink) (layout, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	h, used, err := readHeader(what, br, size)
	if err != nil {
		return layout{}, err
	}
	want := int64(h.count) * int64(h.dtype.size)
	if have := size - used; have < want {
		return layout{}, errorf(diag.BadFile, what, "is cut short: shape %s of dtype %s takes %d bytes, %d are there; write the file again",
			formatShape(h.shape), h.dtype.descr, want, have)
	} else if have > want {
		return layout{}, errorf(diag.BadFile, what, "shape %s of dtype %s takes %d bytes, but %d are there; want one array in the file",
			formatShape(h.shape), h.dtype.descr, want, have)
	}
	if want <= there {
		to.Reserve(h.count)
	}
	if err = readElements(br, h, to); err == nil {
		// Reading on to the end makes a zip member check its sum.
		if _, err = br.ReadByte(); errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		return layout{}, readError(what, err)
	}
	return layout{h.shape, h.fortran && len(h.shape) > 1}, nil
}

// readElements reads in pieces, so that memory follows the bytes that are really
// there and not the header.
func readElements(r io.Reader, h npyHeader, to sink) error {
	const piece = 1 << 13
	buf := make([]byte, piece*h.dtype.size)
	data, ints := make([]float64, piece), make([]int32, piece)
	for left := h.count; left > 0; {
		if err := to.stopped(); err != nil {
			return err
		}
		n := min(piece, left)
		src := buf[:n*h.dtype.size]
		if _, err := io.ReadFull(r, src); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if h.dtype.short() {
			decodeInts(h.dtype, ints[:n], src)
			to.AppendInts(ints[:n])
		} else {
			decode(h.dtype, data[:n], src)
			to.Append(data[:n])
		}
		left -= n
	}
	return nil
}

// fortranOrder lists where the elements of an array whose first index runs fastest
// stand.
func fortranOrder(shape []int) []int32 {
	n, _ := elements(shape)
	out := make([]int32, n)
	stride := make([]int, len(shape))
	s := 1
	for i, d := range shape {
		stride[i] = s
		s *= d
	}
	index := make([]int, len(shape))
	at := 0
	for i := range out {
		out[i] = int32(at)
		for k := len(shape) - 1; k >= 0; k-- {
			index[k]++
			at += stride[k]
			if index[k] < shape[k] {
				break
			}
			at -= stride[k] * shape[k]
			index[k] = 0
		}
	}
	return out
}

// readHeader reads up to the first element and returns how many bytes that was.
func readHeader(what string, r io.Reader, size int64) (npyHeader, int64, error) {
	var h npyHeader
	var fixed [12]byte
	read := func(b []byte) error {
		if _, err := io.ReadFull(r, b); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return errorf(diag.BadFile, what, "is not an .npy array: it ends inside the header, after %d bytes", size)
			}
			return readError(what, err)
		}
		return nil
	}
	if err := read(fixed[:8]); err != nil {
		return h, 0, err
	}
	if string(fixed[:6]) != npyMagic {
		return h, 0, errorf(diag.BadFile, what, "is not an .npy array: it starts with %q, want %q", fixed[:6], npyMagic)
	}
	var length, used int64
	switch fixed[6] {
	case 1:
		if err := read(fixed[8:10]); err != nil {
			return h, 0, err
		}
		length, used = int64(binary.LittleEndian.Uint16(fixed[8:])), 10
	case 2, 3:
		if err := read(fixed[8:12]); err != nil {
			return h, 0, err
		}
		length, used = int64(binary.LittleEndian.Uint32(fixed[8:])), 12
	default:
		return h, 0, errorf(diag.Unsupported, what, "is of .npy version %d.%d, want 1, 2 or 3", fixed[6], fixed[7])
	}
	if length > maxHeader {
		return h, 0, errorf(diag.BadFile, what, "has a header of %d bytes, at most %d are read", length, maxHeader)
	}
	text := make([]byte, length)
	if err := read(text); err != nil {
		return h, 0, err
	}
	h, err := parseHeader(what, string(text))
	return h, used + length, err
}

// parseHeader reads the Python dictionary of an .npy header.
func parseHeader(what, text string) (npyHeader, error) {
	var h npyHeader
	p := literal{text: text}
	bad := func(reason string) (npyHeader, error) {
		return h, errorf(diag.BadFile, what, "has a broken header: %s in %q", reason, shorten(strings.TrimSpace(text), 120))
	}
	seen := map[string]bool{}
	var descr string
	structured := false
	if !p.take('{') {
		return bad("want a dictionary")
	}
	for !p.take('}') {
		key, ok := p.str()
		if !ok || !p.take(':') {
			return bad("want `'key': value`")
		}
		if seen[key] {
			return bad("'" + key + "' stands twice")
		}
		seen[key] = true
		switch key {
		case "descr":
			if p.peek() == '[' {
				structured = true
				ok = p.skipList()
			} else {
				descr, ok = p.str()
			}
		case "fortran_order":
			h.fortran, ok = p.boolean()
		case "shape":
			h.shape, ok = p.tuple()
		default:
			return bad("unknown key '" + key + "'")
		}
		if !ok {
			return bad("the value of '" + key + "' cannot be read")
		}
		if !p.take(',') && p.peek() != '}' {
			return bad("want a comma")
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return bad("no '" + key + "'")
		}
	}
	if structured {
		return h, errorf(diag.Unsupported, what, "holds records of several fields, want plain numbers; save each field as an array of its own")
	}
	d, reason, ok := parseDtype(descr)
	switch {
	case reason != "":
		return h, errorf(diag.Unsupported, what, "holds %s (dtype %s), want numbers: float16 to 64, int8 to 64, uint8 to 64 or bool", reason, descr)
	case !ok:
		return bad("unknown dtype '" + descr + "'")
	}
	h.dtype = d
	if h.count, ok = elements(h.shape); !ok {
		return h, errorf(diag.TooLarge, what, "shape %s has more than %d elements, the most that is read", formatShape(h.shape), MaxElements)
	}
	return h, nil
}

// readError turns a failed read into an *Error; the cause may be one already.
func readError(what string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errorf(diag.BadFile, what, "is cut short: the data end before the array does; write the file again")
	}
	return errorf(diag.BadFile, what, "is damaged: %v; write the file again", cause(err))
}

// shorten cuts a text that is quoted in a message.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}
