package labgob

import (
	"reflect"
	"sync/atomic"
)

// layouts holds the layout of every type that was ever encoded, decoded or
// checked, for the life of the process.
//
// Many goroutines of the code under test come here, with every message. The
// race detector must not take that for an ordering of these goroutines, or it
// would miss their races. So the table is immutable and replaced as a whole,
// the atomic operations on the pointer to it are hidden from the detector, and
// the functions that read a table or a layout are not watched by it. That is
// sound: what they read was complete before the pointer to it was stored and
// never changes, and the atomic operations order the two on the machine all
// the same.
var layouts atomic.Pointer[table]

// A table is sorted by key. Invariant: no two slots have the same key.
type table struct {
	slots []slot
}

type slot struct {
	key    uintptr // address of the type's descriptor, which never moves
	layout *layout
}

// layoutOf returns the layout of t, which must not be nil.
func layoutOf(t reflect.Type) *layout {
	key := reflect.ValueOf(t).Pointer()
	if l := lookup(key); l != nil {
		return l
	}
	l := newLayout(t)
	remember(key, l)
	return l
}

//go:norace
func lookup(key uintptr) *layout {
	raceDisable()
	t := layouts.Load()
	raceEnable()
	if t == nil {
		return nil
	}
	if i := t.search(key); i < len(t.slots) && t.slots[i].key == key {
		return t.slots[i].layout
	}
	return nil
}

// search returns the index of the first slot whose key is not below key.
//
//go:norace
func (t *table) search(key uintptr) int {
	low, high := 0, len(t.slots)
	for low < high {
		if mid := int(uint(low+high) / 2); t.slots[mid].key < key {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// remember publishes l. If two goroutines meet a type at once, both layouts are
// good, and one is kept.
//
//go:norace
func remember(key uintptr, l *layout) {
	raceDisable()
	defer raceEnable()
	for {
		before := layouts.Load()
		if layouts.CompareAndSwap(before, before.with(key, l)) {
			return
		}
	}
}

// with returns a copy of t (which may be nil) that has l under key. It copies
// by hand because copy is watched even in a function that is not.
//
//go:norace
func (t *table) with(key uintptr, l *layout) *table {
	if t == nil {
		return &table{[]slot{{key, l}}}
	}
	at := t.search(key)
	if at < len(t.slots) && t.slots[at].key == key {
		return t
	}
	slots := make([]slot, len(t.slots)+1)
	for i := range t.slots {
		if i < at {
			slots[i] = t.slots[i]
		} else {
			slots[i+1] = t.slots[i]
		}
	}
	slots[at] = slot{key, l}
	return &table{slots}
}
