package diag

import "fmt"

// Plural counts things whose plural takes an s: 1 core, 2 cores.
func Plural(n int, thing string) string { return Counted(n, thing, thing+"s") }

// Counted is Plural for whatever else depends on the number: 1 copy, 2 copies.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
