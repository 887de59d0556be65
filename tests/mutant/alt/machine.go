package alt

import (
	"time"

	"raftlabs/raft/raftapi"
)

// The times. The shortest election timeout is six heartbeats long, and a lease is
// shorter than that by more than two clocks can differ meanwhile.
const (
	beatInterval  = 45 * time.Millisecond
	minTimeout    = 280 * time.Millisecond
	maxTimeout    = 2 * minTimeout
	leaseDuration = minTimeout - 30*time.Millisecond
)

// nobody is votedFor where no vote was given in the term.
const nobody = -1

// role is what a server is. A canvasser has asked for pre-votes.
type role int

const (
	follower role = iota
	canvasser
	candidate
	leader
)

// machine is Raft as a pure state machine, see the package comment. Time comes in
// with each event, chance is handed in.
type machine struct {
	me, servers int
	chance      func(n int64) int64 // below n
	now         time.Time           // of the present event
	out         effects             // what the steps since the last take have noted

	// Persistent state: whoever changes it notes a save.
	term     int
	votedFor int
	log      journal
	snapshot []byte // of everything up to log.base

	// Volatile state.
	role     role
	commit   int
	applied  int       // handed out to be applied
	timeout  time.Time // when to canvass; leaders: when the next heartbeat is due
	heardAt  time.Time // when this server last heard a leader
	asked    int       // the latest canvass or candidacy
	yes      []bool    // who has said yes to it
	messages int       // numbers what is sent

	// Leaders.
	peers []*peer // by server, this one's own included
	reads []read  // that wait
	round int     // the reads' latest round is answered where answers to this message or a later one are
}

// effects is what steps want done, in the order in which it is to be done.
type effects struct {
	save    bool
	answers []answer
	calls   []*call
	deliver []raftapi.ApplyMsg
}

// asker is who waits for an answer. The machine keeps it and gives it back.
type asker chan<- any

type answer struct {
	to   asker
	what any
}

// call is an RPC on its way. It comes back as an [answered].
type call struct {
	to          int
	method      string
	args, reply any // pointers

	term  int // in which it was made
	sent  stamp
	asked int  // of a vote or a pre-vote: for which canvass or candidacy
	ping  bool // a heartbeat
}

// stamp is when a message left. Numbers go up with time.
type stamp struct {
	number int
	at     time.Time
}

// The events. A request is its arguments.
type (
	event struct {
		body any
		from asker // nil where no answer is wanted
	}
	tick     struct{} // the time may be up
	preVote  struct{ args *VoteArgs }
	answered struct {
		call *call
		ok   bool
	}
	propose struct{ command any }
	compact struct { // the service has put all up to index into a snapshot
		index    int
		snapshot []byte
	}
	inquire   struct{}
	readIndex struct{}
	leaseRead struct{}
)

// The answers to events that are not RPCs.
type (
	proposed struct {
		index, term int
		ok          bool
	}
	status struct {
		term  int
		leads bool
	}
	readable struct {
		index int
		ok    bool
	}
)

func newMachine(me, servers int, now time.Time, chance func(int64) int64) *machine {
	m := &machine{me: me, servers: servers, now: now, chance: chance, votedFor: nobody}
	m.drawTimeout()
	return m
}

// step is everything that can happen to a server.
func (m *machine) step(now time.Time, e event) {
	m.now = now
	switch body := e.body.(type) {
	case tick:
		m.onTick()
	case *VoteArgs:
		m.answer(e.from, m.onVote(body))
	case preVote:
		m.answer(e.from, m.onPreVote(body.args))
	case *AppendArgs:
		m.answer(e.from, m.onAppend(body))
	case *SnapshotArgs:
		m.answer(e.from, m.onSnapshot(body))
	case answered:
		m.onAnswered(body.call, body.ok)
	case propose:
		m.answer(e.from, m.onPropose(body.command))
	case compact:
		m.onCompact(body.index, body.snapshot)
		m.answer(e.from, nil)
	case inquire:
		m.answer(e.from, status{m.term, m.role == leader})
	case readIndex:
		m.onReadIndex(e.from)
	case leaseRead:
		m.answer(e.from, m.onLeaseRead())
	}
}

// take hands out what was noted.
func (m *machine) take() effects {
	out := m.out
	m.out = effects{}
	return out
}

func (m *machine) answer(to asker, what any) {
	if to != nil {
		m.out.answers = append(m.out.answers, answer{to, what})
	}
}

// send notes a message. The caller says what is in it.
func (m *machine) send(c *call) {
	m.messages++
	c.term, c.sent = m.term, stamp{m.messages, m.now}
	m.out.calls = append(m.out.calls, c)
}

// quorum is a majority.
func (m *machine) quorum() int { return m.servers/2 + 1 }

// enter is All Servers 2 (§5.1): a higher term is adopted, by a follower. It is
// the one place where the term changes.
func (m *machine) enter(term int) {
	if term > m.term {
		m.term, m.votedFor = term, nobody
		m.out.save = true
		m.stepDown()
	}
}

// stepDown makes a follower in the present term. A leader's timeout was that of
// its heartbeats, and who waits for it to answer waits in vain.
func (m *machine) stepDown() {
	if m.role == leader {
		m.drawTimeout()
		m.refuseReads()
		m.peers = nil
	}
	m.role = follower
}

// drawTimeout begins a new election timeout (§5.2).
func (m *machine) drawTimeout() {
	m.timeout = m.now.Add(minTimeout + time.Duration(m.chance(int64(maxTimeout-minTimeout))))
}

// onTick does what is due, if something is: it may be called at any time.
func (m *machine) onTick() {
	switch {
	case m.now.Before(m.timeout):
	case m.role == leader:
		m.onBeat()
	default:
		m.canvass()
	}
}

// deliver is All Servers 1 (§5.3): hand out what is committed.
func (m *machine) deliver() {
	for m.applied < m.commit {
		m.applied++
		m.out.deliver = append(m.out.deliver, raftapi.ApplyMsg{
			CommandValid: true, Command: m.log.part(m.applied, 1)[0].Command, CommandIndex: m.applied,
		})
	}
}
