// Package labgob encodes and decodes values with encoding/gob, and turns the
// mistakes that gob lets pass into problems that are reported. Raft's state,
// the snapshots of a service, and everything inside an RPC go through it.
//
// It is used as gob is:
//
//	var buf bytes.Buffer
//	e := labgob.NewEncoder(&buf)
//	e.Encode(rf.currentTerm)
//	e.Encode(rf.log)
//	persister.Save(buf.Bytes(), nil)
//
//	d := labgob.NewDecoder(bytes.NewReader(persister.ReadRaftState()))
//	var term int
//	var log []LogEntry
//	if d.Decode(&term) != nil || d.Decode(&log) != nil { ... }
//
// # What is reported
//
// Lower-case fields. gob sends only fields whose names begin with a capital
// letter. A struct with others arrives without them, and without an error.
// Every struct is looked at that is reachable from a value that is encoded,
// from a variable that is decoded into, or from a registered type: through
// pointers, slices, arrays, maps, and, when encoding, through the values
// behind interfaces.
//
// Decoding into old values. gob does not send a field that is zero, and does
// not clear what it decodes into. So a variable that is used for a second
// Decode, or a second Call, keeps what the first one left wherever the second
// has a zero. Declare the variable anew, inside the loop:
//
//	for !done {
//		var reply RequestVoteReply
//		if peer.Call("Raft.RequestVote", &args, &reply) { ... }
//	}
//
// Types that gob has not been told of. What travels behind an interface, as
// the commands in a log do, must be registered with its concrete type first.
//
// Every other error of Encode and Decode, but not the end of the data. Errors
// are returned as well, as gob's.
//
// # Where reports go
//
// To the function given to [SetSink]. In a lab case they fail the case. With
// no sink they are printed on standard error, each text once.
//
// # What is not reported
//
//   - Fields of types that encode themselves, by the methods of gob.GobEncoder
//     or encoding.BinaryMarshaler, such as time.Time. Blank fields, named _.
//     Channels and functions in fields with a capital, which gob skips too: they
//     work as long as the value stays in the memory of one server.
//   - Old values that gob overwrites for certain. These are numbers, strings,
//     bools, interfaces and types that encode themselves, where the variable is
//     one or is a slice or an array of them: a zero is sent there, too. So are
//     arrays of them in a field.
//   - Old values that do no harm: an empty map; a slice of length 0 (but not
//     one in whose capacity old structs hide: gob uses them); a slice of zeros
//     as a variable, such as make([]Entry, 1), which gets the length that is
//     sent (but not in a field: gob does not send an empty slice there, so that
//     the length stays); a pointer to zero.
//   - Fields that the sender has and the receiver has not, or the reverse. gob
//     matches fields by name, and so can a program of another version.
//
// # Differences from gob
//
// Encode returns an error for a nil pointer and for a value that contains
// itself, where gob panics or overflows the stack. Register reports a clash,
// where gob panics. Decode never panics and does not believe the lengths that
// it reads: it checks the form of a value before gob sees it. If a value ends
// early Decode returns io.ErrUnexpectedEOF, where gob sometimes says io.EOF. A
// message may have 64 MiB, and a value 200,000 levels.
//
// One weakness of gob remains: if a variable lacks an interface field that the
// sender has, gob skips the value by its length, and loses its place if inside
// that value a type appears for the first time behind a further interface.
//
// # Races
//
// While they find nothing the checks add no ordering between goroutines to what
// gob does by itself. What they share is hidden from the race detector, which so
// sees the races of the code under test as it would without this package.
// Reading a value to check it is a read like gob's own.
package labgob
