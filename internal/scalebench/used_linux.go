package main

import (
	"os"
	"syscall"
)

// used returns the most memory that a process had, in bytes, and how long it
// computed, in seconds.
func used(p *os.ProcessState) (peak, cpu float64) {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		peak = float64(u.Maxrss) * 1024
	}
	return peak, (p.UserTime() + p.SystemTime()).Seconds()
}
