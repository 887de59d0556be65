package labgob_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// What is accepted gob gets right, and what is reported it gets wrong: the
// verdict is compared with what happens when gob decodes into the variable, for
// values that the sender may have.
func TestCheckZeroAgreesWithGob(t *testing.T) {
	for _, test := range zeroCases {
		if test.name == "itself" || test.name == "struct without a capital" {
			continue // gob cannot send these
		}
		t.Run(test.name, func(t *testing.T) {
			agree(t, test.path != "-", test.variable)
		})
	}
}

func TestCheckZeroAgreesWithGobOnRandomValues(t *testing.T) {
	type all struct {
		N    int
		S    string
		B    []byte
		I    []int
		E    []small
		EE   [][]small
		A    [2]int
		AS   [2]small
		M    map[string]small
		P    *small
		PP   **small
		PA   *[2]int
		PS   *arrayOf
		SP   []*small
		In   nested
		Self selfEncoding
	}
	random := rand.New(rand.NewSource(1))
	for _, typ := range []reflect.Type{
		reflect.TypeFor[all](), reflect.TypeFor[[]all](), reflect.TypeFor[[]small](), reflect.TypeFor[[2]small](),
		reflect.TypeFor[map[string]small](), reflect.TypeFor[[][]small](), reflect.TypeFor[*[]small](),
		reflect.TypeFor[[]map[string]int](), reflect.TypeFor[toStruct](), reflect.TypeFor[toArray](),
		reflect.TypeFor[slices_](), reflect.TypeFor[[]*small](), reflect.TypeFor[[]int](), reflect.TypeFor[string](),
	} {
		stale := map[bool]int{}
		for range 60 {
			seed := random.Int63()
			variable := func() any { return sparse(rand.New(rand.NewSource(seed)), typ) }
			r := record(t)
			labgob.CheckZero(variable(), "a value")
			reported := len(r.drain()) > 0
			stale[reported]++
			if !agree(t, reported, variable) {
				t.Fatalf("a %v, seed %d: %s", typ, seed, show(variable()))
			}
		}
		t.Log(typ, "reported", stale[true], "accepted", stale[false])
		scalars := typ == reflect.TypeFor[[]int]() || typ == reflect.TypeFor[string]()
		assert.NotZero(t, stale[false])
		assert.Equal(t, scalars, stale[true] == 0)
	}
}

// sparse returns a pointer to a random value of typ, much of it zero.
func sparse(random *rand.Rand, typ reflect.Type) any {
	v := reflect.New(typ)
	if random.Intn(8) > 0 {
		thin(random, v.Elem())
	}
	return v.Interface()
}

