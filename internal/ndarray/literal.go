package ndarray

import (
	"strconv"
	"strings"
)

// literal reads the few Python literals of an .npy header.
type literal struct {
	text string
	at   int
}

func (p *literal) peek() byte {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *literal) take(c byte) bool {
	if p.peek() != c || p.at == len(p.text) {
		return false
	}
	p.at++
	return true
}

func (p *literal) str() (string, bool) {
	q := p.peek()
	if q != '\'' && q != '"' {
		return "", false
	}
	end := strings.IndexByte(p.text[p.at+1:], q)
	if end < 0 {
		return "", false
	}
	s := p.text[p.at+1 : p.at+1+end]
	p.at += end + 2
	return s, true
}

func (p *literal) boolean() (value, ok bool) {
	p.peek()
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "True"):
		p.at += len("True")
		return true, true
	case strings.HasPrefix(rest, "False"):
		p.at += len("False")
		return false, true
	}
	return false, false
}

// tuple reads the shape. Python 2 wrote long integers as 5L. A number too
// large for an int reads as the largest one, which no limit lets pass.
func (p *literal) tuple() ([]int, bool) {
	if !p.take('(') {
		return nil, false
	}
	shape := []int{}
	for !p.take(')') {
		p.peek()
		start := p.at
		for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
			p.at++
		}
		if p.at == start || len(shape) == maxDims {
			return nil, false
		}
		v, _ := strconv.Atoi(p.text[start:p.at]) // the largest int when out of range
		shape = append(shape, v)
		if p.at < len(p.text) && p.text[p.at] == 'L' {
			p.at++
		}
		if !p.take(',') && p.peek() != ')' {
			return nil, false
		}
	}
	return shape, true
}

// skipList steps over a list, which is how records are described.
func (p *literal) skipList() bool {
	depth := 0
	for p.at < len(p.text) {
		switch p.peek() {
		case '[':
			depth++
		case ']':
			depth--
		case '\'', '"':
			if _, ok := p.str(); !ok {
				return false
			}
			continue
		}
		p.at++
		if depth == 0 {
			return true
		}
	}
	return false
}
