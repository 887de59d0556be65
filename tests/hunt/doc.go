// Package hunt looks for the seed that makes a case fail, and plays a run again
// bit for bit:
//
//	go run ./tests/cmd/hunt ./raft -run Replication/Backup -seeds 1000
//	go run ./tests/cmd/replay ./raft -run Replication/Backup -seed 812
//
// Natively a seed usually repeats its run, and not always: the order of a map, a
// select with two ready channels, math/rand/v2 and the scheduler are Go's own.
// Here nothing is left to chance. The tests are built for WebAssembly (GOOS=wasip1),
// where a program has one thread, and run under wazero, which asks this package
// for everything that comes from outside:
//
//   - random numbers are a ChaCha8 stream that begins with the run's seed. The
//     runtime seeds itself with it, and so math/rand, maps and select;
//   - the clock outside the bubble is a number that a sleep adds to, and each look at it
//     a little, so that a loop which only asks what time it is comes to an end;
//   - there are no files but one empty folder, no network, no other process.
//
// So a run is a function of the module and the seed. A run is one case with one
// seed in a fresh instance: what went before cannot matter. Inside, virtual time is
// that of testing/synctest, as it is natively, with the same faults and stalls:
// where the code leaves nothing to chance the run is natively the same, too.
//
// The student's plain sync is replaced by labsync through an overlay, so that
// stalls come at its locks, too, and a mutex that is held over a sleep does not
// freeze the clock.
//
// # Fewer faults
//
// With -shrink a failing run is made small: of all that its seed did to it, one thing
// after the other is taken away, as long as the run fails with the same sentence. What
// is left is told in words and written down (package scenario), and -scenario plays
// it. A run with a scenario is again a function of the module, the seed and that text.
//
// # What it does not do
//
// There is no race detector on WebAssembly: use go test -race. Instances run in
// processes of this program's own, because a loop that calls nothing cannot be
// interrupted from inside: its process is killed, and no stack is shown. Memory is
// bounded by the engine. A run computes 9 to 13 times as long as natively.
package hunt
