// Package grade grades a Raft and the service on it: it runs the suites case by case, each in a
// process of its own, and adds up the points. grade.sh is its command.
//
//	./grade.sh                            grade this working tree's raft/ and kvraft/
//	./grade.sh solutions                  grade the reference: full marks
//	./grade.sh --stage election --seeds 5 some stages, so many seeds a case
//
// The exit status is 0 for full marks, 1 for less, and 2 where the command
// line is wrong or the grader itself could not do its work.
//
// # How a case is graded
//
// The package under test is built once, with -race. A compile error is shown
// at its file and line, and every case of that package earns 0. So does every case
// of the key/value service where the Raft below it does not compile: the service
// is graded on its author's own Raft.
//
// Then each case runs in a process of its own: what kills one case costs no
// other. By default a case runs with twice the seeds that go test gives
// it, from a first seed that the grader draws and prints at the end, so that
// nobody can pass by knowing the seeds and an instructor can repeat them. A
// case earns its points when all of its seeds pass. When [enoughFailures]
// seeds have failed, or after a run that left a goroutine computing, the case
// is stopped: it has lost its points, and the seeds that are left count as
// not run. Under a policy that gives a share for some seeds all of them run.
//
// The runner (tests/lab) writes a line when a seed starts and one when it has
// ended, on a pipe that only it is meant to write to. Verdicts come from
// there, never from the standard output. The lines must come in the order in
// which the seeds were asked for, each once, or the case fails. And where all
// seeds pass but the process ends with a status other than 0, the case fails
// too: the race detector may have reported after the last verdict.
//
// # Limits
//
//   - Time: --timeout of wall time a case. The runner's own watchdog knows
//     more about a run that hangs and comes first.
//
//   - Memory: 2 GiB resident a process, looked at every 20 ms (Linux). The
//     limits of setrlimit do not serve: -race reserves terabytes of address
//     space, which RLIMIT_AS and RLIMIT_DATA both count. GOMEMLIMIT, a
//     quarter of that, has the garbage collector work before it comes to this.
//
//   - Output: the first and the last 512 KiB of each of the standard output and
//     the standard error are kept.
//
//   - Processes: a case is a process group, killed whole when its first
//     process has ended or has hit a limit.
//
//   - Environment: PATH, an empty HOME and TMPDIR, and settings of the Go
//     runtime. GOMAXPROCS is 1, the fastest for one bubble, on every machine,
//     so that --jobs does not change what runs. The working directory is the
//     package's.
//
//   - Network: none, where the machine lets a process have one of its own with
//     nobody on it (Linux, as root or with user namespaces).
//
// The code under test is in the process of the runner, and with os or syscall
// it could write verdicts itself or start a process that leaves the group. This
// tree's own raft/ and kvraft/ are their owner's, so nothing keeps them from that.
// A submission goes through the gate first.
//
// # A submission
//
// Package take reads the Go files of raft/ and kvraft/ out of a folder or an
// archive. Nothing else of it counts, and what is no submission is refused. Package
// gate looks at them without running anything, and refuses what could reach the
// grader or the machine. The rest is laid over a pristine copy of the framework, in
// which no reference is, so changed tests, a changed go.mod or a changed framework
// count for nothing. What was refused, left out or merely noticed is in the report.
//
// A lost case of the service runs once more over the reference's Raft. That earns
// nothing, and tells its author which half to look at.
//
// # A class
//
//	./grade.sh --out grades submissions/*
//	./grade.sh --out part1 --seed 7 --shard 1/4 submissions/*    one of four machines
//	./grade.sh merge --out grades part1 part2 part3 part4
//
// --jobs submissions are graded side by side. What became of each case is in the
// folder as soon as it is known, so a grading may be killed at any moment, and the
// same command goes on. Submissions with the same content run once. The folder has
// class.csv, and for each submission NAME/results.json. It is for one setting:
// the framework, the cases, the seeds. A policy may change, the points follow.
//
// # What a case is worth
//
// The points are those of the suites' tables. --policy FILE changes them, and may
// give a share of them for a share of the seeds. policy.txt is the policy that is
// built in and the manual of all of them; --show-policy prints it with every case,
// ready to be edited.
//
// # The formats
//
//   - text is for a terminal: 100 columns, but for commands and addresses, which
//     are to be copied. Colours are for terminals; NO_COLOR and CLICOLOR_FORCE overrule that.
//   - json is one [Report]. Its fields' comments are its schema. Version changes
//     when a field changes its meaning or goes away; new fields may come at any
//     time.
//   - gradescope is the results.json of Gradescope's autograders. Cases are tests
//     with points; what the gate and the compiler say are tests without.
//   - junit is the XML that CI systems read, a suite for each stage.
//   - csv is a table, a line a case.
//   - html is one page that needs no other file, no network and no script.
//
// What a failure says may be of the code under test. All formats but json, which
// is for programs, show control characters and those that turn the direction of
// text as U+FFFD; each escapes what its readers would obey, and a spreadsheet's
// cell never begins like a formula.
package grade
