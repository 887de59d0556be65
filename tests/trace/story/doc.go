// Package story tells in a few lines of text what led to a run's failure. The
// reader is the author of the Raft under test, and knows Figure 2.
//
//	story.Last(events, []int{0, 2}, 14)
//
// is what happened last to the servers of a broken rule, oldest first:
//
//	3.200 s to 3.410 s  S2 -> S0, S1: 6 heartbeats of term 4, all answered
//	3.412 s  S2 -> S0 AppendEntries term 4 prev (7,3) +2 commit 6
//	3.417 s  S0 -> S2 success, term 4 (saved first)
//
// (7,3) is index 7 of term 3, +2 are two entries. A message is one line, at the
// instant when it was sent: that it was lost, is late or has not arrived stands
// behind it. What repeats itself is one line with the time that it took.
//
//	story.History(events, nil, 24)
//
// is why nothing happens, for a failure like "no leader for 5 s" or "not applied
// within 10 s": who led which term, how each election since ended and why,
// how far a leader got with each follower, and what each server heard and did
// last.
//
// Where clients ask a service, Last tells their operations and requests, too, and
// History begins with the operations that wait: whom the client asked, how often,
// and what became of it.
//
// All of it is taken from the wire and from what the case did and asked, by way
// of package infer. What these do not show is not told: a vote that was refused
// for a reason that no message tells is refused "for no reason that the wire
// shows". Nothing fails on a record whose beginning was forgotten, or
// whose messages could not be read.
//
// A line has at most 110 columns, and no control characters, whatever a server
// printed.
package story
