package labgob

import "reflect"

// maxDepth bounds how deep a value may be nested, in pointers, elements, fields
// and interfaces. gob itself recurses without a bound, with up to 1.7 kB of
// stack a level, and Go ends the process at 1 GB of stack.
const maxDepth = 200_000

// A walk goes through a value, where its type allows for interfaces, to check
// the types of what it finds behind them. What it reads gob reads too, a moment
// later.
type walk struct {
	// The type met last and its layout: the commands of a log are mostly of
	// one type.
	last   reflect.Type
	layout *layout

	// find, if not empty, makes the walk a search for a type of that name
	// behind an interface, which it leaves in found.
	find  string
	found reflect.Type
}

// visit returns false if v is nested too deep.
//
//go:norace
func (w *walk) visit(v reflect.Value, l *layout, depth int) bool {
	if !l.dynamic {
		return true
	}
	if depth > maxDepth {
		return false
	}
	switch l.shape {
	case iface:
		if v.IsNil() {
			return true
		}
		e := v.Elem()
		return w.visit(e, w.meet(e.Type()), depth+1)
	case pointer:
		return v.IsNil() || w.visit(v.Elem(), l.elem, depth+1)
	case slice, array:
		for i := range v.Len() {
			if !w.visit(v.Index(i), l.elem, depth+1) {
				return false
			}
		}
	case mapping:
		return w.visitMap(v, l, depth)
	case structure:
		for i := range l.fields {
			if f := &l.fields[i]; !w.visit(v.Field(f.index), f.layout, depth+1) {
				return false
			}
		}
	}
	return true
}

//go:norace
func (w *walk) visitMap(v reflect.Value, l *layout, depth int) bool {
	if v.Len() == 0 {
		return true
	}
	key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	for i := v.MapRange(); i.Next(); {
		key.SetIterKey(i)
		elem.SetIterValue(i)
		if !w.visit(key, l.key, depth+1) || !w.visit(elem, l.elem, depth+1) {
			return false
		}
	}
	return true
}

// meet returns the layout of a type found behind an interface, and checks it.
//
//go:norace
func (w *walk) meet(t reflect.Type) *layout {
	if t != w.last {
		w.last, w.layout = t, layoutOf(t)
		if w.find != "" {
			if p := pointee(t); p.String() == w.find {
				w.found = p
			}
		} else {
			CheckType(t)
		}
	}
	return w.layout
}
