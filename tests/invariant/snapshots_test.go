package invariant

import "testing"

var durable = Options{Durable: true}

// snapshotSent has S0 take a snapshot up to index 3, which S1 is sent.
func snapshotSent(p *tape) {
	leads(p, 4)
	p.applyAll(0, 10, 20, 30, 40)
	p.take(0, 3)
	p.rpc(0, 1, is(1, 3, 1), done(1))
}

// ships has S0 send a snapshot.
func ships(p *tape, last, lastTerm int, s Snap) {
	m := p.draft(0, 2, is(1, last, lastTerm))
	m.e.Snap = s
	m.emit(Sent, nil)
}

func TestSnapshotsAccepts(t *testing.T) {
	play(t, []scene{
		{name: "at the index that was applied last, and twice", run: func(p *tape) {
			snapshotSent(p)
			p.applyAll(1, 10, 20, 30)
			p.install(1, 3, 10, 20, 30)
			p.install(1, 3, 10, 20, 30)
			p.apply(1, 4, 40)
		}},
		{name: "an old one is on its way", run: func(p *tape) {
			snapshotSent(p)
			p.applyAll(1, 10, 20, 30, 40)
			p.rpc(0, 1, is(1, 3, 1), done(1))
			ships(p, 3, 1, snapOf(10, 20, 30))
		}},
		{name: "with one on its disk, delivered or not", o: durable, run: func(p *tape) {
			snapshotSent(p)
			for range 2 {
				p.crash(1)
				p.bootWith(1, snapOf(10, 20, 30))
			}
			p.apply(1, 4, 40)
			p.crash(1)
			p.bootWith(1, snapOf(10, 20, 30))
			p.install(1, 3, 10, 20, 30)
			p.apply(1, 4, 40)
		}},
		{name: "before anybody applied those entries one by one", o: durable, run: func(p *tape) {
			leads(p, 2)
			p.fake(2, 1, is(1, 2, 1), done(1))
			p.install(1, 2, 10, 20)
			p.applyAll(0, 10, 20)
		}},
	})
}

func TestSnapshotsRefuses(t *testing.T) {
	play(t, []scene{
		{name: "back", rule: Snapshots, said: "S1 delivered a snapshot up to index 3 after it had applied up to index 4: that rolls its service back, and it would apply index 4 again",
			run: func(p *tape) {
				snapshotSent(p)
				p.applyAll(1, 10, 20, 30, 40)
				p.install(1, 3, 10, 20, 30)
			}},
		{name: "something else", rule: Snapshots, said: "S1 installed a snapshot up to index 3, and it contains something else than S0 applied up to there", run: func(p *tape) {
			snapshotSent(p)
			p.install(1, 3, 10, 20, 31)
		}},
		{name: "another index", rule: Snapshots, said: "S1 delivered a snapshot with SnapshotIndex 3, but it contains everything up to index 2", run: func(p *tape) {
			snapshotSent(p)
			p.install(1, 3, 10, 20)
		}},
		{name: "none", rule: Snapshots, said: "S1 delivered a snapshot up to index 3 that is none: it is empty", run: func(p *tape) {
			snapshotSent(p)
			p.tell(Install, 1, Event{Index: 3, Snap: Snap{Wrong: "it is empty"}})
		}},
		{name: "none on the disk", o: durable, rule: Snapshots, said: "the disk of S1 holds a snapshot that is none: it is empty", run: func(p *tape) {
			p.crash(1)
			p.bootWith(1, Snap{Wrong: "it is empty"})
		}},
		{name: "something else on the disk", o: durable, rule: Snapshots, said: "S1 was started with a snapshot up to index 2 on its disk, and it contains something else",
			run: func(p *tape) {
				snapshotSent(p)
				p.crash(1)
				p.bootWith(1, snapOf(10, 21))
			}},
		{name: "applied again from the beginning", o: durable, rule: Snapshots, said: "S1 was started with a snapshot up to index 3 on its disk and applied index 1",
			run: func(p *tape) {
				snapshotSent(p)
				p.crash(1)
				p.bootWith(1, snapOf(10, 20, 30))
				p.apply(1, 1, 10)
			}},
		{name: "a save has lost it", o: durable, rule: Snapshots, said: "S0 was started without a snapshot, though its service had one up to index 3 before, and the first index that it applied is 4",
			run: func(p *tape) {
				snapshotSent(p)
				p.restart(0)
				p.apply(0, 4, 40)
			}},
		{name: "sent with the wrong term", rule: Snapshots, said: "S0 sent a snapshot with LastIncludedIndex 3 and LastIncludedTerm 2, but the entry at this index of its log is of term 1",
			run: func(p *tape) { snapshotSent(p); ships(p, 3, 2, Snap{}) }},
		{name: "sent with the wrong index", rule: Snapshots, said: "S0 sent a snapshot with LastIncludedIndex 4 that is none: it contains everything up to index 3",
			run: func(p *tape) { snapshotSent(p); ships(p, 4, 1, snapOf(10, 20, 30)) }},
	})
}
