package cluster

import (
	"encoding/binary"
	"fmt"

	"raftlabs/tests/invariant"
)

// snapshot is the content of a service's snapshot. It is a plain value, so that
// it crosses from one goroutine to another without an order between them.
type snapshot struct {
	index int
	chain invariant.Chain
	flaw  flaw
}

// flaw is why bytes are no snapshot, or a damaged one.
type flaw struct {
	kind flawKind
	at   uint32 // a number of bytes, or the position of one
}

type flawKind uint32

const (
	sound flawKind = iota
	foreign
	cutShort
	changed
)

func (f flaw) String() string {
	switch f.kind {
	case foreign:
		return fmt.Sprintf("its %d bytes are none that a service has made", f.at)
	case cutShort:
		return fmt.Sprintf("it has %d bytes, which is not as many as the service made", f.at)
	case changed:
		return fmt.Sprintf("its byte %d has changed since the service made it", f.at)
	}
	return ""
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
	binary.LittleEndian.PutUint64(b[16:], uint64(s.chain))
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
		return snapshot{flaw: flaw{foreign, uint32(len(b))}}
	}
	s := snapshot{index: int(binary.LittleEndian.Uint64(b[8:])), chain: invariant.Chain(binary.LittleEndian.Uint64(b[16:]))}
	if size := binary.LittleEndian.Uint64(b[24:]); size != uint64(len(b)) {
		s.flaw = flaw{cutShort, uint32(len(b))}
		return s
	}
	for i := minSnapshot; i < len(b); i++ {
		if b[i] != s.filler(i) {
			s.flaw = flaw{changed, uint32(i)}
			break
		}
	}
	return s
}

// snap is the snapshot as package invariant knows it.
func (s snapshot) snap() invariant.Snap {
	return invariant.Snap{Index: s.index, Chain: s.chain, Wrong: s.flaw.String()}
}

// SnapshotOf is the snapshot, of size bytes at least, of a service that has
// applied these commands, from index 1 on. nil is a leader's no-op.
func SnapshotOf(size int, commands ...any) []byte {
	s := snapshot{index: len(commands)}
	for _, command := range commands {
		s.chain = s.chain.Then(invariant.CommandOf(command))
	}
	return s.encode(size)
}
