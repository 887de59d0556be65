//go:build deadlock

package labsync

import "github.com/sasha-s/go-deadlock"

func init() {
	otherMutexes["go-deadlock"] = func() Locker { return new(deadlock.Mutex) }
	otherRWMutexes["go-deadlock"] = func() rwLocker { return new(deadlock.RWMutex) }
}
