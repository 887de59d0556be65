package invariant

import (
	"bytes"
	"encoding/gob"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type op struct {
	Kind, Key, Value string
	Client           int64
	Seq              int
	Tags             []string
	More             map[string]int
	Sub              *sub
	Any              any
	Pair             [2]float64
	hidden           int
}

type sub struct{ Flag bool }

func init() { gob.Register(op{}) }

// over is a command on the other side of the network.
func over(t *testing.T, command any) any {
	var b bytes.Buffer
	in, out := struct{ Command any }{command}, struct{ Command any }{}
	require.NoError(t, gob.NewEncoder(&b).Encode(&in))
	require.NoError(t, gob.NewDecoder(&b).Decode(&out))
	return out.Command
}

func TestACommandIsTheSameOnTheOtherSide(t *testing.T) {
	seven := 7
	full := op{
		Kind: "Put", Key: "x", Value: "y", Client: 1 << 40, Seq: 3, Tags: []string{"a", ""}, More: map[string]int{"b": 1, "a": 2, "z": 0},
		Sub: &sub{true}, Any: 5, Pair: [2]float64{0, 1.5}, hidden: 4,
	}
	for _, command := range []any{
		0, 7, -7, &seven, "", "text", int64(7), 1.5, true, []byte("abc"), []byte{}, op{}, op{hidden: 3}, full, &full,
		op{Tags: []string{}, Sub: &sub{}, More: map[string]int{}, Any: 0},
	} {
		assert.Equal(t, CommandOf(command), CommandOf(over(t, command)), "%#v", command)
	}
}

func TestCommandsDiffer(t *testing.T) {
	seen := map[uint64]any{}
	for _, command := range []any{
		0, 1, 7, -7, int64(7), "", "7", "text", "text ", true, 7.0, []byte("abc"), []int{0}, []int{0, 0}, []int{1}, op{}, op{Key: "a"}, op{Value: "a"}, op{Key: "a", Value: "a"},
		op{Tags: []string{"a", ""}}, op{Tags: []string{"", "a"}}, op{More: map[string]int{"a": 1}}, op{More: map[string]int{"a": 2}}, op{More: map[string]int{"a": 0}},
		op{Sub: &sub{true}}, op{Any: "a"}, op{Pair: [2]float64{1, 0}}, op{Pair: [2]float64{0, 1}}, complex(1, 2), uint8(7),
	} {
		c := CommandOf(command)
		assert.NotZero(t, c.Sum)
		assert.NotContains(t, seen, c.Sum, "%#v and %#v", command, seen[c.Sum])
		seen[c.Sum] = command
	}
	for n := range 10_000 {
		seen[CommandOf(n).Sum] = n
	}
	assert.Greater(t, len(seen), 10_000)
}

func TestACommandIsPrinted(t *testing.T) {
	assert.Equal(t, "an entry without a command", CommandOf(nil).String())
	assert.Equal(t, "command 7", CommandOf(7).String())
	assert.Regexp(t, `^a command of 4 B \([0-9a-f]{4}\)$`, CommandOf("text").String())
	assert.Regexp(t, `^a command \([0-9a-f]{4}\)$`, CommandOf(op{}).String())
	assert.Equal(t, Command{Sum: 1, Len: -2}, CommandOf((*op)(nil)))
	var loop any
	loop = &loop
	assert.NotPanics(t, func() { CommandOf(loop); CommandOf(op{Any: loop}) })
}

func TestLongTextsDifferWhereverTheyDo(t *testing.T) {
	base := bytes.Repeat([]byte("raft"), 300)
	seen := map[Command]bool{CommandOf(string(base)): true, CommandOf(string(base[:len(base)-1])): true}
	for i := range base {
		changed := bytes.Clone(base)
		changed[i] ^= 1
		seen[CommandOf(string(changed))] = true
	}
	assert.Len(t, seen, len(base)+2)
	assert.Equal(t, CommandOf(string(base)), CommandOf(string(bytes.Clone(base))))
}
