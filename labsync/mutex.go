package labsync

import "unsafe"

// A Mutex is sync.Mutex for virtual time. Its zero value is unlocked. It must
// not be copied after first use.
type Mutex struct {
	core core
}

// Each method below declares to the race detector the edges of sync's own
// method of that name, at one address of the mutex that is used for nothing
// else: Unlock releases it, Lock and a TryLock that succeeds acquire it.

// Lock locks m. It waits, in order of arrival, until m is free.
//
//go:norace
func (m *Mutex) Lock() {
	raceDisable()
	w := m.core.lock(false, callerPC())
	raceEnable()
	raceAcquire(unsafe.Pointer(m))
	w.report()
}

// TryLock locks m if that needs no wait, and says whether it did.
//
//go:norace
func (m *Mutex) TryLock() bool {
	raceDisable()
	ok := m.core.tryLock(false, callerPC())
	raceEnable()
	if ok {
		raceAcquire(unsafe.Pointer(m))
	}
	return ok
}

// Unlock unlocks m and hands it to the goroutine that has waited longest. It
// panics if m is not locked. As with sync.Mutex it need not be the goroutine
// that locked m.
//
//go:norace
func (m *Mutex) Unlock() {
	raceRelease(unsafe.Pointer(m))
	raceDisable()
	ok := m.core.unlock(false)
	raceEnable()
	if !ok {
		misuse("Unlock", "Mutex", "nobody has locked it", "Lock")
	}
}
