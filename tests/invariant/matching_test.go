package invariant

import "testing"

// twoLeaders has S0 lead term 1 and S2 term 2, with the same first two entries.
func twoLeaders(p *tape) {
	p.elect(0, 1, place{}, 1)
	p.start(0, 10, 1, 1)
	p.start(0, 20, 2, 1)
	p.replicates(0, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), 1, 2)
	p.elect(2, 2, place{2, 1}, 1)
}

func TestLogMatchingAccepts(t *testing.T) {
	play(t, []scene{
		{name: "sent by two leaders, in pieces, twice, in any order", run: func(p *tape) {
			twoLeaders(p)
			p.start(2, 30, 3, 2)
			p.replicates(2, ae(2, 2, 1, 0, e(2, 30)), 1)
			p.replicates(2, ae(2, 1, 1, 0, e(1, 20)), 0)
			p.replicates(2, ae(2, 0, 0, 0, e(1, 10), e(1, 20), e(2, 30)), 0, 0)
			p.replicates(2, ae(2, 3, 2, 0), 0, 1)
		}},
		{name: "the end of a log is seen before its beginning", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			for k := range 4 {
				p.start(0, k+1, k+1, 1)
			}
			for k := 3; k >= 0; k-- {
				p.sends(0, 1, ae(1, k, min(k, 1), 0, e(1, k+1)))
			}
		}},
		{name: "a no-op and a term without entries", run: func(p *tape) {
			twoLeaders(p)
			p.replicates(2, ae(2, 2, 1, 0, e(2, 0)), 0, 1)
			p.elect(0, 5, place{3, 2}, 1)
			p.replicates(0, ae(5, 3, 2, 0, e(5, 0)), 1, 2)
			p.replicates(0, ae(5, 1, 1, 0, e(1, 20), e(2, 0), e(5, 0)), 1, 2)
		}},
		{name: "the term of the entry before the first is whatever it likes", run: func(p *tape) {
			p.elect(0, 1, place{0, -1}, 1)
			p.start(0, 10, 1, 1)
			p.replicates(0, ae(1, 0, -1, 0, e(1, 10)), 1)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1)
		}},
		{name: "played leaders contradict each other", o: Options{Played: []int{1, 2}}, run: func(p *tape) {
			p.fake(1, 0, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), ok(1))
			p.fake(2, 0, ae(2, 0, 0, 0, e(1, 11), e(1, 20)), ok(2))
			p.fake(1, 0, ae(3, 1, 2, 0, e(1, 20)), no(3))
			p.elect(0, 4, place{2, 1}, 1)
			p.replicates(0, ae(4, 0, 0, 0, e(1, 11), e(1, 20)), 1)
		}},
	})
}

func TestLogMatchingRefuses(t *testing.T) {
	play(t, []scene{
		{name: "another command at the same place", rule: LogMatching,
			said: "S2, leader of term 2, sent command 21 at index 2 in term 1, but what S0 had sent with this index and term is command 20",
			run: func(p *tape) {
				twoLeaders(p)
				p.sends(2, 1, ae(2, 1, 1, 0, e(1, 21)))
			}},
		{name: "another entry before the same one", rule: LogMatching,
			said: "S2's log has one of term 2 at index 2 right after one of term 1, which does not go together with the first entry of term 2 at index 3, after one of term 1, as S2 had sent it",
			run: func(p *tape) {
				twoLeaders(p)
				p.start(2, 30, 3, 2)
				p.sends(2, 1, ae(2, 2, 1, 0, e(2, 30)))
				p.sends(2, 1, ae(2, 1, 1, 0, e(2, 30)))
			}},
		{name: "terms that fall", rule: LogMatching, said: "S2 has an entry of term 1 at index 4 right after one of term 2: along a log, terms never fall",
			run: func(p *tape) {
				twoLeaders(p)
				p.start(2, 30, 3, 2)
				p.sends(2, 1, ae(2, 2, 1, 0, e(2, 30), e(1, 40)))
			}},
	})
}

func TestLeaderAppendOnly(t *testing.T) {
	// S0 leads term 2 with a log of (1,1) (2,1) (3,2).
	begin := func(p *tape) {
		p.elect(1, 1, place{}, 2)
		p.start(1, 10, 1, 1)
		p.start(1, 20, 2, 1)
		p.replicates(1, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), 0)
		p.elect(0, 2, place{2, 1}, 1)
		p.start(0, 30, 3, 2)
		p.sends(0, 1, ae(2, 2, 1, 0, e(2, 30)))
		p.replicates(1, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), 2) // late
	}
	play(t, []scene{
		{name: "older and newer requests in any order", run: func(p *tape) {
			begin(p)
			p.sends(0, 1, ae(2, 1, 1, 0))
			p.sends(0, 2, ae(2, 0, 0, 0, e(1, 10)))
			p.start(0, 40, 4, 2)
			p.sends(0, 2, ae(2, 3, 2, 0, e(2, 40)))
			p.sends(0, 2, ae(2, 2, 1, 0))
		}},
		{name: "its next term may show another log", run: func(p *tape) {
			begin(p)
			p.elect(2, 3, place{2, 1}, 1)
			p.start(2, 11, 3, 3)
			p.replicates(2, ae(3, 0, 0, 0, e(1, 10), e(1, 20), e(3, 11)), 0)
			p.elect(0, 4, place{3, 3}, 2)
			p.replicates(0, ae(4, 2, 1, 0, e(3, 11)), 1)
		}},
		{name: "the log that it stood with is gone", rule: LeaderAppendOnly,
			said: "S0, the leader of term 2, has shown two logs of its own that differ at index 2: the one before had an entry of term 1 there, this one has one of term 2",
			run: func(p *tape) {
				p.elect(1, 1, place{}, 2)
				p.start(1, 10, 1, 1)
				p.start(1, 20, 2, 1)
				p.replicates(1, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), 0)
				p.elect(0, 2, place{2, 1}, 1)
				p.submit(0, 30)
				p.sends(0, 2, ae(2, 1, 1, 0, e(2, 30)))
			}},
	})
}

