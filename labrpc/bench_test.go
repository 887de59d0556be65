package labrpc_test

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
)

// naive is the yardstick: a network which starts a goroutine for each call,
// passes requests and replies through channels, and encodes every message with
// a gob encoder of its own.
type naive struct {
	requests chan naiveRequest
	quit     chan struct{}
	latency  time.Duration
	service  reflect.Value
}

type naiveRequest struct {
	method string
	args   []byte
	reply  chan []byte
}

func newNaive(service any, latency time.Duration) *naive {
	n := &naive{
		requests: make(chan naiveRequest), quit: make(chan struct{}),
		latency: latency, service: reflect.ValueOf(service),
	}
	go func() {
		for {
			select {
			case r := <-n.requests:
				go n.process(r)
			case <-n.quit:
				return
			}
		}
	}()
	return n
}

func (n *naive) process(r naiveRequest) {
	time.Sleep(n.latency)
	done := make(chan []byte)
	go func() {
		_, name, _ := strings.Cut(r.method, ".")
		m := n.service.MethodByName(name)
		args, reply := reflect.New(m.Type().In(0).Elem()), reflect.New(m.Type().In(1).Elem())
		must(gob.NewDecoder(bytes.NewReader(r.args)).DecodeValue(args))
		m.Call([]reflect.Value{args, reply})
		var b bytes.Buffer
		must(gob.NewEncoder(&b).EncodeValue(reply))
		done <- b.Bytes()
	}()
	answer := <-done
	time.Sleep(n.latency)
	r.reply <- answer
}

func (n *naive) Call(method string, args, reply any) bool {
	var b bytes.Buffer
	must(gob.NewEncoder(&b).Encode(args))
	r := naiveRequest{method, b.Bytes(), make(chan []byte)}
	n.requests <- r
	must(gob.NewDecoder(bytes.NewReader(<-r.reply)).Decode(reply))
	return true
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// hundred is an argument of 100 bytes.
var hundred = EchoArgs{N: 1, Text: strings.Repeat("x", 92)}

func roundTrips(call func(string, any, any) bool, times int) {
	for range times {
		args := hundred
		var reply SizeReply
		if !call("Size.Size", &args, &reply) || reply.N != 92 {
			panic("no answer")
		}
	}
}

// Size answers with a number only.
type Size struct{}
type SizeReply struct{ N int }

func (*Size) Size(args *EchoArgs, reply *SizeReply) { reply.N = len(args.Text) }

// inVirtualTime runs f in a bubble and returns the real time that it took.
func inVirtualTime(t *testing.T, f func()) (took time.Duration) {
	start := time.Now()
	synctest.Test(t, func(*testing.T) { f() })
	return time.Since(start)
}

func oursAndNaive(t *testing.T, times int) (ours, yardstick time.Duration) {
	ours = inVirtualTime(t, func() {
		net := labrpc.New(2, labrpc.Options{})
		ends := net.Boot(0)
		net.Boot(1)
		must(net.Serve(1, &Size{}))
		roundTrips(ends[1].Call, times)
		net.Close()
	})
	yardstick = inVirtualTime(t, func() {
		n := newNaive(&Size{}, labrpc.DefaultLatency)
		roundTrips(n.Call, times)
		close(n.quit)
	})
	return ours, yardstick
}

// BenchmarkRoundTrip measures a sequential call of a 100-byte argument without
// faults, and the same on the naive network, in one run: ns/op is ours, and
// naive-ns/op and ratio (ours to naive) are reported beside it.
func BenchmarkRoundTrip(b *testing.B) {
	t := &testing.T{}
	const batch = 2000
	var ours, yardstick time.Duration
	rounds := 0
	for b.Loop() {
		o, y := oursAndNaive(t, batch)
		ours += o
		yardstick += y
		rounds++
	}
	calls := float64(rounds * batch)
	b.ReportMetric(float64(ours)/calls, "ns/call")
	b.ReportMetric(float64(yardstick)/calls, "naive-ns/call")
	b.ReportMetric(float64(ours)/float64(yardstick), "ratio")
	b.ReportMetric(0, "ns/op")
}

func TestTheYardstickAnswersLikeTheNetwork(t *testing.T) {
	ours, yardstick := oursAndNaive(t, 10)
	require.Positive(t, ours)
	require.Positive(t, yardstick)
}
