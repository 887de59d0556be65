package labgob

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// CheckZero reports a variable into which something is about to be decoded, v
// being the pointer to it, if gob would leave parts of its present value in
// place. what says what is about to arrive, such as "the reply of
// Raft.RequestVote".
//
// gob overwrites what it receives and nothing else, and it does not send what
// is zero or empty in a field of a struct. See the package comment for what
// that means for each kind of value.
func CheckZero(v any, what string) {
	if p := oldParts(v, what); p != nil {
		Report(*p)
	}
}

// oldParts returns the problem with decoding into v, nil if there is none.
func oldParts(v any, what string) *Problem {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return nil
	}
	found := findOld(target, layoutOf(target.Type()), always, 0)
	if found == nil {
		return nil
	}
	t := target.Type().Elem()
	subject, field := "it", strings.TrimPrefix(found.path, ".")
	if field != "" {
		subject = field
	}
	return &Problem{
		Kind:  NotZero,
		Type:  t.String(),
		Field: field,
		Text: fmt.Sprintf("%s%s would be decoded into a %s that is not empty: %s %s. %s "+
			"Declare a fresh variable (var x %s) right before it, inside the loop if there is one.",
			place(), what, t, subject, found.is, found.rule, t),
	}
}

// An old is a part of a value that decoding may leave in place.
type old struct {
	path string // from the value, such as .Log[2].Term
	is   string // what it holds: is 3 already
	rule string // why it may stay
}

// under puts a step in front of the path, whose tail it cuts off if it gets
// long.
func (o *old) under(step string) *old {
	if len(o.path) > 200 {
		o.path = o.path[:100] + "..."
	}
	o.path = step + o.path
	return o
}

const (
	omitted = "gob does not send a field that is zero or empty, so the old value would stay when that is meant."
	merged  = "gob adds what arrives to the keys that a map has and removes none."
	looped  = "gob would decode into the same variable again and again."
)

// A presence says what reaches a place in the decoded value if the sender has
// zero there.
type presence uint8

const (
	// always: the zero arrives. So it is at the top and for elements.
	always presence = iota
	// inField: the place is a field of a struct that arrives. gob omits fields
	// that are zero, empty or nil, but not arrays and structs.
	inField
	// never: as inField, but behind a pointer which may be nil at the sender.
	// Then not even arrays and structs arrive.
	never
)

// findOld returns the first part of v that decoding may leave in place.
//
//go:norace
func findOld(v reflect.Value, l *layout, zero presence, depth int) *old {
	if depth > maxDepth {
		return &old{"", "contains itself", looped}
	}
	switch l.shape {
	case pointer:
		// nil and a pointer to zero are the same to gob.
		if v.IsNil() {
			return nil
		}
		if zero == inField {
			zero = never
		}
		return findOld(v.Elem(), l.elem, zero, depth+1)
	case scalar:
		if zero != always && !v.IsZero() {
			return &old{"", "is " + brief(v) + " already", omitted}
		}
	case opaque:
		if (zero == never || zero == inField && !l.sentAlways) && !isZeroBehind(v) {
			return &old{"", "is set already", omitted}
		}
	case iface:
		if zero != always && !v.IsNil() {
			return &old{"", "holds a " + v.Elem().Type().String() + " already", omitted}
		}
	case mapping:
		if n := v.Len(); n > 0 {
			return &old{"", "has " + count(n, "key") + " already", merged}
		}
	case slice:
		if n := v.Len(); n > 0 && zero != always {
			return &old{"", "has " + count(n, "element") + " already", omitted}
		}
		return findOldElement(v, l, always, depth)
	case array:
		if zero == inField {
			zero = always
		}
		return findOldElement(v, l, zero, depth)
	case structure:
		if zero == always {
			zero = inField
		}
		return findOldField(v, l, zero, depth)
	}
	return nil
}

//go:norace
func findOldField(v reflect.Value, l *layout, zero presence, depth int) *old {
	for i := range l.fields {
		f := &l.fields[i]
		if o := findOld(v.Field(f.index), f.layout, zero, depth+1); o != nil {
			return o.under("." + f.name)
		}
	}
	return nil
}

// findOldElement looks at the elements of a slice or an array. gob decodes each
// into the one that is there: in a slice also into those between its length and
// its capacity, if that is large enough.
//
//go:norace
func findOldElement(v reflect.Value, l *layout, zero presence, depth int) *old {
	if zero == always && !l.elem.partial {
		return nil
	}
	n := v.Len()
	if l.shape == slice && v.Cap() > n {
		v = v.Slice(0, v.Cap())
	}
	for i := range v.Len() {
		if o := findOld(v.Index(i), l.elem, zero, depth+1); o != nil {
			if i >= n {
				o.is += " (behind the slice's length, but within its capacity, which gob uses)"
			}
			return o.under("[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}

// isZeroBehind reports whether v is zero, a nil pointer, or a pointer to zero.
func isZeroBehind(v reflect.Value) bool {
	for i := 0; i < 100 && v.Kind() == reflect.Pointer && !v.IsNil(); i++ {
		v = v.Elem()
	}
	return v.IsZero()
}

// brief shows a bool, number or string.
func brief(v reflect.Value) string {
	const limit = 30
	text := fmt.Sprint(v)
	if v.Kind() == reflect.String {
		text = strconv.Quote(text)
	}
	if len(text) > limit {
		text = text[:limit] + "..."
	}
	return text
}

func count(n int, thing string) string {
	if n == 1 {
		return "one " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
