// Package infer works out what a recorded run does not say, for all that show
// it: the page and the story of a failure.
//
//	all := infer.Messages(events)
//	state := infer.Observe(servers, events, all)
//	asked := infer.Operations(events)
//
// [Messages] joins the events of a message, and a request to its reply.
// [Observe] follows roles, terms, commit indexes, pauses and cuts. Servers say
// their terms on the wire and in GetState, and nothing else of themselves, so
// that a role is known from the first message that shows it on: a candidate
// asks for votes, a leader sends AppendEntries, who takes them follows. Clients
// have links and operations, and nothing else.
//
// Events must be in the order of time. The first ones may be missing, and
// messages may be unreadable (no term, no note): what they would have told
// stays unknown.
package infer
