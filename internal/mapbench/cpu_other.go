//go:build !unix

package main

import "time"

// cpuTime returns the time that the process has computed; 0 if nobody knows.
func cpuTime() time.Duration { return 0 }
