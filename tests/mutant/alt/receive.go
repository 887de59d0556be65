package alt

import (
	"bytes"
	"fmt"

	"raftlabs/raft/raftapi"
)

// maxRuns is how many stretches of its log a refusal tells. A log with more terms
// takes more rounds to agree.
const maxRuns = 32

// onAppend is Figure 2's AppendEntries.
func (m *machine) onAppend(a *AppendArgs) *AppendReply {
	m.enter(a.Term)
	reply := &AppendReply{Term: m.term}
	if a.Term < m.term { // AppendEntries 1 (§5.1)
		return reply
	}
	m.follow()

	// What is in the snapshot is committed, so the leader has it as well.
	prev, entries := a.PrevLogIndex, a.Entries
	if prev < m.log.base {
		entries = entries[min(m.log.base-prev, len(entries)):]
		prev = m.log.base
	} else if m.log.term(prev) != a.PrevLogTerm { // AppendEntries 2 (§5.3)
		reply.Runs = m.log.runs(prev, maxRuns)
		return reply
	}
	reply.Success = true
	m.store(prev, entries)

	// AppendEntries 5 (§5.3).
	m.commit = max(m.commit, min(a.LeaderCommit, a.PrevLogIndex+len(a.Entries)))
	m.deliver()
	return reply
}

// store is AppendEntries 3 and 4 (§5.3). Entries that are there stay, with all
// that follows them: a request may be an old one.
func (m *machine) store(prev int, entries []Entry) {
	for k, e := range entries {
		index := prev + 1 + k
		if m.log.term(index) == e.Term {
			continue
		}
		if index <= m.commit {
			panic(fmt.Sprintf("alt: S%d has committed index %d of term %d, and is sent term %d there", m.me, index, m.log.term(index), e.Term))
		}
		if index <= m.log.last() {
			m.log.cut(index - 1)
		}
		m.log.add(entries[k:]...)
		m.out.save = true
		return
	}
}

// onSnapshot is Figure 13's InstallSnapshot, without chunks.
func (m *machine) onSnapshot(a *SnapshotArgs) *SnapshotReply {
	m.enter(a.Term)
	reply := &SnapshotReply{Term: m.term}
	if a.Term < m.term { // InstallSnapshot 1
		return reply
	}
	m.follow()
	if a.LastIncludedIndex <= m.commit {
		return reply // it would take the service back
	}

	// InstallSnapshot 6 and 7: entries behind it stay if they are the leader's.
	if m.log.term(a.LastIncludedIndex) == a.LastIncludedTerm {
		m.log.drop(a.LastIncludedIndex)
	} else {
		m.log = journal{base: a.LastIncludedIndex, baseTerm: a.LastIncludedTerm}
	}

	// InstallSnapshot 5 and 8.
	m.snapshot = a.Data
	m.commit, m.applied = a.LastIncludedIndex, a.LastIncludedIndex
	m.out.save = true
	m.out.deliver = append(m.out.deliver, raftapi.ApplyMsg{
		SnapshotValid: true, Snapshot: bytes.Clone(a.Data), SnapshotTerm: a.LastIncludedTerm, SnapshotIndex: a.LastIncludedIndex,
	})
	return reply
}

// onCompact lets the log's beginning go, for which the service's snapshot stands
// (§7). One at or before the present snapshot comes late.
func (m *machine) onCompact(index int, snapshot []byte) {
	if index > m.log.base && index <= m.applied {
		m.log.drop(index)
		m.snapshot = snapshot
		m.out.save = true
	}
}
