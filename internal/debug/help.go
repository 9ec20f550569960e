package debug

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// runHelp prints the commands, or one.
func (s *Session) runHelp(_ context.Context, c *Command) error {
	all := verbs()
	width := 0
	for _, v := range all {
		width = max(width, len(v.usage()))
		if slices.Contains(v.names, c.topic) {
			s.printHelp(&v)
			return nil
		}
	}
	for g, name := range groupNames {
		fmt.Fprintln(s.w, name)
		for _, v := range all {
			if v.group != group(g) {
				continue
			}
			doc, _, more := strings.Cut(v.doc, "\n")
			if more {
				doc = strings.TrimSuffix(doc, ":") + "; help " + v.names[0] + " says what"
			}
			fmt.Fprintf(s.w, "  %-*s  %s\n", width, v.usage(), doc)
		}
	}
	fmt.Fprintln(s.w, "POP[I] is a neuron of a population, INPUT[I] an input, NEURONS are POP, POP[I] or POP[I..J]")
	return nil
}

// printHelp prints all of what a command is.
func (s *Session) printHelp(v *verb) {
	fmt.Fprintf(s.w, "%s: %s\n", v.usage(), v.doc)
	if len(v.names) > 1 {
		fmt.Fprintf(s.w, "also: %s\n", strings.Join(v.names[1:], ", "))
	}
}

// usage is how the command is written.
func (v *verb) usage() string { return strings.TrimSpace(v.names[0] + " " + v.form) }
