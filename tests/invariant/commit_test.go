package invariant

import "testing"

var fiveServers = Options{Servers: 5}

// oneEntry has S0 lead term 1 with (1,1), which nobody else has.
func oneEntry(p *tape) {
	p.elect(0, 1, place{}, 1, 2)
	p.start(0, 10, 1, 1)
}

var firstEntry = ae(1, 0, 0, 0, e(1, 10))

func TestCommitRuleAccepts(t *testing.T) {
	play(t, []scene{
		{name: "told with the next request, in one that reaches less far, and applied everywhere", run: func(p *tape) {
			oneEntry(p)
			p.replicates(0, firstEntry, 1)
			p.apply(0, 1, 10)
			p.replicates(0, ae(1, 0, 0, 1), 2)
			p.replicates(0, ae(1, 0, 0, 1, e(1, 10)), 1, 2)
			p.apply(1, 1, 10)
			p.apply(2, 1, 10)
		}},
		{name: "answers in the wrong order, a lost one, a repeated request", o: fiveServers, run: func(p *tape) {
			oneEntry(p)
			p.start(0, 20, 2, 1)
			a := p.sends(0, 1, firstEntry).arrives().again().answers(ok(1))
			b := p.sends(0, 1, ae(1, 1, 1, 0, e(1, 20))).arrives().answers(ok(1))
			p.sends(0, 2, ae(1, 0, 0, 0, e(1, 10), e(1, 20))).arrives().answers(ok(1)).lost()
			b.returns()
			p.sends(0, 2, ae(1, 2, 1, 0)).arrives().answers(ok(1)).returns()
			a.returns()
			p.sends(0, 3, ae(1, 0, 0, 2, e(1, 10)))
			p.apply(0, 1, 10)
			p.apply(0, 2, 20)
		}},
		{name: "a reply that says more than Figure 2's", run: func(p *tape) {
			oneEntry(p)
			p.sends(0, 1, firstEntry).arrives().answers(ok(1)).lost()
			p.sends(0, 1, ae(1, 0, 0, 0)).arrives().answers(ok(1)).returns()
			p.sends(0, 2, ae(1, 0, 0, 1))
		}},
		{name: "a reply that says more, about a second copy", run: func(p *tape) {
			oneEntry(p)
			p.sends(0, 1, firstEntry).lost().again()
			p.sends(0, 1, ae(1, 0, 0, 0)).arrives().answers(ok(1)).returns()
			p.sends(0, 2, ae(1, 0, 0, 1))
		}},
		{name: "a new leader says what the old one had committed", run: func(p *tape) {
			oneEntry(p)
			p.replicates(0, firstEntry, 1)
			p.elect(1, 2, place{1, 1}, 2)
			p.sends(1, 2, ae(2, 1, 1, 1))
			p.apply(1, 1, 10)
		}},
		{name: "an older entry together with a newer one", run: func(p *tape) {
			oneEntry(p)
			p.elect(1, 2, place{}, 2) // its votes are fine: S2 has nothing
			p.elect(0, 3, place{1, 1}, 2)
			p.start(0, 30, 2, 3)
			p.replicates(0, ae(3, 0, 0, 0, e(1, 10), e(3, 30)), 2)
			p.sends(0, 1, ae(3, 2, 3, 2))
			p.apply(0, 1, 10)
			p.apply(0, 2, 30)
		}},
	})
}

func TestCommitRuleAcceptsMore(t *testing.T) {
	play(t, []scene{
		{name: "a leader restarts, and one that installed a snapshot leads", o: Options{Durable: true}, run: func(p *tape) {
			oneEntry(p)
			p.replicates(0, firstEntry, 1)
			p.apply(0, 1, 10)
			p.take(0, 1)
			p.rpc(0, 2, is(1, 1, 1), done(1))
			p.install(2, 1, 10)
			p.elect(2, 2, place{1, 1}, 1)
			p.sends(2, 1, ae(2, 1, 1, 1))
			p.crash(0)
			p.bootWith(0, snapOf(10))
			p.elect(0, 3, place{1, 1}, 1)
			p.sends(0, 1, ae(3, 1, 1, 1))
		}},
		{name: "a server alone", o: Options{Servers: 1, Durable: true}, run: func(p *tape) {
			p.state(0, 1, true)
			p.start(0, 10, 1, 1)
			p.apply(0, 1, 10)
			p.restart(0)
			p.apply(0, 1, 10)
		}},
		{name: "a leader talks to itself", run: func(p *tape) {
			oneEntry(p)
			p.replicates(0, firstEntry, 0, 1)
			p.sends(0, 2, ae(1, 1, 1, 1))
		}},
		{name: "what a played leader says, beyond its entries", o: Options{Played: []int{1, 2}}, run: func(p *tape) {
			p.fake(1, 0, ae(1, 0, 0, 9, e(1, 10)), ok(1))
			p.apply(0, 1, 10)
		}},
		{name: "sent before it was saved, with a majority of others", o: Options{Servers: 3, Durable: true}, run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.submit(0, 10)
			p.sends(0, 1, firstEntry).arrives()
			p.save(1)
			m := p.sends(0, 2, firstEntry).arrives()
			p.save(2)
			p.rpcs(m, ok(1))
			p.rpc(0, 1, firstEntry, ok(1))
			p.submitted(0, 10, 1, 1)
			p.sends(0, 1, ae(1, 1, 1, 1))
		}},
	})
}

