package alt

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// readPatience is how long a read waits for a majority.
const readPatience = time.Second

// read is a ReadIndex that waits (thesis §6.4).
type read struct {
	from  asker
	need  int // a majority is to answer this message or later ones
	index int // 0 until an entry of the leader's term is committed
	until time.Time
}

// committedIndex is the commit index where this leader knows it (§6.4, step 1), 0
// where not: a new leader has all that is committed, and finds out which entries
// these are when one of its own term is.
func (m *machine) committedIndex() int {
	if m.log.term(m.commit) != m.term {
		return 0
	}
	return m.commit
}

// quorumHeard is the latest stamp such that a majority has answered that message or
// later ones, this server included.
func (m *machine) quorumHeard() stamp {
	stamps := make([]stamp, m.servers)
	for i, p := range m.peers {
		stamps[i] = p.heard
	}
	stamps[m.me] = stamp{math.MaxInt, m.now}
	slices.SortFunc(stamps, func(a, b stamp) int { return cmp.Compare(a.number, b.number) })
	return stamps[m.servers-m.quorum()]
}

// onReadIndex is §6.4: remember what is committed, and find out that nobody else
// could have committed more before the call. Nobody has if a majority follows this
// leader in what it sends from now on.
func (m *machine) onReadIndex(from asker) {
	if m.role != leader {
		m.answer(from, readable{})
		return
	}
	m.reads = append(m.reads, read{from, m.messages + 1, m.committedIndex(), m.now.Add(readPatience)})
	m.advanceReads()
}

// advanceReads answers those that need not wait any longer, and begins a round if
// others need one and none is under way: all who come during a round share the
// next. A heartbeat or a request is as good as a message of the round, where that
// was lost.
func (m *machine) advanceReads() {
	heard, known := m.quorumHeard().number, m.committedIndex()
	unheard := false
	waiting := m.reads
	m.reads = nil
	for _, r := range waiting {
		if r.index == 0 {
			r.index = known
		}
		if r.index > 0 && r.need <= heard {
			m.answer(r.from, readable{r.index, true})
			continue
		}
		m.reads = append(m.reads, r)
		unheard = unheard || r.need > heard
	}
	if unheard && m.round <= heard {
		m.beginRound()
	}
}

// beginRound sends heartbeats. Slow peers get no more than the regular ones.
func (m *machine) beginRound() {
	m.round = m.messages + 1
	for to, p := range m.peers {
		if to != m.me && p.pings < maxPings {
			m.ping(to)
		}
	}
}

// expireReads sends those away that have waited too long.
func (m *machine) expireReads() {
	m.reads = slices.DeleteFunc(m.reads, func(r read) bool {
		late := !m.now.Before(r.until)
		if late {
			m.answer(r.from, readable{})
		}
		return late
	})
}

// refuseReads sends all away: this server leads no more.
func (m *machine) refuseReads() {
	for _, r := range m.reads {
		m.answer(r.from, readable{})
	}
	m.reads = nil
}

// onLeaseRead is §6.4.1: nobody else leads while a majority keeps its promise. A
// voter's begins when the message arrives and lasts for minTimeout, see
// hearsLeader; here it is taken to begin when the message left, and to end
// earlier.
func (m *machine) onLeaseRead() readable {
	if m.role != leader || m.now.Sub(m.quorumHeard().at) >= leaseDuration {
		return readable{}
	}
	index := m.committedIndex()
	return readable{index, index > 0}
}
