//go:build race

package labrpc_test

import (
	"encoding/gob"
	"os"
	"os/exec"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
)

// A race is reported once a process and fails its test, so each of these
// programs runs in a process of its own.

const raceProgram = "LABRPC_RACE_PROGRAM"

// Box is a server with a variable and a lock for it.
type Box struct {
	mu   sync.Mutex
	n    int
	kept *EchoReply
}

func (b *Box) Locked(*EchoArgs, *EchoReply) {
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
}

func (b *Box) Unlocked(*EchoArgs, *EchoReply) { b.n++ }

func (b *Box) Keep(_ *EchoArgs, reply *EchoReply) { b.kept = reply }

func (b *Box) Read(args *EchoArgs, reply *EchoReply) { reply.N = len(args.Entries) }

var racePrograms = []struct {
	name string
	racy bool
	run  func(box *Box, call func(method string, args *EchoArgs))
}{
	{"what Serve's caller wrote is ordered before every method", false, func(_ *Box, call func(string, *EchoArgs)) {
		call("Box.Unlocked", &EchoArgs{})
	}},
	{"two methods with a lock", false, func(_ *Box, call func(string, *EchoArgs)) {
		call("Box.Locked", &EchoArgs{})
		call("Box.Locked", &EchoArgs{})
	}},
	{"two methods without a lock", true, func(_ *Box, call func(string, *EchoArgs)) {
		call("Box.Unlocked", &EchoArgs{})
		call("Box.Unlocked", &EchoArgs{})
	}},
	{"two callers that touch a variable after their calls", true, func(_ *Box, call func(string, *EchoArgs)) {
		votes := 0
		for range 2 {
			go func() {
				call("Box.Locked", &EchoArgs{})
				votes++
			}()
			time.Sleep(time.Second)
		}
	}},
	{"two callers that touch a variable before their calls", true, func(_ *Box, call func(string, *EchoArgs)) {
		votes := 0
		for range 2 {
			go func() {
				votes++
				call("Box.Locked", &EchoArgs{})
			}()
			time.Sleep(time.Second)
		}
	}},
	{"a slice that is sent and then written by another goroutine", true, func(_ *Box, call func(string, *EchoArgs)) {
		log := []Entry{{1, 1}, {1, 2}}
		go call("Box.Read", &EchoArgs{Entries: log})
		time.Sleep(time.Second)
		log[1] = Entry{2, "two"}
	}},
	{"a slice that is sent and then written by another goroutine which called itself", true, func(_ *Box, call func(string, *EchoArgs)) {
		log := []Entry{{1, 1}, {1, 2}}
		go call("Box.Read", &EchoArgs{Entries: log})
		time.Sleep(time.Second)
		call("Box.Read", &EchoArgs{Entries: []Entry{{3, 3}}})
		log[1].Term = 2
	}},
	{"a slice that is copied under the lock, sent, and written under the lock", false, func(_ *Box, call func(string, *EchoArgs)) {
		var mu sync.Mutex
		log := []Entry{{1, 1}, {1, "two"}}
		go func() {
			mu.Lock()
			args := &EchoArgs{Entries: append([]Entry(nil), log...)}
			mu.Unlock()
			call("Box.Read", args)
		}()
		time.Sleep(time.Second)
		mu.Lock()
		log[1] = Entry{2, "three"}
		mu.Unlock()
	}},
	{"a map in a command, sent and then written", true, func(_ *Box, call func(string, *EchoArgs)) {
		m := map[string]int{"x": 1}
		go call("Box.Read", &EchoArgs{Entries: []Entry{{1, m}}})
		time.Sleep(time.Second)
		m["x"] = 2
	}},
	{"a reply that its method's goroutine keeps and changes later", true, func(b *Box, call func(string, *EchoArgs)) {
		call("Box.Keep", &EchoArgs{})
		b.kept.N++
	}},
	{"messages with everything in them", false, func(_ *Box, call func(string, *EchoArgs)) {
		for range 20 {
			go call("Box.Read", &EchoArgs{N: 1, Text: "t", Entries: []Entry{
				{1, "s"}, {2, []byte("bytes")}, {3, map[string]int{"k": 1}}, {4, Entry{5, 6}}, {6, nil},
				{7, 8.5}, {8, [2]int{1, 2}}, {9, Entry{1, "in an entry"}},
			}})
		}
		time.Sleep(time.Second)
	}},
}

func init() {
	gob.Register(map[string]int{})
	gob.Register(Entry{})
	gob.Register([2]int{})
}

func TestRaceProgram(t *testing.T) {
	name := os.Getenv(raceProgram)
	for _, p := range racePrograms {
		if p.name != name {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			net := labrpc.New(2, labrpc.Options{})
			net.Observe(labrpc.ObserverFunc(func(labrpc.Event) {}))
			caller := net.Boot(0)
			net.Boot(1)
			box := &Box{}
			assert.NoError(t, net.Serve(1, box))
			p.run(box, func(method string, args *EchoArgs) {
				assert.True(t, caller[1].Call(method, args, &EchoReply{}))
			})
			time.Sleep(5 * time.Second)
			net.Close()
			time.Sleep(5 * time.Second)
		})
	}
}

func TestRacesOfTheServersStayVisible(t *testing.T) {
	for _, p := range racePrograms {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestRaceProgram$", "-test.v")
			child.Env = append(os.Environ(), raceProgram+"="+p.name, "GORACE=atexit_sleep_ms=0")
			out, err := child.CombinedOutput()
			assert.Contains(t, string(out), "=== RUN   TestRaceProgram")
			if p.racy {
				assert.Contains(t, string(out), "DATA RACE")
				assert.Error(t, err)
			} else {
				assert.NotContains(t, string(out), "DATA RACE", string(out))
				assert.NoError(t, err, string(out))
			}
		})
	}
}
