package cluster

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"strconv"

	"raftlabs/tests/lab"
)

// digest identifies a command. It is a plain value, so that it crosses from one
// goroutine to another without an order between them.
type digest struct {
	sum uint64 // 0 for a nil command
	num int    // the command where it is an int
	len int    // its length where it is a string, -1 where it is an int
}

// digestOf reads a command, in the goroutine that owns it. Commands may be
// large, so it does no more than a checksum; a case's commands differ in more
// than what that could miss.
func digestOf(command any) digest {
	switch v := command.(type) {
	case nil:
		return digest{}
	case int:
		return digest{sum: checksum("int", strconv.Itoa(v)), num: v, len: -1}
	case string:
		return digest{sum: checksum("string", v), len: len(v)}
	default:
		text := fmt.Sprint(v)
		return digest{sum: checksum(fmt.Sprintf("%T", v), text), len: len(text)}
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is never 0.
func checksum(kind, text string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d %.32s %08x", kind, len(text), text, crc32.Checksum([]byte(text), castagnoli)) // never fails
	return h.Sum64() | 1
}

func (d digest) String() string {
	switch {
	case d.sum == 0:
		return "no command (nil)"
	case d.len < 0:
		return fmt.Sprintf("command %d", d.num)
	default:
		return fmt.Sprintf("a command of %d B (%04x)", d.len, d.sum>>48)
	}
}

// extend is the checksum of a state machine that has applied one command more.
func extend(chain uint64, d digest) uint64 {
	x := chain*0x9e3779b97f4a7c15 + d.sum
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	return x ^ x>>32
}

// snapshot is the content of a service's snapshot.
type snapshot struct {
	index int
	chain uint64
	wrong string // why it is none, "" if it is one
}

// A snapshot's bytes: magic, index, chain, length, then filler that depends on
// them, so that no byte can be missing or wrong.
const (
	magic       = "raftlabs"
	minSnapshot = len(magic) + 3*8
)

func (s snapshot) encode(size int) []byte {
	size = max(size, minSnapshot)
	b := make([]byte, size)
	copy(b, magic)
	binary.LittleEndian.PutUint64(b[8:], uint64(s.index))
	binary.LittleEndian.PutUint64(b[16:], s.chain)
	binary.LittleEndian.PutUint64(b[24:], uint64(size))
	for i := minSnapshot; i < size; i++ {
		b[i] = s.filler(i)
	}
	return b
}

func (s snapshot) filler(i int) byte { return byte(s.chain>>(i%8*8)) ^ byte(i) ^ byte(s.index) }

// readSnapshot reads what a server delivers as a snapshot.
func readSnapshot(b []byte) snapshot {
	if len(b) < minSnapshot || string(b[:8]) != magic {
		return snapshot{wrong: fmt.Sprintf("its %d bytes are none that a service has made", len(b))}
	}
	s := snapshot{index: int(binary.LittleEndian.Uint64(b[8:])), chain: binary.LittleEndian.Uint64(b[16:])}
	if size := binary.LittleEndian.Uint64(b[24:]); size != uint64(len(b)) {
		s.wrong = fmt.Sprintf("it has %d of the %d bytes that the service made", len(b), size)
		return s
	}
	for i := minSnapshot; i < len(b); i++ {
		if b[i] != s.filler(i) {
			s.wrong = fmt.Sprintf("its byte %d has changed since the service made it", i)
			break
		}
	}
	return s
}

// SnapshotOf is the snapshot, of size bytes at least, of a service that has
// applied these commands, from index 1 on. nil is a leader's no-op.
func SnapshotOf(size int, commands ...any) []byte {
	s := snapshot{index: len(commands)}
	for _, command := range commands {
		s.chain = extend(s.chain, digestOf(command))
	}
	return s.encode(size)
}

// span prints the indexes from one to another: "index 3", "indexes 3 to 7".
func span(from, to int) string {
	if from == to {
		return lab.Sentence("index %d", from)
	}
	return lab.Sentence("indexes %d to %d", from, to)
}
