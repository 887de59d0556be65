// Package mutant tests the tests: it keeps a catalogue of edits of the
// reference solutions, and runs the suites over each of them. The command is
// tests/cmd/mutate.
//
//	go run ./tests/cmd/mutate                               what is not proven yet
//	go run ./tests/cmd/mutate --list                        what there is
//	go run ./tests/cmd/mutate --kind variants --stage kv    the service, and on other Rafts
//	go run ./tests/cmd/mutate --quick                       a part, in minutes, to be sure
//	go run ./tests/cmd/mutate --survey --name two-votes     every case over an edit
//
// There are two kinds of [Edit]. A variant is a correct design that differs
// from the reference: no case may accuse it. A mutant is a bug that students
// make: the stage that owns it must catch it, or an earlier one.
//
// # The catalogue
//
// An edit is a text file, catalogue/variants/NAME.txtar or
// catalogue/mutants/NAME.txtar. It begins with a sentence that says what it is
// and, for a mutant, three fields; sections with the changes follow:
//
//	A vote that an earlier candidacy asked for counts in the present one.
//
//	stage: election
//	breaks: §5.2: votes of the same term make the majority
//	harm: safety
//	-- raft/state.go: old --
//		return rf.role == asked && rf.currentTerm == term
//	-- raft/state.go: new --
//		return rf.role == asked
//
// One more field, "race: yes", is for a data race that nothing but the race
// detector can see: it has the mutant built with it.
//
// A variant has one field, or none: "lacks: reads" names the stages, with spaces
// between them, that ask for what it does without.
//
// Files are named from the folder solutions/. A section "FILE: old" is followed by
// its "FILE: new", and replaces that text, which must be in the file exactly
// once when its turn comes: changes apply in the order in which they stand, each
// on what those before it left. An empty new text takes lines away. A section
// "FILE: whole" adds a file. So whatever the reference becomes, an edit either
// does what it was written for or fails with its name; a test of this package
// looks at all of them. The variant event-loop takes its whole Raft from package
// alt beside the catalogue.
//
// Nothing is written into the tree: the changed files lie in a temporary
// folder, and go build's -overlay puts them in the place of the reference's.
//
// # The proof
//
// What was found about each edit is in results.json beside this file, and
// README.md has it as tables: for every bug which case catches it and how
// surely, for every correct design that nothing accuses it. The command does what
// is not there yet and keeps each step at once, so it can be stopped and started
// again at any time; --older keeps what was found before the code changed. A test
// of this package fails where an edit has no results, has changed since, survives
// or is accused.
//
// A mutant has repetitions, each a run as a student has it, with seeds of its own
// and as many a case as go test takes. It goes seed by seed over the cases of the
// stage that owns the mutant, those that caught it before first, until one fails;
// only where none does, it goes on with the stages of the same package before it.
// Where nothing fails with the default seeds either, all cases go on up to 30
// seeds. So it is known as well how many seeds of every case it takes.
//
// A variant runs over all stages; so those of Raft carry the key/value service,
// too. Every case has the same number of seeds, from seed 1 on. All variants come
// to a tenth of it first, then to a third, so that an accusation shows early.
//
// A survey looks at an edit or at a case: it runs every case over the edits,
// prints what each says and keeps nothing.
//
// # A run
//
// An edit's test binary is built once for each package under test. Then each
// case runs in a process of its own, as the grader has it, with limits of time
// and memory. Verdicts come on the runner's pipe (-lab.verdict). Where a run
// kills its process, another one goes on with the next seed. A mutant with
// "race: yes" has a process for each seed, because the race detector reports a
// race once.
package mutant
