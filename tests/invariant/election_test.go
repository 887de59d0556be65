package invariant

import (
	"testing"

	"raftlabs/tests/wire"
)

func TestElectionSafetyAccepts(t *testing.T) {
	play(t, []scene{
		{name: "a leader with its own vote and another", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.replicates(0, ae(1, 0, 0, 0), 1, 2)
			p.state(0, 1, true)
		}},
		{name: "a leader that asked itself over the wire, and was refused", o: Options{Servers: 5}, run: func(p *tape) {
			p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
			p.rpc(0, 0, rv(1, 0, 0, 0), nay(1))
			p.elect(0, 1, place{}, 2, 3, 4)
			p.replicates(0, ae(1, 0, 0, 0), 1)
		}},
		{name: "a server alone", o: Options{Servers: 1}, run: func(p *tape) { p.state(0, 1, true); p.start(0, 7, 1, 1); p.apply(0, 1, 7) }},
		{name: "leaders of two terms at one time", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.state(0, 1, true)
			p.elect(1, 2, place{}, 2)
			p.state(1, 2, true)
			p.replicates(0, ae(1, 0, 0, 0), 0)
			p.state(0, 1, true)
		}},
		{name: "votes that are repeated, and lost and repeated", run: func(p *tape) {
			p.sends(0, 1, rv(1, 0, 0, 0)).lost()
			p.sends(0, 1, rv(1, 0, 0, 0)).arrives().answers(yes(1)).lost()
			p.elect(0, 1, place{}, 1)
			p.state(0, 1, true)
		}},
		{name: "played peers lead and vote as they like", o: Options{Played: []int{1, 2}}, run: func(p *tape) {
			p.fake(1, 0, ae(3, 0, 0, 0), ok(3))
			p.fake(2, 0, ae(3, 0, 0, 0), ok(3))
			p.elect(0, 4, place{}, 1)
			p.fake(2, 0, ae(4, 0, 0, 0), ok(4))
			p.state(0, 4, true)
		}},
	})
}

func TestElectionSafetyRefuses(t *testing.T) {
	play(t, []scene{
		{name: "a majority by votes of a candidacy before", rule: ElectionSafety,
			said: "S0 leads term 2 (sent AppendEntries) without a majority: of 3 servers it takes 2 votes in term 2, and it had its own alone",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1)
				p.sends(0, 1, rv(2, 0, 0, 0))
				p.sends(0, 2, ae(2, 0, 0, 0))
			}},
		{name: "a vote that has not come back", o: Options{Servers: 5}, rule: ElectionSafety,
			said: "it takes 3 votes in term 1, and it had those of S1 and its own",
			run: func(p *tape) {
				p.rpc(0, 1, rv(1, 0, 0, 0), yes(1))
				p.sends(0, 2, rv(1, 0, 0, 0)).arrives().answers(yes(1))
				p.state(0, 1, true)
			}},
		{name: "one vote counted twice", o: Options{Servers: 5}, rule: ElectionSafety, said: "without a majority", run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 1, 1)
			p.state(0, 1, true)
		}},
		{name: "two leaders of one term", rule: ElectionSafety,
			said: "S0 and S1 are both leaders of term 1: S0 was seen to lead it before, and now S1 does (its Start took a command)",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 2)
				p.state(0, 1, true)
				p.submit(1, 7)
				p.submitted(1, 7, 1, 1)
			}},
		{name: "a vote that was given away", rule: ElectionSafety,
			said: "it had those of S1, since its own it had given to S2", run: func(p *tape) {
				p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
				p.elect(0, 1, place{}, 1)
				p.state(0, 1, true)
			}},
	})
}

func TestOneVote(t *testing.T) {
	play(t, []scene{
		{name: "the same candidate again", o: Options{Durable: true}, run: func(p *tape) {
			p.elect(1, 1, place{}, 0, 0)
			p.restart(0)
			p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
		}},
		{name: "another one in the next term, and refused in this one", run: func(p *tape) {
			p.elect(1, 1, place{}, 0)
			p.rpc(2, 0, rv(1, 2, 0, 0), nay(1))
			p.elect(2, 2, place{}, 0)
		}},
		{name: "a pre-vote is no vote", run: func(p *tape) {
			for _, from := range []int{1, 2} {
				m := p.draft(from, 0, rv(1, from, 0, 0))
				m.e.Method = wire.RequestPreVote
				m.emit(Sent, nil).arrives().answers(yes(1)).returns()
			}
		}},
		{name: "a candidate that asks itself and was too late", run: func(p *tape) {
			self := p.sends(0, 0, rv(1, 0, 0, 0))
			p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
			self.arrives().answers(nay(1)).returns()
		}},
		{name: "a server that does not save votes again after a restart", run: func(p *tape) {
			p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
			p.restart(0)
			p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
		}},
		{name: "two votes", rule: OneVote, said: "S0 voted twice in term 1: first for S1 at 0.008 s, and now for S2", run: func(p *tape) {
			p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
			p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
		}},
		{name: "two votes on either side of a crash", o: Options{Durable: true}, rule: OneVote,
			said: "(it was restarted in between: votedFor is to be saved before the answer leaves)", run: func(p *tape) {
				p.rpc(1, 0, rv(1, 1, 0, 0), yes(1))
				p.restart(0)
				p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
			}},
		{name: "a leader votes for another", rule: OneVote, said: "S0 voted twice in term 1: first for itself, to become the leader, at", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.state(0, 1, true)
			p.rpc(2, 0, rv(1, 2, 0, 0), yes(1))
		}},
	})
}

