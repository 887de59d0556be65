// Package invariant watches a run of Raft from outside and says when one of
// Raft's safety rules is broken: which, by whom, when, and what the rule asks
// for instead.
//
// A [Checker] is told what happens, one [Event] after the other, in the order
// in which it happened: messages as they leave and arrive, saves, crashes and
// restarts, what Start was given and what it said, what reached the services.
// It answers each with the rules that this event breaks:
//
//	c := invariant.New(invariant.Options{Servers: 3, Durable: true})
//	for _, e := range run {
//		for _, v := range c.Observe(e) {
//			fmt.Println(v) // S1 voted twice in term 4: ...
//		}
//	}
//
// It does nothing else: no I/O, no lock, no clock, no goroutine. Equal streams
// get equal answers.
//
// # What it may say
//
// A correct server is never accused, whatever its design: with or without
// no-ops, pre-votes, leases, pipelining, batches, hints of its own in replies,
// early sending, extra saves. What a server did inside is not seen, and the time
// between a decision and the event that shows it is not known. So a rule rests
// on one of two grounds only:
//
//   - Two things were seen that no correct server can both have done (two votes
//     in a term, two commands at one index). This holds whatever else was not
//     seen.
//   - Something was seen that needs another thing before it (a commit needs
//     acknowledgements, a vote needs a save), and at the last possible moment
//     that was missing. This needs every way on which it could have come to be
//     watched. [Checker.Blind] tells that one is not, and the rules that depend
//     on it fall silent.
//
// Where order matters, an event counts at the earliest moment at which its
// server could have known of it, and at the latest at which it could have acted:
// what a request says may be known since it was delivered, what a reply says was
// decided between the delivery of its request and its own departure.
//
// Only the first violation of a run says something about the run. What follows
// from it may break other rules, and who is at fault there cannot be told.
//
// # Played peers
//
// A case may speak in a server's name (Incarnation 0) and may play whole
// servers (Options.Played). What these do is never judged. What they send counts
// as said: entries, snapshots, commits and votes of theirs are as good a source
// as any. Rules that would have to trust them (Leader Completeness rests on how
// voters vote) are not judged in their presence.
//
// # The rules
//
// One file each, with what is observed and what must not be accused:
//
//	election.go      Election Safety         §5.2
//	vote.go          One Vote                §5.2
//	terms.go         Terms                   §5.1
//	matching.go      Log Matching            §5.3
//	appendonly.go    Leader Append-Only      §5.3
//	completeness.go  Leader Completeness     §5.4
//	commit.go        Commit Rule             §5.3, §5.4.2
//	durability.go    Durability              §5.1, Figure 2
//	machine.go       State Machine Safety    §5.4.3
//	order.go         Apply Order             §5.3
//	snapshots.go     Snapshots               §7
//	start.go         Start's Promise         §5.3, §8
//	provenance.go    Provenance              §5.1
//
// [Checker.Counts] says how often each was observed: how many situations there
// were in which it could have been broken. A rule with no observations was not
// tested by the run.
package invariant
