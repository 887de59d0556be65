// Package starter writes the students' repository: everything that a student
// needs to work and to grade the own work, and nothing that has it done already.
//
//	err := starter.Write(tree, dir)          // from the framework's folder
//	leaks, err := starter.Leaks(tree, dir)   // what of the solutions can be found in it
//
// # What a starter holds
//
//   - raft/ and kvraft/: the skeletons, each with its one test file.
//   - Every package that these, their tests and the commands grade, hunt and replay
//     import, directly or not, in all builds: the contract, the network, the suites, the
//     grader. They come without their own tests.
//   - grade.sh, go.mod, go.sum, .gitignore, and LICENSE where the framework has one.
//   - handouts/ with its figures and its programs, except instructors.md.
//   - What is in template/: a README for students, and a workflow that grades
//     the repository on GitHub whenever somebody pushes. GitHub Classroom needs no
//     more than to be given the starter as its template repository.
//
// So a new package of the framework's is in the starter once one of the others
// imports it, and nothing has to be listed here. The packages of [instructors] are
// never in it. A file that imports one of them stays out, too: this is how the
// grader's command has parts that students do not get. Such a part stands in a
// file of its own in tests/cmd/grade, which adds it to the command when the program
// starts, and without which the command compiles.
//
// go.mod keeps the modules that are still imported, in the same versions, and no
// tools. go mod tidy works that out, so this needs the network where the module
// cache does not hold the framework's own modules yet, and never otherwise.
//
// # When it refuses
//
// Write changes nothing but dir, and writes all or nothing: the starter is made in
// a folder beside dir and moved when it is complete. These are errors:
//
//   - dir is there and not empty.
//   - raft/ or kvraft/ of the tree is no skeleton any more. Somebody has tried a
//     solution there, and students would get it.
//   - What was written does not compile, or go vet complains.
//   - Leaks finds something in it.
//
// # What counts as a leak
//
//   - A file in one of the folders that belong to the instructor, or with the
//     content of one.
//   - The body of a function that is a solution's (solutions/ and the second Raft,
//     tests/mutant/alt), whatever its comments, its layout, and the names of
//     its receiver, parameters and variables. Bodies of up to [shortBody] statements
//     are left out: a getter with a lock can be written in one way only.
//   - A run of [runLength] lines of a solution in any file, be it code, a
//     comment, a string or a handout. Lines which say little do not count, and do
//     not end a run: see [tells].
//
// What is in both by intention is in [expected], with the reason.
//
// This finds what got into the students' files by mistake. It is not made
// to find what somebody has hidden there: a solution in other words passes.
package starter
