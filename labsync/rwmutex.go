package labsync

import "unsafe"

// A RWMutex is sync.RWMutex for virtual time: one writer or any number of
// readers. Its zero value is unlocked. It must not be copied after first use.
//
// A reader who comes while a writer waits stands behind the writer. So a
// goroutine must not RLock again what it has already read-locked: as with sync,
// a writer between the two stops both for ever.
type RWMutex struct {
	core core

	// Addresses only: what the race detector is told is told of these.
	// Unlock releases wrote; RUnlock adds itself to read. RLock acquires
	// wrote, Lock both: readers are not ordered among themselves.
	wrote, read byte
}

// Lock locks rw for writing. It waits, in order of arrival, until everybody
// before it has left.
//
//go:norace
func (rw *RWMutex) Lock() {
	raceDisable()
	w := rw.core.lock(false, callerPC())
	raceEnable()
	raceAcquire(unsafe.Pointer(&rw.wrote))
	raceAcquire(unsafe.Pointer(&rw.read))
	w.report()
}

// TryLock locks rw for writing if that needs no wait, and says whether it did.
//
//go:norace
func (rw *RWMutex) TryLock() bool {
	raceDisable()
	ok := rw.core.tryLock(false, callerPC())
	raceEnable()
	if ok {
		raceAcquire(unsafe.Pointer(&rw.wrote))
		raceAcquire(unsafe.Pointer(&rw.read))
	}
	return ok
}

// Unlock ends a Lock and lets in the next writer, or all readers up to the
// next writer, in order of arrival. It panics if rw is not locked for writing.
//
//go:norace
func (rw *RWMutex) Unlock() {
	raceRelease(unsafe.Pointer(&rw.wrote))
	raceDisable()
	ok := rw.core.unlock(false)
	raceEnable()
	if !ok {
		misuse("Unlock", "RWMutex", "nobody has locked it for writing", "Lock")
	}
}

// RLock locks rw for reading. It waits while a writer is inside or waits.
//
//go:norace
func (rw *RWMutex) RLock() { rw.rlock(callerPC()) }

//go:norace
func (rw *RWMutex) rlock(pc uintptr) {
	raceDisable()
	w := rw.core.lock(true, pc)
	raceEnable()
	raceAcquire(unsafe.Pointer(&rw.wrote))
	w.report()
}

// TryRLock locks rw for reading if that needs no wait, and says whether it did.
//
//go:norace
func (rw *RWMutex) TryRLock() bool {
	raceDisable()
	ok := rw.core.tryLock(true, callerPC())
	raceEnable()
	if ok {
		raceAcquire(unsafe.Pointer(&rw.wrote))
	}
	return ok
}

// RUnlock ends one RLock. It panics if rw is not locked for reading.
//
//go:norace
func (rw *RWMutex) RUnlock() {
	raceReleaseMerge(unsafe.Pointer(&rw.read))
	raceDisable()
	ok := rw.core.unlock(true)
	raceEnable()
	if !ok {
		misuse("RUnlock", "RWMutex", "nobody has locked it for reading", "RLock")
	}
}

// RLocker returns a Locker whose Lock and Unlock are rw's RLock and RUnlock.
func (rw *RWMutex) RLocker() Locker { return (*rlocker)(rw) }

type rlocker RWMutex

//go:norace
func (r *rlocker) Lock() { (*RWMutex)(r).rlock(callerPC()) }

//go:norace
func (r *rlocker) Unlock() { (*RWMutex)(r).RUnlock() }
