package cluster

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"raftlabs/tests/scenario"
)

// logged is a fault that has happened, in numbers: they are made to text where
// nobody races.
type logged struct {
	kind      scenario.Kind
	message   messageID
	method    string
	by        time.Duration
	whom      string
	n         int
	at, until time.Duration
}

// faultLog keeps faults. One goroutine at a time adds, out of the race detector's
// sight; the others may ask at any time.
type faultLog struct {
	servers int
	mu      sync.Mutex // guards what follows
	all     []logged
}

//go:norace
func (l *faultLog) add(f logged) {
	raceDisable()
	defer raceEnable()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, f)
}

//go:norace
func (l *faultLog) end(whom string, kinds []scenario.Kind, now time.Duration) {
	raceDisable()
	defer raceEnable()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.all {
		f := &l.all[i]
		for _, kind := range kinds {
			if f.kind == kind && f.until == 0 && (whom == "" || f.whom == whom) {
				f.until = now
			}
		}
	}
}

//go:norace
func (l *faultLog) snapshot() []logged {
	raceDisable()
	defer raceEnable()
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]logged(nil), l.all...)
}

// faults are those that have happened, as a scenario lists them.
func (l *faultLog) faults() []scenario.Fault {
	var list []scenario.Fault
	for _, of := range l.snapshot() {
		f := scenario.Fault{Kind: of.kind, Whom: of.whom, N: of.n, By: of.by, At: of.at, Until: of.until}
		if of.kind.OfMessage() {
			m := of.message
			f.Method = of.method[strings.LastIndexByte(of.method, '.')+1:]
			f.Message = scenario.Message{From: nodeName(m.from, l.servers), To: nodeName(m.to, l.servers), Num: m.num, Reply: m.reply}
			if m.incarnation != 1 {
				f.Message.From += fmt.Sprintf("/%d", m.incarnation)
			}
		}
		list = append(list, f)
	}
	return list
}

// named is a server's name.
func named(i int) string { return "S" + strconv.Itoa(i) }

// nodeName is that of a server or a client.
func nodeName(node, servers int) string {
	if node >= servers {
		return "C" + strconv.Itoa(node-servers)
	}
	return named(node)
}
