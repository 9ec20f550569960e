package store

import "time"

// SetPatience makes files that others have locked be waited for less long, until the
// function that it returns is called.
func SetPatience(d time.Duration) (back func()) {
	before := patience
	patience = d
	return func() { patience = before }
}
