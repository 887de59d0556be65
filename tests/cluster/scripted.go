package cluster

import (
	"slices"
	"strings"
	"sync"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
	"raftlabs/tests/wire"
)

// Scripted is a cluster of which S0 is real, or the first few servers are
// (Options.Real), and the case plays the others. It speaks in their names with
// the Ask, Append and Install methods. What the real servers ask them is kept,
// and answered by the functions below, which the case sets as it likes; they
// may take their time. Until it does, peers grant every pre-vote, refuse every
// vote and accept every entry, in the term that they are asked in.
//
// A peer may lead the real servers, or ask for their votes. Where a real server
// leads, its followers' replies may need fields of its own making, which a
// played peer does not have: followers that matter are real, too.
type Scripted struct {
	*Cluster
	real int // servers

	mu        sync.Mutex
	onVote    func(peer int, a wire.RequestVoteArgs) (r wire.RequestVoteReply, answer bool)
	onPreVote func(peer int, a wire.RequestVoteArgs) (r wire.RequestVoteReply)
	onAppend  func(peer int, a wire.AppendEntriesArgs) (r wire.AppendEntriesReply, answer bool)
	votes     []VoteRequest
	preVotes  []VoteRequest
	appends   []AppendRequest
}

// VoteRequest is a RequestVote or RequestPreVote of a real server's.
type VoteRequest struct {
	Peer int           // who was asked
	At   time.Duration // of arrival
	Args wire.RequestVoteArgs
}

// AppendRequest is an AppendEntries of a real server's.
type AppendRequest struct {
	Peer int // who got it
	At   time.Duration
	Args wire.AppendEntriesArgs
}

// NewScripted starts the real servers among played peers.
func NewScripted(t *lab.T, n int, make raftapi.MakeFunc, o Options) *Scripted {
	var played []int
	for i := max(o.Real, 1); i < n; i++ {
		played = append(played, i)
	}
	s := &Scripted{Cluster: newCluster(t, n, 0, make, o, played), real: max(o.Real, 1)}
	for _, i := range played {
		s.Net.Boot(i)
		if err := s.Net.ServeAs(i, "Raft", &player{s, i}); err != nil {
			panic(err)
		}
	}
	for i := range s.real {
		s.Start(i)
	}
	return s
}

// player is what answers in a played peer's name.
type player struct {
	s    *Scripted
	peer int
}

func (p *player) RequestVote(a *wire.RequestVoteArgs, r *wire.RequestVoteReply) {
	p.s.mu.Lock()
	p.s.votes = append(p.s.votes, VoteRequest{p.peer, p.s.t.Now(), *a})
	on := p.s.onVote
	p.s.mu.Unlock()
	*r = wire.RequestVoteReply{Term: a.Term}
	if on != nil {
		answer := false
		*r, answer = on(p.peer, *a)
		p.silence(!answer)
	}
}

func (p *player) RequestPreVote(a *wire.RequestVoteArgs, r *wire.RequestVoteReply) {
	p.s.mu.Lock()
	p.s.preVotes = append(p.s.preVotes, VoteRequest{p.peer, p.s.t.Now(), *a})
	on := p.s.onPreVote
	p.s.mu.Unlock()
	*r = wire.RequestVoteReply{Term: a.Term, VoteGranted: true}
	if on != nil {
		*r = on(p.peer, *a)
	}
}

func (p *player) AppendEntries(a *wire.AppendEntriesArgs, r *wire.AppendEntriesReply) {
	p.s.mu.Lock()
	p.s.appends = append(p.s.appends, AppendRequest{p.peer, p.s.t.Now(), *a})
	on := p.s.onAppend
	p.s.mu.Unlock()
	*r = wire.AppendEntriesReply{Term: a.Term, Success: true}
	if on != nil {
		answer := false
		*r, answer = on(p.peer, *a)
		p.silence(!answer)
	}
}

func (p *player) InstallSnapshot(a *wire.InstallSnapshotArgs, r *wire.InstallSnapshotReply) {
	*r = wire.InstallSnapshotReply{Term: a.Term}
}

// silence keeps a peer from answering, for good: until the case is over.
func (p *player) silence(silent bool) {
	if silent {
		<-p.s.t.Stop()
	}
}

