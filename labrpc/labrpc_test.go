package labrpc_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
)

const ms = time.Millisecond

func TestACallTakesTwoHopsAndCopies(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		args := &EchoArgs{N: 7, Text: "seven", Entries: []Entry{{1, 41}, {2, "x"}, {3, nil}}}
		var reply EchoReply
		start := time.Now()
		require.True(t, w.ends[0][1].Call("Echo.Echo", args, &reply))
		within(t, 10*ms, time.Since(start), 2)
		args.Entries[0].Term = 99
		assert.Equal(t, EchoReply{N: 7, Text: "seven", Entries: []Entry{{1, 41}, {2, "x"}, {3, nil}}}, reply)
		w.net.Do(func() {
			require.Len(t, w.events, 4)
			for _, e := range w.events {
				isReply := e.Kind == labrpc.Replied || e.Kind == labrpc.Returned
				assert.Equal(t, isReply, e.Reply, e.Kind)
				assert.Equal(t, isReply, e.Result != nil, e.Kind)
				assert.Equal(t, !isReply, e.Args != nil, e.Kind)
				assert.Equal(t, []int{0, 1, 1}, []int{e.From, e.To, e.Incarnation})
				assert.Positive(t, e.Bytes)
			}
		})
		assert.Equal(t, []string{"sent", "delivered", "replied", "returned"}, w.kinds())
		assert.Empty(t, w.errors)
	})
}

func TestArgumentsMayBeStructsOrPointers(t *testing.T) {
	inBubble(t, 1, labrpc.Options{}, func(t *testing.T, w *world) {
		var a, b, c EchoReply
		assert.True(t, w.ends[0][0].Call("Echo.Echo", EchoArgs{N: 1}, &a))
		assert.True(t, w.ends[0][0].Call("Echo.ByValue", &EchoArgs{N: 2}, &b))
		assert.True(t, w.ends[0][0].Call("Echo.ByValue", EchoArgs{N: 3}, &c))
		assert.Equal(t, []int{1, 2, 3}, []int{a.N, b.N, c.N})
		assert.Empty(t, w.errors)
	})
}

// MyArgs and MyReply have some of Echo's fields and some of their own.
type MyArgs struct {
	N    int
	Mine int
}
type MyReply struct {
	N     int
	Yours string
}

func TestTypesOfTheSamePackageMustAgree(t *testing.T) {
	inBubble(t, 1, labrpc.Options{}, func(t *testing.T, w *world) {
		assert.False(t, w.ends[0][0].Call("Echo.Echo", &MyArgs{N: 1}, &EchoReply{}))
		assert.False(t, w.ends[0][0].Call("Echo.Echo", &EchoArgs{N: 1}, &MyReply{}))
		require.Len(t, w.errors, 2)
		assert.ErrorContains(t, w.errors[0], "S0 calls Echo.Echo on S0: the argument is a labrpc_test.MyArgs, but the method takes a labrpc_test.EchoArgs")
		assert.ErrorContains(t, w.errors[1], "the reply is a *labrpc_test.MyReply, but the method fills in a *labrpc_test.EchoReply")
	})
}

