package invariant

import (
	"fmt"
	"hash/crc32"
	"math"
	"reflect"
	"unsafe"
)

// Command identifies a client's command. It is a plain value of three words: it
// compares with ==, and can cross from one goroutine to another without an order
// between them. The zero value is the entry without a command, a leader's no-op.
type Command struct {
	Sum uint64 // 0 for nil
	Num int    // the command itself where it is an int
	Len int    // where it is a string its length, -1 where it is an int, -2 for all else
}

// CommandOf reads a command. What gob does not carry does not count: a command
// is the same before it was sent and after, through a pointer or without one.
func CommandOf(command any) Command {
	switch v := command.(type) {
	case nil:
		return Command{}
	case int:
		return Command{Sum: mix(2, uint64(v)) | 1, Num: v, Len: -1}
	case string:
		return Command{Sum: text(v) | 1, Len: len(v)}
	}
	v := deref(reflect.ValueOf(command))
	switch {
	case !v.IsValid():
		return Command{Sum: 1, Len: -2}
	case v.Type() == reflect.TypeFor[int](), v.Type() == reflect.TypeFor[string]():
		return CommandOf(v.Interface())
	}
	return Command{Sum: mix(text(v.Type().String()), walk(v, maxDepth)) | 1, Len: -2}
}

// maxDepth ends the walk of a command that contains itself, which gob could not
// send.
const maxDepth = 50

func (c Command) String() string {
	switch {
	case c.Sum == 0:
		return "an entry without a command"
	case c.Len == -1:
		return fmt.Sprintf("command %d", c.Num)
	case c.Len >= 0:
		return fmt.Sprintf("a command of %d B (%04x)", c.Len, c.Sum>>48)
	}
	return fmt.Sprintf("a command (%04x)", c.Sum>>48)
}

// mix is one round of splitmix64.
func mix(h, x uint64) uint64 {
	h = h*0x9e3779b97f4a7c15 + x
	h = (h ^ h>>31) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// long is from which length on a text is summed by what the machine does fast.
const long = 64

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// text is FNV-1a of a short text. Of a long one, which may have megabytes, it is
// that of its beginning together with a CRC of the whole.
func text(s string) uint64 {
	h, n := uint64(0xcbf29ce484222325), len(s)
	if n > long {
		h = mix(h, uint64(crc32.Checksum(unsafe.Slice(unsafe.StringData(s), n), castagnoli)))
		s = s[:long]
	}
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return mix(h, uint64(n))
}

func deref(v reflect.Value) reflect.Value {
	for depth := 0; v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface); depth++ {
		if depth == maxDepth {
			return reflect.Value{}
		}
		v = v.Elem()
	}
	return v
}

// walk is a value's checksum in the way gob sees it: what is zero or unexported
// does not count, pointers are followed, a map has no order. It is 0 for a value
// that gob would leave out.
func walk(v reflect.Value, depth int) uint64 {
	if v = deref(v); depth == 0 || !v.IsValid() {
		return 0
	}
	switch v.Kind() {
	case reflect.Struct:
		h := uint64(0)
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				h = with(h, i, walk(v.Field(i), depth-1))
			}
		}
		return h
	case reflect.Array:
		h := uint64(0)
		for i := range v.Len() {
			h = with(h, i, walk(v.Index(i), depth-1))
		}
		return h
	case reflect.Slice:
		h := uint64(v.Len())
		for i := range v.Len() {
			h = with(h, i, walk(v.Index(i), depth-1))
		}
		return h
	case reflect.Map:
		h := uint64(v.Len())
		for it := v.MapRange(); it.Next(); {
			h += mix(walk(it.Key(), depth-1), walk(it.Value(), depth-1))
		}
		return h
	}
	return leaf(v)
}

// with adds the part at a position to a checksum, if there is one.
func with(h uint64, i int, part uint64) uint64 {
	if part == 0 {
		return h
	}
	return mix(mix(h, uint64(i)), part)
}

// leaf is the checksum of a value without parts.
func leaf(v reflect.Value) uint64 {
	if v.IsZero() {
		return 0
	}
	switch {
	case v.CanInt():
		return mix(3, uint64(v.Int()))
	case v.CanUint():
		return mix(3, v.Uint())
	case v.CanFloat():
		return mix(4, math.Float64bits(v.Float()))
	case v.CanComplex():
		return mix(mix(4, math.Float64bits(real(v.Complex()))), math.Float64bits(imag(v.Complex())))
	case v.Kind() == reflect.String:
		return text(v.String())
	}
	return 1 // true; gob sends no channels and no functions
}
