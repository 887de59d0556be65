package kvtest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Load is what one client does: so many operations and then no more. In virtual
// time a client that goes on until some time is over does as much as the machine
// can compute.
//
// Each value that is written is another, so that a Get tells which writes it has
// seen: client 2's operation 7 writes "2.7 ".
type Load struct {
	Operations int
	Keys       int           // "k0", "k1", ..., each as likely as the others
	Puts, Gets float64       // the probability of either; the rest are Appends
	Pause      time.Duration // at most this long after an operation, half of it on average

	Operates func() bool // tells of each operation whether it is done; nil: all are
}

// Run is the load of one client. sleep lets time pass.
func (l Load) Run(r *Recorder, random *rand.Rand, sleep func(time.Duration)) {
	for i := range l.Operations {
		key, value := fmt.Sprint("k", random.IntN(l.Keys)), fmt.Sprintf("%d.%d ", r.client, i)
		switch dice := random.Float64(); {
		case l.Operates != nil && !l.Operates():
		case dice < l.Puts:
			r.Put(key, value)
		case dice < l.Puts+l.Gets:
			r.Get(key)
		default:
			r.Append(key, value)
		}
		if l.Pause > 0 {
			sleep(time.Duration(random.Int64N(int64(l.Pause))))
		}
	}
}
