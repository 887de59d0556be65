package labsync

import "sync"

// Everything else that sync exports, so that a file which imports labsync
// under the name sync compiles as it is. Cond and WaitGroup block durably as
// they are; a Once whose function sleeps does not (see the package comment).
type (
	Cond      = sync.Cond
	Locker    = sync.Locker
	Map       = sync.Map
	Once      = sync.Once
	Pool      = sync.Pool
	WaitGroup = sync.WaitGroup
)

// NewCond is sync.NewCond. A *Mutex, a *RWMutex and the Locker that RLocker
// returns all serve as l.
func NewCond(l Locker) *Cond { return sync.NewCond(l) }

// OnceFunc is sync.OnceFunc.
func OnceFunc(f func()) func() { return sync.OnceFunc(f) }

// OnceValue is sync.OnceValue.
func OnceValue[T any](f func() T) func() T { return sync.OnceValue(f) }

// OnceValues is sync.OnceValues.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) { return sync.OnceValues(f) }