// oneCommitted has (1,1) committed in term 1: S0 has it, and S1.
func oneCommitted(p *tape) {
	p.elect(0, 1, place{}, 1)
	p.start(0, 10, 1, 1)
	p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1)
}

func TestLeaderCompletenessAccepts(t *testing.T) {
	play(t, []scene{
		{name: "a leader that has it", run: func(p *tape) {
			oneCommitted(p)
			p.elect(1, 2, place{1, 1}, 2)
			p.state(1, 2, true)
		}},
		{name: "an entry that was not committed is lost", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.start(0, 10, 1, 1)
			p.sends(0, 1, ae(1, 0, 0, 0, e(1, 10))).arrives().lost()
			p.elect(2, 2, place{}, 1)
			p.state(2, 2, true)
		}},
		{name: "a candidate's log grows by a snapshot that came before", run: func(p *tape) {
			oneCommitted(p)
			p.apply(0, 1, 10)
			p.take(0, 1)
			p.rpc(0, 2, is(1, 1, 1), done(1))
			p.rpc(2, 1, rv(2, 2, 0, 0), nay(2))
			p.rpc(2, 1, rv(2, 2, 1, 1), yes(2))
			p.state(2, 2, true)
		}},
		{name: "an older leader is seen late", run: func(p *tape) {
			p.elect(2, 1, place{}, 1)
			p.elect(0, 2, place{}, 1)
			p.start(0, 10, 1, 2)
			p.replicates(0, ae(2, 0, 0, 0, e(2, 10)), 1)
			p.state(2, 1, true)
		}},
		{name: "played voters vote for anybody", o: Options{Played: []int{2}}, run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.start(0, 10, 1, 1)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 2)
			p.elect(1, 2, place{}, 2)
			p.state(1, 2, true)
		}},
	})
}

func TestLeaderCompletenessRefuses(t *testing.T) {
	play(t, []scene{
		{name: "its log is too short", rule: LeaderCompleteness,
			said: "S2 became the leader of term 2 with a log that ends at index 0 in term 0, but index 1 of term 1 was committed",
			run: func(p *tape) {
				oneCommitted(p)
				p.elect(2, 2, place{}, 1)
				p.state(2, 2, true)
			}},
		{name: "its log is long, of an older term", o: Options{Durable: true}, rule: LeaderCompleteness,
			said: "(of this leader and its voters, S2 had been restarted: what is acknowledged is to be saved before)",
			run: func(p *tape) {
				p.elect(1, 1, place{}, 0)
				p.submit(1, 10)
				p.sends(1, 2, ae(1, 0, 0, 0, e(1, 10))).arrives()
				p.elect(0, 2, place{}, 1)
				p.start(0, 20, 1, 2)
				p.replicates(0, ae(2, 0, 0, 0, e(2, 20)), 1)
				p.replicates(0, ae(2, 0, 0, 1, e(2, 20)), 1)
				p.save(2)
				p.restart(2)
				p.elect(2, 3, place{1, 1}, 1)
				p.state(2, 3, true)
			}},
		{name: "it has another entry there", rule: LeaderCompleteness,
			said: "S2 became the leader of term 4 without an entry that was committed, index 1 of term 1: at this index its log has one of term 2",
			run: func(p *tape) {
				oneCommitted(p)
				p.elect(2, 2, place{}, 1) // not seen to lead before it sends its entry
				p.submit(2, 30)
				p.sends(2, 1, ae(2, 0, 0, 0, e(2, 30)))
				p.found = nil // the vote was wrong; what comes of it
				p.elect(2, 4, place{1, 2}, 1)
				p.state(2, 4, true)
			}},
		{name: "the commit becomes known after the election", rule: LeaderCompleteness, said: "S2 became the leader of term 2 with a log that ends at index 0",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1)
				p.start(0, 10, 1, 1)
				m := p.sends(0, 1, ae(1, 0, 0, 0, e(1, 10))).arrives()
				p.elect(2, 2, place{}, 1)
				p.state(2, 2, true)
				m.answers(ok(1))
			}},
	})
}
