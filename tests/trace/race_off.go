//go:build !race

package trace

func raceDisable() {}
func raceEnable()  {}
