package sweep

// OptionRows returns the parameters that are options, for SWEEP.md.
func OptionRows() [][2]string {
	var rows [][2]string
	for _, o := range options {
		rows = append(rows, [2]string{o.name, o.doc})
	}
	return rows
}
