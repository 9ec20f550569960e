package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// Bounds on what a file may hold.
const (
	mostVertices = 1 << 24
	mostPins     = 1 << 29
	longestLine  = 1 << 26
)

// readNet reads a network: `snn NAME N S`, then S lines of a source's spikes and
// the neurons that it drives. Of the sources, the first N are the neurons.
func readNet(path string) (name string, p *partition.Problem, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", path, err)
		}
		defer z.Close()
		r = z
	}
	name, p, err = parseNet(r)
	if err != nil {
		return "", nil, fmt.Errorf("%s:%w", path, err)
	}
	return name, p, nil
}

// parser reads words and knows where it is.
type parser struct {
	lines *bufio.Scanner
	line  int
}

func (s *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%d: "+format, append([]any{s.line}, args...)...)
}

func (s *parser) next() ([]string, error) {
	s.line++
	if !s.lines.Scan() {
		if err := s.lines.Err(); err != nil {
			return nil, s.errorf("%w", err)
		}
		return nil, s.errorf("the file ends here")
	}
	return strings.Fields(s.lines.Text()), nil
}

func (s *parser) number(word string, limit int64) (int64, error) {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || n < 0 || n >= limit {
		return 0, s.errorf("%q: want an integer from 0 to %d", word, limit-1)
	}
	return n, nil
}

func parseNet(r io.Reader) (string, *partition.Problem, error) {
	s := &parser{lines: bufio.NewScanner(r)}
	s.lines.Buffer(make([]byte, 1<<16), longestLine)
	head, err := s.next()
	if err != nil {
		return "", nil, err
	}
	if len(head) != 4 || head[0] != "snn" {
		return "", nil, s.errorf("want `snn NAME NEURONS SOURCES`")
	}
	n, err := s.number(head[2], mostVertices)
	if err != nil {
		return "", nil, err
	}
	sources, err := s.number(head[3], mostVertices)
	if err != nil {
		return "", nil, err
	}
	if sources < n {
		return "", nil, s.errorf("%d neurons are sources too, and there are %d sources", n, sources)
	}
	p := &partition.Problem{Off: make([]int64, n+1)}
	var targets []int32 // of all sources
	var ends []int      // where each source's targets end
	for source := range sources {
		words, err := s.next()
		if err != nil {
			return "", nil, err
		}
		if len(words) == 0 || len(targets)+len(words) > mostPins {
			return "", nil, s.errorf("want a source's spikes and its targets, at most %d in the file", mostPins)
		}
		spikes, err := s.number(words[0], 1<<40)
		if err != nil {
			return "", nil, err
		}
		for _, word := range words[1:] {
			v, err := s.number(word, n)
			if err != nil {
				return "", nil, err
			}
			targets = append(targets, int32(v))
		}
		home := int32(source)
		if source >= n {
			home = -1
		}
		p.Weight = append(p.Weight, spikes)
		p.Home = append(p.Home, home)
		ends = append(ends, len(targets))
	}
	fillPins(p, targets, ends)
	return head[1], p, nil
}

// fillPins turns lists of targets by source into lists of sources by target; a
// target that is named twice is one.
func fillPins(p *partition.Problem, targets []int32, ends []int) {
	last := make([]int32, len(p.Off)-1)
	each := func(do func(v, net int32)) {
		for v := range last {
			last[v] = -1
		}
		i := 0
		for net, end := range ends {
			for ; i < end; i++ {
				if v := targets[i]; last[v] != int32(net) {
					last[v] = int32(net)
					do(v, int32(net))
				}
			}
		}
	}
	each(func(v, _ int32) { p.Off[v+1]++ })
	for v := range last {
		p.Off[v+1] += p.Off[v]
	}
	p.In = make([]int32, p.Off[len(last)])
	next := append([]int64(nil), p.Off[:len(last)]...)
	each(func(v, net int32) {
		p.In[next[v]] = net
		next[v]++
	})
}
