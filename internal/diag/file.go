package diag

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/weft-toolchain/weft/internal/inputs"
)

// ReadFile returns what a file holds, or a pipe of the shell, which is at most so many
// bytes, or why it is not read. A device is not read: it may have no end.
func ReadFile(path string, most int64) ([]byte, *Diagnostic) {
	bad := func(code Code, format string, args ...any) *Diagnostic {
		return &Diagnostic{Pos: Pos{File: path}, Code: code, Message: fmt.Sprintf(format, args...)}
	}
	cannotRead := func(err error) *Diagnostic {
		if pe, ok := errors.AsType[*fs.PathError](err); ok { // which names the file again
			err = pe.Err
		}
		return bad(MissingFile, "cannot be read: %v", err)
	}
	f, err := inputs.Open(path)
	if err != nil {
		return nil, cannotRead(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, cannotRead(err)
	case info.IsDir():
		return nil, bad(MissingFile, "is a directory, want a file")
	case info.Mode()&fs.ModeDevice != 0:
		return nil, bad(BadFile, "is a device, want a file")
	case info.Size() > most:
		return nil, bad(TooLarge, "has %d bytes, at most %d are read", info.Size(), most)
	}
	var data bytes.Buffer
	data.Grow(int(info.Size()) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, cannotRead(err)
	case n > most:
		return nil, bad(TooLarge, "has more than %d bytes, the most that are read", most)
	}
	return data.Bytes(), nil
}
