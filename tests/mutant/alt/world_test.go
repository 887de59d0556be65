package alt

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/raft/raftapi"
)

// world is a cluster of machines without a loop, a goroutine or a clock: it keeps
// what is on the way in a slice, and draws what comes next.
type world struct {
	t        *testing.T
	draw     *rand.Rand
	now      time.Time
	machines []*machine
	disks    []*disk
	lives    []int    // of each server so far
	applied  []int    // by its present life
	off      int      // the server that is cut off, if one is
	wire     []flight // requests and answers
	leaders  map[int]int
	commands []any // that were applied somewhere, by index, from 1 on
	commits  int   // of commands
	reads    int   // by the lease, that were answered
}

// flight is a call, or its answer, which only the life that sent it takes.
type flight struct {
	from, life int
	call       *call
	back, lost bool
}

// disk is a persister in memory.
type disk struct{ state, snapshot []byte }

func (d *disk) Save(state, snapshot []byte) {
	d.state, d.snapshot = append([]byte{}, state...), append([]byte{}, snapshot...)
}
func (d *disk) ReadRaftState() []byte { return append([]byte{}, d.state...) }
func (d *disk) ReadSnapshot() []byte  { return append([]byte{}, d.snapshot...) }
func (d *disk) RaftStateSize() int    { return len(d.state) }
func (d *disk) SnapshotSize() int     { return len(d.snapshot) }

func newWorld(t *testing.T, seed int64, servers int) *world {
	w := &world{
		t: t, draw: rand.New(rand.NewSource(seed)), now: time.Unix(0, 0),
		machines: make([]*machine, servers), lives: make([]int, servers), applied: make([]int, servers),
		off: nobody, leaders: map[int]int{}, commands: []any{nil},
	}
	for i := range servers {
		w.disks = append(w.disks, &disk{})
		w.boot(i)
	}
	return w
}

// boot begins another life of a server.
func (w *world) boot(i int) {
	m := newMachine(i, len(w.machines), w.now, w.draw.Int63n)
	m.restore(w.disks[i])
	w.machines[i], w.applied[i] = m, m.applied
	w.lives[i]++
}

// step has an event happen, and what it asks for, but for the answer, which it
// returns.
func (w *world) step(i int, body any) any {
	reply := make(chan any, 1)
	w.machines[i].step(w.now, event{body, reply})
	w.perform(i)
	select {
	case what := <-reply:
		return what
	default:
		return nil
	}
}

// perform is the loop's rule.
func (w *world) perform(i int) {
	m := w.machines[i]
	out := m.take()
	if out.save {
		w.disks[i].Save(m.encode(), m.snapshot)
	}
	for _, a := range out.answers {
		a.to <- a.what
	}
	for _, c := range out.calls {
		w.wire = append(w.wire, flight{from: i, life: w.lives[i], call: c})
	}
	for _, msg := range out.deliver {
		w.apply(i, msg)
	}
	if m.role == leader {
		if _, known := w.leaders[m.term]; !known {
			w.leaders[m.term] = i
		}
		require.Equal(w.t, w.leaders[m.term], i, "§5.2: two leaders in term %d", m.term)
	}
}

// apply is State Machine Safety (§5.4.3).
func (w *world) apply(i int, msg raftapi.ApplyMsg) {
	if msg.SnapshotValid {
		require.Less(w.t, msg.SnapshotIndex, len(w.commands), "a snapshot of what nobody has applied")
		require.Greater(w.t, msg.SnapshotIndex, w.applied[i], "S%d is taken back", i)
		w.applied[i] = msg.SnapshotIndex
		return
	}
	w.applied[i]++
	require.Equal(w.t, w.applied[i], msg.CommandIndex, "S%d applies out of order", i)
	if msg.CommandIndex < len(w.commands) {
		require.Equal(w.t, w.commands[msg.CommandIndex], msg.Command, "two commands at index %d", msg.CommandIndex)
		return
	}
	w.commands = append(w.commands, msg.Command)
	if msg.Command != nil {
		w.commits++
	}
}

