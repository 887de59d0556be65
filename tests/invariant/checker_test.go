package invariant

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/tests/wire"
)

func TestEveryRuleSaysWhereItIsFrom(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		assert.NotEmpty(t, r.String())
		assert.False(t, seen[r.String()])
		seen[r.String()] = true
		assert.Contains(t, r.Section(), "§")
	}
	assert.Equal(t, "Rule(99)", Rule(99).String())
	assert.Equal(t, "Kind(99)", Kind(99).String())
	for k := range kinds {
		assert.NotEmpty(t, k.String())
	}
}

func TestAViolationIsASentence(t *testing.T) {
	p := newTape(Options{Servers: 3})
	p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
	p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
	assert.Equal(t, []Violation{{
		Rule: OneVote, Section: "§5.2, Figure 2, RequestVote 2", At: 14 * time.Millisecond,
		Text:     "S0 voted twice in term 1: first for S1 at 0.008 s, and now for S2",
		Expected: "no vote for anybody but S1 in term 1", Seen: "a vote for S2", Servers: []int{0, 1, 2},
	}}, p.found)
	assert.Equal(t, "One Vote at 0.014 s: S0 voted twice in term 1: first for S1 at 0.008 s, and now for S2 (§5.2, Figure 2, RequestVote 2)", p.found[0].String())
}

func TestWhatIsNotSeenIsNotJudged(t *testing.T) {
	o := Options{Servers: 3}
	twice := func(p *tape) {
		p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
		p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
	}
	p := newTape(o)
	p.Blind("RequestVoteArgs.CandidateId")
	twice(p)
	assert.Empty(t, p.found)
	assert.Zero(t, p.Counts()[OneVote])
	assert.Equal(t, []string{"RequestVoteArgs.CandidateId"}, p.Unobserved()[OneVote])
	assert.NotContains(t, p.Unobserved(), StateMachineSafety)

	// A method of the students' own may carry anything.
	p = newTape(o)
	p.Blind("Raft.Whisper")
	twice(p)
	assert.Equal(t, OneVote, p.found[0].Rule)
	assert.ElementsMatch(t, []Rule{ElectionSafety, LeaderCompleteness, CommitRule, Durability, Provenance}, slices.Collect(maps.Keys(p.Unobserved())))

	p = newTape(o)
	p.Blind(wire.RequestPreVote)
	assert.Empty(t, p.Unobserved())
}

// Messages may hold any number. None of them may hurt the checker.
func TestNonsenseIsSurvived(t *testing.T) {
	numbers := []int{0, -1, 1, 2, 3, 7, 1 << 40, math.MaxInt, math.MinInt}
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 3))
		n := func() int { return numbers[rng.IntN(len(numbers))] }
		c := New(Options{Servers: 3, Durable: seed%2 == 0, Played: []int{2}[:seed%3/2]})
		for range 2000 {
			ev := Event{
				Kind: Kind(rng.IntN(int(kinds) + 1)), Server: rng.IntN(5) - 1, Peer: rng.IntN(5) - 1, Incarnation: rng.IntN(3), PeerIncarnation: rng.IntN(3),
				Num: rng.Uint64N(4), Second: rng.IntN(4) == 0, Command: cmd(rng.IntN(3)), Index: n(), Term: n(), Leader: rng.IntN(2) == 0,
				Snap: Snap{Index: n(), Chain: Chain(rng.IntN(2))},
			}
			switch rng.IntN(4) {
			case 0:
				ev.Method, ev.Request, ev.Reply = wire.RequestVote, rv(n(), n(), n(), n()), wire.RequestVoteReply{Term: n(), VoteGranted: rng.IntN(2) == 0}
			case 1:
				ev.Method, ev.Request, ev.Reply = wire.AppendEntries, ae(n(), n(), n(), n(), e(n(), 1), e(n(), 2)), wire.AppendEntriesReply{Term: n(), Success: rng.IntN(2) == 0}
			case 2:
				ev.Method, ev.Request, ev.Reply = wire.InstallSnapshot, is(n(), n(), n()), wire.InstallSnapshotReply{Term: n()}
			}
			c.Observe(ev)
		}
	}
	assert.Panics(t, func() { New(Options{Servers: maxServers + 1}) })
}

func TestWhatWasAppliedCanBeAskedFor(t *testing.T) {
	p := newTape(Options{Servers: 3})
	leads(p, 2)
	p.applyAll(1, 10, 20)
	chain, known := p.Chain(2)
	assert.True(t, known)
	assert.Equal(t, snapOf(10, 20).Chain, chain)
	command, known := p.CommandAt(2)
	assert.True(t, known)
	assert.Equal(t, cmd(20), command)
	_, known = p.Chain(3)
	assert.False(t, known)
	_, known = p.CommandAt(0)
	assert.False(t, known)
	assert.Equal(t, []int{0, 2, 2}, []int{p.Applied(0), p.Applied(1), p.Highest()})
}

// What is known of logs is what a dumb list of logs knows.
func TestLogsAgainstListsOfTerms(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 4))
		l := newLogs()
		lists := [][]int{{0}} // the terms of each log, from index 0 on
		for term := 1; term < 30; term++ {
			old := lists[rng.IntN(len(lists))]
			list := slices.Clone(old[:1+rng.IntN(len(old))]) // what its leader begins with
			for range rng.IntN(6) {
				list = append(list, term)
			}
			lists = append(lists, list)
			for range rng.IntN(10) { // some of it is sent
				prev := rng.IntN(len(list))
				for i := prev + 1; i < min(len(list), prev+4); i++ {
					assert.True(t, l.link(l.of(list[i]), i, list[i-1], 0))
				}
			}
		}
		for _, list := range lists {
			last := place{len(list) - 1, list[len(list)-1]}
			for i := range list {
				if s := l.segmentAt(last, i); s != nil {
					assert.Equal(t, list[i], s.term, "seed %d", seed)
				}
			}
		}
		// Once all was sent, all is known.
		for _, list := range lists {
			for i := 1; i < len(list); i++ {
				assert.True(t, l.link(l.of(list[i]), i, list[i-1], 0))
			}
		}
		for _, list := range lists {
			last := place{len(list) - 1, list[len(list)-1]}
			for i := 1; i < len(list); i++ {
				if s := l.segmentAt(last, i); assert.NotNil(t, s) {
					assert.Equal(t, list[i], s.term)
				}
				assert.False(t, l.agrees(last, place{i, list[i] + 1000}))
				wrong := rng.IntN(list[i] + 1)
				if i > 1 && wrong != list[i-1] {
					assert.False(t, l.link(l.of(list[i]), i, wrong, 0), "%v at %d after %d", list, i, wrong)
				}
			}
		}
	}
}

func TestSpans(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 5))
		var s spans
		in := [60]bool{}
		for range 20 {
			from := 1 + rng.IntN(40)
			to := from + rng.IntN(8)
			s.add(from, to)
			for i := from; i <= to; i++ {
				in[i] = true
			}
			for i := 1; i < 50; i++ {
				end := 0
				for k := i; in[k]; k++ {
					end = k
				}
				assert.Equal(t, end, s.end(i))
			}
		}
	}
}
