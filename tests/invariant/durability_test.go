package invariant

import (
	"testing"

	"raftlabs/tests/wire"
)

// lazily is a run in which nobody saves by itself.
func lazily(run func(p *tape)) func(p *tape) {
	return func(p *tape) {
		p.lazy = true
		run(p)
	}
}

// elected has S0 lead term 1, all having saved. From then on nobody does by itself.
func elected(p *tape) {
	p.lazy = false
	p.elect(0, 1, place{}, 1, 2)
	p.lazy = true
}

func TestDurabilityAccepts(t *testing.T) {
	play(t, []scene{
		{name: "saved before each answer", o: durable, run: func(p *tape) {
			elected(p)
			p.lazy = false
			p.start(0, 10, 1, 1)
			p.replicates(0, firstEntry, 1, 2)
		}},
		{name: "not asked for", run: lazily(func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.start(0, 10, 1, 1)
			p.replicates(0, firstEntry, 1, 2)
		})},
		{name: "the second answer to the same question", o: durable, run: func(p *tape) {
			elected(p)
			p.rpc(0, 1, rv(1, 0, 0, 0), yes(1))
			p.lazy = false
			p.start(0, 10, 1, 1)
			p.replicates(0, firstEntry, 1)
			p.lazy = true
			p.replicates(0, firstEntry, 1)
			p.replicates(0, ae(1, 1, 1, 0), 1)
		}},
		{name: "one save for two requests, one term for many", o: durable, run: func(p *tape) {
			elected(p)
			p.submit(0, 10)
			p.submit(0, 20)
			p.save(0)
			a := p.sends(0, 1, firstEntry).arrives()
			b := p.sends(0, 1, ae(1, 1, 1, 0, e(1, 20))).arrives()
			p.save(1)
			b.answers(ok(1))
			a.answers(ok(1))
			p.save(2)
			p.sends(2, 1, rv(2, 2, 0, 0))
			p.sends(2, 0, rv(3, 2, 0, 0))
		}},
		{name: "a refusal of the term that it was in", o: durable, run: func(p *tape) {
			elected(p)
			p.rpc(0, 1, ae(1, 7, 1, 0), no(1))
			p.rpc(0, 1, ae(1, 0, 0, 0), ok(1))
		}},
		{name: "saved, and crashed after", o: durable, run: func(p *tape) {
			elected(p)
			p.lazy = false
			p.start(0, 10, 1, 1)
			p.sends(0, 1, firstEntry).arrives()
			p.save(1)
			p.restart(1)
			p.lazy = true
			p.replicates(0, ae(1, 1, 1, 0), 1)
		}},
		{name: "an entry that only the second copy brought, after a crash", o: durable, run: func(p *tape) {
			elected(p)
			p.lazy = false
			p.start(0, 10, 1, 1)
			m := p.sends(0, 1, firstEntry).arrives()
			p.restart(1)
			m.again()
			p.replicates(0, firstEntry, 1)
		}},
	})
}

func TestDurabilityAcceptsMore(t *testing.T) {
	play(t, []scene{
		{name: "covered lazily a snapshot that was saved", o: durable, run: func(p *tape) {
			elected(p)
			p.lazy = false
			p.start(0, 10, 1, 1)
			p.start(0, 20, 2, 1)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), 1)
			p.apply(0, 1, 10)
			p.apply(0, 2, 20)
			p.take(0, 2)
			p.rpc(0, 2, is(1, 2, 1), done(1))
			p.lazy = true
			p.replicates(0, ae(1, 1, 1, 0, e(1, 20)), 2)
			p.replicates(0, ae(1, 2, 1, 0), 2)
		}},
		{name: "a pre-vote is not saved", o: durable, run: func(p *tape) {
			elected(p)
			m := p.draft(1, 2, rv(2, 1, 0, 0))
			m.e.Method = wire.RequestPreVote
			m.emit(Sent, nil).arrives().answers(yes(2)).returns()
		}},
		{name: "a term that was saved before it was told", o: durable, run: func(p *tape) {
			elected(p)
			m := p.sends(0, 1, ae(1, 0, 0, 0)).arrives()
			p.save(2)
			p.sends(2, 1, rv(2, 2, 0, 0)).arrives()
			p.save(1) // it votes in term 2, and only then answers S0
			m.answers(no(2))
		}},
	})
}

