//go:build !race

package labgob

func raceDisable() {}
func raceEnable()  {}
