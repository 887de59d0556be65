package invariant

import (
	"testing"

	"raftlabs/tests/wire"
)

// leads has S0 lead term 1 and all have (1,1) to (n,1), the commands 10, 20 and
// so on, which are committed.
func leads(p *tape, n int) {
	p.elect(0, 1, place{}, 1, 2)
	var all []wire.Entry
	for k := range n {
		p.start(0, 10*(k+1), k+1, 1)
		all = append(all, e(1, 10*(k+1)))
	}
	p.replicates(0, ae(1, 0, 0, 0, all...), 1, 2)
}

func (p *tape) applyAll(s int, commands ...int) {
	for k, n := range commands {
		p.apply(s, k+1, n)
	}
}

func TestStateMachineSafety(t *testing.T) {
	play(t, []scene{
		{name: "everywhere the same, and again after a restart", o: Options{Durable: true}, run: func(p *tape) {
			leads(p, 2)
			for s := range 3 {
				p.applyAll(s, 10, 20)
			}
			p.restart(1)
			p.applyAll(1, 10, 20)
		}},
		{name: "no-ops, and a server alone", o: Options{Servers: 1}, run: func(p *tape) {
			p.state(0, 1, true)
			p.start(0, 10, 2, 1)
			p.applyAll(0, 0, 10)
		}},
		{name: "an instance that is gone may deliver anything", run: func(p *tape) {
			leads(p, 2)
			p.applyAll(0, 10, 20)
			p.crash(1)
			p.apply(1, 1, 20)
		}},
		{name: "another command", rule: StateMachineSafety, said: "S1 applied command 20 at index 1, where S0 had applied command 10 at", run: func(p *tape) {
			leads(p, 2)
			p.apply(0, 1, 10)
			p.apply(1, 1, 20)
		}},
		{name: "no command where there was one", rule: StateMachineSafety, said: "S1 applied an entry without a command at index 1, where S0 had applied command 10",
			run: func(p *tape) {
				leads(p, 1)
				p.apply(0, 1, 10)
				p.apply(1, 1, 0)
			}},
		{name: "over a restart", o: Options{Durable: true}, rule: StateMachineSafety, said: "S0 applied command 20 at index 1, where S0 had applied command 10", run: func(p *tape) {
			leads(p, 2)
			p.apply(0, 1, 10)
			p.restart(0)
			p.apply(0, 1, 20)
		}},
		{name: "the first to apply, but not what is committed", rule: StateMachineSafety,
			said: "S1 applied command 99 at index 1, but what is committed there is command 10, of term 1: a majority has acknowledged it", run: func(p *tape) {
				leads(p, 1)
				p.submit(1, 99)
				p.submitted(1, 99, 0, 1)
				p.apply(1, 1, 99)
			}},
	})
}

func TestApplyOrder(t *testing.T) {
	play(t, []scene{
		{name: "on after a snapshot that came between", run: func(p *tape) {
			leads(p, 4)
			p.applyAll(0, 10, 20, 30, 40)
			p.take(0, 3)
			p.apply(1, 1, 10)
			p.rpc(0, 1, is(1, 3, 1), done(1))
			p.install(1, 3, 10, 20, 30)
			p.apply(1, 4, 40)
		}},
		{name: "twice", rule: ApplyOrder, said: "S0 applied index 1, though it had already applied up to index 2", run: func(p *tape) {
			leads(p, 2)
			p.applyAll(0, 10, 20)
			p.apply(0, 1, 10)
		}},
		{name: "a gap", rule: ApplyOrder, said: "S0 applied index 4 right after index 1: indexes 2 to 3 never reached its service", run: func(p *tape) {
			leads(p, 4)
			p.apply(0, 1, 10)
			p.apply(0, 4, 40)
		}},
		{name: "not from the beginning", rule: ApplyOrder, said: "S1 was started without a snapshot, and the first index that it applied is 2: index 1 never reached its service",
			run: func(p *tape) {
				leads(p, 2)
				p.apply(1, 2, 20)
			}},
		{name: "index 0", rule: ApplyOrder, said: "S0 applied an entry with CommandIndex 0: indexes start at 1", run: func(p *tape) {
			leads(p, 1)
			p.apply(0, 0, 10)
		}},
	})
}
