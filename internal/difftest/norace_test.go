//go:build !race

package difftest_test

const underRace = false
