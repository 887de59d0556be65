// Package gate looks at a student's sources before any of them is compiled or
// run, and refuses what could cheat or harm the grader.
//
//	for _, f := range gate.Check(files) {
//		fmt.Println(f) // raft/raft.go:12: imports os/exec: student code starts no processes
//	}
//
// A student's code runs in the process that judges it. What keeps it from writing
// verdicts, reading the disk or changing the judge is that it cannot name the means:
// Go has no way to a function that no import offers and no value carries. So the
// heart of the gate is an allow-list of imports, in allow.go. The rest closes the
// ways around imports.
//
// # The allow-list
//
// A package of the standard library is on it if all that it can do is compute,
// wait, or print: no function of it opens a file (but those of time zones) or a connection, starts a
// process, ends this one well, reads memory that it was not given or looks
// at other goroutines. A test compares what these packages import themselves with
// what somebody has looked at, so that another Go version cannot widen them
// unseen. Not on it although they look pure: text/template (reads files, and calls
// methods by their names), flag (sets the flags of the test), reflect, path/filepath.
//
// log is on it, since ported code prints with it: log.Fatal ends the process with
// status 1, and that costs its author the case. But log.Writer and log.Default are
// not, for they hand out the standard error as an *os.File.
//
// Of a contract package, only what a student needs: labrpc is ClientEnd, whose
// only method is Call. Networks, sinks, stalls and hooks are the framework's.
// kvraft may import raft. Package take takes no folder below these two, so that an
// import of one is refused; of files that Check is given, such a folder is a package
// of the student's own.
//
// An import may have a name (sync "raftlabs/labsync" is recommended), and may be
// blank. A dot import is refused: with it nobody sees what a name stands for.
//
// # The other rules
//
//   - Files ([RuleFile], [RuleSize]): every file is compiled on every machine. No
//     suffix such as _windows or _test, names that every file system
//     has, no more than a mebibyte each. Files whose names begin with a dot or an
//     underscore are passed over, as the go command does.
//   - [RuleSyntax] and [RulePackage]: it is Go, and of the folder's package.
//   - [RuleDirective]: no comment that the tool chain obeys, but //go:generate.
//     norace hides data races, linkname reaches into packages, build drops
//     files, line has errors blamed on other files.
//   - [RuleVariable]: the variables of other packages stay what they are. io.EOF
//     is the framework's as well.
//   - [RuleMethod]: no type has an encoding of its own (GobEncode, MarshalBinary). What is
//     sent and saved is what can be read and counted.
//   - [RuleStart]: no goroutine and no timer begins before a test does. It
//     would be outside of the virtual time that the test makes. What an init or the
//     call in a variable's value may lead to is followed by names, through all of the
//     student's packages, so now and then to something that is never called.
//   - [RuleShared]: a note, which refuses nothing. All servers of a test share
//     the variables of a package.
//
// # How it looks
//
// It parses and never type-checks. A type check computes constants, as
// large as an author likes, and needs the compiled packages. With the
// dot import gone, what another package offers is always written name.Name, and the
// parser tells a package's name from a variable that hides it. What cannot be
// seen so are methods: on that account no value that the framework gives to a
// student may have exported methods or fields beyond the contract.
//
// # What it does not see
//
// The gate does not judge what the language itself permits: endless loops,
// memory, panics, variables shared by servers, sources that take a compiler's memory.
// Limits, the runner and the checker of invariants do. Nor can it keep code from
// forging a pointer by a data race on an interface: a process of its own
// without files and network is for that.
package gate
