package labgob

import (
	"fmt"
	"path"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckType reports the lower-case fields of every struct that is reachable
// from t without passing an interface, each struct once for each sink. It does
// not look inside types that encode themselves (gob.GobEncoder,
// encoding.BinaryMarshaler and their decoding counterparts). For a type that
// it has seen and found clean it costs some nanoseconds.
func CheckType(t reflect.Type) {
	if t != nil && layoutOf(t).hasLower() {
		s := activeSink()
		if s.told.first(checked{t}) {
			c := lowerCheck{sink: s, place: place(), root: t, seen: map[reflect.Type]bool{}}
			c.visit(t, "")
		}
	}
}

// checked is what a sink remembers of a CheckType of typ as a whole.
type checked struct{ typ reflect.Type }

// A lowerCheck is one walk over the types reachable from root. It happens only
// where layouts has said that there is something to report.
type lowerCheck struct {
	sink  *sink
	place string
	root  reflect.Type
	seen  map[reflect.Type]bool
}

// visit looks at t, which is reached from the root by path.
func (c *lowerCheck) visit(t reflect.Type, path string) {
	if c.seen[t] {
		return
	}
	c.seen[t] = true
	if own, _ := encodesItself(t); own {
		return
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		c.visit(t.Elem(), path)
	case reflect.Map:
		c.visit(t.Key(), path)
		c.visit(t.Elem(), path)
	case reflect.Struct:
		c.visitStruct(t, path)
	}
}

func (c *lowerCheck) visitStruct(t reflect.Type, path string) {
	fresh := c.sink.told.first(t)
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case isLower(f):
			if fresh {
				c.report(t, f.Name, path, c.reason(t, f))
			}
		case !isSent(f):
		case foreignAndShut(t, f.Type):
			if fresh {
				c.report(t, f.Name, path, fmt.Sprintf("gob cannot send its type %s, "+
					"none of whose fields begin with a capital letter, and Encode fails. "+
					"Take %s out of %s.", pointee(f.Type), f.Name, t))
			}
		default:
			c.visit(f.Type, strings.TrimPrefix(path+"."+f.Name, "."))
		}
	}
}

func (c *lowerCheck) report(t reflect.Type, field, path, reason string) {
	inside := ""
	if path != "" {
		inside = fmt.Sprintf(" (reached as %s of %s)", path, c.root)
	}
	Report(Problem{
		Kind:  LowerCase,
		Type:  t.String(),
		Field: field,
		Text:  fmt.Sprintf("%sgob loses field %s of %s%s: %s", c.place, field, t, inside, reason),
	})
}

// reason says why gob leaves out field f of t, and what to do.
func (c *lowerCheck) reason(t reflect.Type, f reflect.StructField) string {
	const rule = "gob sends only fields whose names begin with a capital letter"
	kind := pointee(f.Type).Kind()
	if kind == reflect.Chan || kind == reflect.Func {
		return fmt.Sprintf("it sends no channels or functions at all. Take %s out of what is sent, "+
			"and keep it in a map of the server.", f.Name)
	}
	if isLock(f.Type) {
		return fmt.Sprintf("%s, and a %s is not data. Take %s out of what is sent or saved.",
			rule, pointee(f.Type), f.Name)
	}
	name := capitalised(f.Name)
	if f.Anonymous {
		return fmt.Sprintf("%s, and an embedded struct has the name of its type. "+
			"Rename type %s to %s, or give the field a name of its own.", rule, f.Name, name)
	}
	if name == "" {
		return rule + ". Give it such a name."
	}
	if _, taken := t.FieldByName(name); taken {
		return fmt.Sprintf("%s. There is a %s too: remove %s, or rename it to another "+
			"name that begins with a capital.", rule, name, f.Name)
	}
	return fmt.Sprintf("%s. Rename %s to %s, or take it out of %s if nobody needs it at the other end.",
		rule, f.Name, name, t)
}

// foreignAndShut reports whether t, the type of a field of owner, is a struct
// of another package that has fields but none that gob sends, like sync.Mutex.
// The advice to rename its fields would be of no use.
func foreignAndShut(owner, t reflect.Type) bool {
	t = pointee(t)
	if own, _ := encodesItself(t); own || t.Kind() != reflect.Struct || t.PkgPath() == owner.PkgPath() {
		return false
	}
	lower := false
	for i := range t.NumField() {
		if isSent(t.Field(i)) {
			return false
		}
		lower = lower || isLower(t.Field(i))
	}
	return lower
}

// isLock reports whether t comes from sync, sync/atomic or labsync.
func isLock(t reflect.Type) bool {
	p := pointee(t).PkgPath()
	return p == "sync" || p == "sync/atomic" || path.Base(p) == "labsync"
}

// capitalised returns name with a capital in front, or "" if its letters have
// no capitals.
func capitalised(name string) string {
	name = strings.TrimLeft(name, "_")
	first, size := utf8.DecodeRuneInString(name)
	if upper := unicode.ToUpper(first); size > 0 && unicode.IsUpper(upper) {
		return string(upper) + name[size:]
	}
	return ""
}
