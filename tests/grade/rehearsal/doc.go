// Package rehearsal is a class for the grader to be tried on before it grades people:
// sixty submissions of which it is known what each is to earn. The command is
// tests/cmd/rehearse.
//
//	go run ./tests/cmd/rehearse DIR            write the class, as it would be handed in
//	./grade.sh --out grades DIR/*              grade it
//
// There are five kinds of [Submission]:
//
//   - A [Guise] is the reference as people hand things in: as a folder or an
//     archive, alone or in a whole repository, with other line ends, with changes to what is
//     the framework's. It has full marks.
//   - A [Variant] is another correct design, of package mutant's catalogue. It has full
//     marks, too.
//   - A [Mutant] is a bug of that catalogue. It loses points in the stage that
//     owns it.
//   - An [Attack] wants more than it is worth, or harm. It loses everything, or where
//     it says so a stage, and the report calls it what it is.
//   - A [Broken] one cannot be graded. It earns nothing, and the report says why.
//
// Attacks are files, attacks/NAME.txtar. One begins with a sentence that says what it is; then
// come fields, and the files that are added to the reference:
//
//	Ends the process with a status that is to look like success.
//
//	says: log.Fatal
//	call: die()
//	-- raft/attack.go --
//	package raft
//	...
//
// "says" is what the report must say. "call" is a statement that Make begins with.
// "loses" names the stage in which points are to be lost, where it is not all of
// them. "over: skeleton" has the skeleton in the reference's place.
package rehearsal
