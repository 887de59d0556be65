package invariant

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/wire"
)

// tape is a run written by hand: each call is one event, or the few that belong
// together, one millisecond after the other.
type tape struct {
	*Checker
	found []Violation
	now   time.Duration
	inc   []int
	num   uint64
	lazy  bool // does not save by itself
}

func newTape(o Options) *tape {
	p := &tape{Checker: New(o), inc: make([]int, o.Servers)}
	for i := range o.Servers {
		p.boot(i)
	}
	return p
}

func (p *tape) emit(e Event) {
	p.now += time.Millisecond
	e.At = p.now
	p.found = append(p.found, p.Observe(e)...)
}

// tell is emit for what an instance does.
func (p *tape) tell(kind Kind, s int, e Event) {
	e.Kind, e.Server, e.Incarnation = kind, s, p.inc[s]
	p.emit(e)
}

func (p *tape) boot(s int)               { p.bootWith(s, Snap{}) }
func (p *tape) bootWith(s int, has Snap) { p.inc[s]++; p.tell(Boot, s, Event{Snap: has}) }
func (p *tape) crash(s int)              { p.tell(Crash, s, Event{}) }
func (p *tape) restart(s int)            { p.crash(s); p.boot(s) }
func (p *tape) save(s int)               { p.tell(Save, s, Event{}) }

func (p *tape) apply(s, index, command int) {
	p.tell(Apply, s, Event{Index: index, Command: cmd(command)})
}
func (p *tape) install(s, index int, commands ...int) {
	p.tell(Install, s, Event{Index: index, Snap: snapOf(commands...)})
}
func (p *tape) take(s, index int) { p.tell(Take, s, Event{Index: index}) }
func (p *tape) submit(s, command int) {
	p.tell(Submit, s, Event{Command: cmd(command)})
}
func (p *tape) submitted(s, command, index, term int) {
	p.tell(Submitted, s, Event{Command: cmd(command), Index: index, Term: term, Leader: index > 0})
}

// start is a command that a leader takes and saves.
func (p *tape) start(s, command, index, term int) {
	p.submit(s, command)
	p.autosave(s)
	p.submitted(s, command, index, term)
}

func (p *tape) autosave(s int) {
	if !p.lazy {
		p.save(s)
	}
}

func (p *tape) state(s, term int, leader bool) {
	p.tell(State, s, Event{Term: term, Leader: leader})
}

// cmd is a command by number, 0 for a no-op.
func cmd(n int) Command {
	if n == 0 {
		return Command{}
	}
	return CommandOf(n)
}

func snapOf(commands ...int) Snap {
	s := Snap{Index: len(commands)}
	for _, n := range commands {
		s.Chain = s.Chain.Then(cmd(n))
	}
	return s
}

// e is an entry.
func e(term, command int) wire.Entry {
	if command == 0 {
		return wire.Entry{Term: term}
	}
	return wire.Entry{Term: term, Command: command}
}

func ae(term, prev, prevTerm, commit int, entries ...wire.Entry) wire.AppendEntriesArgs {
	return wire.AppendEntriesArgs{Term: term, PrevLogIndex: prev, PrevLogTerm: prevTerm, LeaderCommit: commit, Entries: entries}
}

func rv(term, candidate, last, lastTerm int) wire.RequestVoteArgs {
	return wire.RequestVoteArgs{Term: term, CandidateId: candidate, LastLogIndex: last, LastLogTerm: lastTerm}
}

func is(term, last, lastTerm int) wire.InstallSnapshotArgs {
	return wire.InstallSnapshotArgs{Term: term, LastIncludedIndex: last, LastIncludedTerm: lastTerm}
}

func ok(term int) wire.AppendEntriesReply { return wire.AppendEntriesReply{Term: term, Success: true} }
func no(term int) wire.AppendEntriesReply { return wire.AppendEntriesReply{Term: term} }
func yes(term int) wire.RequestVoteReply  { return wire.RequestVoteReply{Term: term, VoteGranted: true} }
func nay(term int) wire.RequestVoteReply  { return wire.RequestVoteReply{Term: term} }

