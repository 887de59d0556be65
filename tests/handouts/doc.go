// Package handouts keeps the handouts and the code together. Its tests read the
// texts as their readers do, and look up in the code what stands there: whoever
// renames a case, a flag or a file, or gives a failure another sentence, is told
// which line of which text is wrong now, what the code has instead, and what to do.
//
//	go test ./tests/handouts                                      all texts
//	go test ./tests/handouts -handout 01-election.md              one of them
//	go test ./tests/handouts -run TestQuotedFailures -update      write quoted failures anew
//	go test ./tests/handouts -tree ../../../other                 the texts of another framework
//
// The texts are handouts/*.md, the framework's README.md and the starter's. What follows is what a
// text has to do with its Markdown, so that it can be checked.
//
// # Commands
//
// They stand between fences: ```sh for commands alone, ```console for "$ command" and
// what it prints, compared line by line; a line "..." stands for any lines, and how
// long something took need not agree. Each block is one shell, at the top of a fresh
// starter with the skeleton; those of instructors.md and README.md, of the
// framework. A comment in the line before the fence says otherwise:
//
//	<!-- in: solved -->             a starter with the reference in raft/ and kvraft/
//	<!-- in: framework -->          a copy of the framework
//	<!-- not run: it pushes -->     nowhere, and why
//
// A command is to end with status 0, or as a skeleton fails: politely. The tests of
// raft/ and kvraft/ are compiled once for all commands, and where they are solved they
// run with few seeds: see [Shim].
//
// # Failures
//
// A failure is quoted from a real run, which the test makes again:
//
//	<!-- run: edit=two-votes case=Election/ManyElections seed=2 -->
//	```text
//	Election/ManyElections seed 2 at 1.727 s: S0 voted twice in term 2 ...
//	    expected: no vote for anybody but S4 in term 2
//	...
//	```
//
// The edit is one of tests/mutant's catalogue or of edits/ beside this file, and "none"
// is the reference as it is. The block holds the first lines of the failure; "..."
// stands for lines that are left out. with=-lab.v gives the run more flags, and the
// block is then of all that it prints.
//
// # Names
//
// Words of two humps, wherever they stand, and all that is between backticks: cases,
// identifiers, flags, files, commands, environment variables. A command takes its own
// flags and no other's. Code between backticks is parsed. What is right and not of this
// code stands in words.txt, addresses of the network in sites.txt, each with what it is;
// a line that no text needs is refused.
//
// # Stages
//
// The handout of a stage has the sections of [sections], a row for each case, an item
// of the check-list for each rule, and mistakes that show their failures. Tables whose
// columns are called points, seeds, kind or cases agree with the suite.
//
// # Figures
//
// SVG in handouts/figures, with title and desc, and nothing that is loaded. A browser
// draws them: no text lies on another one, leaves the picture, or has a line through
// it.
package handouts
