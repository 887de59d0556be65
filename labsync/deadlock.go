package labsync

// DeadlockDetection says whether this binary was built with -tags deadlock.
func DeadlockDetection() bool { return detecting }

// SetOnDeadlock has f called with each finding of go-deadlock: a goroutine
// that locks again what it holds, or two locks taken in both orders. The first
// paragraph of the report is a sentence for the student, the rest are the
// stacks. f runs in the goroutine that gave cause, before it blocks, with no
// lock of this package or of go-deadlock held; it may end that goroutine. With
// a nil f, or none set, reports go to standard error. Without -tags deadlock
// there are none.
func SetOnDeadlock(f func(report string)) { setOnDeadlock(f) }