func TestCommitRuleRefuses(t *testing.T) {
	play(t, []scene{
		{name: "a minority", o: fiveServers, rule: CommitRule,
			said: "S0, leader of term 1, sent LeaderCommit 1, which is not committed: as far as S0, leader of term 1, can know from the answers to its AppendEntries, those that have its log up to there are S0 and S1, and a majority is 3 of 5 (the highest committed index is 0)",
			run: func(p *tape) {
				oneEntry(p)
				p.replicates(0, firstEntry, 1)
				p.sends(0, 2, ae(1, 1, 1, 1))
			}},
		{name: "an answer that is still under way", rule: CommitRule, said: "S0 applied command 10 at index 1, which is not committed", run: func(p *tape) {
			oneEntry(p)
			p.sends(0, 1, firstEntry).arrives().answers(ok(1))
			p.apply(0, 1, 10)
		}},
		{name: "a refusal counted as an answer", rule: CommitRule, said: "which is not committed", run: func(p *tape) {
			oneEntry(p)
			p.rpc(0, 1, firstEntry, no(1))
			p.sends(0, 2, ae(1, 1, 1, 1))
		}},
		{name: "a heartbeat's answer counted for the whole log", rule: CommitRule, said: "which is not committed", run: func(p *tape) {
			oneEntry(p)
			p.rpc(0, 1, ae(1, 0, 0, 0), ok(1))
			p.sends(0, 2, ae(1, 1, 1, 1))
		}},
		{name: "matchIndex of a leadership before", rule: CommitRule, said: "S0, leader of term 3, sent LeaderCommit 1", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.replicates(0, ae(1, 0, 0, 0), 1)
			p.elect(0, 3, place{}, 1)
			p.start(0, 30, 1, 3)
			p.sends(0, 1, ae(3, 0, 0, 0, e(3, 30)))
			p.sends(0, 1, ae(3, 1, 3, 1))
		}},
		{name: "Figure 8: an older entry by counting", rule: CommitRule,
			said: "S0, leader of term 3, sent LeaderCommit 1, which S0 and S2 have, but the entry there is of a term before term 3",
			run: func(p *tape) {
				oneEntry(p)
				p.elect(1, 2, place{}, 2)
				p.elect(0, 3, place{1, 1}, 2)
				p.replicates(0, ae(3, 0, 0, 0, e(1, 10)), 2)
				p.sends(0, 1, ae(3, 0, 0, 1))
			}},
		{name: "Figure 8, where all is saved", o: Options{Durable: true}, rule: CommitRule,
			said: "S0 applied command 10 at index 1, which S0 and S2 have, but the entry there is of a term before term 3",
			run: func(p *tape) {
				oneEntry(p)
				p.elect(1, 2, place{}, 2)
				p.elect(0, 3, place{1, 1}, 2)
				p.submit(0, 30)
				p.replicates(0, ae(3, 0, 0, 0, e(1, 10)), 2)
				p.sends(0, 1, ae(3, 1, 1, 0, e(3, 30)))
				p.apply(0, 1, 10)
			}},
		{name: "Figure 8, applied", rule: CommitRule,
			said: "S0 applied command 10 at index 1, which S0 and S2 have, but the entry there is of a term before term 3",
			run: func(p *tape) {
				oneEntry(p)
				p.elect(1, 2, place{}, 2)
				p.elect(0, 3, place{1, 1}, 2)
				p.replicates(0, ae(3, 0, 0, 0, e(1, 10)), 2)
				p.apply(0, 1, 10)
			}},
	})
}

func TestCommitRuleRefusesMore(t *testing.T) {
	play(t, []scene{
		{name: "a follower applies what it appends", rule: CommitRule, said: "S1 applied command 10 at index 1, which is not committed", run: func(p *tape) {
			oneEntry(p)
			p.sends(0, 1, firstEntry).arrives()
			p.apply(1, 1, 10)
		}},
		{name: "what was saved is taken for committed after a restart", o: Options{Durable: true}, rule: CommitRule,
			said: "S0 was restarted, and what it had saved is not committed by that alone", run: func(p *tape) {
				oneEntry(p)
				p.sends(0, 1, firstEntry)
				p.restart(0)
				p.apply(0, 1, 10)
			}},
		{name: "a server alone applies before it has saved", o: Options{Servers: 1, Durable: true}, rule: CommitRule,
			said: "S0, the only server, applied command 10 at index 1, but has not called Save since its Start was given that", run: func(p *tape) {
				p.save(0)
				p.state(0, 1, true)
				p.submit(0, 10)
				p.submitted(0, 10, 1, 1)
				p.apply(0, 1, 10)
			}},
		{name: "a follower goes further than a played leader has said", o: Options{Played: []int{1, 2}}, rule: CommitRule,
			said: "S0 applied command 20 at index 2, but no leader has said that more than index 1 is committed", run: func(p *tape) {
				p.fake(1, 0, ae(1, 0, 0, 1, e(1, 10), e(1, 20)), ok(1))
				p.apply(0, 1, 10)
				p.apply(0, 2, 20)
			}},
		{name: "the leader counts itself before it has saved", o: Options{Durable: true}, rule: CommitRule,
			said: "S0, leader of term 1, sent LeaderCommit 1, which S1 of 3 servers have acknowledged, and counts itself, but S0 has not saved this entry yet",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1, 2)
				p.submit(0, 10)
				m := p.sends(0, 1, firstEntry).arrives()
				p.save(1)
				p.rpcs(m, ok(1))
				p.sends(0, 2, ae(1, 1, 1, 1))
			}},
	})
}
