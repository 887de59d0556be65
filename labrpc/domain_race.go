//go:build race

package labrpc

import (
	"bytes"
	"reflect"
	"runtime"
	"unsafe"

	"raftlabs/labgob"
)

// domain is the context that the network's own state is touched in, one
// goroutine at a time.
//
// Under -race that is a goroutine of its own, which callers hand their work
// to through channels that the race detector is told to look away from. So
// the network's memory has one owner, and passing through it orders nobody.
// Nothing that the owner wrote may then be touched by a caller in instrumented
// code: messages cross over in //go:norace functions (copy_race.go), which
// declare the reads and writes of the server's side as the server's own.
//
// A caller between hide and unhide runs such code only.
type domain struct {
	jobs chan *job
	over chan struct{} // closed when the owner has ended
	idle func() bool   // nothing is left to do: the owner ends
	// The framework's goroutines and the owner are ordered by these two.
	in, out byte
}

type job struct {
	f       func()
	ordered bool
	done    chan struct{}
}

func newDomain(idle func() bool) *domain {
	d := &domain{jobs: make(chan *job), over: make(chan struct{}), idle: idle}
	go d.own()
	return d
}

func (d *domain) own() {
	for {
		runtime.RaceDisable()
		j := <-d.jobs
		runtime.RaceEnable()
		last := d.run(j)
		runtime.RaceDisable()
		if last {
			close(d.over)
		}
		j.done <- struct{}{}
		runtime.RaceEnable()
		if last {
			return
		}
	}
}

//go:norace
func (d *domain) run(j *job) (last bool) {
	if j.ordered {
		runtime.RaceAcquire(unsafe.Pointer(&d.in))
	}
	j.f()
	last = d.idle()
	if j.ordered {
		runtime.RaceReleaseMerge(unsafe.Pointer(&d.out))
	}
	return last
}

// do runs f in the domain; not at all once the network is closed. f never
// waits. The caller is between hide and unhide.
//
//go:norace
func (d *domain) do(f func()) { d.hand(&job{f: f, done: make(chan struct{}, 1)}) }

//go:norace
func (d *domain) hand(j *job) {
	select {
	case d.jobs <- j:
		<-j.done
	case <-d.over:
	}
}

// doOrdered is do for the framework's own goroutines, which the domain may
// order.
//
//go:norace
func (d *domain) doOrdered(f func()) {
	runtime.RaceReleaseMerge(unsafe.Pointer(&d.in))
	runtime.RaceDisable()
	d.hand(&job{f: f, ordered: true, done: make(chan struct{}, 1)})
	runtime.RaceEnable()
	runtime.RaceAcquire(unsafe.Pointer(&d.out))
}

func hide()   { runtime.RaceDisable() }
func unhide() { runtime.RaceEnable() }

// edge is an order that the race detector is told of: what was done before a
// release happened before what follows an acquire.
type edge struct{ at byte }

func (e *edge) release() { runtime.RaceReleaseMerge(unsafe.Pointer(&e.at)) }
func (e *edge) acquire() { runtime.RaceAcquire(unsafe.Pointer(&e.at)) }

// parcel is a message between a server's memory and the network's: a copy, or
// where its type is beyond copying by hand (maps, types with their own gob
// encoding), its gob stream.
type parcel struct {
	value  any
	stream []byte
}

// pack copies a message out of a server's memory, whose reads are the
// caller's.
//
//go:norace
func (n *Network) pack(v any) parcel {
	if c, ok := clone(v, reading); ok {
		return parcel{value: c}
	}
	unhide()
	stream, err := encode(v)
	hide()
	if err != nil {
		return parcel{value: v} // gob says the same again where it is reported
	}
	return parcel{stream: launder(stream)}
}

// unpack copies a message into memory of the caller's.
//
//go:norace
func (n *Network) unpack(p parcel) (any, error) {
	if p.stream == nil {
		c, _ := clone(p.value, private)
		return c, nil
	}
	stream := launder(p.stream)
	out := alloc(reflect.TypeOf(p.value).Elem()).Interface()
	unhide()
	err := decode(stream, out)
	hide()
	return out, err
}

// unpackInto copies a message into memory that a server gave for it, which is
// the server's own writing.
//
//go:norace
func (n *Network) unpackInto(dst any, p parcel) error {
	src, err := n.unpack(p)
	if err != nil {
		return err
	}
	unhide()
	reflect.ValueOf(dst).Elem().Set(reflect.ValueOf(src).Elem())
	hide()
	return nil
}

// transcode copies a parcel's message to a new value of type to, in the
// domain.
func (n *Network) transcode(p parcel, to reflect.Type) (parcel, int, error) {
	var out parcel
	var size int
	var err error
	if p.stream == nil {
		out.value, size, err = n.codec.transcode(p.value, to)
	} else {
		out.value = reflect.New(to).Interface()
		size, _ = valueBytes(p.stream)
		err = decode(p.stream, out.value)
	}
	if err == nil && !copyable(out.value) {
		out.stream, err = encode(out.value)
	}
	return out, size, err
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	err := labgob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func decode(stream []byte, out any) error {
	return labgob.NewDecoder(bytes.NewReader(stream)).Decode(out)
}

// launder copies bytes that somebody else wrote into memory of the caller's.
//
//go:norace
func launder(b []byte) []byte {
	c := make([]byte, len(b))
	move(unsafe.Pointer(unsafe.SliceData(c)), unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)))
	return c
}
