package labsync

import (
	"sync"
	"unsafe"

	"github.com/petermattis/goid"
)

// On WebAssembly goid has to print a stack to learn a goroutine's number, which
// takes longer than all the rest of a lock. The runtime keeps the number in a
// structure that it shows nobody; where in it is found out once, by goroutines
// whose numbers are known. Where no place fits, a lock is slow and no more.

// goidOffset is where in a goroutine's structure its number lies, or unknown.
var goidOffset = findGoid()

const (
	unknown   = -1
	gSize     = 512 // bytes of the structure that are searched; it has some more than 400
	witnesses = 8   // goroutines that have to agree on the place
)

// getg is the structure of the goroutine that calls it.
func getg() unsafe.Pointer

// current is the number of the goroutine that calls it.
func current() int64 {
	if goidOffset == unknown {
		return goid.Get()
	}
	return goidAt(getg(), goidOffset)
}

func goidAt(g unsafe.Pointer, offset int) int64 { return *(*int64)(unsafe.Add(g, offset)) }

// findGoid returns the place at which every witness has its own number.
func findGoid() int {
	var mu sync.Mutex
	var all sync.WaitGroup
	votes := make([]int, gSize/8)
	for range witnesses {
		all.Go(func() {
			g, number := getg(), goid.Get()
			mu.Lock()
			defer mu.Unlock()
			for i := range votes {
				if goidAt(g, 8*i) == number {
					votes[i]++
				}
			}
		})
	}
	all.Wait()
	for i, n := range votes {
		if n == witnesses {
			return 8 * i
		}
	}
	return unknown
}
