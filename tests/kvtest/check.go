package kvtest

import (
	"fmt"
	"io"
	"time"

	"github.com/anishathalye/porcupine"
)

// Result is what a check has found.
type Result uint8

const (
	Unknown      Result = iota // the time limit came first
	Linearizable               // there is an order
	Illegal                    // there is none
)

func (r Result) String() string { return [...]string{"unknown", "linearizable", "illegal"}[r] }

// Verdict is the result of a check, and what can be said of it.
type Verdict struct {
	Result Result

	// Text is a sentence that explains an Illegal or an Unknown. Get is the
	// operation that it accuses, the first to return whose value does not fit,
	// and Key is its key.
	Text string
	Key  string
	Get  Operation

	history []Operation // of that key, or the whole
}

// Check tells whether a history is linearizable. limit is of real time, so Check
// is for outside of the bubble: inside it would not pass.
func Check(history []Operation, limit time.Duration) Verdict {
	until := time.Now().Add(limit)
	keys, of := byKey(history)
	undecided := ""
	for i, key := range keys {
		// Whoever comes later gets a fair part of what is left.
		part := time.Until(until) / time.Duration(len(keys)-i)
		switch search(of[key], time.Now().Add(part)) {
		case Illegal:
			return explain(key, of[key], time.Now().Add(limit))
		case Unknown:
			if undecided == "" {
				undecided = key
			}
		}
	}
	if undecided != "" {
		return Verdict{
			Key: undecided, history: of[undecided],
			Text: fmt.Sprintf("no order of the %d operations on key %q was found within %v, nor that there is none: too many of them are concurrent",
				len(of[undecided]), undecided, limit),
		}
	}
	return Verdict{Result: Linearizable, history: history}
}

// Note is something to be shown beside the operations: a fault, a leader.
type Note struct {
	Row      string // "S1", "network"
	Text     string // "leads term 3"
	Details  string
	From, To int64 // stamps; To may be left out
}

// pageLimit is how long a page may look for orders to show.
const pageLimit = 5 * time.Second

// WritePage writes the history as a page: a row a client, what porcupine has
// found, and the notes. Where a key is accused, the page has no other.
func (v Verdict) WritePage(w io.Writer, notes []Note) error {
	keys, of := byKey(v.history)
	paged := model
	paged.Partition = func([]porcupine.Operation) (parts [][]porcupine.Operation) {
		for _, key := range keys {
			parts = append(parts, forPorcupine(of[key]))
		}
		return parts
	}
	_, info := porcupine.CheckOperationsVerbose(paged, nil, pageLimit)
	var annotations []porcupine.Annotation
	for _, n := range notes {
		annotations = append(annotations, porcupine.Annotation{
			Tag: n.Row, Start: n.From, End: n.To, Description: n.Text, Details: n.Details,
		})
	}
	info.AddAnnotations(annotations)
	if err := porcupine.Visualize(paged, info, w); err != nil {
		return fmt.Errorf("writing the history of %d operations as a page: %w", len(v.history), err)
	}
	return nil
}
