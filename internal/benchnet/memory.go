package benchnet

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
)

// peakBytes returns the most memory that the process has had in use, as Linux
// counts it, or, elsewhere, what the runtime has asked the system for.
func peakBytes() int64 {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if n, ok := highWater(status); ok {
			return n
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// highWater reads the line `VmHWM: 1234 kB` of /proc/self/status.
func highWater(status []byte) (bytesUsed int64, ok bool) {
	for line := range bytes.Lines(status) {
		f := bytes.Fields(line)
		if len(f) == 3 && string(f[0]) == "VmHWM:" && string(f[2]) == "kB" {
			kb, err := strconv.ParseInt(string(f[1]), 10, 64)
			return kb << 10, err == nil
		}
	}
	return 0, false
}
