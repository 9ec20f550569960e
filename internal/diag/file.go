package diag

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// FileError is why a file is not read: Code, and a message without the file's name.
type FileError struct {
	Code    Code
	Message string
}

// Error returns the message.
func (e *FileError) Error() string { return e.Message }

// ReadFile returns what a file or a pipe holds, which is at most so many bytes. A
// device is not read: it may have no end. Errors are *FileError.
func ReadFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotRead(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, cannotRead(err)
	case info.IsDir():
		return nil, &FileError{MissingFile, "is a directory, want a file"}
	case info.Mode()&fs.ModeDevice != 0:
		return nil, &FileError{BadFile, "is a device, want a file"}
	case info.Size() > most:
		return nil, &FileError{TooLarge, fmt.Sprintf("has %d bytes, at most %d are read", info.Size(), most)}
	}
	var data bytes.Buffer
	data.Grow(int(info.Size()) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, cannotRead(err)
	case n > most:
		return nil, &FileError{TooLarge, fmt.Sprintf("has more than %d bytes, the most that are read", most)}
	}
	return data.Bytes(), nil
}

func cannotRead(err error) *FileError {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return &FileError{MissingFile, fmt.Sprintf("cannot be read: %v", err)}
}
