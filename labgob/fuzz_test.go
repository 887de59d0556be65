package labgob_test

import (
	"bytes"
	"encoding/gob"
	"math/big"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
)

// targets are variables to decode into, of every shape.
func targets() []any {
	type everything struct {
		B    bool
		I    int8
		U    uint16
		F    float32
		C    complex64
		S    string
		Raw  []byte
		A    [2]int
		L    []string
		M    map[string][]int
		P    **int
		E    any
		At   time.Time
		N    *big.Int
		Self selfEncoding
	}
	return []any{
		nil, new(int), new(string), new([]byte), new(any), new([]any), new(map[string]any), new(map[string]int),
		new(Args), new(Reply), new([]Entry), new(cleanTree), new(ring), new(opaqueAll), new(byPromo), new(everything),
		new(map[Op][]Entry), new([3]string), new(struct{}), new(map[struct{}]struct{}), new([][]byte), new(bomb),
	}
}

// Whatever the bytes, Decode returns. If it accepts them it has done what gob
// does; gob itself is asked only then, as it does not survive everything.
func FuzzDecode(f *testing.F) {
	f.Cleanup(labgob.SetSink(func(labgob.Problem) {}))
	for _, v := range samples() {
		data := encoded(f, v)
		f.Add(data)
		f.Add(append(data, data...))
		f.Add(data[:len(data)/2])
	}
	f.Add(encoded(f, samples()...))
	f.Add(mapWithCount(10))
	f.Add(mapWithCount(1 << 36))
	f.Add(list(3))
	f.Add(encoded(f, bomb{}, bomb{}, 7))
	f.Add([]byte(nil))
	f.Add(number(1 << 40))

	f.Fuzz(func(t *testing.T, data []byte) { decodeIntoAll(t, data) })
}

func decodeIntoAll(t *testing.T, data []byte) (accepted int) {
	for i, v := range targets() {
		d := labgob.NewDecoder(bytes.NewReader(data))
		if d.Decode(v) != nil {
			d.Decode(v) // a decoder that has failed can be asked again
			continue
		}
		accepted++
		plain := targets()[i]
		require.NoError(t, gob.NewDecoder(bytes.NewReader(data)).Decode(plain))
		if v != nil {
			require.Equal(t, show(plain), show(v)) // as texts, for NaN is not equal to itself
		}
		for n := 0; n < 10 && d.Decode(new(any)) == nil; n++ {
		}
	}
	return accepted
}

// The fuzzer's changes mostly break the framing, so that gob never sees them.
// These keep it: one byte of a message is changed, inserted or removed, and the
// message gets the length that it then has.
func TestChangesWithinAMessage(t *testing.T) {
	defer labgob.SetSink(func(labgob.Problem) {})()
	random := rand.New(rand.NewSource(1))
	accepted, rounds := 0, 20
	for _, v := range samples() {
		for range rounds {
			parts := split(encoded(t, v))
			at := random.Intn(len(parts))
			part := parts[at]
			i, b := random.Intn(len(part)), byte(random.Intn(256))
			if random.Intn(2) == 0 {
				b %= 8
			}
			switch random.Intn(3) {
			case 0:
				part[i] = b
			case 1:
				part = slices.Insert(part, i, b)
			case 2:
				part = slices.Delete(part, i, i+1)
			}
			parts[at] = part
			accepted += decodeIntoAll(t, messages(parts...))
		}
	}
	require.Greater(t, accepted, 100)
}

// split undoes messages.
func split(data []byte) (parts [][]byte) {
	for len(data) > 0 {
		n, head := int(data[0]), 1
		if width := -int(int8(data[0])); width > 0 {
			n, head = 0, 1+width
			for _, b := range data[1:head] {
				n = n<<8 | int(b)
			}
		}
		parts = append(parts, bytes.Clone(data[head:head+n]))
		data = data[head+n:]
	}
	return parts
}
