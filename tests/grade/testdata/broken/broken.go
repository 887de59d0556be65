// Package broken does not compile.
package broken

func answer() int { return "42" }