func TestDurabilityRefuses(t *testing.T) {
	play(t, []scene{
		{name: "a new term in a request", o: durable, rule: Durability,
			said: "S1 sent term 1 in its RequestVote to S0, but has not called Save since it was in term 0", run: lazily(func(p *tape) {
				p.sends(1, 0, rv(1, 1, 0, 0))
			})},
		{name: "a new term in an answer", o: durable, rule: Durability,
			said: "S1 sent term 2 in its answer to S2's RequestVote, but has not called Save since it was in term 1", run: func(p *tape) {
				elected(p)
				p.rpc(0, 1, ae(1, 0, 0, 0), ok(1))
				p.save(2)
				p.rpc(2, 1, rv(2, 2, 0, 0), nay(2))
			}},
		{name: "a new term after a heartbeat", o: durable, rule: Durability, said: "has not called Save since it was in term 1", run: func(p *tape) {
			elected(p)
			p.rpc(0, 1, ae(1, 0, 0, 0), ok(1))
			p.sends(1, 2, rv(2, 1, 0, 0))
		}},
		{name: "a vote", o: durable, rule: Durability,
			said: "S1 granted S0 its vote in term 1, but has not called Save since the request arrived", run: lazily(func(p *tape) {
				p.save(0)
				p.save(1)
				p.rpc(0, 1, rv(1, 0, 0, 0), yes(1))
			})},
		{name: "an entry", o: durable, rule: Durability,
			said: "S1 acknowledged S0's entry at index 1 of term 1, but has not called Save since that entry arrived", run: func(p *tape) {
				elected(p)
				p.submit(0, 10)
				p.save(0)
				p.save(1)
				p.rpc(0, 1, firstEntry, ok(1))
			}},
		{name: "an entry, and a save that changes nothing", o: durable, rule: Durability,
			said: "S1 acknowledged S0's entry at index 1 of term 1, but has saved only what its disk held before, to the byte, since that entry arrived", run: func(p *tape) {
				elected(p)
				p.submit(0, 10)
				p.save(0)
				p.save(1)
				p.sends(0, 1, firstEntry).arrives().lost()
				p.tell(Save, 1, Event{Same: true})
				p.rpc(0, 1, firstEntry, ok(1))
			}},
		{name: "a vote, and a save that changes nothing", o: durable, rule: Durability,
			said: "S1 granted S0 its vote in term 1, but has saved only what its disk held before, to the byte, since the request arrived", run: lazily(func(p *tape) {
				p.save(0)
				p.save(1)
				p.sends(0, 1, rv(1, 0, 0, 0)).arrives().lost()
				p.tell(Save, 1, Event{Same: true})
				p.rpc(0, 1, rv(1, 0, 0, 0), yes(1))
			})},
		{name: "an entry, lazily a heartbeat after it", o: durable, rule: Durability, said: "S1 acknowledged S0's entry at index 1", run: func(p *tape) {
			elected(p)
			p.submit(0, 10)
			p.save(0)
			p.sends(0, 1, firstEntry).arrives().lost()
			p.rpc(0, 1, ae(1, 1, 1, 0), ok(1))
		}},
		{name: "one of two entries", o: durable, rule: Durability, said: "S1 acknowledged S0's entry at index 2 of term 1", run: func(p *tape) {
			elected(p)
			p.submit(0, 10)
			p.submit(0, 20)
			p.save(0)
			p.sends(0, 1, firstEntry).arrives()
			p.save(1)
			p.rpc(0, 1, ae(1, 0, 0, 0, e(1, 10), e(1, 20)), ok(1))
		}},
	})
}