func done(term int) wire.InstallSnapshotReply { return wire.InstallSnapshotReply{Term: term} }

// msg is a call under way.
type msg struct {
	p *tape
	e Event
}

// sends has a server send a request, method by its type.
func (p *tape) sends(from, to int, request wire.Message) *msg {
	m := p.draft(from, to, request)
	m.p.emit(m.e)
	return m
}

func (p *tape) draft(from, to int, request wire.Message) *msg {
	method := wire.AppendEntries
	switch request.(type) {
	case wire.RequestVoteArgs:
		method = wire.RequestVote
	case wire.InstallSnapshotArgs:
		method = wire.InstallSnapshot
	}
	p.num++
	return &msg{p, Event{Kind: Sent, Server: from, Peer: to, Incarnation: p.inc[from], PeerIncarnation: p.inc[to], Num: p.num, Method: method, Request: request}}
}

func (m *msg) emit(kind Kind, reply wire.Message) *msg {
	m.e.Kind, m.e.Reply = kind, reply
	m.p.emit(m.e)
	return m
}

func (m *msg) arrives() *msg { return m.emit(Delivered, nil) }
func (m *msg) again() *msg {
	m.e.Second = true
	m.emit(Delivered, nil)
	m.e.Second = false
	return m
}
func (m *msg) answers(reply wire.Message) *msg { return m.emit(Replied, reply) }
func (m *msg) returns() *msg                   { return m.emit(Returned, m.e.Reply) }
func (m *msg) lost() *msg                      { return m.emit(Dropped, m.e.Reply) }

// rpc is a whole call. Its caller has saved before, and its callee saves before it
// answers.
func (p *tape) rpc(from, to int, request, reply wire.Message) {
	p.autosave(from)
	m := p.sends(from, to, request).arrives()
	p.autosave(to)
	m.answers(reply).returns()
}

// fake is what the case sends in a server's name.
func (p *tape) fake(from, to int, request, reply wire.Message) {
	m := p.draft(from, to, request)
	m.e.Incarnation = 0
	m.emit(Sent, nil).arrives()
	p.autosave(to)
	m.answers(reply).returns()
}

// elect has a candidate elected by voters, with a log that ends at a place.
func (p *tape) elect(s, term int, last place, voters ...int) {
	for _, v := range voters {
		p.rpc(s, v, rv(term, s, last.index, last.term), yes(term))
	}
}

// replicates has a leader send one more entry to followers, which take it.
func (p *tape) replicates(s int, a wire.AppendEntriesArgs, followers ...int) {
	for _, f := range followers {
		p.rpc(s, f, a, ok(a.Term))
	}
}

// scene is one row of a table: a run, and the rule that it breaks.
type scene struct {
	name string
	o    Options // 3 servers where it says none
	run  func(p *tape)
	rule Rule   // with said
	said string // part of the first violation's text; "" if no rule is broken
}

// play runs a table.
func play(t *testing.T, scenes []scene) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			if s.o.Servers == 0 {
				s.o.Servers = 3
			}
			p := newTape(s.o)
			s.run(p)
			if s.said == "" {
				assert.Empty(t, p.found)
				return
			}
			require.NotEmpty(t, p.found, "no rule spoke")
			v := p.found[0]
			assert.Equal(t, s.rule.String(), v.Rule.String(), "%v", v)
			assert.Contains(t, v.Text, s.said)
			assert.NotEmpty(t, v.Expected)
			assert.NotEmpty(t, v.Seen)
			assert.NotEmpty(t, v.Servers)
			assert.Contains(t, v.Section, "§")
		})
	}
}

// rpcs ends a call.
func (p *tape) rpcs(m *msg, reply wire.Message) { m.answers(reply).returns() }
