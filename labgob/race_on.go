//go:build race

package labgob

import "runtime"

// Between raceDisable and raceEnable the race detector does not count what
// the goroutine does to synchronise as an ordering of goroutines. Calls nest.
func raceDisable() { runtime.RaceDisable() }
func raceEnable()  { runtime.RaceEnable() }
