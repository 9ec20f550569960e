package ndarray

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
	"github.com/weft-toolchain/weft/internal/spell"
)

// A member that unpacks to more than bombBytes is refused when it shrank more
// than bombRatio-fold: numbers that somebody trained do not.
const (
	bombBytes = 32 << 20
	bombRatio = 200
)

// npz is an open .npz file: a zip archive whose members are NAME.npy.
type npz struct {
	file *os.File
	// size is the file's, in bytes.
	size    int64
	names   []string
	members map[string]*zip.File
}

func openNPZ(path string) (*npz, error) {
	bad := func(err error) error {
		return errorf(diag.BadFile, path, "is not a whole .npz (zip) file: %s; write the file again", zipReason(err))
	}
	file, err := inputs.Open(path)
	if err != nil {
		return nil, bad(err)
	}
	z := &npz{file: file, members: map[string]*zip.File{}}
	r, err := z.directory()
	if err != nil {
		z.close()
		return nil, bad(err)
	}
	for _, f := range r.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		if z.members[name] != nil {
			z.close()
			return nil, errorf(diag.BadFile, path, "holds two arrays named %q", name)
		}
		z.members[name] = f
		z.names = append(z.names, name)
	}
	slices.Sort(z.names)
	return z, nil
}

// directory reads the directory of the archive.
func (z *npz) directory() (*zip.Reader, error) {
	info, err := z.file.Stat()
	if err != nil {
		return nil, err //nolint:wrapcheck // zipReason says what it is
	}
	z.size = info.Size()
	return zip.NewReader(z.file, z.size) //nolint:wrapcheck // likewise
}

func (z *npz) close() { _ = z.file.Close() }

// zipReason says in plain words why a zip archive cannot be opened.
func zipReason(err error) string {
	if errors.Is(err, zip.ErrFormat) {
		return "its directory, which stands at the end, is missing or damaged"
	}
	return cause(err).Error()
}

func loadNPZ(path, name string, to sink) (layout, error) {
	z, err := openNPZ(path)
	if err != nil {
		return layout{}, err
	}
	defer z.close()
	f, err := z.pick(path, name)
	if err != nil {
		return layout{}, err
	}
	what := path + ": array " + strconv.Quote(strings.TrimSuffix(f.Name, ".npy"))
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return layout{}, errorf(diag.Unsupported, what, "is compressed by zip method %d, want stored or deflated", f.Method)
	}
	if err != nil {
		return layout{}, errorf(diag.BadFile, what, "cannot be read: %s", zipReason(err))
	}
	defer r.Close()
	if f.Flags&1 != 0 {
		return layout{}, errorf(diag.Unsupported, what, "is encrypted")
	}
	size := f.UncompressedSize64
	if size > MaxElements*8+maxHeader+12 {
		return layout{}, errorf(diag.TooLarge, what, "is %d bytes, more than %d elements, the most that is read", size, MaxElements)
	}
	if size > bombBytes && size/bombRatio > f.CompressedSize64 {
		return layout{}, errorf(diag.TooLarge, what, "unpacks %d bytes to %d: arrays above %d bytes that shrink more than %d-fold are not read; store it without compression, or give its numbers as one number or a sparse list", f.CompressedSize64, size, bombBytes, bombRatio)
	}
	at, err := f.DataOffset()
	if err != nil {
		return layout{}, errorf(diag.BadFile, what, "cannot be read: %s", zipReason(err))
	}
	lay, err := readNPY(what, zipMember{r, at}, int64(size), z.size, to)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == diag.BadFile {
		return layout{}, &Error{Code: e.Code, Message: fmt.Sprintf("%s; its data begin at byte %d", e.Message, at)}
	}
	return lay, err
}

// pick returns the member that is called name.
func (z *npz) pick(path, name string) (*zip.File, error) {
	list := listNames(z.names)
	switch {
	case len(z.names) == 0:
		return nil, errorf(diag.BadFile, path, "holds no arrays")
	case name == "" && len(z.names) == 1:
		return z.members[z.names[0]], nil
	case name == "":
		return nil, errorf(diag.UnknownName, path, "holds %d arrays, so the one wanted must be named; it holds %s", len(z.names), list)
	}
	if f := z.members[name]; f != nil {
		return f, nil
	}
	if f := z.members[strings.TrimSuffix(name, ".npy")]; f != nil {
		return f, nil
	}
	return nil, errorf(diag.UnknownName, path, "has no array %q%s it holds %s", name, hint(name, z.names), list)
}

// hint suggests a name and ends so that a list of the names may follow.
func hint(name string, names []string) string {
	if h := spell.Hint(name, names); h != "" {
		return h
	}
	return ";"
}

// listNames writes names for a message, the first twenty of them.
func listNames(names []string) string {
	const most = 20
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
	}
	return strings.Join(names, ", ")
}

// zipMember says what is wrong with a member in words of its own.
type zipMember struct {
	r io.Reader
	// at is the byte of the archive where its data begin.
	at int64
}

func (m zipMember) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	switch {
	case err == nil:
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it unpacks to less than its directory entry says")
	case errors.Is(err, zip.ErrChecksum):
		err = errors.New("its checksum does not match")
	case errors.Is(err, zip.ErrFormat):
		err = errors.New("it unpacks to more than its directory entry says")
	default:
		if broken, ok := errors.AsType[flate.CorruptInputError](err); ok {
			err = fmt.Errorf("its compressed data are broken at or before byte %d", m.at+int64(broken))
		}
	}
	return n, err
}
