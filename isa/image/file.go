package image

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/pages"
	"github.com/weft-toolchain/weft/targets"
)

const (
	commentSum   = " sha256:"
	manifestName = "manifest.json"
	weightsName  = "weights"
)

// versions are those of the format: the first has a slot for each neuron, the
// other has some without.
var versions = [2]int{2, 3}

// version is the least that has what the image has.
func (im *Image) version() int {
	if im.SameAs != nil {
		return versions[1]
	}
	return versions[0]
}

// magic names a version of the format, as texts begin and files end with it.
func magic(version int) string { return fmt.Sprintf("%s/%d", formatName, version) }

// versionOf returns the version whose magic a word is, or 0.
func versionOf(word string) int {
	for _, v := range versions {
		if word == magic(v) {
			return v
		}
	}
	return 0
}

// comment is what a file's comment has before the sum.
func comment(version int) string { return magic(version) + commentSum }

// hasComment reports whether the bytes before a sum end as those of images do.
func hasComment(body string) bool {
	return strings.HasSuffix(body, comment(versions[0])) || strings.HasSuffix(body, comment(versions[1]))
}

// Bytes returns the image's file. The same image gives the same bytes.
func (im *Image) Bytes() ([]byte, error) {
	t, err := im.flatten()
	if err != nil {
		return nil, err
	}
	weight := weightSize(&im.Manifest.Arch)
	buf := bytes.NewBuffer(pages.Make[byte](len(t.manifest) + t.bytes() + im.synapseBytes(weight) + 1<<14)[:0]) // or a little less
	z := zip.NewWriter(buf)
	if err := store(z, manifestName, t.manifest); err != nil {
		return nil, err
	}
	for _, s := range arraySpecs {
		if s.since > im.version() {
			continue
		}
		if perSynapse(s.name) {
			err = im.storeSynapses(z, s.name, s.size)
		} else {
			err = store(z, s.name+".npy", npy(t.arrays[s.name]))
		}
		if err != nil {
			return nil, err
		}
	}
	if err := im.storeSynapses(z, weightsName, weight); err != nil {
		return nil, err
	}
	if err := z.SetComment(comment(im.version()) + strings.Repeat("0", 2*sha256.Size)); err != nil {
		return nil, fmt.Errorf("image comment: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("image archive: %w", err)
	}
	seal(buf.Bytes())
	return buf.Bytes(), nil
}

// seal writes the checksum over the end of a file.
func seal(data []byte) {
	body := data[:len(data)-2*sha256.Size]
	sum := sha256.Sum256(body)
	hex.Encode(data[len(body):], sum[:])
}

// weightSize is how many bytes a weight takes in the file.
func weightSize(a *targets.Arch) int {
	if lo, hi := a.WeightLimits(); lo < math.MinInt8 || hi > math.MaxInt8 {
		return 2
	}
	return 1
}

func store(z *zip.Writer, name string, data []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("image entry %s: %w", name, err)
	}
	return nil
}

// npyHeader returns the header of a one-dimensional little-endian NumPy array,
// format 1.0.
func npyHeader(size int, unsigned bool, n int) []byte {
	kind, order := "i", "<"
	if unsigned {
		kind = "u"
	}
	if size == 1 {
		order = "|"
	}
	head := fmt.Sprintf("{'descr': '%s%s%d', 'fortran_order': False, 'shape': (%d,), }", order, kind, size, n)
	const before = 10
	head += strings.Repeat(" ", (64-(before+len(head)+1)%64)%64) + "\n"
	out := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	return append(out, head...)
}

// npy returns a NumPy array of elements of 4 bytes.
func npy(values []int32) []byte {
	out := npyHeader(4, false, len(values))
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	return out
}

// Write writes the image to path whole or not at all.
func (im *Image) Write(path string) error {
	data, err := im.Bytes()
	if err != nil {
		return err
	}
	return WriteFile(path, data)
}

// WriteFile writes data to path by way of a temporary file beside it, so that
// path is never half written.
func WriteFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".weft-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one to tell
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// MaxBytes is the largest image that is read.
const MaxBytes = 4 << 30

// Open reads an image file. What is wrong with its content is a *diag.Error.
func Open(path string) (*Image, error) {
	data, bad := diag.ReadFile(path, MaxBytes)
	if bad != nil {
		return nil, bad.Err()
	}
	return Read(path, data)
}

