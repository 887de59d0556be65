package kvtest

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"time"
)

// explain says what is wrong with a key's history that is not linearizable.
//
// Writes return nothing, so it is always a Get that does not fit: the first one,
// by return, with which there is no order any more. Then the history is changed
// in ways each of which stands for a known bug. Where a changed history has an
// order, that bug explains it: best the whole history, or else the part of it up
// to the Get's return.
func explain(key string, history []Operation, until time.Time) Verdict {
	get := firstWithoutOrder(history, until)
	why := ""
	for _, part := range [][]Operation{history, upTo(history, get.Return)} {
		c := charge{get: get, history: part, until: until}
		for _, bug := range []func() string{c.stale, c.lost, c.twice, c.early} {
			if why == "" {
				why = bug()
			}
		}
	}
	if why == "" {
		why = "but no order of the operations explains that value"
	}
	return Verdict{
		Result: Illegal, Key: key, Get: get, history: history,
		Text: fmt.Sprintf("C%d's %v returned %s at %s, %s", get.Client, get, brief(get.Value), seconds(get.Ended), why),
	}
}

// firstWithoutOrder is the Get with whose return the history loses its last
// order. The longer a history, the fewer orders, so it is found by halving.
func firstWithoutOrder(history []Operation, until time.Time) Operation {
	gets := slices.DeleteFunc(slices.Clone(history), func(op Operation) bool { return op.Kind != Get })
	slices.SortFunc(gets, byReturn)
	first := sort.Search(len(gets)-1, func(i int) bool {
		return search(upTo(history, gets[i].Return), until) == Illegal
	})
	return gets[first]
}

func byReturn(a, b Operation) int { return cmp.Compare(a.Return, b.Return) }

// upTo is what was known of a history at a stamp: what Gets had returned, and
// which writes had been called.
func upTo(history []Operation, stamp int64) []Operation {
	return slices.DeleteFunc(slices.Clone(history), func(op Operation) bool {
		return op.Call > stamp || op.Kind == Get && op.Return > stamp
	})
}

// charge is a Get that does not fit into a history.
type charge struct {
	get     Operation
	history []Operation // of the key, the Get included
	until   time.Time   // when to stop searching
}

// ordered tells whether a changed history has an order.
func (c *charge) ordered(history []Operation) bool { return search(history, c.until) == Linearizable }

// replaced is the history with another Get for the one that does not fit.
func (c *charge) replaced(by Operation) []Operation {
	changed := slices.Clone(c.history)
	changed[slices.Index(changed, c.get)] = by
	return changed
}

// without is the history without an operation.
func (c *charge) without(one Operation) []Operation {
	return slices.DeleteFunc(slices.Clone(c.history), func(op Operation) bool { return op == one })
}

// stale: if the Get had been called earlier, its value would be right.
func (c *charge) stale() string {
	calledAfter := func(stamp int64) []Operation {
		get := c.get
		get.Call = stamp + 1
		return c.replaced(get)
	}
	returned := c.returnedBefore()
	if len(returned) == 0 || !c.ordered(calledAfter(0)) {
		return ""
	}
	// The first operation of which it had to know.
	i := sort.Search(len(returned)-1, func(i int) bool { return !c.ordered(calledAfter(returned[i].Return)) })
	switch first := returned[i]; {
	case first.Kind == Get:
		return fmt.Sprintf("an old value: C%d's Get had returned %s at %s, before this one was called (a stale read)",
			first.Client, brief(first.Value), seconds(first.Ended))
	case c.ordered(c.without(first)):
		return fmt.Sprintf("without C%d's %v, %s and which no Get had shown yet (a lost write, or a stale read)",
			first.Client, first, first.returned())
	default:
		return fmt.Sprintf("the value from before C%d's %v, %s (a stale read)", first.Client, first, first.returned())
	}
}

// lost: if a write that had returned had never been, the value would be right.
func (c *charge) lost() string {
	for _, write := range c.writes() {
		if write.Return < c.get.Call && c.ordered(c.without(write)) {
			return fmt.Sprintf("without C%d's %v, %s (a lost write)", write.Client, write, write.returned())
		}
	}
	return ""
}

// twice: if a write had been there twice, the value would be right.
func (c *charge) twice() string {
	for _, write := range c.writes() {
		again := write
		again.Return = Pending
		if c.ordered(append(slices.Clone(c.history), again)) {
			return fmt.Sprintf("as if C%d's %v had been called twice, but it was called once (a duplicated write)",
				write.Client, write)
		}
	}
	return ""
}

// early: if the Get had returned later, its value would be right.
func (c *charge) early() string {
	get := c.get
	get.Return = Pending
	if c.ordered(c.replaced(get)) {
		return "a value that was written only later"
	}
	return ""
}

// returnedBefore are the operations that had returned when the Get was called,
// in that order.
func (c *charge) returnedBefore() []Operation {
	returned := slices.DeleteFunc(slices.Clone(c.history), func(op Operation) bool { return op.Return >= c.get.Call })
	slices.SortFunc(returned, byReturn)
	return returned
}

// writes are the writes that the Get could have seen, the last one first: that is
// the one that it mostly is.
func (c *charge) writes() []Operation {
	writes := slices.DeleteFunc(slices.Clone(c.history), func(op Operation) bool {
		return op.Kind == Get || op.Call > c.get.Return
	})
	slices.SortFunc(writes, func(a, b Operation) int { return cmp.Compare(b.Call, a.Call) })
	return writes
}
