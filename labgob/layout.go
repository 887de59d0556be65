package labgob

import (
	"encoding"
	"encoding/gob"
	"reflect"
	"unicode"
	"unicode/utf8"
)

// A shape is what gob makes of a type.
type shape uint8

const (
	scalar     shape = iota // bool, number or string
	opaque                  // encodes itself: a gob.GobEncoder, an encoding.BinaryMarshaler
	unsendable              // channel, function, unsafe.Pointer
	iface
	pointer
	slice
	array
	mapping
	structure
)

// A layout is what labgob knows of a type. It is immutable once it is in
// layouts, and read only by functions marked go:norace; see there.
type layout struct {
	shape  shape
	elem   *layout // of a pointer, slice, array or map
	key    *layout // of a map
	fields []field // of a structure: those that gob sends

	// sentAlways, of an opaque type: gob sends the zero value of a field too.
	// It does so for types that encode themselves by a pointer method.
	sentAlways bool
	// lower: a lower-case field is reachable without passing an interface.
	lower bool
	// dynamic: a value may hold what its type does not tell, through an
	// interface, or may be nested without a bound, as its type is recursive.
	dynamic bool
	// partial: decoding an element or a top-level value of this type may leave
	// parts of an old value in place.
	partial bool
}

type field struct {
	index  int
	name   string
	layout *layout
}

//go:norace
func (l *layout) hasLower() bool { return l.lower }

//go:norace
func (l *layout) isDynamic() bool { return l.dynamic }

// newLayout builds the layouts of t and of everything reachable from it.
func newLayout(t reflect.Type) *layout {
	b := builder{all: map[reflect.Type]*layout{}, open: map[reflect.Type]bool{}}
	l := b.build(t)
	b.settle()
	return l
}

type builder struct {
	all  map[reflect.Type]*layout
	open map[reflect.Type]bool // being built: met again, the type is recursive
}

func (b *builder) build(t reflect.Type) *layout {
	if l, ok := b.all[t]; ok {
		l.dynamic = l.dynamic || b.open[t]
		return l
	}
	l := new(layout)
	b.all[t] = l
	if own, byPointer := encodesItself(t); own {
		l.shape, l.sentAlways = opaque, byPointer
		return l
	}
	b.open[t] = true
	defer delete(b.open, t)
	switch t.Kind() {
	case reflect.Pointer:
		l.shape, l.elem = pointer, b.build(t.Elem())
	case reflect.Slice:
		l.shape, l.elem = slice, b.build(t.Elem())
	case reflect.Array:
		l.shape, l.elem = array, b.build(t.Elem())
	case reflect.Map:
		l.shape, l.key, l.elem = mapping, b.build(t.Key()), b.build(t.Elem())
		l.partial = true
	case reflect.Struct:
		l.shape = structure
		b.buildFields(l, t)
	case reflect.Interface:
		l.shape, l.dynamic = iface, true
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		l.shape = unsendable
	}
	return l
}

func (b *builder) buildFields(l *layout, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case isLower(f):
			l.lower = true
		case isSent(f):
			l.fields = append(l.fields, field{i, f.Name, b.build(f.Type)})
			l.partial = true
		}
	}
}

// settle carries each property up to the types from which it is reachable.
// Recursive types make that a fixed point.
func (b *builder) settle() {
	for changed := true; changed; {
		changed = false
		for _, l := range b.all {
			before := *l
			l.inherit(l.elem)
			l.inherit(l.key)
			for _, f := range l.fields {
				l.inherit(f.layout)
			}
			changed = changed || l.lower != before.lower ||
				l.dynamic != before.dynamic || l.partial != before.partial
		}
	}
}

func (l *layout) inherit(from *layout) {
	if from == nil {
		return
	}
	l.lower = l.lower || from.lower
	l.dynamic = l.dynamic || from.dynamic
	l.partial = l.partial || from.partial
}

var (
	encoders = []reflect.Type{reflect.TypeFor[gob.GobEncoder](), reflect.TypeFor[encoding.BinaryMarshaler]()}
	decoders = []reflect.Type{reflect.TypeFor[gob.GobDecoder](), reflect.TypeFor[encoding.BinaryUnmarshaler]()}
)

// encodesItself reports whether gob calls methods of t instead of looking
// inside, and whether the encoding one needs a pointer to a t. gob does not
// use encoding.TextMarshaler.
func encodesItself(t reflect.Type) (yes, byPointer bool) {
	for _, e := range encoders {
		if t.Implements(e) {
			return true, false
		}
		if pointerImplements(t, e) {
			return true, true
		}
	}
	for _, d := range decoders {
		if t.Implements(d) || pointerImplements(t, d) {
			return true, false
		}
	}
	return false, false
}

// pointerImplements reports whether a *t has the methods. Only named types and
// structs can; to ask PointerTo for another would make reflect build the type.
func pointerImplements(t, methods reflect.Type) bool {
	return (t.Name() != "" || t.Kind() == reflect.Struct) && t.Kind() != reflect.Pointer &&
		reflect.PointerTo(t).Implements(methods)
}

// isLower reports whether gob leaves f out because of its name. A blank field
// holds no data, so nothing is lost.
func isLower(f reflect.StructField) bool {
	return f.Name != "_" && !isCapital(f.Name)
}

func isCapital(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(first)
}

// isSent reports whether gob sends f at all. Channels and functions it leaves
// out without an error.
func isSent(f reflect.StructField) bool {
	if !isCapital(f.Name) {
		return false
	}
	k := pointee(f.Type).Kind()
	return k != reflect.Chan && k != reflect.Func
}

// pointee follows t through pointers, but not for ever: type P *P is legal.
func pointee(t reflect.Type) reflect.Type {
	for i := 0; i < 100 && t.Kind() == reflect.Pointer; i++ {
		t = t.Elem()
	}
	return t
}
