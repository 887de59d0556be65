package labgob_test

import (
	"bytes"
	"math/big"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// The claim that the rules rest on.
func TestGobSendsTopLevelZeros(t *testing.T) {
	r := record(t)
	i, s, b, f, at := 7, "old", true, 1.5, time.Unix(9, 0)
	raw, array, ints, iface := []byte("old"), [2]int{1, 2}, []int{1, 2, 3}, any("old")
	n := big.NewInt(5)
	for _, test := range []struct{ zero, target any }{
		{0, &i}, {"", &s}, {false, &b}, {0.0, &f}, {time.Time{}, &at}, {[]byte{}, &raw},
		{[2]int{}, &array}, {[]int{0, 0}, &ints}, {new(any), &iface}, {new(big.Int), n},
	} {
		require.NoError(t, decode(encoded(t, test.zero), test.target), "%T", test.target)
	}
	r.none(t)
	assert.Equal(t, []any{0, "", false, 0.0, [2]int{}, []int{0, 0}, any(nil)}, []any{i, s, b, f, array, ints, iface})
	assert.True(t, at.IsZero())
	assert.Empty(t, raw)
	assert.Zero(t, n.Sign())
}

// Types for decoding into. The variables are built anew for each use.
type (
	small   struct{ A, B int }
	nested  struct{ In struct{ Deep small } }
	slices_ struct {
		Ints  []int
		Logs  []Entry
		Bytes []byte
	}
	maps_     struct{ M map[string]int }
	arrays    struct{ Ints [2]int }
	arrayOf   struct{ S [2]small }
	pointers  struct{ P *small }
	toNumber  struct{ P *int }
	toArray   struct{ P *[2]int }
	toStruct  struct{ P *arrays }
	faces     struct{ C any }
	selfs     struct{ At time.Time }
	byPointer struct{ N big.Int }
	pointed   struct{ N *big.Int }
	ring      struct{ Next *ring }
)

func ringed() *ring {
	r := new(ring)
	r.Next = r
	return r
}

// zeroCases pairs variables with what CheckZero must say of them: the path of
// the part it names, or "-" for nothing. Empty: the variable as a whole.
var zeroCases = []struct {
	name     string
	variable func() any
	path     string
}{
	{"zero struct", func() any { return &small{} }, "-"},
	{"struct", func() any { return &small{B: 3} }, "B"},
	{"nested struct", func() any { v := new(nested); v.In.Deep.B = 1; return v }, "In.Deep.B"},
	{"int", func() any { return new(7) }, "-"},
	{"string", func() any { return new("old") }, "-"},
	{"pointer to int", func() any { return new(new(7)) }, "-"},
	{"bytes", func() any { return new([]byte("old")) }, "-"},
	{"ints", func() any { return new([]int{1, 2, 3}) }, "-"},
	{"array of ints", func() any { return &[2]int{1, 2} }, "-"},
	{"interface", func() any { return new(any("old")) }, "-"},
	{"interfaces", func() any { return &[]any{"old", 3} }, "-"},
	{"time", func() any { return new(time.Unix(9, 0)) }, "-"},
	{"empty map", func() any { return &map[string]int{} }, "-"},
	{"map", func() any { return &map[string]int{"old": 0} }, ""},
	{"one zero entry", func() any { return new(make([]Entry, 1)) }, "-"},
	{"capacity", func() any { return new(make([]Entry, 0, 9)) }, "-"},
	{"entries", func() any { return &[]Entry{{}, {1, nil}} }, "[1].Term"},
	{"commands", func() any { return &[]Entry{{Command: "old"}} }, "[0].Command"},
	{"hidden entries", func() any { return new([]Entry{{}, {3, nil}}[:0]) }, "[1].Term"},
	{"slices in a slice", func() any { return &[][]small{{}, {{}, {A: 1}}} }, "[1][1].A"},
	{"zeros in a slice", func() any { return &[][]small{{{}, {}}} }, "-"},
	{"maps in a slice", func() any { return &[]map[string]int{{}, {"old": 1}} }, "[1]"},
	{"array of structs", func() any { return &[2]small{{}, {B: 1}} }, "[1].B"},
	{"pointers in a slice", func() any { return &[]*small{nil, {A: 1}} }, "[1].A"},
	{"numbers behind pointers", func() any { return &[]*int{new(3)} }, "-"},
	{"ints in a field", func() any { return &slices_{Ints: []int{0}} }, "Ints"},
	{"zero entries in a field", func() any { return &slices_{Logs: make([]Entry, 1)} }, "Logs"},
	{"capacity in a field", func() any { return &slices_{Logs: make([]Entry, 0, 1)} }, "-"},
	{"hidden entries in a field", func() any { return &slices_{Logs: []Entry{{3, nil}}[:0]} }, "Logs[0].Term"},
	{"hidden ints in a field", func() any { return &slices_{Ints: []int{3}[:0]} }, "-"},
	{"map in a field", func() any { return &maps_{map[string]int{"old": 1}} }, "M"},
	{"empty map in a field", func() any { return &maps_{map[string]int{}} }, "-"},
	{"array in a field", func() any { return &arrays{[2]int{1, 2}} }, "-"},
	{"structs in an array in a field", func() any { return &arrayOf{[2]small{{}, {B: 1}}} }, "S[1].B"},
	{"pointer to zero", func() any { return &pointers{new(small)} }, "-"},
	{"pointer", func() any { return &pointers{&small{A: 1}} }, "P.A"},
	{"pointer to number", func() any { return &toNumber{new(1)} }, "P"},
	{"pointer to array", func() any { return &toArray{&[2]int{0, 1}} }, "P[1]"},
	{"pointer to array in a struct", func() any { return &toStruct{&arrays{[2]int{0, 1}}} }, "P.Ints[1]"},
	{"interface in a field", func() any { return &faces{0} }, "C"},
	{"nil interface", func() any { return &faces{} }, "-"},
	{"time in a field", func() any { return &selfs{time.Unix(9, 0)} }, "At"},
	{"zero time in a field", func() any { return &selfs{} }, "-"},
	{"number sent by a pointer method", func() any { v := new(byPointer); v.N.SetInt64(4); return v }, "-"},
	{"pointer to a number of its own", func() any { return &pointed{big.NewInt(4)} }, "N"},
	{"pointer to a zero of its own", func() any { return &pointed{new(big.Int)} }, "-"},
	{"struct without a capital", func() any { return &lowTerm{4} }, "-"},
	{"lower-case field", func() any { return &lowMixed{term: 4} }, "-"},
	{"channel", func() any { return &openChan{Done: make(chan int)} }, "-"},
	{"itself", func() any { return ringed() }, "Next"},
}

func TestCheckZeroNamesTypeAndPath(t *testing.T) {
	for _, test := range zeroCases {
		t.Run(test.name, func(t *testing.T) {
			r := record(t)
			v := test.variable()
			labgob.CheckZero(v, "the reply of Raft.RequestVote")
			if test.path == "-" {
				r.none(t)
				return
			}
			p := r.one(t)
			assert.Equal(t, labgob.NotZero, p.Kind)
			assert.Equal(t, reflect.TypeOf(v).Elem().String(), p.Type)
			if test.name == "itself" {
				assert.Regexp(t, `^Next(\.Next)+(\.\.\.)?`, p.Field)
				return
			}
			assert.Equal(t, test.path, p.Field)
			assert.Contains(t, p.Text, "the reply of Raft.RequestVote would be decoded into a "+p.Type)
			assert.Contains(t, p.Text, "Declare a fresh variable (var x "+p.Type+")")
			assert.Contains(t, p.Text, "labgob/zero_test.go:")
		})
	}
}

func TestDecodeReportsOldValuesAndDecodesAsGobDoes(t *testing.T) {
	r := record(t)
	data := encoded(t, Reply{Term: 3, Success: true}, Reply{Term: 4})
	d := labgob.NewDecoder(bytes.NewReader(data))
	var reply Reply
	require.NoError(t, d.Decode(&reply))
	r.none(t)
	require.NoError(t, d.Decode(&reply))
	assert.Equal(t, Reply{Term: 4, Success: true}, reply, "gob left Success behind")
	p := r.one(t)
	assert.Equal(t, "Term", p.Field)
	assert.Regexp(t, `^labgob/zero_test.go:\d+: a value would be decoded into a labgob_test.Reply that is not empty: `+
		`Term is 3 already. gob does not send a field that is zero or empty, so the old value would stay when `+
		`that is meant. Declare a fresh variable \(var x labgob_test.Reply\) right before it, inside the loop if there is one.$`,
		p.Text)
}

func TestOldValuesAreNoMatterAtTheEndOfTheData(t *testing.T) {
	r := record(t)
	d := labgob.NewDecoder(bytes.NewReader(encoded(t, Reply{Term: 3})))
	var reply Reply
	require.NoError(t, d.Decode(&reply))
	require.Error(t, d.Decode(&reply))
	r.none(t)
}

func TestCheckZeroIgnoresWhatCannotBeDecodedInto(t *testing.T) {
	r := record(t)
	labgob.CheckZero(nil, "a value")
	labgob.CheckZero(Reply{Term: 3}, "a value")
	labgob.CheckZero((*Reply)(nil), "a value")
	r.none(t)
}

func TestLongValuesAreShortened(t *testing.T) {
	r := record(t)
	labgob.CheckZero(&Op{Key: string(bytes.Repeat([]byte("x"), 1000))}, "a value")
	assert.Less(t, len(r.one(t).Text), 400)
}
