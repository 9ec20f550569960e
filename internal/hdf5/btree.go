package hdf5

// The kinds of B-trees of version 1.
const (
	treeOfGroup  = 0
	treeOfChunks = 1
)

// btree walks a B-tree of version 1. A node is
//
//	TREE, kind, level, count, left, right, key 0, child 0, key 1, …, child count-1, key count
//
// and the children of level 0 are what the tree holds.
type btree struct {
	f       *File
	object  string
	kind    int
	keySize int // bytes
}

// walk calls visit with each child of level 0 and the key before it.
func (t btree) walk(root uint64, visit func(key []byte, child uint64) error) error {
	return t.node(root, -1, visit)
}

// node walks a node whose level must be the one given, unless that is -1. So
// no path through the tree is longer than the root's level.
func (t btree) node(address uint64, level int, visit func([]byte, uint64) error) error {
	c := t.f.rest(t.object, "B-tree node", address)
	c.want("TREE")
	kind, got := c.u8(), c.u8()
	count := c.u16()
	c.skip(uint64(2 * t.f.offsetSize))
	switch {
	case c.err != nil:
		return c.err
	case kind != t.kind:
		c.fail("the B-tree node is of kind %d, want %d", kind, t.kind)
	case level >= 0 && got != level:
		c.fail("the B-tree node is of level %d, want %d", got, level)
	case got > maxDepth:
		c.fail("the B-tree has %d levels, more than %d", got, maxDepth)
	}
	start := c.pos
	keys := c.bytes(uint64(count * (t.keySize + t.f.offsetSize)))
	c.skip(uint64(t.keySize))
	c.spend()
	if c.err != nil {
		return c.err
	}
	k := &cursor{f: t.f, object: t.object, what: "B-tree node", b: keys, at: c.at + int64(start)}
	for range count {
		key, child := k.bytes(uint64(t.keySize)), k.address()
		err := k.err
		switch {
		case err != nil:
		case got > 0:
			err = t.node(child, got-1, visit)
		default:
			err = visit(key, child)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