func TestAMisusedCallIsToldInASentence(t *testing.T) {
	for _, c := range []struct {
		method string
		args   any
		reply  any
		want   string
	}{
		{"Echo.Ecko", &EchoArgs{}, &EchoReply{}, `Echo has no method "Ecko"; did you mean "Echo"? Methods here: ByValue, Echo, Panic, Wait`},
		{"Echo.Echoes", &EchoArgs{}, &EchoReply{}, `did you mean "Echo"?`},
		{"Echo.echo", &EchoArgs{}, &EchoReply{}, `Echo has no method "echo"; did you mean "Echo"?`},
		{"Echo.hidden", &EchoArgs{}, &EchoReply{}, `Echo has no method "hidden"; a method that is called over the network begins with a capital letter`},
		{"Echo.Other", &EchoArgs{}, &EchoReply{}, `methods here: ByValue, Echo, Panic, Wait`},
		{"Ecko.Echo", &EchoArgs{}, &EchoReply{}, `there is no service "Ecko"; the services here are: Echo`},
		{"Echo", &EchoArgs{}, &EchoReply{}, `"Echo" is not of the form "Service.Method"`},
		{"Echo.TooFew", &EchoArgs{}, &EchoReply{}, `Echo.TooFew cannot be called: it has 1 parameters, not args and reply`},
		{"Echo.Returns", &EchoArgs{}, &EchoReply{}, `it returns a value, where a result belongs in reply`},
		{"Echo.NoPointer", &EchoArgs{}, &EchoReply{}, `it has the reply type labrpc_test.EchoReply, which is not a pointer`},
		{"Echo.Echo", nil, &EchoReply{}, `args is nil`},
		{"Echo.Echo", (*EchoArgs)(nil), &EchoReply{}, `args is a nil *labrpc_test.EchoArgs`},
		{"Echo.Echo", 7, &EchoReply{}, `args is a int; pass a struct`},
		{"Echo.Echo", &EchoArgs{}, EchoReply{}, `reply is a labrpc_test.EchoReply; pass the address of a struct`},
		{"Echo.Echo", &EchoArgs{}, nil, `reply is a <nil>`},
		{"Echo.Echo", &EchoArgs{Entries: []Entry{{1, make(chan int)}}}, &EchoReply{}, `cannot send a`},
	} {
		inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
			start := time.Now()
			assert.False(t, w.ends[0][1].Call(c.method, c.args, c.reply))
			assert.Positive(t, time.Since(start), "time passes, or a retry loop would stop the clock")
			require.Len(t, w.errors, 1, c.method)
			assert.ErrorContains(t, w.errors[0], c.want)
			_, ok := w.echo(0, 1, 1)
			assert.True(t, ok, "the network goes on")
		})
	}
}

func TestServeRefusesWhatCannotServe(t *testing.T) {
	inBubble(t, 1, labrpc.Options{}, func(t *testing.T, w *world) {
		assert.ErrorContains(t, w.net.Serve(0, nil), "nil")
		assert.ErrorContains(t, w.net.Serve(0, (*Echo)(nil)), "nil")
		assert.ErrorContains(t, w.net.Serve(0, struct{}{}), "no type name")
		w.net.Crash(0)
		assert.ErrorContains(t, w.net.Serve(0, &Echo{}), "S0, which is down: Boot it first")
	})
}

func TestServeAsAnswersUnderAnotherName(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		require.NoError(t, w.net.ServeAs(1, "Other", &Echo{}))
		var reply EchoReply
		assert.True(t, w.ends[0][1].Call("Other.Echo", &EchoArgs{N: 3}, &reply))
		assert.Equal(t, 3, reply.N)
		assert.Empty(t, w.echoes[1].calls(), "the first service did not hear of it")
	})
}

func TestADirectedCutLosesRequestsOneWayAndRepliesToTheOther(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.Cut(1, 0)
		_, ok := w.echo(1, 0, 1)
		assert.False(t, ok)
		assert.Empty(t, w.echoes[0].calls(), "1's request to 0 is lost")
		_, ok = w.echo(0, 1, 2)
		assert.False(t, ok)
		assert.Equal(t, []int{2}, w.echoes[1].calls(), "0's request reaches 1, 1's reply is lost")
		assert.Equal(t, []string{
			"sent", "dropped: the link is cut",
			"sent", "delivered", "replied", "dropped: the link is cut",
		}, w.kinds())
		assert.False(t, w.net.Joined(1, 0))
		assert.True(t, w.net.Joined(0, 1))
		w.net.Join(1, 0)
		_, ok = w.echo(1, 0, 3)
		assert.True(t, ok)
	})
}

func TestACutLosesWhatIsUnderWay(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		go func() {
			time.Sleep(2 * ms) // the request has left
			w.net.Cut(0, 1)
		}()
		_, ok := w.echo(0, 1, 1)
		assert.False(t, ok)
		assert.Empty(t, w.echoes[1].calls())
		w.net.Heal()
		go func() {
			time.Sleep(7 * ms) // the reply has left
			w.net.Cut(1, 0)
		}()
		_, ok = w.echo(0, 1, 2)
		assert.False(t, ok)
		assert.Equal(t, []int{2}, w.echoes[1].calls())
	})
}

