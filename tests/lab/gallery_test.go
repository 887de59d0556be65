package lab

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labrpc"
	"raftlabs/labsync"
)

var update = flag.Bool("update", false, "rewrite testdata/gallery.txt")

// act is one misbehaviour and what it is called. The sentence stands in
// testdata/gallery.txt.
type act struct {
	name  string
	kind  FailureKind // "" passes
	short func(*limits)
	plan  func(*plan)
	body  func(*T)
}

// enter calls a function of a fake as the framework calls a student's.
func enter(c *T, server int, what string, f func()) { c.Enter(server, what, f) }

func quick(l *limits) {
	l.poll, l.still, l.confirm = 10*time.Millisecond, 200*time.Millisecond, 50*time.Millisecond
	l.spin = 300 * time.Millisecond
}

var gallery = []act{
	{name: "Calm", body: calm},
	{name: "LeakedListener", kind: Leak, body: func(c *T) {
		f := makeFake()
		c.Cleanup(func() { enter(c, 1, "Kill", f.Kill) })
		enter(c, 1, "Make", f.startListener)
		c.Sleep(time.Second)
	}},
	{name: "LeakedWaiter", kind: Leak, body: func(c *T) {
		f := makeFake()
		c.Cleanup(func() { enter(c, 1, "Kill", f.Kill) })
		enter(c, 1, "Make", f.startWaiter)
		c.Sleep(time.Second)
	}},
	{name: "LeakedSleeper", kind: Leak, body: func(c *T) {
		f := makeFake()
		c.Cleanup(func() { enter(c, 2, "Kill", f.Kill) })
		enter(c, 2, "Make", f.startDeafTicker)
		enter(c, 2, "Make", f.startListener)
		c.Sleep(time.Second)
	}},
	{name: "LockTwice", kind: Deadlock, body: func(c *T) {
		f := &fake{}
		enter(c, 0, "Make", func() { go f.lockTwice() })
		c.Sleep(5 * time.Second)
		c.Failf("§5.2", "no leader within 5 s")
	}},
	{name: "LockTwiceInGetState", kind: Deadlock, body: func(c *T) {
		f := &fake{}
		c.Sleep(3 * time.Second)
		enter(c, 0, "GetState", f.lockTwice)
	}},
	{name: "LockInALoop", kind: Deadlock, body: func(c *T) {
		f := &fake{}
		enter(c, 0, "Make", func() { go f.lockInALoop() })
		c.Sleep(time.Millisecond)
		enter(c, 0, "GetState", func() { f.GetState() })
	}},
	{name: "LockABBA", kind: Deadlock, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "Make", func() { go f.lockAB(); go f.lockBA() })
		c.Sleep(5 * time.Second)
		enter(c, 1, "GetState", func() { f.GetState() })
	}},
	{name: "LockNeverReleased", kind: Deadlock, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "Make", func() { go f.lockAndForget(true) })
		c.Sleep(time.Second)
		enter(c, 1, "GetState", func() { f.GetState() })
	}},
	{name: "SendWithLockHeld", kind: Deadlock, body: func(c *T) {
		f := &fake{ch: make(chan int)}
		enter(c, 1, "Make", func() { go f.sendLocked() })
		c.Sleep(time.Second)
		enter(c, 1, "GetState", func() { f.GetState() })
	}},
	{name: "KillHangs", kind: Deadlock, body: func(c *T) {
		f := &fake{}
		c.Cleanup(func() { enter(c, 1, "Kill", f.lockTwice) })
	}},
	{name: "Spin", kind: Spin, short: quick, body: func(c *T) {
		f := &fake{}
		freeLater(f)
		enter(c, 1, "Make", func() { go f.spin() })
		c.Sleep(time.Second)
	}},
	{name: "PoliteSpin", kind: Spin, short: quick, body: func(c *T) {
		f := &fake{}
		freeLater(f)
		enter(c, 1, "Make", func() { go f.spinPolitely() })
		c.Sleep(time.Second)
	}},
	{name: "SpinInGetState", kind: Spin, short: quick, body: func(c *T) {
		f := &fake{}
		freeLater(f)
		enter(c, 1, "GetState", f.spin)
	}},
	{name: "SleepWithLockHeld", kind: Lock, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "Make", func() { go f.sleepLocked() })
		c.Sleep(time.Millisecond)
		enter(c, 1, "GetState", func() { f.GetState() })
		c.Sleep(time.Second)
	}},
	{name: "CallWithLockHeld", kind: Lock, body: callWithLockHeld},
	{name: "OneCallAtATime", body: func(c *T) {
		f := makeFake()
		c.Cleanup(func() { enter(c, 1, "Kill", f.Kill) })
		enter(c, 1, "Make", func() { go f.callOneAtATime(); go f.callOneAtATime() })
		c.Sleep(time.Second)
	}},
	{name: "DeadServerHoldsItsLock", body: func(c *T) {
		f := &fake{}
		c.SetDead(func(server int) bool { return server == 1 })
		enter(c, 1, "Make", func() { go f.sleepLocked() })
		c.Sleep(time.Millisecond)
		enter(c, 1, "GetState", func() { f.GetState() })
	}},
	{name: "StalledHolder", body: func(c *T) {
		// The framework has put the holder to sleep: nobody's fault.
		labsync.SetStalls(&labsync.Stalls{Seed: c.Mixed(), Probability: 1, Max: 20 * time.Millisecond})
		f := &fake{}
		enter(c, 1, "Make", func() {
			for range 20 {
				go f.lockNested()
			}
		})
		for range 20 {
			enter(c, 1, "GetState", func() { f.GetState() })
		}
		c.Sleep(10 * time.Second)
	}},
	{name: "PlainMutexOverSleep", kind: Frozen, short: quick, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "Make", func() { go f.plainSleep() })
		c.Sleep(time.Millisecond)
		enter(c, 1, "GetState", func() { f.PlainGetState() })
	}},
	{name: "PlainMutexTwice", kind: Frozen, short: quick, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "GetState", f.plainTwice)
	}},
	{name: "ChannelFromOutside", kind: Frozen, short: quick, body: func(c *T) {
		f := &fake{ch: outside}
		enter(c, 1, "Make", func() { go f.listen() })
		c.Sleep(time.Second)
	}},
	{name: "PanicInGetState", kind: Panic, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "GetState", func() { f.indexOut() })
	}},
	{name: "PanicInKill", kind: Panic, body: func(c *T) {
		f := &fake{}
		c.Cleanup(func() { enter(c, 1, "Kill", func() { f.indexOut() }) })
	}},
	{name: "Skeleton", kind: Skeleton, body: func(c *T) {
		f := &fake{}
		enter(c, 1, "Start", func() { f.Start(1) })
	}},
	{name: "NeverEnds", kind: VirtualBudget, plan: func(p *plan) { p.virtual = 10 * time.Second }, body: func(c *T) {
		for {
			c.Sleep(time.Second)
		}
	}},
	{name: "GetStateNeverReturns", kind: VirtualBudget, body: func(c *T) {
		f := &fake{ch: make(chan int)}
		enter(c, 1, "GetState", f.listen)
	}},
	{name: "ComputesTooMuch", kind: RealBudget, short: func(l *limits) { quick(l); l.cpu = 300 * time.Millisecond }, body: func(c *T) {
		f := &fake{}
		freeLater(f)
		enter(c, 1, "Make", func() { go f.chatter() })
		c.Count("rpcs", 42)
		c.Sleep(time.Minute)
	}},
	{name: "GobProblem", kind: Gob, body: func(c *T) {
		f := makeFake()
		c.Cleanup(func() { enter(c, 1, "Kill", f.Kill) })
		enter(c, 1, "Make", func() { go f.gobProblem() })
		c.Sleep(time.Second)
	}},
	{name: "Assertion", kind: Assert, plan: func(p *plan) { p.rule = "§5.2" }, body: func(c *T) {
		c.Sleep(4207 * time.Millisecond)
		c.Failf("", "two leaders in term 3: S0 and S2")
	}},
	{name: "Testify", kind: Assert, body: func(c *T) {
		assert.Equal(c, 1, 2, "S1 is in the wrong term")
		c.Sleep(time.Second)
		c.Failf("", "the run goes on after its failure")
	}},
	{name: "CaseGoroutinePanics", kind: Harness, body: func(c *T) {
		c.Go("reader", func() { panic("boom") })
		c.Sleep(time.Second)
	}},
}

