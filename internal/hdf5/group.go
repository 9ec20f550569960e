package hdf5

import (
	"maps"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

// object is what groups and datasets have in common.
type object struct {
	f       *File
	path    string
	address uint64
	header  *header
}

// Path returns where the object was found, from the root: /layer/0/bias.
func (o *object) Path() string { return o.path }

// Group holds groups and datasets by name.
type Group struct {
	object
	parent *Group
	depth  int
}

// Names lists what the group holds, sorted. What is not read, such as a soft
// link, is listed too, and an error when it is opened.
func (g *Group) Names() ([]string, error) {
	links, err := g.links()
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(links)), nil
}

// Has reports whether the group holds something of that name. A group that
// cannot be read holds nothing.
func (g *Group) Has(name string) bool {
	links, err := g.links()
	_, ok := links[name]
	return err == nil && ok
}

// Group returns the group of a path from here, such as "layer/0".
func (g *Group) Group(path string) (*Group, error) {
	switch o, err := g.Open(path); o := o.(type) {
	case *Group:
		return o, err
	case *Dataset:
		return nil, g.f.refuse(diag.WrongType, o.path, "is a dataset, want a group")
	default:
		return nil, err
	}
}

// Dataset returns the dataset of a path from here, such as "layer/0/bias".
func (g *Group) Dataset(path string) (*Dataset, error) {
	switch o, err := g.Open(path); o := o.(type) {
	case *Dataset:
		return o, err
	case *Group:
		return nil, g.f.refuse(diag.WrongType, o.path, "is a group, want a dataset")
	default:
		return nil, err
	}
}

// Object is a *Group or a *Dataset.
type Object interface{ Path() string }

// Open returns what stands at a path from here.
func (g *Group) Open(path string) (Object, error) {
	var o Object = g
	for name := range strings.SplitSeq(path, "/") {
		in, ok := o.(*Group)
		if !ok {
			return nil, g.f.refuse(diag.WrongType, o.Path(), "is a dataset, but %q is looked for in it", name)
		}
		next, err := in.open(name)
		if err != nil {
			return nil, err
		}
		o = next
	}
	return o, nil
}

// open returns what the group holds under a name.
func (g *Group) open(name string) (Object, error) {
	links, err := g.links()
	if err != nil {
		return nil, err
	}
	path := strings.TrimSuffix(g.path, "/") + "/" + name
	l, ok := links[name]
	switch {
	case !ok:
		return nil, g.f.refuse(diag.UnknownName, g.path, "has no %q%s", name, spell.Hint(name, slices.Sorted(maps.Keys(links))))
	case l.kind != "":
		return nil, g.f.refuse(diag.Unsupported, path, "is a %s, which is not read; store the object itself there", l.kind)
	}
	h, err := g.f.header(path, l.address)
	if err != nil {
		return nil, err
	}
	// Each of the two is an Object only if there is no error.
	if _, ok := h.find(msgLayout); ok {
		d, err := g.f.dataset(path, l.address, h)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	in, err := g.f.group(g, path, l.address)
	if err != nil {
		return nil, err
	}
	return in, nil
}

// group opens the group at an address; parent is nil for the root.
func (f *File) group(parent *Group, path string, address uint64) (*Group, error) {
	g := &Group{object: object{f: f, path: path, address: address}, parent: parent}
	if parent != nil {
		g.depth = parent.depth + 1
	}
	for up := parent; up != nil; up = up.parent {
		if up.address == address {
			return nil, f.refuse(diag.Unsupported, path, "is a link to the group %s that it stands in; want groups without circles", up.path)
		}
	}
	if g.depth > maxDepth {
		return nil, f.refuse(diag.TooLarge, path, "is nested more than %d groups deep", maxDepth)
	}
	var err error
	g.header, err = f.header(path, address)
	if err != nil {
		return nil, err
	}
	_, symbols := g.header.find(msgSymbolTable)
	_, links := g.header.find(msgLinkInfo)
	if _, datatype := g.header.find(msgDatatype); !symbols && !links && datatype {
		return nil, f.refuse(diag.Unsupported, path, "is a committed datatype, want a group or a dataset")
	}
	return g, nil
}

// Walk calls visit for everything below the root, each group before what it
// holds, in the order of names. An object of several names is visited once.
// What cannot be opened is passed as an error with a nil Object. Walk stops at
// the first error that visit returns, and returns it.
func (f *File) Walk(visit func(path string, o Object, err error) error) error {
	return f.root.walk(map[uint64]bool{f.root.address: true}, visit)
}

func (g *Group) walk(seen map[uint64]bool, visit func(string, Object, error) error) error {
	links, err := g.links()
	if err != nil {
		return visit(g.path, nil, err)
	}
	for _, name := range slices.Sorted(maps.Keys(links)) {
		l := links[name]
		if l.kind == "" {
			if seen[l.address] {
				continue
			}
			seen[l.address] = true
		}
		o, err := g.open(name)
		if err != nil {
			err = visit(strings.TrimSuffix(g.path, "/")+"/"+name, nil, err)
		} else {
			err = visit(o.Path(), o, nil)
		}
		if err != nil {
			return err
		}
		if in, ok := o.(*Group); ok {
			if err := in.walk(seen, visit); err != nil {
				return err
			}
		}
	}
	return nil
}
