package labgob

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// gob's errors are texts without types. These are the parts of them by which
// they are told apart; a test compares them with what gob really says.
const (
	gobNotRegistered  = "gob: type not registered for interface: "
	gobNameUnknown    = "gob: name not registered for interface: "
	gobNoFields       = " has no exported fields"
	gobNoEncoding     = "can't handle type: "
	gobNilValue       = "gob: cannot encode nil value"
	gobNilElement     = "nil element"
	gobNilInside      = "gob: cannot encode nil pointer of type "
	gobLocalType      = "gob: decoding into local type "
	gobLocalInterface = "gob: local interface type "
	gobNoMatch        = "gob: type mismatch"
	gobWrongField     = "gob: wrong type "
	gobNotAssignable  = " is not assignable to type "
	gobOutOfRange     = " out of range"
)

// encodeProblem explains the error that encoding v gave.
func encodeProblem(v any, err error) Problem {
	p := Problem{Kind: Unsendable, Type: typeName(v)}
	text := err.Error()
	is := func(part string) bool { return strings.Contains(text, part) }
	switch name, unregistered := strings.CutPrefix(text, gobNotRegistered); {
	case unregistered:
		p.Kind, p.Type = Unregistered, name
		p.Text = fmt.Sprintf("Encode met a %s behind an interface, and gob has not been told of that type. "+
			"Call labgob.Register(%s) in Make or StartKVServer, before the first message is sent "+
			"and the first state is read back.", name, literal(v, name))
	case is(gobNilValue), errors.As(err, new(nilPointerError)):
		p.Text = "Encode was given nil: " + text + ". There is nothing that gob could send for it. " +
			"Encode the value itself, or leave the call out."
	case is(gobNilInside), is(gobNilElement):
		p.Text = "Encode met a nil pointer as an element or behind an interface: " + text +
			". gob sends what pointers point to, so put in a value, or leave the element out."
	case is(gobNoFields):
		p.Text = "Encode failed: " + text + ". gob sends only fields whose names begin with a capital letter, " +
			"and channels and functions not at all. Rename its fields, or take it out of what is sent."
	case is(gobNoEncoding):
		_, kind, _ := strings.Cut(text, gobNoEncoding)
		p.Text = fmt.Sprintf("Encode of %s failed: gob has no encoding for a %s, as for any channel or function. "+
			"Keep it in the server, outside of what is sent or saved.", p.Type, kind)
	case errors.Is(err, errTooDeep):
		p.Text = fmt.Sprintf("Encode failed: %s. gob follows every pointer, "+
			"so send indexes or keys instead of pointers back.", text)
	case errors.Is(err, errTooLong):
		p.Text = fmt.Sprintf("Encode failed: %s. Send or save less: a log that is never trimmed grows so.", text)
	default:
		p.Kind, p.Text = Failed, fmt.Sprintf("Encode of %s failed: %s.", p.Type, text)
	}
	p.Text = place() + p.Text
	return p
}

// literal returns Go source for a value of the type called name, which is
// behind an interface in v.
func literal(v any, name string) string {
	w := walk{find: name}
	value := reflect.ValueOf(v)
	w.visit(value, layoutOf(value.Type()), 0)
	if w.found != nil {
		switch k := w.found.Kind(); {
		case k == reflect.String:
			return name + `("")`
		case k == reflect.Bool:
			return name + "(false)"
		case k < reflect.Array: // the numbers
			return name + "(0)"
		}
	}
	return name + "{}"
}

// decodeProblem explains the error that decoding into v gave.
func decodeProblem(v any, err error) Problem {
	p := Problem{Kind: WrongType, Type: typeName(v)}
	text := err.Error()
	is := func(part string) bool { return strings.Contains(text, part) }
	failed := "Decode failed"
	if v != nil {
		failed = "Decode into " + p.Type + " failed"
	}
	const order = "Decode values in the order in which they were encoded, each into a variable of the type it had."
	switch quoted, unknown := strings.CutPrefix(text, gobNameUnknown); {
	case unknown:
		p.Kind, p.Type = Unregistered, registeredName(quoted)
		p.Text = fmt.Sprintf("Decode met a %s behind an interface, and gob has not been told of that type. "+
			"Call labgob.Register(%s{}) in Make or StartKVServer, before anything is decoded: "+
			"a server that restarts needs it as well.", p.Type, strings.Replace(p.Type, "*", "&", 1))
	case errors.Is(err, errTarget):
		p.Kind = Misuse
		p.Text = fmt.Sprintf("Decode was given %s. It can fill in only what a pointer leads to: write d.Decode(&x).",
			described(v))
	case is(gobLocalType), is(gobLocalInterface), is(gobNoMatch), is(gobWrongField), is(gobNotAssignable),
		strings.HasSuffix(text, gobOutOfRange):
		p.Text = fmt.Sprintf("%s, because something else was encoded there: %s. %s",
			failed, text, order)
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.Kind = BadData
		p.Text = fmt.Sprintf("%s: the data end in the middle of a value. They were cut off, "+
			"or they are not what Encode wrote. Give the decoder all the bytes of one encoder, from the first one on.",
			failed)
	case errors.As(err, new(formatError)):
		p.Kind = BadData
		p.Text = fmt.Sprintf("%s: %s. These bytes are not what Encode wrote, "+
			"or not from the beginning. %s", failed, text, order)
	default:
		p.Kind, p.Text = Failed, fmt.Sprintf("%s: %s.", failed, text)
		if strings.HasPrefix(text, "gob: ") {
			p.Kind = BadData
		}
	}
	p.Text = place() + p.Text
	return p
}

// registeredName makes the type's name in Go source of the one that gob
// registers, quoted: "raftlabs/kvraft.Op" becomes kvraft.Op.
func registeredName(quoted string) string {
	name := strings.Trim(quoted, `"`)
	path, _, _ := strings.Cut(name, "[") // what follows are arguments of a generic type
	return name[strings.LastIndex(path, "/")+1:]
}

// typeName is the type of v, or of what it points to.
func typeName(v any) string {
	if v == nil {
		return ""
	}
	return pointee(reflect.TypeOf(v)).String()
}

func described(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		return "nil " + t.String()
	}
	return t.String()
}
