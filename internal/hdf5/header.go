package hdf5

import "github.com/weft-toolchain/weft/internal/diag"

// The messages of an object header that are read.
const (
	msgDataspace    = 0x01
	msgLinkInfo     = 0x02
	msgDatatype     = 0x03
	msgOldFill      = 0x04
	msgFill         = 0x05
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbolTable  = 0x11
	msgAttrInfo     = 0x15
)

// flagShared, of a message, says that its body stands elsewhere.
const flagShared = 2

// header is what an object is: a list of messages. Groups have a symbol table
// or links, datasets a layout; both have attributes.
type header struct {
	messages []message
	// links is what the object holds as a group, once somebody asked.
	links map[string]link
	// chunks are those of the dataset, once somebody asked.
	chunks []chunk
}

// message is one message of a header.
type message struct {
	kind  int
	flags int
	body  []byte
	at    int64 // where the body begins
}

// find returns the first message of a kind.
func (h *header) find(kind int) (message, bool) {
	for _, m := range h.messages {
		if m.kind == kind {
			return m, true
		}
	}
	return message{}, false
}

// open returns a cursor over the body of a message.
func (f *File) openMessage(object, what string, m message) *cursor {
	c := &cursor{f: f, object: object, what: what, b: m.body, at: m.at}
	if m.flags&flagShared != 0 {
		c.err = f.refuse(diag.Unsupported, object, "its %s is shared with other objects (a committed datatype), which is not read; write the file with h5py's defaults", what)
	}
	return c
}

// header reads the object header at an address. It comes in blocks: the first
// one, and those that continuation messages name.
func (f *File) header(object string, address uint64) (*header, error) {
	if h := f.headers[address]; h != nil {
		return h, nil
	}
	c := f.rest(object, "object header", address)
	h := &header{}
	var err error
	if c.err == nil && c.left() > 0 && c.b[0] == 'O' {
		err = h.readV2(c)
	} else {
		err = h.readV1(c)
	}
	if err != nil {
		return nil, err
	}
	f.headers[address] = h
	return h, nil
}

// block is a stretch of the file that holds messages.
type block struct{ address, length uint64 }

// readV1 reads a header of version 1: its prefix and, behind it, messages with
// prefixes of 8 bytes.
func (h *header) readV1(c *cursor) error {
	if version := c.u8(); c.err == nil && version != 1 {
		c.pos--
		c.fail("want an object header, found none: its version would be %d", version)
	}
	c.skip(1)
	count := c.u16() // of all blocks
	c.skip(4)        // how many links lead here
	first := block{length: uint64(c.u32())}
	c.skip(4)
	first.address = uint64(c.at) + uint64(c.pos)
	c.spend()
	if c.err != nil {
		return c.err
	}
	blocks := []block{first}
	for i := 0; i < len(blocks); i++ {
		b := c.f.cursor(c.object, "object header", blocks[i].address, blocks[i].length)
		b.err = firstError(b.err, c.f.spend(c.object, b.at, int64(len(b.b))))
		for b.err == nil && b.left() >= 8 && len(h.messages) < count {
			kind, size, flags := b.u16(), b.u16(), b.u8()
			b.skip(3)
			more, ok := h.add(b, kind, flags, uint64(size))
			if ok {
				blocks = append(blocks, more)
			}
		}
		if b.err != nil {
			return b.err
		}
	}
	if len(h.messages) < count {
		return c.f.broken(c.object, c.at, "the object header ends after %d of %d messages", len(h.messages), count)
	}
	return nil
}

// readV2 reads a header of version 2: blocks that begin with a signature and
// end with a checksum, of messages with prefixes of 4 bytes or 6.
func (h *header) readV2(c *cursor) error {
	c.want("OHDR")
	if version := c.u8(); c.err == nil && version != 2 {
		c.fail("version %d of the object header is not read, want 1 or 2; write the file with h5py's defaults", version)
	}
	flags := c.u8()
	if flags&0x20 != 0 {
		c.skip(16) // four times
	}
	if flags&0x10 != 0 {
		c.skip(4) // when attributes become dense
	}
	length := c.uint(1 << (flags & 3))
	ordered := flags&4 != 0

	blocks := h.readBlockV2(c, length, ordered)
	for i := 0; i < len(blocks) && c.err == nil; i++ {
		b := c.f.cursor(c.object, "continuation of the object header", blocks[i].address, blocks[i].length)
		b.want("OCHK")
		blocks = append(blocks, h.readBlockV2(b, uint64(max(0, b.left()-4)), ordered)...)
		c.err = firstError(c.err, b.err)
	}
	return c.err
}

// readBlockV2 reads length bytes of messages and the checksum behind them, and
// returns the continuations that they name.
func (h *header) readBlockV2(c *cursor, length uint64, ordered bool) []block {
	start := c.pos
	body := c.bytes(length)
	end := c.pos
	c.sum(0)
	c.spend()
	if c.err != nil {
		return nil
	}
	prefix := 4
	if ordered {
		prefix = 6
	}
	var blocks []block
	b := &cursor{f: c.f, object: c.object, what: c.what, b: body, at: c.at + int64(start)}
	for b.err == nil && b.left() >= prefix && end > start {
		kind, size, flags := b.u8(), b.u16(), b.u8()
		b.skip(uint64(prefix - 4))
		if more, ok := h.add(b, kind, flags, uint64(size)); ok {
			blocks = append(blocks, more)
		}
	}
	c.err = firstError(c.err, b.err)
	return blocks
}

// add reads the body of a message and keeps it, or returns the block that it
// names.
func (h *header) add(c *cursor, kind, flags int, size uint64) (more block, ok bool) {
	m := message{kind: kind, flags: flags, at: c.at + int64(c.pos)}
	m.body = c.bytes(size)
	if c.err != nil {
		return block{}, false
	}
	h.messages = append(h.messages, m)
	if kind != msgContinuation {
		return block{}, false
	}
	b := &cursor{f: c.f, object: c.object, what: "continuation message", b: m.body, at: m.at}
	more = block{b.address(), b.length()}
	c.err = firstError(c.err, b.err)
	return more, c.err == nil
}

// firstError returns the first of two errors that is one.
func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
