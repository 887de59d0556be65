package labsync

import (
	"bytes"
	"runtime"
	"strconv"
	"sync/atomic"
)

// lost is a bubble that was given up, in a list of them.
type lost struct {
	bubble uint64
	next   *lost
}

var abandoned atomic.Pointer[lost]

// Abandon tells that a bubble of testing/synctest was given up, by the number
// that the runtime shows in its goroutines' headers. Each of its goroutines
// that comes to lock a mutex of this package is not heard of again. A loop that
// never lets time pass would otherwise go on until the process ends.
func Abandon(bubble uint64) {
	for {
		next := abandoned.Load()
		if abandoned.CompareAndSwap(next, &lost{bubble, next}) {
			return
		}
	}
}

// park keeps the caller for good if its bubble was given up.
//
//go:norace
func park() {
	first := abandoned.Load()
	if first == nil {
		return
	}
	mine := currentBubble()
	for l := first; l != nil; l = l.next {
		if l.bubble == mine {
			select {}
		}
	}
}

// currentBubble is the number of the caller's bubble, 0 outside of all. Its
// only source is the header of a stack dump: "goroutine 7 [running, synctest
// bubble 3]:".
//
//go:norace
func currentBubble() uint64 {
	var buf [512]byte
	header := buf[:runtime.Stack(buf[:], false)]
	raceEnable()
	defer raceDisable()
	if end := bytes.IndexByte(header, '\n'); end >= 0 {
		header = header[:end]
	}
	_, rest, found := bytes.Cut(header, []byte("synctest bubble "))
	if !found {
		return 0
	}
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	id, err := strconv.ParseUint(string(rest[:end]), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