// OnVote sets how the peers answer RequestVote. If answer is false, no reply
// is ever sent.
func (s *Scripted) OnVote(f func(peer int, a wire.RequestVoteArgs) (r wire.RequestVoteReply, answer bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onVote = f
}

// OnPreVote sets how the peers answer RequestPreVote. They always do: nobody
// else keeps a server from campaigning for good.
func (s *Scripted) OnPreVote(f func(peer int, a wire.RequestVoteArgs) wire.RequestVoteReply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onPreVote = f
}

// OnAppend sets how the peers answer AppendEntries.
func (s *Scripted) OnAppend(f func(peer int, a wire.AppendEntriesArgs) (r wire.AppendEntriesReply, answer bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onAppend = f
}

// GrantFrom has the named peers grant every vote and the others refuse.
func (s *Scripted) GrantFrom(peers ...int) {
	s.OnVote(func(peer int, a wire.RequestVoteArgs) (wire.RequestVoteReply, bool) {
		r := wire.RequestVoteReply{Term: a.Term}
		for _, p := range peers {
			r.VoteGranted = r.VoteGranted || p == peer
		}
		return r, true
	})
}

// Votes returns the RequestVotes of S0's so far, in order of arrival.
func (s *Scripted) Votes() []VoteRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]VoteRequest(nil), s.votes...)
}

// PreVotes returns the RequestPreVotes of S0's so far.
func (s *Scripted) PreVotes() []VoteRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]VoteRequest(nil), s.preVotes...)
}

// Appends returns the AppendEntries of S0's so far.
func (s *Scripted) Appends() []AppendRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]AppendRequest(nil), s.appends...)
}

// Campaigns counts the RequestVotes and RequestPreVotes so far: if it grows,
// S0's election timer has run off.
func (s *Scripted) Campaigns() int { return len(s.Votes()) + len(s.PreVotes()) }

// AwaitVote waits until S0 asks for votes in a term above after, and returns
// the request. §5.2.
func (s *Scripted) AwaitVote(after int) wire.RequestVoteArgs {
	var found *VoteRequest
	if !s.Await(ElectionTime, func() bool {
		for _, v := range s.Votes() {
			if v.Args.Term > after {
				found = &v
				return true
			}
		}
		return false
	}) {
		if st := s.State(0); st.Leader {
			s.t.Fail(lab.Failure{Rule: "§5.2", Text: lab.Sentence(
				"%v, though it has not been granted the votes of a majority: it was to campaign in a term after %d", st, after)})
		}
		s.t.Fail(lab.Failure{Rule: "§5.2, Figure 2, Followers", Detail: s.describeReal(), Liveness: true, Text: lab.Sentence(
			"S0 has heard from no leader for %v and does not ask for votes in a term after %d", ElectionTime, after)})
	}
	return found.Args
}

// AskVote asks S0 for its vote in a peer's name. It fails the case if no
// reply comes.
func (s *Scripted) AskVote(from int, a wire.RequestVoteArgs) wire.RequestVoteReply {
	return s.AskVoteOf(0, from, a)
}

// AskVoteOf is AskVote for any real server.
func (s *Scripted) AskVoteOf(to, from int, a wire.RequestVoteArgs) wire.RequestVoteReply {
	var r wire.RequestVoteReply
	s.ask(to, from, wire.RequestVote, a, &r)
	return r
}

// AskPreVote asks S0 for a pre-vote in a peer's name.
func (s *Scripted) AskPreVote(from int, a wire.RequestVoteArgs) wire.RequestVoteReply {
	var r wire.RequestVoteReply
	s.ask(0, from, wire.RequestPreVote, a, &r)
	return r
}

// Append sends S0 an AppendEntries in a peer's name.
func (s *Scripted) Append(from int, a wire.AppendEntriesArgs) wire.AppendEntriesReply {
	return s.AppendTo(0, from, a)
}

// AppendTo is Append for any real server.
func (s *Scripted) AppendTo(to, from int, a wire.AppendEntriesArgs) wire.AppendEntriesReply {
	a.Entries = slices.Clone(a.Entries)
	for k := range a.Entries {
		a.Entries[k].Index = a.PrevLogIndex + 1 + k
	}
	var r wire.AppendEntriesReply
	s.ask(to, from, wire.AppendEntries, a, &r)
	return r
}

// Install sends a real server a snapshot in a peer's name; see [SnapshotOf].
func (s *Scripted) Install(to, from int, a wire.InstallSnapshotArgs) wire.InstallSnapshotReply {
	var r wire.InstallSnapshotReply
	s.ask(to, from, wire.InstallSnapshot, a, &r)
	return r
}

// ask is a call to a real server in a peer's name that must be answered.
func (s *Scripted) ask(to, from int, method string, args wire.Message, reply any) {
	s.t.Step("script")
	if !s.Net.Impersonate(from, to).Call(method, args, reply) {
		s.t.Fail(lab.Failure{Detail: s.describeReal(), Liveness: true, Text: lab.Sentence(
			"S%d gave no reply to %s of S%d: %v", to, wire.Short(method), from, args)})
	}
}

// describeReal is describe for the real servers alone.
func (s *Scripted) describeReal() []string {
	var now []string
	for _, st := range s.States(s.All()[:s.real]) {
		now = append(now, st.String())
	}
	return []string{"now: " + strings.Join(now, "; ")}
}
