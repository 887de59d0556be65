package cluster

import (
	"hash/maphash"
	"unsafe"

	"raftlabs/labrpc"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/invariant"
	"raftlabs/tests/trace"
)

// Disk is a server's stable storage. It outlives the server's instances: each
// gets a persister of its own, which loses its effect when the instance
// crashes. It is touched in Network.Do only, so that saving orders nobody.
type Disk struct {
	net    *labrpc.Network
	record *recorder
	server int

	state, snapshot []byte
	sum             [2]uint64 // of both
	saves           int       // that had an effect
	bytes           int       // of all of them
	mounted         *persister

	freezeAt   int // the number of the save that is the last, 0 for none
	freezeInto bool
	frozen     bool
	onFreeze   func()
}

// sums is what all sums are made with.
var sums = maphash.MakeSeed()

func newDisk(net *labrpc.Network, r *recorder, server int) *Disk {
	return &Disk{net: net, record: r, server: server}
}

// Saves returns how many saves had an effect, over all instances.
func (d *Disk) Saves() (n int) {
	d.net.Do(func() { n = d.saves })
	return n
}

// Written returns how many bytes these saves wrote.
func (d *Disk) Written() (n int) {
	d.net.Do(func() { n = d.bytes })
	return n
}

// SnapshotSize returns how many bytes the snapshot has that the disk holds.
func (d *Disk) SnapshotSize() (n int) {
	d.net.Do(func() { n = len(d.snapshot) })
	return n
}

// FreezeAt freezes the disk at the k-th save from now, counted from 1: nothing
// is saved any more, that save included if into is true and excluded if not,
// until the server is started again. then, if not nil, is run at that very
// instant, in Network.Do.
func (d *Disk) FreezeAt(k int, into bool, then func()) {
	d.net.Do(func() { d.freezeAt, d.freezeInto, d.onFreeze = d.saves+k, into, then })
}

// Frozen tells whether a FreezeAt has taken place.
func (d *Disk) Frozen() (frozen bool) {
	d.net.Do(func() { frozen = d.frozen })
	return frozen
}

// mount gives the disk to a new instance. The one before has lost it when it
// crashed.
func (d *Disk) mount(in *instance) raftapi.Persister {
	p := &persister{disk: d, of: in}
	d.net.Do(func() {
		d.mounted = p
		d.frozen, d.freezeAt = false, 0 // also one that is still to come: it was meant for the instance before
	})
	return p
}

// save is called in the domain of the network.
func (d *Disk) save(p *persister, state, snapshot []byte, sum [2]uint64) {
	if d.mounted != p || d.frozen {
		return
	}
	last := d.freezeAt != 0 && d.saves+1 == d.freezeAt
	if !last || d.freezeInto {
		same := d.saves > 0 && d.sum == sum
		d.state, d.snapshot, d.sum = state, snapshot, sum
		d.saves++
		d.bytes += len(state) + len(snapshot)
		d.record.t.Recorder().Add(trace.Event{
			At: d.record.t.Now(), Kind: "save", From: d.server, To: trace.None, Bytes: len(state) + len(snapshot),
		})
		d.record.rules.of(p.of, invariant.Event{Kind: invariant.Save, Same: same})
	}
	if last {
		d.frozen = true
		if d.onFreeze != nil {
			d.onFreeze()
		}
	}
}

// persister is one instance's way to the disk.
type persister struct {
	disk *Disk
	of   *instance
}

func (p *persister) Save(raftState, snapshot []byte) {
	state, snap := append([]byte{}, raftState...), append([]byte{}, snapshot...)
	// Sums, because nothing orders the goroutine that saved before this one: it must
	// not read that one's bytes.
	sum := [2]uint64{maphash.Bytes(sums, state), maphash.Bytes(sums, snap)}
	p.disk.net.DoFor(func() { p.disk.save(p, state, snap, sum) })
}

//go:norace
func (p *persister) ReadRaftState() []byte {
	var b []byte
	p.disk.net.DoFor(func() { b = p.disk.state })
	return fresh(b)
}

//go:norace
func (p *persister) ReadSnapshot() []byte {
	var b []byte
	p.disk.net.DoFor(func() { b = p.disk.snapshot })
	return fresh(b)
}

//go:norace
func (p *persister) RaftStateSize() int {
	n := 0
	p.disk.net.DoFor(func() { n = len(p.disk.state) })
	return n
}

//go:norace
func (p *persister) SnapshotSize() int {
	n := 0
	p.disk.net.DoFor(func() { n = len(p.disk.snapshot) })
	return n
}

// fresh copies what another goroutine has written, out of the race detector's
// sight: a disk orders nobody. The builtin copy would be seen.
//
//go:norace
func fresh(b []byte) []byte {
	c := make([]byte, len(b))
	from, to := unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(unsafe.SliceData(c))
	for i := range uintptr(len(b)) {
		*(*byte)(unsafe.Add(to, i)) = *(*byte)(unsafe.Add(from, i))
	}
	return c
}

// freshText is fresh for a text.
//
//go:norace
func freshText(s string) string {
	b := fresh(unsafe.Slice(unsafe.StringData(s), len(s)))
	return unsafe.String(unsafe.SliceData(b), len(b))
}
