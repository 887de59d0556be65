package raftapi

import (
	"fmt"
	"sync/atomic"
)

// logger is who gets the lines of Logf, nil if nobody does.
var logger atomic.Pointer[func(me int, topic, text string)]

// Logf adds a line of server me's own to the record of the run that it is part
// of, with the virtual time at which it was written: what the server decides,
// and why. It prints nothing by itself. go test prints the lines with -lab.v,
// those of each server in a column of their own; -lab.topics=vote,commit leaves
// out other topics; and a failure's trace has all of them, among the messages.
//
// topic is a short word of the caller's choice, "vote" or "commit". The rest is
// as for [fmt.Printf]; no line end is needed. What is printed is read in the
// calling goroutine: call it with the lock held that guards it. Outside of a
// test Logf does nothing.
func Logf(me int, topic, format string, args ...any) {
	if f := logger.Load(); f != nil {
		(*f)(me, topic, fmt.Sprintf(format, args...))
	}
}

// SetLog has the lines of Logf go to f; nil ends that. It is for the tests'
// framework.
func SetLog(f func(me int, topic, text string)) {
	if f == nil {
		logger.Store(nil)
		return
	}
	logger.Store(&f)
}
