package yamldoc

// Overlay returns base with the fields of over laid on it, mapping by mapping:
// what over says replaces what base says, lists and zeros included. Neither is
// changed.
func Overlay(base, over *Node) *Node {
	if base.Kind != Mapping || over.Kind != Mapping {
		return over
	}
	out := *over
	out.Fields = nil
	seen := map[string]bool{}
	for _, f := range over.Fields {
		seen[f.Key] = true
	}
	for _, f := range base.Fields {
		if !seen[f.Key] {
			out.Fields = append(out.Fields, f)
		}
	}
	for _, f := range over.Fields {
		if b := base.Get(f.Key); b != nil {
			f.Value = Overlay(b, f.Value)
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}
