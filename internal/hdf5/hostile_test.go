package hdf5

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestDamage flips bytes, and cuts files short, everywhere. Nothing may panic.
func TestDamage(t *testing.T) {
	files, err := filepath.Glob("testdata/*.h5")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range files {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 30 {
			data := bytes.Clone(whole)
			for range 1 + rng.IntN(8) {
				data[rng.IntN(len(data))] = [...]byte{0, 1, 0x7f, 0xff, byte(rng.UintN(256))}[rng.IntN(5)]
			}
			if f, err := Open(name, data); err == nil {
				walkAll(t, f)
			}
			if f, err := Open(name, whole[:rng.IntN(len(whole))]); err == nil {
				walkAll(t, f)
			}
		}
	}
}

// TestEveryFieldChanged sets each stretch of 8 bytes of two small files to what
// breaks readers: all ones, zeros, and the address of the root.
func TestEveryFieldChanged(t *testing.T) {
	for _, name := range []string{"compact.h5", "latest.h5"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []uint64{0, 96, 1 << 62, 1<<64 - 1} {
			for at := 0; at+8 <= len(whole); at += 8 {
				data := bytes.Clone(whole)
				binary.LittleEndian.PutUint64(data[at:], value)
				f := &File{name: name, data: data, noSums: true}
				if f.open() == nil {
					walkAll(t, f)
				}
			}
		}
	}
}

// file08 begins a file of version 0 whose root's header stands at byte 96.
func file08(body ...byte) []byte {
	b := []byte(signature)
	b = append(b, 0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0)
	b = word(b, 0, 1<<64-1, uint64(96+len(body)), 1<<64-1) // base, free, end, driver
	b = word(b, 0, 96, 0, 0, 0)                            // the root's entry
	return append(b, body...)
}

func word(b []byte, values ...uint64) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// headerV1 is an object header of messages, each a kind and a body.
func headerV1(messages ...any) []byte {
	var body []byte
	for i := 0; i < len(messages); i += 2 {
		data := messages[i+1].([]byte)
		data = append(bytes.Clone(data), make([]byte, (8-len(data)%8)%8)...)
		body = append(body, byte(messages[i].(int)), 0, byte(len(data)), byte(len(data)>>8), 0, 0, 0, 0)
		body = append(body, data...)
	}
	b := []byte{1, 0, byte(len(messages) / 2), 0, 1, 0, 0, 0}
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(body))), body...)
}

func TestCirclesEnd(t *testing.T) {
	// A continuation that names the block it stands in.
	continuation := headerV1(msgContinuation, word(nil, 112, 24))
	continuation[2] = 0xff // messages enough to go round
	// A group whose B-tree node, behind the header, is its own child, with a
	// level that would have to fall.
	tree := headerV1(msgSymbolTable, word(nil, 136, 200))
	tree = append(tree, "TREE\x00\x05\x01\x00"...)
	tree = word(tree, 1<<64-1, 1<<64-1, 0, 136, 0)
	tree = append(tree, "HEAP\x00\x00\x00\x00"...)
	tree = word(tree, 8, 1, 232, 0)
	for name, data := range map[string][]byte{
		"overlap": file08(continuation...),
		"level":   file08(tree...),
	} {
		f, err := Open(name, data)
		if err == nil {
			_, err = f.Root().Names()
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestLyingSizesAllocateLittle opens a file that claims 2^28 elements of data.
func TestLyingSizesAllocateLittle(t *testing.T) {
	whole, err := os.ReadFile("testdata/compact.h5")
	if err != nil {
		t.Fatal(err)
	}
	// The dataspace: version 1, rank 1, no flags, and the dimension 4.
	space := append([]byte{1, 1, 0, 0, 0, 0, 0, 0}, word(nil, 4)...)
	at := bytes.Index(whole, space)
	if at < 0 {
		space[2] = 1
		at = bytes.Index(whole, space)
	}
	if at < 0 {
		t.Fatal("no dataspace in testdata/compact.h5")
	}
	data := bytes.Clone(whole)
	binary.LittleEndian.PutUint64(data[at+8:], 1<<28)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Open("x.h5", data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Root().Dataset("compact"); err == nil || !strings.Contains(err.Error(), "the most that is read") {
		t.Errorf("error %v", err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}
