package ir

// Effect is one number of what a pass did.
type Effect struct {
	// What says in words of the report what is counted: "synapses removed".
	What  string
	Value float64
}
