// Package lab runs the cases of the suites, seed by seed, in virtual time.
//
// A [Stage] is a table of cases. A case is a function of a [T] and of what it
// tests, a constructor of the student's package:
//
//	var Election = lab.Stage[raftapi.MakeFunc]{
//		Name: "election", Test: "TestElection", Handout: "handouts/01-election.md",
//		Cases: []lab.Case[raftapi.MakeFunc]{{
//			Name: "InitialElection", Kind: lab.Scenario, Points: 1, Rule: "§5.2",
//			Doc: "3 servers elect one leader, and its term stays put for 30 s",
//			Run: func(t *lab.T, make raftapi.MakeFunc) { ... },
//		}},
//	}
//
//	func TestElection(t *testing.T) { rafttest.Election.Run(t, Make) }
//
// The test file that does this says //go:debug randseednop=0 above its
// package clause, so that a student's top-level math/rand can be seeded.
//
// # One run
//
// Each case and seed is a subtest CASE/seed=N in a bubble of testing/synctest,
// whose clock moves only when all of its goroutines wait. A run ends when its
// body returns, with its first failure, or with its budget. Then come the
// Cleanups, and nothing of the student's may be left 2 s later.
//
// A run never hangs and takes no other case along, as far as Go allows:
//
//   - A labsync mutex waits in virtual time and knows its holder. What waits
//     for one too long is a deadlock, and the failure tells who holds what.
//     Time that passes with a mutex held while an RPC or a call of the
//     contract waits for it is a failure too. A mutex that only the student's
//     own goroutines wait for is their own affair.
//   - A plain sync.Mutex that one goroutine waits for while its holder sleeps
//     stops the clock for good. A watchdog outside of the bubble sees it in two
//     dumps in which nothing could run, which no load on the machine can bring
//     about. The waiter's place is sure, the holder's is found in the source.
//   - A loop that lets no time pass is accused by the CPU time it has used,
//     never by the wall clock.
//   - A run that cannot end is abandoned, its clock stopped.
//   - A panic in a function that the framework has called fails the case. In a
//     goroutine of the student's it ends the process, and so does the runtime's
//     "concurrent map writes"; but the header of the goroutine in Go's message
//     names case, seed and the command that runs them again, as labels.
//
// # Data races
//
// Nothing here may hide one. T orders no two goroutines that call it, and the
// hooks that a student's goroutines run take no lock unless they have
// something to report. There is one exception: rand.Seed puts a mutex inside
// math/rand, so goroutines that draw from its top level are ordered.
//
// # Raft's rules
//
// The cases count how often they observed each of the rules of package
// invariant ([RuleCount]); with -v the numbers stand below the case. A stage
// declares which rules must come up, and is held to it over the reference
// ([Reference]).
//
// # Flags
//
//	-lab.seed=S        one seed
//	-lab.seeds=N       seeds 1..N, or N seeds from -lab.seed on
//	-lab.allseeds      go on after a failing seed
//	-lab.realtime      on the wall clock, without a bubble; budgets only
//	-lab.v             the events as they happen, and what servers say with raftapi.Logf
//	-lab.topics=T,U    of the latter, these topics only
//	-lab.trace=DIR     every run as a page to look at, its events as JSON lines, its faults as a
//	                   scenario, and a page of the stage
//	-lab.scenario=FILE its case, and of the faults those that it lists: see package scenario
//	-lab.until=T       stop at that moment of virtual time
//	-lab.verdict=FD    one JSON line a run on an open file descriptor, see [Verdict]
//	-lab.cpu=D         the CPU time that one run may use
//
// Without them a rule case runs with 1 seed, a scenario with 3, a swarm with
// 10, and a case stops at its first failing seed.
package lab
