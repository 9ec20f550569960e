package odin

import (
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	burst := odinChip()
	burst.Neurons[4] = izhBurst.put(Word{}, 2)
	burst.BurstTimeref = 10
	bits := tinyChip()
	bits.Neurons[3].Lo |= 1 << 32
	synapse := tinyChip()
	synapse.Synapses[2][1] = 16
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Model: 7}, "model 7"},
		{Config{Sweep: 257}, "sweep of 257"},
		{Config{Model: ODIN, Sweep: 3}, "odin always visits all 256"},
		{Config{AckDelay: -1}, "acknowledge delay -1"},
		{Config{DropDelay: 1 << 30}, "request-drop delay"},
		{Config{MaxCycles: -5}, "cycle limit -5"},
		{burst, "neuron 4 fires bursts"},
		{bits, "neuron 3: word"},
		{synapse, "synapse 2→1: value 16"},
	} {
		if _, err := New(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
	burst.OpenLoop = true
	if _, err := New(burst); err != nil {
		t.Errorf("bursts in open loop: %v", err)
	}
	chip, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Event{{-1, 0}, {0, 1 << 10}} {
		if _, err := chip.Run([]Event{e}); err == nil {
			t.Errorf("event %+v: want an error", e)
		}
	}
}

func TestTablesAreComplete(t *testing.T) {
	for s := range numStates {
		if s.String() == "" {
			t.Errorf("state %d has no name", s)
		}
	}
	if got := State(99).String() + Model(99).String(); got != "State(99)Model(99)" {
		t.Errorf("got %s", got)
	}
	for m := range numModels {
		seen := map[string]bool{}
		var c Counters
		for _, row := range c.Named(m) {
			if seen[row.Name] {
				t.Errorf("%v: counter %s twice", m, row.Name)
			}
			seen[row.Name] = true
		}
	}
}
