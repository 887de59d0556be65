package invariant

import "testing"

func TestStartPromiseAccepts(t *testing.T) {
	play(t, []scene{
		{name: "applied before Start has returned", run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.submit(0, 10)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1)
			p.apply(0, 1, 10)
			p.submitted(0, 10, 1, 1)
		}},
		{name: "taken twice, refused once, applied twice", run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.start(0, 10, 1, 1)
			p.submit(1, 10)
			p.submitted(1, 10, 0, 1)
			p.start(0, 10, 2, 1)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10), e(1, 10)), 1)
			p.applyAll(0, 10, 10)
		}},
		{name: "taken and never applied", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.start(0, 10, 1, 1)
			p.elect(2, 2, place{}, 1)
			p.start(2, 20, 1, 2)
			p.replicates(2, ae(2, 0, 0, 0, e(2, 20)), 1)
			p.apply(2, 1, 20)
		}},
		{name: "a crash in the middle of Start", o: Options{Durable: true}, run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.submit(0, 10)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1, 2)
			p.crash(0)
			p.submitted(0, 10, 0, 0)
			p.elect(1, 2, place{1, 1}, 2)
			p.start(1, 20, 2, 2)
			p.replicates(1, ae(2, 1, 1, 0, e(2, 20)), 2)
			p.apply(1, 1, 10)
		}},
		{name: "what a played leader sends", o: Options{Played: []int{1, 2}}, run: func(p *tape) {
			p.submit(0, 10)
			p.submitted(0, 10, 0, 0)
			p.fake(1, 0, ae(1, 0, 0, 1, e(1, 10)), ok(1))
			p.apply(0, 1, 10)
		}},
	})
}

func TestStartPromiseRefuses(t *testing.T) {
	play(t, []scene{
		{name: "at another index", rule: StartPromise, said: "Start said that command 10 would have one of the indexes 3, 4 and 5, but S0 applied it at index 1", run: func(p *tape) {
			p.elect(0, 1, place{}, 1, 2)
			p.submit(0, 10)
			p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1)
			p.submitted(0, 10, 3, 1)
			p.start(0, 10, 4, 1)
			p.start(0, 10, 5, 1)
			p.apply(0, 1, 10)
		}},
		{name: "refused and applied", rule: StartPromise, said: "S2's Start refused command 10, since it does not lead, but S0 applied it at index 1: only a leader takes commands",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1, 2)
				p.submit(0, 10)
				p.submitted(0, 10, 0, 1)
				p.submit(2, 10)
				p.submitted(2, 10, 0, 1)
				p.replicates(0, ae(1, 0, 0, 0, e(1, 10)), 1)
				p.apply(0, 1, 10)
			}},
		{name: "another command is at that place", rule: StartPromise, said: "S0's Start said that command 10 has index 1 in term 1, but the entry of S0 there is command 20",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1)
				p.start(0, 10, 1, 1)
				p.submit(0, 20)
				p.sends(0, 1, ae(1, 0, 0, 0, e(1, 20)))
			}},
		{name: "two commands at one place", rule: StartPromise, said: "S0's Start said that command 20 has index 1 in term 1, but the entry of S0 there is command 10",
			run: func(p *tape) {
				p.elect(0, 1, place{}, 1)
				p.start(0, 10, 1, 1)
				p.start(0, 20, 1, 1)
			}},
		{name: "before the term's first entry", rule: StartPromise, said: "S0's Start said that command 40 has index 1 in term 2, but the entries of term 2 begin at index 3",
			run: func(p *tape) {
				leads(p, 2)
				p.elect(0, 2, place{2, 1}, 1)
				p.start(0, 30, 3, 2)
				p.sends(0, 1, ae(2, 2, 1, 0, e(2, 30)))
				p.start(0, 40, 1, 2)
			}},
		{name: "index 0", rule: StartPromise, said: "S0's Start took command 10 and returned index 0 and term 1: both begin at 1", run: func(p *tape) {
			p.elect(0, 1, place{}, 1)
			p.submit(0, 10)
			p.tell(Submitted, 0, Event{Command: cmd(10), Term: 1, Leader: true})
		}},
	})
}
