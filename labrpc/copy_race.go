//go:build race

package labrpc

import (
	"encoding"
	"encoding/gob"
	"reflect"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// This file copies messages by hand between a server's memory and the
// network's, between hide and unhide. All of it that touches a message is //go:norace, so that neither
// side sees the other's accesses; the reads of a server's memory are declared
// one by one, as the reads that gob would make in that goroutine.

// mode says whose memory is read.
type mode bool

const (
	private mode = false // the network's own: nothing to declare
	reading mode = true  // a server's
)

// plan is how values of one type are copied. Plans are only read in norace
// code, wherever they were built.
type plan struct {
	rtype  reflect.Type
	shape  shape
	size   uintptr
	elem   *plan // of a slice, an array, a pointer
	fields []fieldPlan
	next   *plan // the list of all plans
}

type fieldPlan struct {
	offset uintptr
	plan   *plan
}

type shape uint8

const (
	flat    shape = iota // no pointers: numbers, booleans
	text                 // string
	list                 // slice
	array                //
	record               // struct, its exported fields
	pointer              //
	dynamic              // an empty interface
	slow                 // maps, channels, types with an encoding of their own: gob must do it
)

// plans is the list of all plans so far. Types are few, so a list will do, and
// a list can be read without a lock.
var plans atomic.Pointer[plan]

// planOf is called between hide and unhide, so that the list orders nobody.
//
//go:norace
func planOf(t reflect.Type) *plan {
	head := plans.Load()
	for p := head; p != nil; p = p.next {
		if p.rtype == t {
			return p
		}
	}
	unhide()
	p := buildPlan(t, map[reflect.Type]*plan{})
	hide()
	top := &plan{}
	*top = *p
	for {
		top.next = plans.Load()
		if plans.CompareAndSwap(top.next, top) {
			return top
		}
	}
}

func buildPlan(t reflect.Type, seen map[reflect.Type]*plan) *plan {
	if p := seen[t]; p != nil {
		return p
	}
	p := &plan{rtype: t, size: t.Size(), shape: shapeOf(t)}
	seen[t] = p
	switch p.shape {
	case list, array, pointer:
		p.elem = buildPlan(t.Elem(), seen)
	case record:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				p.fields = append(p.fields, fieldPlan{f.Offset, buildPlan(f.Type, seen)})
			}
		}
	}
	return p
}

var ownEncodings = []reflect.Type{
	reflect.TypeFor[gob.GobEncoder](),
	reflect.TypeFor[encoding.BinaryMarshaler](),
	reflect.TypeFor[encoding.TextMarshaler](),
}

func shapeOf(t reflect.Type) shape {
	for _, own := range ownEncodings {
		if t.Implements(own) || reflect.PointerTo(t).Implements(own) {
			return slow
		}
	}
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return flat
	case reflect.String:
		return text
	case reflect.Slice:
		return list
	case reflect.Array:
		return array
	case reflect.Struct:
		return record
	case reflect.Pointer:
		return pointer
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return dynamic
		}
	}
	return slow
}

// clone returns a pointer to a copy of the struct that v is or points to. It
// is false where gob has to copy.
//
//go:norace
func clone(v any, m mode) (any, bool) {
	t := reflect.TypeOf(v)
	src := (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1]
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	} else if direct(t) {
		return nil, false
	}
	p := planOf(t)
	out := alloc(t)
	if !p.copy(out.UnsafePointer(), src, m) {
		return nil, false
	}
	return out.Interface(), true
}

// copyable tells whether clone can copy the struct that v points to.
//
//go:norace
func copyable(v any) bool {
	runtime.RaceDisable()
	_, ok := clone(v, private)
	runtime.RaceEnable()
	return ok
}

// alloc is reflect.New, whose caches need to be seen synchronizing.
//
//go:norace
func alloc(t reflect.Type) reflect.Value {
	unhide()
	v := reflect.New(t)
	hide()
	return v
}

// direct tells whether an interface may hold a value of type t itself and not
// a pointer to it, where t is not a pointer.
func direct(t reflect.Type) bool {
	k := t.Kind()
	return (k == reflect.Struct || k == reflect.Array) && t.Size() == unsafe.Sizeof(uintptr(0))
}