// IsImage reports whether data begins like an image file.
func IsImage(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// IsImageFile reports whether a file ends as images do, whatever its state.
func IsImageFile(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	const sum = 2 * sha256.Size
	tail := make([]byte, len(comment(versions[0])))
	if _, err := f.Seek(-int64(sum+len(tail)), io.SeekEnd); err != nil {
		return false
	}
	_, err = io.ReadFull(f, tail)
	return err == nil && hasComment(string(tail))
}

// Read decodes an image file's bytes; file names it in messages.
func Read(file string, data []byte) (*Image, error) {
	im, err := decode(data)
	if err != nil {
		return nil, diag.One(diag.Pos{File: file}, diag.BadImage, "not a sound chip image: %v; compile it again", err)
	}
	return im, nil
}

func decode(data []byte) (*Image, error) {
	if err := checkSum(data); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if least, most := entries(versions[0]), entries(versions[1]); len(z.File) < least || len(z.File) > most {
		return nil, fmt.Errorf("%d entries, want %d or %d", len(z.File), least, most)
	}
	t := &tables{arrays: map[string][]int32{}, synapses: map[string]*shorts{}}
	for _, f := range z.File {
		body, err := entry(f, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		name := strings.TrimSuffix(f.Name, ".npy")
		switch {
		case name == manifestName:
			t.manifest = body
		case perSynapse(name):
			t.synapses[name], err = parseShorts(name, body)
		case isArray(name):
			t.arrays[name], err = parseNpy(body)
		} // another takes the place of one that is missed then
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if t.manifest == nil {
		return nil, errors.New("no manifest.json")
	}
	im, err := unflatten(t)
	if err != nil {
		return nil, err
	}
	if want := entries(im.version()); len(z.File) != want {
		return nil, fmt.Errorf("%d entries, want %d", len(z.File), want)
	}
	if want := comment(im.version()); !strings.HasPrefix(z.Comment, want) {
		return nil, fmt.Errorf("ends as %s, want %s", strings.SplitN(z.Comment, commentSum, 2)[0], want)
	}
	return im, nil
}

// isArray reports whether files have such an array.
func isArray(name string) bool {
	for _, s := range arraySpecs {
		if s.name == name {
			return true
		}
	}
	return false
}

// entries is how many entries a file of a version has.
func entries(version int) int {
	n := 2
	for _, s := range arraySpecs {
		if s.since <= version {
			n++
		}
	}
	return n
}

func checkSum(data []byte) error {
	if !IsImage(data) {
		return errors.New("it does not begin like one")
	}
	n := len(data) - 2*sha256.Size
	if tail := len(comment(versions[0])); n < tail || !hasComment(string(data[n-tail:n])) {
		return errors.New("its checksum is missing, or it was cut short")
	}
	sum := sha256.Sum256(data[:n])
	if hex.EncodeToString(sum[:]) != string(data[n:]) {
		return errors.New("its checksum does not match its content")
	}
	return nil
}

// entry returns a stored entry's bytes, where they stand in the file.
func entry(f *zip.File, data []byte) ([]byte, error) {
	at, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	size := f.UncompressedSize64
	if f.Method != zip.Store || size != f.CompressedSize64 || at > int64(len(data)) || size > uint64(int64(len(data))-at) {
		return nil, errors.New("is compressed, or larger than the file")
	}
	return data[at:][:size], nil
}

var errArray = errors.New("not an array of this format")

// parseNpy reads back what npy writes.
func parseNpy(b []byte) ([]int32, error) {
	body, ok := elements(b, 4, false)
	if !ok {
		return nil, errArray
	}
	out := make([]int32, len(body)/4)
	for k := range out {
		out[k] = int32(binary.LittleEndian.Uint32(body[4*k:]))
	}
	return out, nil
}

// parseShorts finds the elements in what storeSynapses writes.
func parseShorts(name string, b []byte) (*shorts, error) {
	signed := name == weightsName
	body, ok := elements(b, 2, !signed)
	size := 2
	if signed && !ok {
		body, ok = elements(b, 1, false)
		size = 1
	}
	if !ok {
		return nil, errArray
	}
	return &shorts{name: name, size: size, data: body}, nil
}

// elements returns those of an array of one kind, whose header it compares with that
// of an array of as many elements as there are bytes.
func elements(b []byte, size int, unsigned bool) ([]byte, bool) {
	if len(b) < 64 {
		return nil, false
	}
	const headLen = 8
	head := 10 + int(binary.LittleEndian.Uint16(b[headLen:]))
	if head > len(b) || (len(b)-head)%size != 0 {
		return nil, false
	}
	return b[head:], bytes.Equal(b[:head], npyHeader(size, unsigned, (len(b)-head)/size))
}
