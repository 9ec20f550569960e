// Package jsonschema builds JSON Schemas (2020-12) of the files that weft reads.
// The packages that parse a file describe it from the tables that they parse it
// with; editors complete, explain and check with what comes of it.
//
// A schema knows one file and no arithmetic, so parsers refuse more. It takes
// values for what YAML 1.2 says that they are; parsers also read spellings such as
// 1_000 as numbers, which to a schema are texts, and refused.
package jsonschema

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Schema is a JSON Schema: its keywords and what they say.
type Schema map[string]any

// Fields are what may stand behind the keys of a mapping.
type Fields map[string]Schema

// Document makes a schema one of a whole file. Defs are what Ref refers to.
func Document(title string, s Schema, defs map[string]Schema) Schema {
	out := maps.Clone(s)
	out["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out["title"] = title
	if len(defs) > 0 {
		out["$defs"] = defs
	}
	return out
}

// Ref refers to a definition of the document.
func Ref(name string) Schema { return Schema{"$ref": "#/$defs/" + name} }

// Doc returns the schema with a text for those who point at it.
func (s Schema) Doc(text string) Schema {
	out := maps.Clone(s)
	out["description"] = text
	return out
}

// Object is a mapping with the keys that its parser accepts, some of them
// required. It panics where fields describe other keys than those, so that a
// parser cannot learn a key that the schema does not know.
func Object(keys []string, fields Fields, required ...string) Schema {
	known := slices.Sorted(maps.Keys(fields))
	if accepted := slices.Sorted(slices.Values(keys)); !slices.Equal(known, accepted) {
		panic(fmt.Sprintf("jsonschema: the parser accepts the keys %q, the schema describes %q", accepted, known))
	}
	s := Schema{"type": "object", "properties": fields, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// Names is a mapping from names that match a pattern to things of one kind.
func Names(pattern *regexp.Regexp, each Schema) Schema {
	return Schema{"type": "object", "propertyNames": Schema{"pattern": pattern.String()}, "additionalProperties": each}
}

// Any is something that one of the schemas describes.
func Any(of ...Schema) Schema { return Schema{"anyOf": of} }

// Never is what may not be there.
func Never() Schema { return Schema{"not": Schema{}} }

// Having is a mapping with all of the keys, whatever else is in it.
func Having(keys ...string) Schema { return Schema{"required": keys} }

// Word is one of some words.
func Word[T ~string](words ...T) Schema { return Schema{"enum": words} }

// Text is a text that is not empty, and may look like a number.
func Text() Schema {
	return Schema{"type": []string{"string", "number", "boolean"}, "minLength": 1}
}

// Bool is true or false.
func Bool() Schema { return Schema{"type": "boolean"} }

// Number is any number.
func Number() Schema { return Schema{"type": "number"} }

// Between is a number from lo to hi.
func Between(lo, hi float64) Schema { return Schema{"type": "number", "minimum": lo, "maximum": hi} }

// Above is a number above lo.
func Above(lo float64) Schema { return Schema{"type": "number", "exclusiveMinimum": lo} }

// Integer is a whole number from lo to hi.
func Integer(lo, hi int64) Schema { return Schema{"type": "integer", "minimum": lo, "maximum": hi} }

// List is a list of things of one kind.
func List(item Schema) Schema { return Schema{"type": "array", "items": item} }

// Sized is a list of lo to hi things of one kind.
func Sized(lo, hi int, item Schema) Schema {
	return Schema{"type": "array", "items": item, "minItems": lo, "maxItems": hi}
}

// Quantity is what yamldoc reads as a quantity of a kind such as "s": a number,
// or one with a unit, which is not negative.
func Quantity(kind string) Schema {
	return Any(Schema{"type": "number", "minimum": 0}, WithUnit(kind, `\+?`))
}

// WithUnit is a number with a unit of the kind, in a string. Sign is a pattern.
func WithUnit(kind, sign string) Schema {
	return Schema{
		"type":    "string",
		"pattern": `^\s*` + sign + `([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*(` + strings.Join(yamldoc.Units(kind), "|") + `)\s*$`,
	}
}
