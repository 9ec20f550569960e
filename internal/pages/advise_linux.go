package pages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// advise asks for large pages for those that lie within some memory.
func advise(memory []byte) {
	const page = 2 << 20
	before := int(-uintptr(unsafe.Pointer(unsafe.SliceData(memory))) & (page - 1))
	if n := (len(memory) - before) &^ (page - 1); n > 0 {
		// Where this fails, pages are as they were.
		_ = unix.Madvise(memory[before:][:n], unix.MADV_HUGEPAGE)
	}
}