func TestPartitionJoinsWithinGroupsAndCutsBetween(t *testing.T) {
	inBubble(t, 5, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.Partition([]int{0, 1}, []int{2, 3})
		for from := range 5 {
			for to := range 5 {
				same := from == to || from/2 == to/2 && from < 4 && to < 4
				assert.Equal(t, same, w.net.Joined(from, to), "%d -> %d", from, to)
			}
		}
		w.net.Heal()
		assert.True(t, w.net.Joined(0, 4))
	})
}

func TestACallToNobodyFailsAfterTheTimeout(t *testing.T) {
	inBubble(t, 2, labrpc.Options{Timeout: 300 * ms, TimeoutSpread: 1}, func(t *testing.T, w *world) {
		w.net.Crash(1)
		start := time.Now()
		_, ok := w.echo(0, 1, 1)
		assert.False(t, ok)
		within(t, 300*ms, time.Since(start), 1)
		w.net.SetTimeout(7*time.Second, ms)
		start = time.Now()
		_, ok = w.echo(0, 1, 1)
		assert.False(t, ok)
		within(t, 7*time.Second, time.Since(start), 1)
	})
}

func TestACrashEndsTheCallersCallsAtOnce(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		start := time.Now()
		go func() {
			time.Sleep(3*ms + 1)
			w.net.Crash(0)
		}()
		_, ok := w.echo(0, 1, 1)
		assert.False(t, ok)
		assert.Equal(t, 3*ms+1, time.Since(start))
		assert.Empty(t, w.echoes[1].calls(), "what it had sent is lost with it")
		start = time.Now()
		_, ok = w.echo(0, 1, 2)
		assert.False(t, ok)
		assert.GreaterOrEqual(t, time.Since(start), 100*ms, "a dead server's loop of retries must let time pass")
		assert.Empty(t, w.echoes[1].calls(), "a dead server cannot send")
	})
}

func TestAnOldIncarnationIsNeitherHeardNorAnswered(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		old := w.ends[0][1]
		oldEcho := w.echoes[0]
		w.boot(0)
		assert.False(t, old.Call("Echo.Echo", &EchoArgs{N: 1}, &EchoReply{}))
		_, ok := w.echo(1, 0, 2)
		assert.True(t, ok)
		assert.Empty(t, oldEcho.calls())
		assert.Equal(t, []int{2}, w.echoes[0].calls())
		assert.Empty(t, w.echoes[1].calls())
	})
}

func TestACrashOfTheCalleeFailsItsCallersAfterTheTimeout(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		block := w.echoes[1].block
		start := time.Now()
		go func() {
			time.Sleep(50 * ms)
			w.net.Crash(1)
			close(block)
		}()
		assert.False(t, w.ends[0][1].Call("Echo.Wait", &EchoArgs{N: 1}, &EchoReply{}))
		assert.GreaterOrEqual(t, time.Since(start), 150*ms)
		assert.Equal(t, []string{"sent", "delivered", "dropped: S1 crashed"}, w.kinds())
	})
}

func TestAMethodMayTakeItsTime(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		go func() {
			time.Sleep(time.Hour)
			close(w.echoes[1].block)
		}()
		start := time.Now()
		assert.True(t, w.ends[0][1].Call("Echo.Wait", &EchoArgs{N: 1}, &EchoReply{}))
		within(t, time.Hour+5*ms, time.Since(start), 2)
	})
}

func TestPauseHoldsMessagesBackUntilResume(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.Pause(1)
		go func() {
			time.Sleep(time.Second)
			assert.Empty(t, w.echoes[1].calls())
			w.net.Resume(1)
		}()
		start := time.Now()
		_, ok := w.echo(0, 1, 1)
		assert.True(t, ok)
		within(t, time.Second+5*ms, time.Since(start), 3)
		w.net.Pause(1)
		go func() {
			time.Sleep(time.Second)
			w.net.Resume(1)
		}()
		start = time.Now()
		_, ok = w.echo(1, 0, 2)
		assert.True(t, ok)
		within(t, time.Second+5*ms, time.Since(start), 3)
	})
}

func TestAServerThatCrashesWhilePausedLosesWhatWasHeldBack(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		w.net.Pause(1)
		go func() {
			time.Sleep(time.Second)
			w.net.Crash(1)
			w.net.Resume(1)
		}()
		_, ok := w.echo(0, 1, 1)
		assert.False(t, ok)
	})
}

