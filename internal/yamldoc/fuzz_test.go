package yamldoc_test

import (
	"errors"
	"math"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// FuzzParse reads any document, and each of its values as everything that a value may
// be: what is no mistake is a finite number of its range, and a mistake has a place.
func FuzzParse(f *testing.F) {
	for _, src := range golden.Files(f, "../../compiler/network/testdata/bad/*.yaml", "../../targets/*.yaml") {
		f.Add(src)
	}
	f.Add([]byte("a: \x01"))
	f.Add([]byte("a: &x [1ms, 2.3e300GHz, 0x1F, -0, .inf, 1_000]\nb: {c: *x, d: ~, e: 'true'}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		var diags diag.List
		root := yamldoc.Parse("x.yaml", src, &diags)
		if root != nil {
			read(t, yamldoc.Reader{Diags: &diags}, root)
			yamldoc.Overlay(root, root)
		}
		if err := diags.Err(); err != nil || root == nil {
			golden.Told(t, err, "x.yaml", src)
			if told, ok := errors.AsType[*diag.Error](err); ok && told.Diagnostics[0].Pos.Col == 0 && root == nil {
				t.Errorf("%v has no place", err)
			}
		}
	})
}

// read reads a node and those below it.
func read(t *testing.T, r yamldoc.Reader, n *yamldoc.Node) {
	if n.Pos.Line < 1 || n.Pos.Col < 1 {
		t.Fatalf("%+v has no place", n)
	}
	if i := r.Int(n, "x", -3, 1000); i < -3 || i > 1000 {
		t.Errorf("%s is read as the whole number %d", n.Text, i)
	}
	if v := r.Float(n, "x"); math.IsNaN(v) || math.IsInf(v, 0) {
		t.Errorf("%s is read as the number %v", n.Text, v)
	}
	for _, kind := range []string{"s", "J", "W", "Hz", "S", "Ohm", "mm2"} {
		if v := r.Quantity(n, "x", kind); !(v >= 0) || math.IsInf(v, 0) {
			t.Errorf("%s is read as %v %s", n.Text, v, kind)
		}
	}
	r.Bool(n, "x")
	r.Enum(n, "x", "true", "a")
	for _, item := range n.Items {
		read(t, r, item)
	}
	for _, field := range n.Fields {
		read(t, r, field.Value)
	}
}