// carry takes a flight to its end.
func (w *world) carry(f flight) {
	c := f.call
	if f.back || f.lost {
		if w.lives[f.from] == f.life {
			w.step(f.from, answered{c, !f.lost})
		}
		return
	}
	var request = c.args
	if c.method == "Raft.RequestPreVote" {
		request = preVote{c.args.(*VoteArgs)}
	}
	switch what := w.step(c.to, request).(type) {
	case *VoteReply:
		*c.reply.(*VoteReply) = *what
	case *AppendReply:
		*c.reply.(*AppendReply) = *what
	case *SnapshotReply:
		*c.reply.(*SnapshotReply) = *what
	}
	f.back = true
	w.wire = append(w.wire, f)
}

// deliver takes any flight, which may be lost, and a request may come twice.
func (w *world) deliver(loss, double float64) {
	k := w.draw.Intn(len(w.wire))
	f := w.wire[k]
	if f.back || f.lost || w.draw.Float64() >= double {
		w.wire[k] = w.wire[len(w.wire)-1]
		w.wire = w.wire[:len(w.wire)-1]
	} else {
		again := *f.call
		again.reply = map[string]any{
			"Raft.AppendEntries": new(AppendReply), "Raft.InstallSnapshot": new(SnapshotReply),
			"Raft.RequestVote": new(VoteReply), "Raft.RequestPreVote": new(VoteReply),
		}[f.call.method]
		f.call, f.life = &again, 0 // whose answer nobody takes
	}
	f.lost = f.lost || f.from == w.off || f.call.to == w.off || w.draw.Float64() < loss
	w.carry(f)
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	for i := range w.machines {
		w.step(i, tick{})
	}
}

// strike is anything that may happen.
func (w *world) strike() {
	i := w.draw.Intn(len(w.machines))
	switch k := w.draw.Intn(100); {
	case k < 70 && len(w.wire) > 0:
		w.deliver(0.1, 0.1)
	case k < 85:
		w.pass(time.Duration(w.draw.Intn(int(beatInterval))))
	case k < 86:
		w.off = []int{nobody, i}[w.draw.Intn(2)]
	case k < 94:
		w.step(i, propose{fmt.Sprint("command ", w.now.UnixNano(), i)})
	case k < 96:
		w.read(i)
	case k < 98:
		m := w.machines[i]
		w.step(i, compact{m.log.base + w.draw.Intn(m.applied-m.log.base+1), []byte("all before")})
	case k < 99:
		w.boot(i)
	default: // it decides something, and crashes before it has saved
		w.machines[i].step(w.now, event{body: propose{"never saved"}})
		w.boot(i)
	}
}

// read is linearizable if it is of all that was applied before, anywhere.
func (w *world) read(i int) {
	if r := w.step(i, leaseRead{}).(readable); r.ok {
		w.reads++
		require.GreaterOrEqual(w.t, r.index, len(w.commands)-1, "thesis §6.4.1: a stale read")
	}
}

// settle has a healthy network for a while.
func (w *world) settle() {
	w.off = nobody
	for range 400 {
		w.pass(5 * time.Millisecond)
		for range len(w.wire) {
			w.deliver(0, 0)
		}
	}
}

func TestMachinesAgreeWhateverHappens(t *testing.T) {
	commits, reads := 0, 0
	for seed := range int64(40) {
		w := newWorld(t, seed, []int{1, 2, 3, 5}[seed%4])
		for range 4000 {
			w.strike()
		}
		commits, reads = commits+w.commits, reads+w.reads
		w.settle()
		before := w.commits
		for i, m := range w.machines {
			if m.role == leader {
				w.step(i, propose{"the last"})
			}
		}
		w.settle()
		require.Equal(t, before+1, w.commits, "seed %d: one leader, which commits", seed)
		for i, m := range w.machines {
			assert.Equal(t, len(w.commands)-1, m.applied, "seed %d: S%d has applied all", seed, i)
		}
	}
	assert.Greater(t, commits, 1000, "commands were committed while things happened")
	assert.Greater(t, reads, 100, "reads were answered while things happened")
}