func TestAPanicInAMethodIsToldAndTheCallFails(t *testing.T) {
	var mu sync.Mutex // the network orders nothing
	var told []*labrpc.HandlerPanic
	opts := labrpc.Options{OnPanic: func(p *labrpc.HandlerPanic) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, p)
	}}
	inBubble(t, 2, opts, func(t *testing.T, w *world) {
		assert.False(t, w.ends[0][1].Call("Echo.Panic", &EchoArgs{}, &EchoReply{}))
		mu.Lock()
		defer mu.Unlock()
		require.Len(t, told, 1)
		assert.Equal(t, "labrpc: panic in Echo.Panic of S1: boom", told[0].Error())
		assert.Contains(t, string(told[0].Stack), "labrpc_test.(*Echo).Panic")
	})
}

func TestImpersonateSpeaksOverTheServersOwnLink(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		end := w.net.Impersonate(0, 1)
		w.net.Crash(0)
		assert.True(t, end.Call("Echo.Echo", &EchoArgs{N: 5}, &EchoReply{}))
		assert.Equal(t, []int{5}, w.echoes[1].calls())
		w.net.Cut(0, 1)
		assert.False(t, end.Call("Echo.Echo", &EchoArgs{N: 6}, &EchoReply{}))
		assert.Equal(t, []int{5}, w.echoes[1].calls())
	})
}

func TestStatsCountWhatEachServerSent(t *testing.T) {
	inBubble(t, 3, labrpc.Options{}, func(t *testing.T, w *world) {
		for range 10 {
			w.echo(0, 1, 1)
		}
		w.echo(1, 2, 1)
		s := w.net.Stats()
		one := s.Of(1, "Echo.Echo")
		assert.Equal(t, labrpc.Count{Messages: 1, Bytes: one.Requests.Bytes}, one.Requests)
		assert.Equal(t, 10, one.Replies.Messages)
		zero := s.Of(0, "Echo.Echo")
		assert.Equal(t, labrpc.Count{Messages: 10, Bytes: 10 * one.Requests.Bytes}, zero.Requests,
			"every request of the same content counts the same: descriptions of types are left out")
		assert.Less(t, one.Requests.Bytes, 12, "a struct with one small number")
		requests, replies := s.Total("")
		assert.Equal(t, 11, requests.Messages)
		assert.Equal(t, 11, replies.Messages)
		assert.Zero(t, s.Of(2, "Echo.Wait").Requests)
	})
}

func TestCloseEndsEverythingThatIsUnderWay(t *testing.T) {
	opts := labrpc.Options{Faults: labrpc.Faults{Duplicate: 1, ReorderBy: time.Hour}}
	inBubble(t, 3, opts, func(t *testing.T, w *world) {
		done := make(chan bool, 20)
		for i := range 20 {
			go func() {
				time.Sleep(time.Duration(i) * ms)
				_, ok := w.echo(i%3, (i+1)%3, i)
				done <- ok
			}()
		}
		time.Sleep(12 * ms)
		w.net.Close()
		w.net.Close()
		for range 20 {
			<-done
		}
		assert.False(t, w.ends[0][1].Call("Echo.Echo", &EchoArgs{}, &EchoReply{}))
	})
}

func TestCallsWithoutEndAreStopped(t *testing.T) {
	inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
		for i := range 10_001 {
			go w.echo(0, 1, i)
		}
		time.Sleep(time.Second)
		w.mu.Lock()
		defer w.mu.Unlock()
		require.NotEmpty(t, w.errors)
		assert.ErrorContains(t, w.errors[0], "more than 10000 calls are under way at once")
		assert.ErrorContains(t, w.errors[0], "S0 calls Echo.Echo on S1")
	})
}

func TestAnAbandonedNetworkHoldsItsCallersForGood(t *testing.T) {
	assert.PanicsWithError(t, "deadlock: main bubble goroutine has exited but blocked goroutines remain", func() {
		inBubble(t, 2, labrpc.Options{}, func(t *testing.T, w *world) {
			w.net.Abandon()
			returned := false
			go func() {
				w.echo(0, 1, 1)
				returned = true
			}()
			time.Sleep(time.Hour)
			w.net.Do(func() { assert.False(t, returned) })
		})
	})
}
