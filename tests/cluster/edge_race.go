//go:build race

package cluster

import (
	"runtime"
	"unsafe"
)

// edge is an order that the race detector is told of: what was done before
// publish happened before what follows see.
type edge struct{ at byte }

func (e *edge) publish() { runtime.RaceReleaseMerge(unsafe.Pointer(&e.at)) }
func (e *edge) see()     { runtime.RaceAcquire(unsafe.Pointer(&e.at)) }

// Between the two nothing orders goroutines in the race detector's eyes.
func raceDisable() { runtime.RaceDisable() }
func raceEnable()  { runtime.RaceEnable() }