//go:norace
func (p *plan) copy(dst, src unsafe.Pointer, m mode) bool {
	switch p.shape {
	case flat:
		m.declare(src, p.size)
		move(dst, src, p.size)
	case text:
		m.declare(src, p.size)
		copyText(dst, src)
	case list:
		m.declare(src, p.size)
		return p.copyList(dst, src, m)
	case array:
		for off := uintptr(0); off < p.size; off += p.elem.size {
			if !p.elem.copy(unsafe.Add(dst, off), unsafe.Add(src, off), m) {
				return false
			}
		}
	case record:
		for i := range p.fields {
			f := &p.fields[i]
			if !f.plan.copy(unsafe.Add(dst, f.offset), unsafe.Add(src, f.offset), m) {
				return false
			}
		}
	case pointer:
		m.declare(src, p.size)
		to := *(*unsafe.Pointer)(src)
		if to == nil {
			return true
		}
		out := alloc(p.elem.rtype).UnsafePointer()
		*(*unsafe.Pointer)(dst) = out
		return p.elem.copy(out, to, m)
	case dynamic:
		m.declare(src, p.size)
		return copyDynamic(dst, src, m)
	case slow:
		return false
	}
	return true
}

//go:norace
func (m mode) declare(p unsafe.Pointer, size uintptr) {
	if m == reading && size > 0 {
		runtime.RaceReadRange(p, int(size))
	}
}

//go:norace
func copyText(dst, src unsafe.Pointer) {
	s := *(*string)(src)
	if s == "" {
		return
	}
	b := make([]byte, len(s))
	move(unsafe.Pointer(&b[0]), unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
	*(*string)(dst) = unsafe.String(&b[0], len(b))
}

type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

//go:norace
func (p *plan) copyList(dst, src unsafe.Pointer, m mode) bool {
	from := *(*sliceHeader)(src)
	if from.data == nil {
		return true
	}
	unhide()
	to := reflect.MakeSlice(p.rtype, from.len, from.len).UnsafePointer()
	hide()
	*(*sliceHeader)(dst) = sliceHeader{to, from.len, from.len}
	bytes := uintptr(from.len) * p.elem.size
	if p.elem.shape == flat {
		m.declare(from.data, bytes)
		move(to, from.data, bytes)
		return true
	}
	for off := uintptr(0); off < bytes; off += p.elem.size {
		if !p.elem.copy(unsafe.Add(to, off), unsafe.Add(from.data, off), m) {
			return false
		}
	}
	return true
}

// copyDynamic copies an empty interface with the value in it.
//
//go:norace
func copyDynamic(dst, src unsafe.Pointer, m mode) bool {
	v := *(*any)(src)
	if v == nil {
		return true
	}
	t := reflect.TypeOf(v)
	words := (*[2]unsafe.Pointer)(src)
	p := planOf(t)
	if p.shape == slow || direct(t) {
		return false
	}
	var out unsafe.Pointer
	if p.shape == pointer {
		if words[1] == nil {
			return false
		}
		out = alloc(p.elem.rtype).UnsafePointer()
		if !p.elem.copy(out, words[1], m) {
			return false
		}
	} else {
		out = alloc(t).UnsafePointer()
		if !p.copy(out, words[1], m) {
			return false
		}
	}
	to := (*[2]unsafe.Pointer)(dst)
	to[0], to[1] = words[0], out
	return true
}

// move is the copy of pointer-free memory. The builtin would tell the race
// detector of its accesses, wherever it stands.
//
//go:norace
func move(dst, src unsafe.Pointer, size uintptr) {
	i := uintptr(0)
	for ; i+8 <= size; i += 8 {
		*(*[8]byte)(unsafe.Add(dst, i)) = *(*[8]byte)(unsafe.Add(src, i))
	}
	for ; i < size; i++ {
		*(*byte)(unsafe.Add(dst, i)) = *(*byte)(unsafe.Add(src, i))
	}
}
