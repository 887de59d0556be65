package story

import (
	"fmt"
	"strings"

	"raftlabs/tests/trace"
	"raftlabs/tests/trace/infer"
	"raftlabs/tests/wire"
)

// request words a request, without who sends it to whom.
func request(e *trace.Event) string {
	name := wire.Short(e.Method)
	if name == "" {
		name = e.Method
	}
	note := printable(e.Note)
	for _, who := range []string{"leader", "candidate"} {
		// A sender that gives another one's name is worth reading.
		note = strings.TrimPrefix(note, fmt.Sprintf("%s S%d ", who, e.From))
	}
	if a, ok := infer.ReadAppend(e.Note); ok && a.Entries == 0 {
		name, note = "heartbeat", strings.Replace(note, " +0", "", 1)
	}
	return named(e, name, note)
}

// byTest says that the test sent a request in the name of a server that is not
// its own: it asks for votes so that a certain one leads.
func (r *run) byTest(e *trace.Event) string {
	if e.Inc == 0 && e.From >= 0 && e.From < r.n && !r.plays(e.From) {
		return " (sent by the test)"
	}
	return ""
}

// named is a message's name with what could be read of it.
func named(e *trace.Event, name, note string) string {
	if e.Term == 0 && note == "" {
		if e.Bytes > 0 {
			return fmt.Sprintf("%s, %d B", name, e.Bytes)
		}
		return name
	}
	return strings.TrimSpace(fmt.Sprintf("%s term %d %s", name, e.Term, note))
}

// reply words a reply, without who sends it to whom.
func (r *run) reply(m int) string {
	e := r.sent(m)
	name := wire.Short(e.Method)
	switch {
	case e.Term == 0 && e.Note == "":
		return named(e, "answer to "+name, "")
	case asks(e.Method) && e.Note == "granted":
		return fmt.Sprintf("%s granted, term %d", vote(e.Method), e.Term)
	case asks(e.Method) && e.Note == "refused":
		return fmt.Sprintf("%s refused, term %d: %s", vote(e.Method), e.Term, r.whyNoVote(m))
	case e.Method == wire.AppendEntries && e.Note == "success":
		return fmt.Sprintf("success, term %d", e.Term)
	case e.Method == wire.AppendEntries && e.Note == "no":
		text := fmt.Sprintf("refused, term %d", e.Term)
		if why := whyNoEntries(e, r.requestOf(m)); why != "" {
			text += ": " + why
		}
		return text
	}
	return named(e, "answer to "+name, printable(e.Note))
}

func vote(method string) string {
	if method == wire.RequestPreVote {
		return "pre-vote"
	}
	return "vote"
}
