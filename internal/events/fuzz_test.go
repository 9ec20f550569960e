package events_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/golden"
)

// fuzz reads any bytes as a format: nothing panics, every error is a diagnostic, and
// every event is within what was promised.
func fuzz(f *testing.F, format events.Format) {
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		list, width, height, err := all(path, format)
		if err != nil {
			golden.Told(t, err, path, nil)
		}
		for _, e := range list {
			if e.Time < 0 || e.Time > events.MaxTime || width > 0 && (e.X < 0 || e.X >= width || e.Y < 0 || e.Y >= height) {
				t.Fatalf("an event at %+v, of a sensor of %d × %d", e, width, height)
			}
		}
	})
}

// seed adds files of testdata.
func seed(f *testing.F, names ...string) {
	for _, name := range names {
		f.Add(golden.Files(f, filepath.Join("testdata", name))[0])
	}
}

func FuzzBIN(f *testing.F) {
	f.Add([]byte{5, 6, 0x80, 0, 7, 0, 240, 0, 0, 0})
	f.Add(gz([]byte{5, 6, 0x80, 0, 7}))
	fuzz(f, events.BIN)
}

func FuzzDAT(f *testing.F) {
	f.Add(dat("% Version 2\n", 0, 8, 1, 2))
	f.Add(dat("% Width 4\r\n% Height 4\r\n", 0x0c, 8, 1<<32-1, 1<<28|3<<14|3, 0, 0))
	fuzz(f, events.DAT)
}

func FuzzAEDAT4(f *testing.F) {
	seed(f, "none.aedat4", "lz4.aedat4", "zstd.aedat4")
	fuzz(f, events.AEDAT4)
}

func FuzzSHD(f *testing.F) {
	seed(f, "shd.h5", "shd_tables.h5")
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := events.OpenSHD(path)
		for i := 0; err == nil && i < s.N; i++ {
			err = s.Each(i, func(e events.Event, _ func() string) error {
				if e.Time < 0 || e.Time > events.MaxTime || e.X < 0 {
					t.Fatalf("sample %d has an event at %+v", i, e)
				}
				return nil
			})
		}
		if err != nil {
			golden.Told(t, err, path, nil)
		}
	})
}

func FuzzPacked(f *testing.F) {
	b := append([]byte("NMN1"), 1, 0, 1, 0)
	b = binary.LittleEndian.AppendUint32(append(b, 9), 1)
	b = append(b, 33, 33, 1, 0)
	f.Add(binary.LittleEndian.AppendUint32(append(b, 4), 0))
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := events.OpenPacked(path)
		if err != nil {
			golden.Told(t, err, path, nil)
			return
		}
		defer p.Close()
		for err == nil {
			if err = p.Next(); err != nil {
				break
			}
			err = p.Each(func(e events.Event, _ func() string) error {
				if e.Time < 0 || e.Time > events.MaxTime || e.Y > 127 {
					t.Fatalf("an event at %+v", e)
				}
				return nil
			})
		}
		if !errors.Is(err, io.EOF) {
			golden.Told(t, err, path, nil)
		}
	})
}