func TestTermsAccepts(t *testing.T) {
	play(t, []scene{
		{name: "a request that was built in an older term leaves late", run: func(p *tape) {
			p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
			p.sends(0, 2, rv(3, 0, 0, 0))
		}},
		{name: "an answer that was decided before a newer term came", run: func(p *tape) {
			old := p.sends(1, 0, rv(3, 1, 0, 0)).arrives()
			p.rpc(2, 0, rv(5, 2, 0, 0), nay(5))
			old.answers(nay(3)).returns()
		}},
		{name: "an answer without a term", run: func(p *tape) {
			p.elect(2, 5, place{}, 0)
			p.rpc(2, 0, ae(5, 0, 0, 0), ok(0))
			p.rpc(2, 0, ae(5, 0, 0, 0), ok(-1))
		}},
		{name: "a pre-vote's term is not the server's", run: func(p *tape) {
			m := p.draft(0, 1, rv(9, 0, 0, 0))
			m.e.Method = wire.RequestPreVote
			m.emit(Sent, nil).arrives().answers(yes(9)).returns()
			p.rpc(0, 1, rv(3, 0, 0, 0), yes(3))
		}},
		{name: "GetState from two goroutines, noted in the wrong order", run: func(p *tape) {
			p.tell(Ask, 0, Event{Num: 1})
			p.tell(Ask, 0, Event{Num: 2})
			p.tell(State, 0, Event{Num: 2, Term: 6})
			p.tell(State, 0, Event{Num: 1, Term: 5})
		}},
		{name: "a server that does not save begins anew", run: func(p *tape) {
			p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
			p.restart(0)
			p.rpc(0, 1, rv(1, 0, 0, 0), nay(5))
		}},
	})
}

func TestTermsRefuses(t *testing.T) {
	play(t, []scene{
		{name: "an answer of an older term", rule: Terms,
			said: "S0's term went back from 5 to 3: at 0.014 s it answered RequestVote in term 5, and later it answered S2's AppendEntries in term 3",
			run: func(p *tape) {
				p.elect(2, 3, place{}, 1)
				p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
				p.rpc(2, 0, ae(3, 0, 0, 0), ok(3))
			}},
		{name: "Success for a leader of an older term", rule: Terms,
			said: "S0 answered S2's AppendEntries of term 3 with Success, though it had gone on to term 5: at 0.014 s it answered RequestVote in term 5",
			run: func(p *tape) {
				p.elect(2, 3, place{}, 1)
				p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
				p.rpc(2, 0, ae(3, 0, 0, 0), ok(5))
			}},
		{name: "a vote in an older term", rule: Terms, said: "S0 answered S2's RequestVote of term 3 with VoteGranted, though it had gone on to term 5",
			run: func(p *tape) {
				p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
				p.rpc(2, 0, rv(3, 2, 0, 0), yes(5))
			}},
		{name: "GetState of an older term", rule: Terms, said: "and later its GetState said term 2", run: func(p *tape) {
			p.rpc(0, 1, rv(3, 0, 0, 0), nay(3))
			p.tell(Ask, 0, Event{Num: 1})
			p.tell(State, 0, Event{Num: 1, Term: 2})
		}},
		{name: "a term that a restart has lost, in a request", o: Options{Durable: true}, rule: Terms,
			said: "S0 was restarted and its term went back from 5 to 1: before the restart, at 0.008 s it answered RequestVote in term 5, and now it sends RequestVote in term 1",
			run: func(p *tape) {
				p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
				p.restart(0)
				p.sends(0, 1, rv(1, 0, 0, 0))
			}},
		{name: "a term that a restart has lost, in an answer", o: Options{Durable: true}, rule: Terms, said: "later after its restart it answered S2's RequestVote in term 2",
			run: func(p *tape) {
				p.rpc(1, 0, rv(5, 1, 0, 0), nay(5))
				p.restart(0)
				p.rpc(2, 0, rv(2, 2, 0, 0), yes(2))
			}},
	})
}
