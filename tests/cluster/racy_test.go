//go:debug randseednop=0

//go:build race

package cluster_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"raftlabs/labrpc"
	"raftlabs/labsync"
	"raftlabs/raft/raftapi"
	"raftlabs/tests/cluster"
	"raftlabs/tests/lab"
)

// Nothing of the framework may hide a data race. Each exhibit is a server with
// one flaw, run through all of it: runner, cluster, network, disk, mutexes. A
// race is reported once a process and fails its test, so each run has a
// process of its own: this test binary, running TestRacyRaft.

const (
	racyExhibit = "CLUSTER_RACY_EXHIBIT"
	racySeeds   = 2
)

// exhibit is a toy and where it runs. The functions are those of the toy that
// the report has to name; a toy without any has no race.
type exhibit struct {
	name  string
	flaw  flaw
	funcs []string
	o     cluster.Options
}

var (
	stalls = &labsync.Stalls{Probability: 0.05, Max: 50 * time.Millisecond}
	faulty = labrpc.Faults{Spread: 10 * time.Millisecond, Loss: 0.1, Duplicate: 0.2, Reorder: 0.1}
)

var exhibits = []exhibit{
	{name: "no flaw"},
	{name: "no flaw, with stalls", o: cluster.Options{Stalls: stalls}},
	{name: "no flaw, with loss and duplicates", o: cluster.Options{Faults: faulty}},
	{name: "no flaw, with everything", o: cluster.Options{Stalls: stalls, Faults: faulty}},

	{name: "GetState without the lock", flaw: unlockedGetState, funcs: []string{"GetState"}},
	{name: "a log that is sent and written under the lock meanwhile", flaw: aliasedLog, funcs: []string{"appendEntries"}},
	{name: "a reply handled without the lock", flaw: unlockedReply, funcs: []string{"requestVote"}},
	{name: "a killed flag that is a plain bool", flaw: plainKilled, funcs: []string{"Kill", "killed"}},
	{name: "a deadline written without the lock", flaw: unlockedDeadline, funcs: []string{"AppendEntries"}},
	{name: "two handlers that count without the lock", flaw: unlockedHandlers, funcs: []string{"AppendEntries"}},
	{name: "state encoded without the lock", flaw: unlockedPersist, funcs: []string{"save"}},
	{name: "arguments built after the unlock", flaw: argsAfterUnlock, funcs: []string{"requestVote"}},
	{name: "a map written without the lock", flaw: sharedMap, funcs: []string{"appendEntries"}},
	{name: "a map that is sent and written under the lock meanwhile", flaw: mapInArgs, funcs: []string{"appendEntries"}},
	{name: "a field read in Kill", flaw: readInKill, funcs: []string{"Kill"}},
	{name: "a loop started before the fields are set", flaw: startedUnlocked, funcs: []string{"loop"}},
	{name: "two clients in Start without the lock", flaw: unlockedStart, funcs: []string{"Start"}},
	{name: "an applier that counts without the lock", flaw: unlockedApply, funcs: []string{"apply"}},
	{name: "Snapshot without the lock", flaw: unlockedSnapshot, funcs: []string{"Snapshot"}, o: cluster.Options{Service: cluster.Service{Every: 5}}},
}

// TestRacyRaft is what the children run. In the parent it does nothing.
func TestRacyRaft(t *testing.T) {
	for _, e := range exhibits {
		if e.name != os.Getenv(racyExhibit) {
			continue
		}
		stage := &lab.Stage[raftapi.MakeFunc]{
			Name: "racy", Test: "TestRacyRaft", Handout: "none",
			Cases: []lab.Case[raftapi.MakeFunc]{{
				Name: "Exhibit", Kind: lab.Scenario, Points: 1, Doc: e.name,
				Run: func(t *lab.T, make raftapi.MakeFunc) { e.show(t, make) },
			}},
		}
		stage.Run(t, makeRacy(e.flaw))
	}
}

// show has three servers elect, lose their leader in every way there is, and
// come back from their disks. Everything happens several times: the race
// detector keeps the last four accesses to a word, and forgets the stack of one
// whose goroutine has ended some dozens of goroutines ago. It then says nothing.
func (e exhibit) show(t *lab.T, make raftapi.MakeFunc) {
	c := cluster.New(t, 3, make, cluster.Unwatched(e.o))
	for client := range 2 {
		t.Go(fmt.Sprintf("client %d", client), func() {
			for k := range 60 {
				time.Sleep(time.Duration(270+40*client) * time.Millisecond)
				c.Submit(k%3, c.Next())
				c.Has(k%3, cluster.Submission{Index: 1, Leader: true})
			}
		})
	}
	for range 3 {
		leader := c.OneLeader().Server
		c.Isolate(leader)
		t.Sleep(time.Second)
		c.Isolate(c.All()...)
		t.Sleep(3 * time.Second)
		c.Heal()
		t.Sleep(time.Second)

		// Whoever leads now, nobody has asked.
		for _, i := range c.All() {
			c.Restart(i)
			t.Sleep(time.Second)
		}
		c.Pause(leader)
		t.Sleep(500 * time.Millisecond)
		c.Resume(leader)
		t.Sleep(500 * time.Millisecond)
	}
	c.OneLeader()
}

var raceReport = regexp.MustCompile(`(?s)WARNING: DATA RACE\n.*?==================`)

func TestRacesOfAServerAreReported(t *testing.T) {
	for _, e := range exhibits {
		for seed := 1; seed <= racySeeds; seed++ {
			t.Run(fmt.Sprintf("%s/seed=%d", e.name, seed), func(t *testing.T) {
				t.Parallel()
				out, err := e.run(seed)
				assert.Contains(t, out, "=== RUN   TestRacyRaft/Exhibit/seed="+strconv.Itoa(seed))
				reports := raceReport.FindAllString(out, -1)
				if len(e.funcs) == 0 {
					assert.NoError(t, err, out)
					assert.Empty(t, reports)
					return
				}
				assert.Error(t, err)
				assert.NotEmpty(t, reports, "the race detector has seen nothing")
				assert.True(t, e.named(reports), "no report names the flaw: %s", strings.Join(reports, "\n"))
			})
		}
	}
}

// run runs the exhibit in a process of its own, on one thread: what the race
// detector still remembers then depends on the seed alone, mostly.
func (e exhibit) run(seed int) (string, error) {
	child := exec.Command(os.Args[0], "-test.run=^TestRacyRaft$", "-test.v", "-lab.seed="+strconv.Itoa(seed))
	child.Env = append(os.Environ(), racyExhibit+"="+e.name, "GORACE=atexit_sleep_ms=0", "GOMAXPROCS=1")
	out, err := child.CombinedOutput()
	return string(out), err
}

// named tells whether a report names one of the toy's functions that the flaw
// is in.
func (e exhibit) named(reports []string) bool {
	for _, report := range reports {
		for _, f := range e.funcs {
			if strings.Contains(report, "cluster_test.(*Raft)."+f+"()") {
				return true
			}
		}
	}
	return false
}
