//go:build !wasm

package labsync

import "github.com/petermattis/goid"

// current is the number of the goroutine that calls it.
//
//go:norace
func current() int64 { return goid.Get() }
