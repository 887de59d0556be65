//go:build !race || deadlock

package labsync

import "unsafe"

// Without -race there is nothing to declare. With the deadlock tag the race
// detector is left to see everything: go-deadlock's global lock has to be
// visible to it (its maps are instrumented code), and that lock orders all.

func raceDisable() {}
func raceEnable()  {}

func raceAcquire(unsafe.Pointer)      {}
func raceRelease(unsafe.Pointer)      {}
func raceReleaseMerge(unsafe.Pointer) {}
