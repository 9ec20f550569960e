//go:build race

package difftest_test

// underRace says that the race detector is at work, under which the longest cases
// would take minutes; without it they are run.
const underRace = true
