// Package spell finds the name somebody probably meant.
package spell

import "fmt"

// Nearest returns the candidate closest to name by edit distance, and whether
// it is close enough to suggest: at most a third of its letters and one more differ.
// A single letter is close to nothing. Of several equally close candidates the first wins.
func Nearest(name string, candidates []string) (string, bool) {
	if len(name) == 1 {
		return "", false
	}
	best, bestDist := "", len(name)/3+2
	for _, c := range candidates {
		if d := distance(name, c, bestDist); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best, best != ""
}

// Hint returns `; did you mean "x"?` for the nearest candidate, or nothing.
func Hint(name string, candidates []string) string {
	if c, ok := Nearest(name, candidates); ok {
		return fmt.Sprintf("; did you mean %q?", c)
	}
	return ""
}

// distance is the Levenshtein distance of a and b, or limit when it is at
// least that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}