var outside = make(chan int)

// loops are the fakes whose loops are to end when their act is over, so that
// they do not compute through the rest of the tests.
var loops struct {
	sync.Mutex
	fakes []*fake
}

func freeLater(f *fake) {
	loops.Lock()
	defer loops.Unlock()
	loops.fakes = append(loops.fakes, f)
}

func freeAll() {
	loops.Lock()
	defer loops.Unlock()
	for _, f := range loops.fakes {
		f.killed.Store(true)
	}
	loops.fakes = nil
}

func callWithLockHeld(c *T) {
	net := labrpc.New(2, labrpc.Options{Context: c.Context()})
	c.Cleanup(net.Close)
	for i := range 2 {
		f := &fake{peers: net.Boot(i)}
		require.NoError(c, net.Serve(i, &Fake{f}))
		enter(c, i, "Make", func() {
			go func() {
				for range 3 {
					f.callLocked()
				}
			}()
		})
	}
	c.Sleep(time.Second)
}

// perform plays an act and everything that belongs to it.
func (a act) perform(t *testing.T) (plan, Result) {
	t.Helper()
	if a.short != nil {
		old := budget
		defer func() { budget = old }()
		a.short(&budget)
	}
	p := playing(t, a.name, a.body)
	p.test = "TestGallery"
	if a.plan != nil {
		a.plan(&p)
	}
	defer freeAll()
	return p, p.run(t)
}

// Every misbehaviour fails with its sentence, and the next case in the same
// process runs and passes.
func TestGallery(t *testing.T) {
	want := readGolden(t)
	got := map[string]string{}
	for _, a := range gallery {
		t.Run(a.name, func(t *testing.T) {
			p, r := a.perform(t)
			if a.kind == "" {
				if r.Failure != nil {
					t.Errorf("it was accused: %s", p.report(r.Failure))
				}
				return
			}
			require.NotNil(t, r.Failure, "nobody noticed")
			assert.Equal(t, a.kind, r.Failure.Kind, r.Failure.Text)
			got[a.name] = normal(a.kind, p.report(r.Failure))
			if !*update && !(a.kind == Deadlock && labsync.DeadlockDetection()) {
				// go-deadlock has sentences of its own
				assert.Equal(t, want[a.name], got[a.name], "-update rewrites it")
			}
			after := play(t, "After"+a.name, calm)
			assert.Nil(t, after.Failure, "the next case runs and passes")
		})
	}
	if *update {
		writeGolden(t, got)
	}
}

const goldenFile = "testdata/gallery.txt"

func writeGolden(t *testing.T, sections map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		fmt.Fprintf(&b, "== %s\n%s\n", name, sections[name])
	}
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(goldenFile, []byte(b.String()), 0o644))
}

func readGolden(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(goldenFile)
	if *update {
		return nil
	}
	require.NoError(t, err)
	sections := map[string]string{}
	for _, section := range strings.Split("\n"+string(text), "\n== ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		sections[name] = strings.TrimRight(body, "\n") + "\n"
	}
	return sections
}
