package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/sweep"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets"
)

// parsers say, for each kind of file, by which key it is told from the others,
// and what weft thinks of a text.
var parsers = map[string]struct {
	key   string
	parse func(t *testing.T, text []byte) error
	// alone says that the files it names are not needed to know all of it.
	alone bool
}{
	"network": {"populations", func(_ *testing.T, text []byte) error {
		_, err := network.Parse("nowhere/network.yaml", text)
		return err
	}, true},
	"target": {"target", func(t *testing.T, text []byte) error {
		file := filepath.Join(t.TempDir(), "target.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := targets.Load(file)
		return err
	}, false},
	"experiment": {"readout", func(_ *testing.T, text []byte) error {
		_, err := experiment.Parse("nowhere/experiment.yaml", text)
		return err
	}, true},
	"sweep": {"grid", func(_ *testing.T, text []byte) error {
		_, err := sweep.Parse("nowhere/sweep.yaml", text)
		return err
	}, true},
	"defects": {"defects", func(t *testing.T, text []byte) error {
		chip, err := targets.Load("xbar1k")
		if err != nil {
			t.Fatal(err)
		}
		_, err = targets.ParseDefects("defects.yaml", text, &chip.Arch)
		return err
	}, true},
}

// kindOf tells which kind of file a document is; "" is none.
func kindOf(root *yamldoc.Node) string {
	// An experiment names a target, and so is asked for first.
	for _, kind := range []string{"experiment", "network", "sweep", "defects", "target"} {
		if root.Get(parsers[kind].key) != nil {
			return kind
		}
	}
	return ""
}

// document is a YAML file, or a block of one, somewhere in the repository.
type document struct {
	where string
	root  *yamldoc.Node
}

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// corpus returns all documents of the repository by kind: files, blocks of the
// documentation, and files of scripts, good ones and bad ones.
func corpus(t *testing.T) map[string][]document {
	t.Helper()
	all := map[string][]document{}
	add := func(where string, text []byte) {
		var diags diag.List
		if root := yamldoc.Parse(where, text, &diags); root != nil && diags.Len() == 0 {
			if kind := kindOf(root); kind != "" {
				all[kind] = append(all[kind], document{where, root})
			}
		}
	}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		ending := filepath.Ext(path)
		if !slices.Contains([]string{".yaml", ".md", ".txtar"}, ending) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch ending {
		case ".yaml":
			add(path, text)
		case ".md":
			for k, block := range yamlBlock.FindAllSubmatch(text, -1) {
				add(path+" block "+strconv.Itoa(k+1), block[1])
			}
		case ".txtar":
			for _, f := range txtar.Parse(text).Files {
				if filepath.Ext(f.Name) == ".yaml" {
					add(path+" "+f.Name, f.Data)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// value turns a node into what encoding/json makes of such a value.
func value(n *yamldoc.Node) any {
	switch n.Kind {
	case yamldoc.Sequence:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, value(item))
		}
		return list
	case yamldoc.Mapping:
		fields := map[string]any{}
		for _, f := range n.Fields {
			fields[f.Key] = value(f.Value)
		}
		return fields
	case yamldoc.Scalar:
	}
	switch {
	case n.Null:
		return nil
	case n.Quoted:
		return n.Text
	case n.Text == "true" || n.Text == "false":
		return n.Text == "true"
	}
	if i, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		return i
	}
	if x, ok := n.Number(); ok {
		return x
	}
	return n.Text
}

// compiled returns the schema of a kind, as validators read it and as JSON.
func compiled(t *testing.T, kind string) (*jsonschema.Schema, any) {
	t.Helper()
	k := slices.IndexFunc(schemas, func(s schemaRow) bool { return s.kind == kind })
	text, err := json.Marshal(schemas[k].of())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(kind+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(kind + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s, doc
}

// sound reports whether a parser has nothing against a document but, where it
// stands alone, that files which it names are missing.
func sound(kind string, err error) bool {
	list, ok := errors.AsType[*diag.Error](err)
	if !ok || !parsers[kind].alone {
		return err == nil
	}
	return !slices.ContainsFunc(list.Diagnostics, func(d diag.Diagnostic) bool { return d.Code != diag.MissingFile })
}

func TestSchemasAcceptWhatParsersAccept(t *testing.T) {
	least := map[string]int{"network": 40, "target": 10, "experiment": 10, "sweep": 8, "defects": 2}
	for kind, docs := range corpus(t) {
		schema, _ := compiled(t, kind)
		accepted := 0
		for _, d := range docs {
			text, err := json.Marshal(value(d.root))
			if err != nil {
				continue // an infinity, which JSON has not
			}
			if !sound(kind, parsers[kind].parse(t, text)) {
				continue
			}
			accepted++
			if err := schema.Validate(value(d.root)); err != nil {
				t.Errorf("%s: the parser accepts it: %v", d.where, err)
			}
		}
		t.Logf("%s: %d documents, of which the parser accepts %d", kind, len(docs), accepted)
		if accepted < least[kind] {
			t.Errorf("%d documents of kind %s were tried, want %d at least", accepted, kind, least[kind])
		}
	}
}

func TestSchemasRefuseUnknownKeys(t *testing.T) {
	for kind, docs := range corpus(t) {
		schema, _ := compiled(t, kind)
		tried := 0
		for _, d := range docs {
			text, err := json.Marshal(value(d.root))
			if err != nil {
				continue
			}
			err = parsers[kind].parse(t, text)
			if err == nil || !unknownKey.MatchString(err.Error()) {
				continue
			}
			tried++
			if schema.Validate(value(d.root)) == nil {
				t.Errorf("%s: the schema accepts it, and the parser says\n%v", d.where, err)
			}
		}
		if tried == 0 {
			t.Errorf("no document of kind %s with an unknown key was tried", kind)
		}
	}
}

// unknownKey is how parsers tell that they do not know a key, and which they know.
var unknownKey = regexp.MustCompile(`(?:unknown field|unknown parameter|has no parameter) "[^"]*"(?:; (?:want one of|want|it has) (.*?)(?:, or a field of .*)? \[unknown-field\])?`)

// A key that nobody knows is put into each mapping of each sound document. The
// parser minds where the schema does, and says which keys it knows; those are
// keys of a mapping of the schema, and every mapping of the schema is met.
func TestSchemasAndParsersKnowTheSameKeys(t *testing.T) {
	for kind, docs := range corpus(t) {
		schema, doc := compiled(t, kind)
		inSchema := map[string]bool{}
		keySets(doc, inSchema)
		met := map[string]bool{}
		for _, d := range docs {
			text, err := json.Marshal(value(d.root))
			if err != nil || len(text) > 1<<14 || !sound(kind, parsers[kind].parse(t, text)) {
				continue
			}
			for _, n := range mappings(d.root, nil) {
				n.Fields = append(n.Fields, yamldoc.Field{Key: "zzzz", Value: &yamldoc.Node{Text: "1"}})
				text, err := json.Marshal(value(d.root))
				if err != nil {
					t.Fatal(err)
				}
				problem := parsers[kind].parse(t, text)
				if refused := schema.Validate(value(d.root)) != nil; refused == sound(kind, problem) {
					t.Errorf("%s: with the key zzzz in the mapping of %q the schema refuses it: %v; the parser says %v", d.where, n.Fields[0].Key, refused, problem)
				}
				n.Fields = n.Fields[:len(n.Fields)-1]
				if problem == nil {
					continue
				}
				for _, m := range unknownKey.FindAllStringSubmatch(problem.Error(), -1) {
					keys := strings.Split(strings.ReplaceAll(m[1], " and ", ", "), ", ")
					slices.Sort(keys)
					met[strings.Join(keys, " ")] = true
				}
			}
		}
		for keys := range met {
			if !inSchema[keys] && keys != "" {
				t.Errorf("the parser of kind %s has a mapping of %s, the schema has none", kind, keys)
			}
		}
		for keys := range inSchema {
			if !met[keys] {
				t.Errorf("the schema of kind %s has a mapping of %s, which no sound document of the repository has", kind, keys)
			}
		}
	}
}

// Each value of each sound document is made an empty text in turn. No value may be
// that: the parser tells it where it stands, and the schema refuses it.
func TestEmptyTextsAreRefused(t *testing.T) {
	least := map[string]int{"network": 500, "target": 500, "experiment": 100, "sweep": 50, "defects": 10}
	for kind, docs := range corpus(t) {
		schema, _ := compiled(t, kind)
		tried := 0
		for _, d := range docs {
			text, err := json.Marshal(value(d.root))
			if err != nil || len(text) > 1<<14 || !sound(kind, parsers[kind].parse(t, text)) {
				continue
			}
			for _, n := range scalars(d.root, nil) {
				was := *n
				*n = yamldoc.Node{Quoted: true}
				text, err := json.Marshal(value(d.root))
				if err != nil {
					t.Fatal(err)
				}
				tried++
				problem := parsers[kind].parse(t, text)
				before, _, _ := strings.Cut(string(text), `""`)
				if told := toldAt(problem, 1, utf8.RuneCountInString(before)+1); told != 1 {
					t.Errorf("%s:%d:%d: with an empty text for %q the parser tells that %d times: %v", d.where, was.Pos.Line, was.Pos.Col, was.Text, told, problem)
				}
				if schema.Validate(value(d.root)) == nil {
					t.Errorf("%s:%d:%d: with an empty text for %q the schema accepts it", d.where, was.Pos.Line, was.Pos.Col, was.Text)
				}
				*n = was
			}
		}
		t.Logf("%s: %d values", kind, tried)
		if tried < least[kind] {
			t.Errorf("%d values of kind %s were tried, want %d at least", tried, kind, least[kind])
		}
	}
}

// toldAt counts the diagnostics of an error that are at a place.
func toldAt(err error, line, col int) (n int) {
	list, ok := errors.AsType[*diag.Error](err)
	if !ok {
		return 0
	}
	for _, d := range list.Diagnostics {
		if d.Pos.Line == line && d.Pos.Col == col {
			n++
		}
	}
	return n
}

// scalars returns the values of a document, and of a list of them the first.
func scalars(n *yamldoc.Node, all []*yamldoc.Node) []*yamldoc.Node {
	if n.Kind == yamldoc.Scalar {
		return append(all, n)
	}
	for _, item := range n.Items[:min(len(n.Items), 1)] {
		all = scalars(item, all)
	}
	for _, f := range n.Fields {
		all = scalars(f.Value, all)
	}
	return all
}

// mappings returns all mappings in a document that have keys.
func mappings(n *yamldoc.Node, all []*yamldoc.Node) []*yamldoc.Node {
	if len(n.Fields) > 0 {
		all = append(all, n)
	}
	for _, item := range n.Items {
		all = mappings(item, all)
	}
	for _, f := range n.Fields {
		all = mappings(f.Value, all)
	}
	return all
}

// keySets finds the keys of each mapping that a schema describes whole.
func keySets(schema any, found map[string]bool) {
	switch s := schema.(type) {
	case []any:
		for _, item := range s {
			keySets(item, found)
		}
	case map[string]any:
		if properties, ok := s["properties"].(map[string]any); ok && s["additionalProperties"] == false {
			found[strings.Join(slices.Sorted(maps.Keys(properties)), " ")] = true
		}
		for _, item := range s {
			keySets(item, found)
		}
	}
}
