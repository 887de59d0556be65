package kvraft

// Op is an operation as a clerk sends it and as the log holds it.
type Op struct {
	Kind  Kind
	Key   string
	Value string // of Put and Append
	Clerk int64  // who asks
	Seq   int    // the clerk's operations counted from 1, one number for all tries
}

// Kind says what an operation does.
type Kind uint8

const (
	Get Kind = iota
	Put
	Append
)

// same tells whether two Ops are tries of one operation.
func (op Op) same(other Op) bool { return op.Clerk == other.Clerk && op.Seq == other.Seq }

// size is about how many bytes the log needs for the operation.
func (op Op) size() int { return len(op.Key) + len(op.Value) + 32 }

// Reply is a server's answer. Where Done is false the server does not lead, or
// cannot tell what has become of the operation, and the clerk asks again.
type Reply struct {
	Done  bool
	Value string // of a Get
}