func thin(random *rand.Rand, v reflect.Value) {
	full := random.Intn(3) == 0
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if own, ok := v.Addr().Interface().(*selfEncoding); ok {
			if full {
				own.hidden = 1
			}
			return
		}
		one := random.Intn(v.NumField())
		for i := range v.NumField() {
			if i == one || random.Intn(6) == 0 {
				thin(random, v.Field(i))
			}
		}
	case reflect.Array:
		thin(random, v.Index(random.Intn(v.Len())))
	case reflect.Slice:
		n := random.Intn(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n+1))
		for i := range n {
			thin(random, v.Index(i))
		}
		v.SetLen(random.Intn(n + 1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		if full {
			v.SetMapIndex(reflect.ValueOf("old"), reflect.Zero(v.Type().Elem()))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		thin(random, v.Elem())
	case reflect.Interface:
		if full {
			v.Set(reflect.ValueOf("new"))
		}
	case reflect.Chan:
	default:
		if x, ok := quick.Value(v.Type(), random); ok && full {
			v.Set(x)
		}
	}
}

// agree asserts that gob leaves something behind in the variable, for some
// value of the sender, if and only if stale says so.
func agree(t *testing.T, stale bool, variable func() any) bool {
	typ := reflect.TypeOf(variable()).Elem()
	random := rand.New(rand.NewSource(2))
	var senders []reflect.Value
	for depth := range 4 {
		senders = append(senders, shaped(reflect.ValueOf(variable()).Elem(), depth))
	}
	for range 5 {
		senders = append(senders, reflect.ValueOf(sparse(random, typ)))
	}
	wrong := ""
	for _, sender := range senders {
		var buf bytes.Buffer
		if gob.NewEncoder(&buf).EncodeValue(sender) != nil {
			continue // a nil pointer in a slice, or in place of a value
		}
		fresh, used := reflect.New(typ), reflect.ValueOf(variable())
		errFresh := gob.NewDecoder(bytes.NewReader(buf.Bytes())).DecodeValue(fresh)
		errUsed := gob.NewDecoder(&buf).DecodeValue(used)
		require.Equal(t, errFresh == nil, errUsed == nil)
		if want, got := show(fresh.Interface()), show(used.Interface()); errFresh == nil && want != got {
			wrong = fmt.Sprintf("sent %s, got %s", want, got)
			break
		}
	}
	return assert.Equal(t, stale, wrong != "", "gob: %q", wrong)
}

// shaped returns a pointer to a value like v with zeros only, whose slices are
// as long as those of v have capacity, down to depth slices within slices.
func shaped(v reflect.Value, depth int) reflect.Value {
	out := reflect.New(v.Type())
	to := out.Elem()
	switch v.Kind() {
	case reflect.Slice:
		if depth > 0 {
			full := v.Slice(0, v.Cap())
			to.Set(reflect.MakeSlice(v.Type(), full.Len(), full.Len()))
			for i := range full.Len() {
				to.Index(i).Set(shaped(full.Index(i), depth-1).Elem())
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if to.Field(i).CanSet() {
				to.Field(i).Set(shaped(v.Field(i), depth).Elem())
			}
		}
	case reflect.Pointer:
		if depth > 0 {
			to.Set(reflect.New(v.Type().Elem()))
			if !v.IsNil() {
				to.Elem().Set(shaped(v.Elem(), depth).Elem())
			}
		}
	}
	return out
}

// show prints what gob can tell apart in what v points to: nil and empty are
// one, and so are nil and a pointer to zero.
func show(v any) string {
	text, _ := canonical(reflect.ValueOf(v).Elem())
	return text
}

// canonical returns a text for v, and whether v is zero to gob.
func canonical(v reflect.Value) (text string, zero bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			if text, zero = canonical(v.Elem()); !zero {
				return text, false
			}
		}
		return "0", true
	case reflect.Interface:
		if v.IsNil() {
			return "nil", true
		}
		text, _ = canonical(addressable(v.Elem()))
		return v.Elem().Type().String() + ":" + text, false
	case reflect.Map:
		var entries []string
		for i := v.MapRange(); i.Next(); {
			key, _ := canonical(addressable(i.Key()))
			value, _ := canonical(addressable(i.Value()))
			entries = append(entries, key+":"+value)
		}
		slices.Sort(entries)
		return fmt.Sprint(entries), v.Len() == 0
	case reflect.Slice, reflect.Array:
		text, zero = canonicalParts(v.Len(), v.Index)
		return text, zero && (v.Kind() == reflect.Array || v.Len() == 0)
	case reflect.Struct:
		if s, ok := v.Addr().Interface().(fmt.Stringer); ok {
			return s.String(), v.IsZero()
		}
		if self, ok := v.Interface().(selfEncoding); ok {
			return fmt.Sprint(self.hidden), v.IsZero()
		}
		var sent []reflect.Value
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Field(i).Kind() != reflect.Chan {
				sent = append(sent, v.Field(i))
			}
		}
		return canonicalParts(len(sent), func(i int) reflect.Value { return sent[i] })
	}
	return fmt.Sprintf("%#v", v), v.IsZero()
}

func canonicalParts(n int, part func(int) reflect.Value) (text string, zero bool) {
	text, zero = fmt.Sprint(n, "["), true
	for i := range n {
		t, z := canonical(part(i))
		text, zero = text+t+" ", zero && z
	}
	return text + "]", zero
}

func addressable(v reflect.Value) reflect.Value {
	a := reflect.New(v.Type()).Elem()
	a.Set(v)
	return a
}
