// Package scenario is a run's faults, written down: which messages were lost, late
// or delivered twice, which servers were cut off or crashed, which commands were
// given. It is text, a fault a line:
//
//	case Replication/CutSwarm
//	seed 812
//	// S1 applied 7 at index 3, and S0 had applied 5 there
//
//	drop S1 -> S2 AppendEntries #7       // at 1.204 s
//	late 812ms S0 -> S1 AppendEntries #3 // at 0.871 s
//	isolate S0 #1                        // from 1.2 s to 2.9 s
//	submit 17 S0                         // at 1.31 s
//
// A case that is run with a scenario draws as always, but of the faults that its
// draws ask for only those happen which the scenario lists: any other message
// arrives, after its link's usual latency, and any other server is spared. So a
// failure can be had again with less and less of what was going on, until what is
// left is what it takes. A scenario is a seed's run made small, not a program: the
// servers' timeouts are still drawn from the seed, and the times behind // tell when
// the faults happened and decide nothing.
//
// # What a scenario is about
//
// Of every case: messages that the links' faults ([labrpc.Faults]) touch by chance,
// and stalls. Of a swarm, whose checks hold whatever happens: what it does to the
// servers and the links as well, and the commands that it gives. What a rule's or a
// scenario's case does by its script is the case itself, and stays.
//
// # The lines
//
//	case STAGE/CASE    the case; without this line, whichever is run
//	seed N             the seed; without it, those that the case runs with
//	chance N           for hunt and replay: what the code leaves to chance (math/rand/v2,
//	                   select, the order of a map) is drawn from here; natively it is Go's own
//	stalls             goroutines stall at locks, as the case has it
//
//	drop  MESSAGE      it is lost
//	late  TIME MESSAGE it arrives after TIME
//	twice TIME MESSAGE a request arrives, and a second time after TIME
//
// A MESSAGE is "S1 -> S2 AppendEntries #7": the seventh call of S1 to S2, of any
// method; the name is for the reader. "S1/2" is S1 in its second life, after a
// restart, whose calls are counted anew. "reply S1 -> S2 AppendEntries #7" is the reply to it. C0 is a
// client.
//
//	cut S0 -> S1 #2    the second time that the case cuts that direction
//	isolate, pause, hold, crash, restart S0 #2
//	trap S0 #2         the second time that S0 is to crash at a save
//	power-cut #2       all crash
//	partition [0 1] [2] #2
//	submit 17 S0       Start of S0 is given 17
//	operation C0 #3    the third operation of a client
//
// What ends a fault (heal, rejoin, resume, start) is not listed: the case does it.
package scenario
