package trace

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// chunkSize is the number of events that a Recorder allocates at a time.
const chunkSize = 128

// chunk holds events. next is nil until the chunk is full.
type chunk struct {
	start  int // the number of its first event
	events [chunkSize]Event
	next   *chunk
}

// Most is how many events a recorder keeps, the newest ones: some 50 MB. A run
// that makes more than that is about something else than its beginning.
const Most = 1500 * chunkSize

// Recorder collects the events of one run, the newest of them where there are
// more than Most.
//
// Add has one caller at a time: the network, which orders its events itself.
// So Add takes no lock, and it is invisible to the race detector: an edge
// made here would order a student's goroutines, and hide their races. The
// other methods may run at any time, from any goroutine, also while the run
// goes on or has been given up: they see the events whose Add has ended.
type Recorder struct {
	first atomic.Pointer[chunk]
	last  *chunk
	count atomic.Int64 // events that are complete
}

// New returns an empty recorder.
func New() *Recorder {
	c := new(chunk)
	r := &Recorder{last: c}
	r.first.Store(c)
	return r
}

// Add appends an event. Callers take turns.
//
//go:norace
func (r *Recorder) Add(e Event) {
	raceDisable()
	n := r.count.Load()
	at := n % chunkSize
	if at == 0 && n > 0 {
		c := &chunk{start: int(n)}
		r.last.next = c
		r.last = c
		if second := r.first.Load().next; int(n)-second.start >= Most {
			r.first.Store(second)
		}
	}
	r.last.events[at] = e
	r.count.Store(n + 1)
	raceEnable()
}

// Len is the number of events, the forgotten ones included.
func (r *Recorder) Len() int { return int(r.count.Load()) }

// Forgotten is how many events are not kept any more: those with the lowest
// numbers.
//
//go:norace
func (r *Recorder) Forgotten() int { return r.first.Load().start }

// Events returns a copy of the events in the order in which they were added.
func (r *Recorder) Events() []Event { return r.From(0) }

// From returns a copy of the events from number n on, counted from 0, or from
// the first one that is kept. It is how a reader follows a run that goes on.
//
//go:norace
func (r *Recorder) From(n int) []Event {
	c := r.first.Load() // what is forgotten meanwhile is still there to read
	total := r.Len()
	if n >= total {
		return nil
	}
	out := make([]Event, 0, total-max(n, c.start))
	start := c.start
	for i := start; i < total; i += chunkSize {
		if i > start {
			c = c.next
		}
		lo, hi := max(n-i, 0), min(total-i, chunkSize)
		for j := lo; j < hi; j++ {
			out = append(out, c.events[j])
		}
	}
	return out
}

// Hash names the run in 16 hexadecimal digits; see [Hash]. Of a run with
// forgotten events it names the rest.
func (r *Recorder) Hash() string { return Hash(r.Events()) }

// WriteJSONL writes the events as JSON lines.
func (r *Recorder) WriteJSONL(w io.Writer) error {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	for i, e := range r.Events() {
		if err := enc.Encode(e); err != nil {
			return fmt.Errorf("writing event %d of the trace: %w", i, err)
		}
	}
	return buf.Flush()
}

// ReadJSONL reads what WriteJSONL wrote.
func ReadJSONL(r io.Reader) ([]Event, error) {
	var events []Event
	dec := json.NewDecoder(r)
	for {
		var e Event
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, fmt.Errorf("reading event %d of a trace: %w", len(events), err)
		}
		events = append(events, e)
	}
}
