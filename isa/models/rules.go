package models

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/isa"
)

// Rule is a rule by which synapses learn. Its texts, one for each kind of
// program that it has, go with any model: that of kind tick is appended to the
// neuron's program.
type Rule struct {
	Name string
	// Doc is one line.
	Doc string
	// folder holds the texts, KIND.s.
	folder string
	// reward says that the texts' symbol reward is set.
	reward bool
}

//go:embed rules
var ruleTexts embed.FS

var rules = []Rule{
	{Name: "stdp", Doc: "pair-based spike-timing-dependent plasticity, all-to-all traces, hard bounds", folder: "stdp"},
	{Name: "r_stdp", Doc: "stdp times a third factor: each neuron's trace of the broadcast register", folder: "stdp", reward: true},
	{Name: "sdsp", Doc: "ODIN's spike-driven synaptic plasticity, with calcium", folder: "sdsp"},
}

// Rules returns the learning rules in the order of the documentation.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// RuleNames returns the names of the rules, in the same order.
func RuleNames() []string {
	names := make([]string, len(rules))
	for k, r := range rules {
		names[k] = r.Name
	}
	return names
}

// LookupRule returns the rule of a name, and whether there is one.
func LookupRule(name string) (Rule, bool) {
	for _, r := range rules {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}

// Text returns the rule's text of a kind, and whether it has one.
func (r Rule) Text(kind isa.Kind) (string, bool) {
	text, err := ruleTexts.ReadFile("rules/" + r.folder + "/" + kind.String() + ".s")
	return string(text), err == nil
}

// define returns the symbols of the rule's texts.
func (r Rule) define(consts map[string]int) map[string]string {
	def := map[string]string{}
	for name, v := range consts {
		def[name] = strconv.Itoa(v)
	}
	if r.reward {
		def["reward"] = "1"
	}
	return def
}

// Learning are a rule and the numbers that its texts have symbols for.
type Learning struct {
	Rule   Rule
	Consts map[string]int
}

// Assemble assembles the rule's program of a kind other than tick for neurons
// of a tick program, or returns nil where the rule has none.
func (l Learning) Assemble(kind isa.Kind, tick *isa.Program) (*isa.Program, error) {
	text, ok := l.Rule.Text(kind)
	if !ok {
		return nil, nil //nolint:nilnil // a rule without a program of a kind is usual
	}
	return assembleSynapse(l.Rule.Name, text, kind, tick, l.Rule.define(l.Consts))
}

// assembleSynapse assembles a text of a kind other than tick for neurons of a
// tick program.
func assembleSynapse(name, text string, kind isa.Kind, tick *isa.Program, define map[string]string) (*isa.Program, error) {
	var b strings.Builder
	fmt.Fprintf(&b, ".program %s_%s\n.kind %s\n", name, kind, kind)
	if kind != isa.Axon {
		for _, s := range tick.State {
			fmt.Fprintf(&b, ".state %s\n", s)
		}
		for _, p := range tick.Params {
			fmt.Fprintf(&b, ".param %s %s\n", p.Name, p.Reg)
		}
	}
	b.WriteString(text)
	return isa.Assemble(name+"/"+kind.String()+".s", b.String(), isa.AsmOptions{Define: define})
}
