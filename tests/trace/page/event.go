package page

import (
	"io"

	"raftlabs/tests/trace"
)

// none stands in From or To where an event has no such server.
const none = trace.None

// Event is one thing that happened in a run. Events that leave fields out can
// be shown too: what they would have said is then inferred, or not shown.
type Event = trace.Event

// ReadJSONL reads a trace's lines. What it could read comes with the error.
func ReadJSONL(r io.Reader) ([]Event, error) { return trace.ReadJSONL(r) }
