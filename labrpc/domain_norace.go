//go:build !race

package labrpc

import (
	"reflect"
	"sync"
)

// domain is the context that the network's own state is touched in, one
// goroutine at a time. See domain_race.go for what it is under -race.
type domain struct{ mu sync.Mutex }

func newDomain(func() bool) *domain { return &domain{} }

// do runs f in the domain. f never waits.
func (d *domain) do(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// doOrdered is do for the framework's own goroutines, which the domain may
// order.
func (d *domain) doOrdered(f func()) { d.do(f) }

func hide()   {}
func unhide() {}

// edge is an order that the race detector is told of.
type edge struct{}

func (edge) release() {}
func (edge) acquire() {}

// parcel is a message between a server's memory and the network's.
type parcel struct{ value any }

// pack takes a message from a server's memory; gob copies it.
func (n *Network) pack(v any) parcel { return parcel{v} }

// unpack hands a message, which is nobody else's, to a server.
func (n *Network) unpack(p parcel) (any, error) { return p.value, nil }

// unpackInto copies a message into the memory that a server gave for it.
func (n *Network) unpackInto(dst any, p parcel) error {
	reflect.ValueOf(dst).Elem().Set(reflect.ValueOf(p.value).Elem())
	return nil
}

// transcode copies a parcel's message to a new value of type to.
func (n *Network) transcode(p parcel, to reflect.Type) (parcel, int, error) {
	v, size, err := n.codec.transcode(p.value, to)
	return parcel{v}, size, err
}
