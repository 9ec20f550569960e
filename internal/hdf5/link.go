package hdf5

import (
	"bytes"

	"github.com/weft-toolchain/weft/internal/diag"
)

// link is where a name of a group leads.
type link struct {
	address uint64 // of an object header
	kind    string // of a link that is not followed: "soft link"
}

// links returns what the group holds. A group keeps it in a symbol table (h5py
// by default) or in link messages of its header (libver="latest", few links).
func (g *Group) links() (map[string]link, error) {
	if g.header.links != nil {
		return g.header.links, nil
	}
	links := map[string]link{}
	for _, m := range g.header.messages {
		var err error
		switch m.kind {
		case msgSymbolTable:
			err = g.symbolTable(m, links)
		case msgLink:
			err = g.linkMessage(m, links)
		case msgLinkInfo:
			err = g.linkInfo(m)
		}
		if err != nil {
			return nil, err
		}
	}
	g.header.links = links
	return links, nil
}

// addLink keeps a link. A name that stands twice is an error.
func (g *Group) addLink(c *cursor, links map[string]link, name string, l link) {
	_, twice := links[name]
	switch {
	case c.err != nil:
	case twice:
		c.fail("the group holds two objects named %q", name)
	case l.kind == "" && g.f.undefined(l.address):
		c.fail("the address of %q is undefined", name)
	default:
		links[name] = l
	}
}

// linkInfo refuses a group whose links are dense: in a fractal heap.
func (g *Group) linkInfo(m message) error {
	c := g.f.openMessage(g.path, "link information", m)
	c.skip(1)
	if flags := c.u8(); flags&1 != 0 {
		c.skip(8)
	}
	if heap := c.address(); c.err == nil && !g.f.undefined(heap) {
		return g.f.refuse(diag.Unsupported, g.path, "the group has dense links, as written with libver=\"latest\" or track_order=True and many objects, which are not read; write the file with h5py's defaults")
	}
	return c.err
}

// linkMessage reads a link of its own message:
//
//	version 1, flags, [kind], [creation order 8], [character set], length of the name, name, where to
func (g *Group) linkMessage(m message, links map[string]link) error {
	c := g.f.openMessage(g.path, "link", m)
	if version := c.u8(); c.err == nil && version != 1 {
		c.fail("version %d of a link is not read, want 1", version)
	}
	flags, kind := c.u8(), 0
	if flags&8 != 0 {
		kind = c.u8()
	}
	if flags&4 != 0 {
		c.skip(8)
	}
	if flags&16 != 0 {
		c.skip(1)
	}
	name := string(c.bytes(c.uint(1 << (flags & 3))))
	var l link
	switch kind {
	case 0:
		l.address = c.address()
	case 1:
		l.kind = "soft link"
	case 64:
		l.kind = "link into another file"
	default:
		l.kind = "link of an unknown kind"
	}
	g.addLink(c, links, name, l)
	return c.err
}

// symbolTable reads the links of a group of the old style. The message names a
// B-tree, whose leaves are symbol nodes, and the heap that holds the names.
func (g *Group) symbolTable(m message, links map[string]link) error {
	c := g.f.openMessage(g.path, "symbol table", m)
	tree, heap := c.address(), c.address()
	if c.err != nil {
		return c.err
	}
	names, err := g.localHeap(heap)
	if err != nil {
		return err
	}
	t := btree{f: g.f, object: g.path, kind: treeOfGroup, keySize: g.f.lengthSize}
	return t.walk(tree, func(_ []byte, node uint64) error { return g.symbolNode(node, names, links) })
}

// localHeap returns a cursor over the names of a group.
func (g *Group) localHeap(address uint64) (*cursor, error) {
	c := g.f.rest(g.path, "local heap", address)
	c.want("HEAP")
	c.skip(4)
	size := c.length()
	c.skip(uint64(g.f.lengthSize)) // where it has room
	at := c.address()
	c.spend()
	if c.err != nil {
		return nil, c.err
	}
	names := g.f.cursor(g.path, "names of the group", at, size)
	return names, names.err
}

// symbolNode reads the links of a symbol node: SNOD, version, count, entries of
// an offset into the names, an address, what is cached and 20 bytes more.
func (g *Group) symbolNode(address uint64, names *cursor, links map[string]link) error {
	c := g.f.rest(g.path, "symbol node", address)
	c.want("SNOD")
	c.skip(2)
	count := c.u16()
	for i := 0; i < count && c.err == nil; i++ {
		offset := c.uint(g.f.offsetSize)
		l := link{address: c.address()}
		if cached := c.u32(); cached == 2 {
			l.kind = "soft link"
		}
		c.skip(4 + 16)
		if c.err != nil {
			break
		}
		if offset >= uint64(len(names.b)) {
			c.fail("a name stands at byte %d of %d", offset, len(names.b))
			break
		}
		n := bytes.IndexByte(names.b[offset:], 0)
		if n < 0 {
			c.fail("a name does not end")
			break
		}
		c.err = g.f.spend(g.path, names.at+int64(offset), int64(n))
		g.addLink(c, links, string(names.b[offset:offset+uint64(n)]), l)
	}
	c.spend()
	return c.err
}
