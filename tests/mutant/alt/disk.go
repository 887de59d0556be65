package alt

import (
	"bytes"
	"fmt"

	"raftlabs/labgob"
	"raftlabs/raft/raftapi"
)

// saved is the persistent state as it lies on the disk, beside the snapshot.
type saved struct {
	Term, VotedFor int
	Base, BaseTerm int
	Entries        []Entry
}

// encode is what a save writes.
func (m *machine) encode() []byte {
	var b bytes.Buffer
	state := saved{m.term, m.votedFor, m.log.base, m.log.baseTerm, m.log.entries}
	if err := labgob.NewEncoder(&b).Encode(state); err != nil {
		panic(fmt.Sprintf("alt: S%d cannot encode its state: %v", m.me, err))
	}
	return b.Bytes()
}

// restore takes up what an earlier life saved, if there was one. The service reads
// its snapshot by itself, and goes on behind it.
//
// A server that was there before has forgotten whom it heard, and may have promised
// a leader to stand by it. So the promise is kept as if it was given now.
func (m *machine) restore(p raftapi.Persister) {
	state := p.ReadRaftState()
	if len(state) == 0 {
		return
	}
	var s saved
	if err := labgob.NewDecoder(bytes.NewReader(state)).Decode(&s); err != nil {
		panic(fmt.Sprintf("alt: S%d cannot read its state: %v", m.me, err))
	}
	m.term, m.votedFor = s.Term, s.VotedFor
	m.log = journal{base: s.Base, baseTerm: s.BaseTerm, entries: s.Entries}
	m.snapshot = p.ReadSnapshot()
	m.commit, m.applied = s.Base, s.Base
	m.heardAt = m.now
}
