// Package trace records what happened in one run of a case.
//
// A run is a list of events. Each has its virtual instant, and together they
// are enough to follow the run without the program that made it. They leave
// the process as JSON lines, one event a line:
//
//	rec := trace.New()
//	rec.Add(trace.Event{At: now, Kind: "sent", From: 0, To: 1, Num: 1, Method: "Raft.RequestVote", Bytes: 87})
//	rec.WriteJSONL(file)
//
// [Recorder.Hash] tells whether two runs were the same run. Goroutines that
// become runnable at one virtual instant run in an order that Go chooses, and
// that order says nothing about the run. So the events of one instant are
// sorted first: the hash of a run that was repeated with its seed is the same
// unless something really went another way.
package trace
