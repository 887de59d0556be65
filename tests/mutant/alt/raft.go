package alt

import (
	"bytes"
	"math/rand"
	"sync/atomic"
	"time"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
)

// Raft is one server: the loop around a machine. It implements [raftapi.Raft] and
// [raftapi.Reader], and its methods named after RPCs are their handlers.
type Raft struct {
	ends      []*labrpc.ClientEnd
	persister raftapi.Persister

	queue   chan event              // to the loop
	toApply chan []raftapi.ApplyMsg // to the applier
	killed  atomic.Bool
	end     chan struct{} // closed by Kill
	ended   chan struct{} // closed by the loop when it is through

	machine *machine // the loop's own, until ended is closed; then it stays as it is
}

var (
	_ raftapi.MakeFunc = Make
	_ raftapi.Reader   = (*Raft)(nil)
)

// Make starts server me, with what it saved last.
func Make(peers []*labrpc.ClientEnd, me int, persister raftapi.Persister, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
	r := &Raft{
		ends:      peers,
		persister: persister,
		queue:     make(chan event),
		toApply:   make(chan []raftapi.ApplyMsg),
		end:       make(chan struct{}),
		ended:     make(chan struct{}),
		machine:   newMachine(me, len(peers), time.Now(), rand.Int63n),
	}
	r.machine.restore(persister)
	go r.loop()
	go r.apply(applyCh)
	return r
}

// request hands in an event and waits for its answer. It is nil where the loop ended
// before it gave one; the machine may be looked at then.
func (r *Raft) request(body any) any {
	reply := make(chan any, 1)
	select {
	case r.queue <- event{body, reply}:
	case <-r.ended:
		return nil
	}
	select {
	case what := <-reply:
		return what
	case <-r.ended:
		return nil
	}
}

// Start takes a command where this server leads.
func (r *Raft) Start(command any) (index, term int, isLeader bool) {
	if p, ok := r.request(propose{command}).(proposed); ok {
		return p.index, p.term, p.ok
	}
	return -1, r.machine.term, false
}

// GetState is what this server believes. One that was killed believes nothing.
func (r *Raft) GetState() (term int, isLeader bool) {
	if s, ok := r.request(inquire{}).(status); ok {
		return s.term, s.leads
	}
	return r.machine.term, false
}

// Snapshot lets the log up to index go.
func (r *Raft) Snapshot(index int, snapshot []byte) {
	r.request(compact{index, bytes.Clone(snapshot)})
}

// PersistBytes is the size of the saved state.
func (r *Raft) PersistBytes() int { return r.persister.RaftStateSize() }

// ReadIndex waits until a majority has answered.
func (r *Raft) ReadIndex() (index int, ok bool) {
	s, _ := r.request(readIndex{}).(readable)
	return s.index, s.ok
}

// LeaseRead relies on the clock instead.
func (r *Raft) LeaseRead() (index int, ok bool) {
	s, _ := r.request(leaseRead{}).(readable)
	return s.index, s.ok
}

// Kill ends everything, and waits for nothing.
func (r *Raft) Kill() {
	if r.killed.CompareAndSwap(false, true) {
		close(r.end)
	}
}

// RequestVote is an RPC handler, as the next three are. A server that is killed
// meanwhile refuses, in its last term.
func (r *Raft) RequestVote(args *VoteArgs, reply *VoteReply) {
	if a, ok := r.request(args).(*VoteReply); ok {
		*reply = *a
	} else {
		reply.Term = r.machine.term
	}
}

// RequestPreVote is RequestVote before an election.
func (r *Raft) RequestPreVote(args *VoteArgs, reply *VoteReply) {
	if a, ok := r.request(preVote{args}).(*VoteReply); ok {
		*reply = *a
	} else {
		reply.Term = r.machine.term
	}
}

// AppendEntries is a heartbeat, too.
func (r *Raft) AppendEntries(args *AppendArgs, reply *AppendReply) {
	if a, ok := r.request(args).(*AppendReply); ok {
		*reply = *a
	} else {
		reply.Term = r.machine.term
	}
}

// InstallSnapshot takes a snapshot that is sent whole.
func (r *Raft) InstallSnapshot(args *SnapshotArgs, reply *SnapshotReply) {
	if a, ok := r.request(args).(*SnapshotReply); ok {
		*reply = *a
	} else {
		reply.Term = r.machine.term
	}
}
