//go:build race

package lab

import "runtime"

// raceBuild tells whether the race detector is compiled in.
const raceBuild = true

func raceDisable()    { runtime.RaceDisable() }
func raceEnable()     { runtime.RaceEnable() }
func raceErrors() int { return runtime.RaceErrors() }
