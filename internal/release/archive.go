package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"io/fs"
	"time"
)

// entry is a file of an archive: read from path, called name there.
type entry struct {
	path, name string
	mode       fs.FileMode
	data       []byte
}

// packTar writes a .tar.gz that knows nothing of whom it was packed by, and when.
func packTar(w io.Writer, entries []entry, stamp time.Time) error {
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	for _, e := range entries {
		head := tar.Header{Name: e.name, Mode: int64(e.mode), Size: int64(len(e.data)), ModTime: stamp, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(&head); err != nil {
			return err
		}
		if _, err := t.Write(e.data); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

// packZip writes a .zip likewise.
func packZip(w io.Writer, entries []entry, stamp time.Time) error {
	z := zip.NewWriter(w)
	for _, e := range entries {
		head := zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: stamp}
		head.SetMode(e.mode)
		f, err := z.CreateHeader(&head)
		if err != nil {
			return err
		}
		if _, err := f.Write(e.data); err != nil {
			return err
		}
	}
	return z.Close()
}
