package trace

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// Hash names a run in 16 hexadecimal digits, the first of a SHA-256. The
// events of one virtual instant are sorted before they are hashed, so their
// order within it does not count. The order of instants does.
func Hash(events []Event) string {
	events = slices.Clone(events)
	for lo := 0; lo < len(events); {
		hi := lo + 1
		for hi < len(events) && events[hi].At == events[lo].At {
			hi++
		}
		slices.SortFunc(events[lo:hi], compare)
		lo = hi
	}
	h := sha256.New()
	var line []byte
	for _, e := range events {
		line = appendCanonical(line[:0], e)
		h.Write(line)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// appendCanonical adds e's bytes: numbers in 8 bytes, strings after their
// length, so that no two events share an encoding.
func appendCanonical(b []byte, e Event) []byte {
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text := func(s string) {
		number(int64(len(s)))
		b = append(b, s...)
	}
	yes := func(v bool) {
		if v {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	number(int64(e.At))
	text(e.Kind)
	number(int64(e.From))
	number(int64(e.To))
	number(int64(e.Num))
	text(e.Method)
	number(int64(e.Bytes))
	number(int64(e.Term))
	text(e.Note)
	number(int64(e.Inc))
	yes(e.Reply)
	yes(e.Second)
	number(int64(e.Index))
	text(e.Topic)
	text(e.Rule)
	text(e.Fields)
	return b
}
