package labgob

import "sync/atomic"

// A once remembers which keys it has seen, for problems that are told once.
//
// It is shared by goroutines whose races the race detector is to find, so it
// must not order them: a mutex or a map here would. It is a list that grows at
// its head, read and grown by atomic operations that the detector is told to
// ignore, in functions that it does not watch. The list is as long as the
// number of problems, which is small.
type once struct {
	head atomic.Pointer[seen]
}

type seen struct {
	key  any
	next *seen
}

// first reports whether this is the first call with a key equal to key.
//
//go:norace
func (o *once) first(key any) bool {
	raceDisable()
	defer raceEnable()
	for {
		head := o.head.Load()
		for s := head; s != nil; s = s.next {
			if s.key == key {
				return false
			}
		}
		if o.head.CompareAndSwap(head, &seen{key, head}) {
			return true
		}
	}
}
