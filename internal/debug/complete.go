package debug

import "strings"

// Complete returns a line whose last word goes on as far as all commands, or, behind the
// first word, all populations, inputs and words of commands that begin so do.
func (s *Session) Complete(line string) string {
	at := strings.LastIndexAny(line, " \t") + 1
	begun := line[at:]
	var fits []string
	for _, word := range s.vocabulary(strings.TrimSpace(line[:at]) == "") {
		if strings.HasPrefix(word, begun) {
			fits = append(fits, word)
		}
	}
	if len(fits) == 0 {
		return line
	}
	common := fits[0]
	for _, word := range fits[1:] {
		for !strings.HasPrefix(word, common) {
			common = common[:len(common)-1]
		}
	}
	if len(fits) == 1 {
		common += " "
	}
	return line[:at] + common
}

// vocabulary lists the words that may stand first in a line, or behind that.
func (s *Session) vocabulary(first bool) (words []string) {
	if first {
		for _, v := range verbs() {
			words = append(words, v.names[0])
		}
		return words
	}
	for _, p := range s.image.Manifest.Populations {
		words = append(words, p.Name)
	}
	for _, p := range s.image.Manifest.Inputs {
		words = append(words, p.Name)
	}
	for word := range breakWords {
		words = append(words, word)
	}
	return append(words, infoTopics...)
}
