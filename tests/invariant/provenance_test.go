package invariant

import "testing"

func TestProvenanceAccepts(t *testing.T) {
	play(t, []scene{
		{name: "elected and deposed before it has sent anything", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.elect(0, 3, place{1, 1}, 2) // a no-op of term 1
			p.sends(0, 1, ae(3, 0, 0, 0, e(1, 0)))
		}},
		{name: "entries of its own, saved and not told of before a crash", o: Options{Durable: true}, run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.state(0, 1, true)
			p.start(0, 10, 1, 1)
			p.crash(0)
			p.boot(0)
			p.elect(0, 2, place{1, 1}, 2)
			p.replicates(0, ae(2, 0, 0, 0, e(1, 10)), 1)
		}},
		{name: "what a second copy brought", run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.start(0, 10, 1, 1)
			p.sends(0, 2, ae(1, 0, 0, 0, e(1, 10))).lost().again()
			p.replicates(0, ae(1, 1, 1, 0), 2)
		}},
		{name: "a refusal says nothing of the log", run: func(p *tape) {
			leads(p, 1)
			p.start(0, 20, 2, 1)
			p.rpc(0, 1, ae(1, 2, 1, 0), no(1))
		}},
		{name: "before the log of a server with a snapshot", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.start(0, 10, 1, 1)
			p.start(0, 20, 2, 1)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), 1)
			p.applyAll(0, 10, 20)
			p.take(0, 2)
			p.rpc(0, 2, is(1, 2, 1), done(1))
			p.replicates(0, ae(1, 1, 1, 2, e(1, 20)), 2)
			p.elect(2, 2, place{2, 1}, 1)
			p.replicates(2, ae(2, 2, 1, 2), 1)
			p.sends(2, 1, is(2, 2, 1))
		}},
		{name: "the services are not the case's own", o: Options{WireOnly: true}, run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1)
			p.sends(0, 2, is(1, 1, 1))
		}},
	})
}

func TestProvenanceRefuses(t *testing.T) {
	play(t, []scene{
		{name: "an entry that nobody sent it", rule: Provenance, said: "S1, leader of term 2, sent command 20 at index 2 in term 1, but no message with this entry has ever reached S1",
			run: func(p *tape) {
				leads(p, 1)
				p.start(0, 20, 2, 1)
				p.elect(1, 2, place{1, 1}, 2)
				p.sends(1, 2, ae(2, 1, 1, 0, e(1, 20)))
			}},
		{name: "a command that its Start was not given", rule: Provenance, said: "S0, leader of term 1, sent command 10 at index 1 in term 1 as an entry of its own, but its Start was never given this command",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1)
				p.submit(1, 10)
				p.sends(0, 1, ae(1, 0, 0, 0, e(1, 10)))
			}},
		{name: "a log that it cannot have, in a vote", rule: Provenance, said: "S1 asked for votes with a log that ends at index 7 of term 3, but no message with that entry has ever reached S1",
			run: func(p *tape) { p.sends(1, 2, rv(4, 1, 7, 3)) }},
		{name: "a log that it cannot have, as a leader", rule: Provenance, said: "S1 sent AppendEntries that continue its log after index 2 of term 1", run: func(p *tape) {
			leads(p, 1)
			p.start(0, 20, 2, 1)
			p.elect(1, 2, place{1, 1}, 2)
			p.sends(1, 2, ae(2, 2, 1, 0))
		}},
		{name: "Success without the entry before", rule: Provenance, said: "S1 answered S0's AppendEntries with Success, which says that its log has index 2 of term 1 (PrevLogIndex, PrevLogTerm)",
			run: func(p *tape) {
				leads(p, 1)
				p.start(0, 20, 2, 1)
				p.replicates(0, ae(1, 2, 1, 0), 1)
			}},
		{name: "what was lost in a crash", o: Options{Durable: true}, rule: Provenance, said: "S1 answered S0's AppendEntries with Success", run: func(p *tape) {
			leads(p, 1)
			p.start(0, 20, 2, 1)
			p.sends(0, 1, ae(1, 1, 1, 0, e(1, 20))).arrives()
			p.restart(1)
			p.replicates(0, ae(1, 2, 1, 0), 1)
		}},
		{name: "applied out of thin air", rule: Provenance, said: "S1 applied command 20 at index 2, which has never reached it", run: func(p *tape) {
			leads(p, 1)
			p.start(0, 20, 2, 1)
			p.replicates(0, ae(1, 1, 1, 0, e(1, 20)), 2)
			p.applyAll(1, 10, 20)
		}},
		{name: "applied, and never given to anybody", o: Options{Servers: 1}, rule: Provenance, said: "S0 applied command 77 at index 1, which no client has ever given to a server's Start",
			run: func(p *tape) { p.state(0, 1, true); p.apply(0, 1, 77) }},
		{name: "a snapshot that it did not take", rule: Provenance, said: "S0 sent a snapshot up to index 1, which its service never took and which never reached it",
			run: func(p *tape) {
				leads(p, 1)
				p.apply(0, 1, 10)
				p.sends(0, 1, is(1, 1, 1))
			}},
		{name: "a snapshot that nobody sent it", rule: Provenance, said: "S1 delivered a snapshot up to index 1, which has never reached it", run: func(p *tape) {
			leads(p, 1)
			p.install(1, 1, 10)
		}},
	})
}
