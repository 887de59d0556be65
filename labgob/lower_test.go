package labgob_test

import (
	"bytes"
	"math/big"
	"net/url"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

type (
	lowTerm  struct{ term int }
	lowMixed struct {
		Index int
		term  int
	}
	lowBoth struct{ Term, term int }
	lowChan struct {
		Key  string
		done chan int
	}
	lowLock struct {
		Key string
		mu  *sync.Mutex
	}
	openLock struct {
		Key string
		Mu  sync.Mutex
	}
	embedded  struct{ Term int }
	lowEmbeds struct {
		Index int
		embedded
	}
	lowScript struct {
		Key string
		日   int
	}
	lowLine struct {
		Key   string
		_line int
	}
	tree struct {
		Key   string
		Left  *tree
		Right *tree
		depth int
	}
	cleanTree struct {
		Key         string
		Left, Right *cleanTree
		Kids        []cleanTree
		ByName      map[string]*cleanTree
	}
	wrapper   struct{ Log []lowMixed }
	pointerTo struct{ P **lowMixed }
	inMapKey  struct{ M map[lowMixed]int }
	inMap     struct{ M map[int][2]lowMixed }

	selfEncoding struct{ hidden int }
	opaqueAll    struct {
		At    time.Time
		N     big.Int
		P     *big.Int
		Where url.URL
		Self  selfEncoding
		Selfs []*selfEncoding
	}
	blank struct {
		_   struct{}
		Key string
	}
	openChan struct {
		Key  string
		Done chan int
		Call *func()
	}
	textOnly struct{ text string }
)

func (s selfEncoding) GobEncode() ([]byte, error) { return []byte{byte(s.hidden)}, nil }
func (s *selfEncoding) GobDecode(b []byte) error  { s.hidden = int(b[0]); return nil }
func (s textOnly) MarshalText() ([]byte, error)   { return []byte(s.text), nil }
func (s *textOnly) UnmarshalText(b []byte) error  { s.text = string(b); return nil }

func TestLowerCaseFieldsAreReportedWithTypeFieldAndAdvice(t *testing.T) {
	for _, test := range []struct {
		value              any
		typ, field, advice string
	}{
		{lowTerm{1}, "lowTerm", "term", "Rename term to Term"},
		{&lowMixed{}, "lowMixed", "term", "Rename term to Term"},
		{[]lowMixed{}, "lowMixed", "term", "Rename term to Term"},
		{[3]lowMixed{}, "lowMixed", "term", "Rename term to Term"},
		{map[lowMixed]int{}, "lowMixed", "term", "Rename term to Term"},
		{map[int]*lowMixed{}, "lowMixed", "term", "Rename term to Term"},
		{wrapper{}, "lowMixed", "term", "(reached as Log of labgob_test.wrapper)"},
		{pointerTo{}, "lowMixed", "term", "(reached as P of labgob_test.pointerTo)"},
		{inMapKey{}, "lowMixed", "term", "(reached as M of labgob_test.inMapKey)"},
		{inMap{}, "lowMixed", "term", "(reached as M of labgob_test.inMap)"},
		{tree{"k", nil, nil, 1}, "tree", "depth", "Rename depth to Depth"},
		{lowBoth{1, 2}, "lowBoth", "term", "There is a Term too"},
		{lowChan{"k", nil}, "lowChan", "done", "no channels or functions at all"},
		{lowLock{"k", nil}, "lowLock", "mu", "a sync.Mutex is not data"},
		{openLock{}, "openLock", "Mu", "Take Mu out of labgob_test.openLock"},
		{lowEmbeds{}, "lowEmbeds", "embedded", "Rename type embedded to Embedded"},
		{lowScript{"k", 1}, "lowScript", "日", "Give it such a name"},
		{lowLine{"k", 1}, "lowLine", "_line", "Rename _line to Line"},
		{textOnly{}, "textOnly", "text", "Rename text to Text"},
	} {
		t.Run(reflect.TypeOf(test.value).String(), func(t *testing.T) {
			r := record(t)
			labgob.CheckType(reflect.TypeOf(test.value))
			p := r.one(t)
			assert.Equal(t, labgob.LowerCase, p.Kind)
			assert.Equal(t, "labgob_test."+test.typ, p.Type)
			assert.Equal(t, test.field, p.Field)
			assert.Contains(t, p.Text, test.advice)
			assert.Contains(t, p.Text, "labgob/lower_test.go:")
		})
	}
}

func TestTheSentenceForALowerCaseField(t *testing.T) {
	r := record(t)
	labgob.CheckType(reflect.TypeFor[wrapper]())
	assert.Regexp(t, `^labgob/lower_test.go:\d+: gob loses field term of labgob_test.lowMixed `+
		`\(reached as Log of labgob_test.wrapper\): gob sends only fields whose names begin with a capital letter. `+
		`Rename term to Term, or take it out of labgob_test.lowMixed if nobody needs it at the other end.$`,
		r.one(t).Text)
}

func TestCleanTypesAreNotReported(t *testing.T) {
	r := record(t)
	for _, value := range []any{
		0, "", []byte{}, Args{}, &Reply{}, cleanTree{}, opaqueAll{}, blank{}, openChan{}, Op{},
		map[string]Op{}, []any{}, struct{}{}, time.Now(), new(any), struct{ url.URL }{},
	} {
		labgob.CheckType(reflect.TypeOf(value))
	}
	labgob.CheckType(nil)
	r.none(t)
}

func TestEveryLowerCaseFieldIsReportedOnce(t *testing.T) {
	type two struct{ a, b int }
	type both struct {
		X, Y two
		L    []lowMixed
	}
	r := record(t)
	labgob.CheckType(reflect.TypeOf(both{X: two{1, 2}}))
	var fields []string
	for _, p := range r.drain() {
		fields = append(fields, p.Field)
	}
	assert.Equal(t, []string{"a", "b", "term"}, fields)
	labgob.CheckType(reflect.TypeFor[both]())
	labgob.CheckType(reflect.TypeFor[*both]())
	labgob.CheckType(reflect.TypeFor[two]())
	r.none(t)
}

func TestTypesThatEncodeThemselvesAreLeftOutBesideOthers(t *testing.T) {
	type mixed struct {
		At   time.Time
		Self *selfEncoding
		N    big.Int
		low  int
	}
	r := record(t)
	labgob.CheckType(reflect.TypeOf(mixed{low: 1}))
	assert.Equal(t, "low", r.one(t).Field)
}

func TestANewSinkIsToldAgain(t *testing.T) {
	for range 3 {
		r := new(recorded)
		restore := labgob.SetSink(r.take)
		labgob.CheckType(reflect.TypeFor[lowMixed]())
		restore()
		r.one(t)
	}
}

func TestEncodeChecksTypesBehindInterfaces(t *testing.T) {
	type hidden struct {
		Key  string
		note string
	}
	type holder struct{ Inner any }
	r := record(t)
	labgob.Register(holder{})
	r.none(t)
	labgob.Register(hidden{"k", "n"})
	r.one(t)
	for name, value := range map[string]any{
		"field":     Entry{1, hidden{}},
		"pointer":   Entry{1, &hidden{}},
		"slice":     []Entry{{1, "x"}, {1, hidden{}}},
		"array":     [2]Entry{{1, "x"}, {1, hidden{}}},
		"map value": map[int]any{1: hidden{}},
		"map key":   map[any]int{hidden{}: 1},
		"nested":    Entry{1, holder{hidden{}}},
		"variable":  new(any(hidden{})),
		"slice in":  Entry{1, holder{holder{hidden{}}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := record(t)
			assert.NoError(t, labgob.NewEncoder(new(bytes.Buffer)).Encode(value))
			p := r.one(t)
			assert.Equal(t, "note", p.Field)
			assert.Equal(t, "labgob_test.hidden", p.Type)
		})
	}
}

func TestDecodeChecksTheTypeOfItsVariable(t *testing.T) {
	data := encoded(t, struct{ Index int }{7})
	r := record(t)
	var v lowMixed
	require.NoError(t, decode(data, &v))
	assert.Equal(t, 7, v.Index)
	assert.Equal(t, "term", r.one(t).Field)
}

// gob must agree that what is reported is lost and what is not arrives.
func TestGobLosesWhatIsReportedAndSendsTheRest(t *testing.T) {
	record(t)
	var low lowMixed
	require.NoError(t, decode(encoded(t, lowMixed{7, 8}), &low))
	assert.Equal(t, lowMixed{7, 0}, low)

	var emb lowEmbeds
	require.NoError(t, decode(encoded(t, lowEmbeds{1, embedded{2}}), &emb))
	assert.Equal(t, lowEmbeds{Index: 1}, emb)

	sent := opaqueAll{
		At: time.Unix(5, 0).UTC(), P: big.NewInt(4), Where: url.URL{Host: "h"},
		Self: selfEncoding{3}, Selfs: []*selfEncoding{{9}},
	}
	sent.N.SetInt64(77)
	var got opaqueAll
	require.NoError(t, decode(encoded(t, &sent), &got))
	assert.Equal(t, sent, got)

	var open openChan
	require.NoError(t, decode(encoded(t, openChan{Key: "k", Done: make(chan int)}), &open))
	assert.Equal(t, openChan{Key: "k"}, open)
}
