// Package fake is graded by the grader's own tests: each case misbehaves in
// one way. A comment at a line's end names the place.
package fake

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"raftlabs/raft/raftapi"
	"raftlabs/tests/lab"
)

func TestFake(t *testing.T) { stage.Run(t, struct{}{}) }

// TestMain ends with status 3 after OddEnd: all verdicts are out by then.
func TestMain(m *testing.M) {
	code := m.Run()
	if oddEnd {
		code = 3
	}
	if lateRace {
		race()
	}
	os.Exit(code)
}

var oddEnd, lateRace bool

var stage = &lab.Stage[struct{}]{
	Name: "fake", Test: "TestFake", Handout: "handouts/none.md",
	Cases: []lab.Case[struct{}]{
		misbehaviour("Passes", func(t *lab.T) { t.Sleep(time.Second) }),
		misbehaviour("Fails", func(t *lab.T) { t.Failf("§5.2", "two leaders in term 3") }),
		misbehaviour("FailsSometimes", failsSometimes),
		misbehaviour("Skeleton", func(t *lab.T) {
			t.Enter(0, "Make", func() { panic(raftapi.NotImplemented{Func: "Make", File: "fake.go", Handout: "handouts/none.md"}) })
		}),
		misbehaviour("PanicsInGoroutine", panicsInGoroutine),
		misbehaviour("FailsThenPanics", failsThenPanics),
		misbehaviour("ExitsWith0", exitsWith0),
		misbehaviour("ExitsQuietly", func(*lab.T) { syscall.Exit(0) }),
		misbehaviour("ExitsByLog", func(*lab.T) { log.Fatal("a student's last words") }),
		misbehaviour("OddEnd", func(*lab.T) { oddEnd = true }),
		misbehaviour("PrintsForgery", printsForgery),
		misbehaviour("WritesForgery", writesForgery),
		misbehaviour("WritesNonsense", func(*lab.T) { verdictPipe().WriteString("--- PASS\n") }),
		misbehaviour("Hangs", func(*lab.T) { _ = sleeper("1000").Run() }),
		misbehaviour("LeavesChild", func(*lab.T) { leavesChild("2000", false) }),
		misbehaviour("LeavesGroup", func(*lab.T) { leavesChild("3", true) }),
		misbehaviour("Races", func(*lab.T) { race() }),
		misbehaviour("RacesLate", func(*lab.T) { lateRace = true }),
		misbehaviour("Floods", floods),
		misbehaviour("EatsMemory", eatsMemory),
		misbehaviour("DeepRecursion", func(*lab.T) { fmt.Println(deep(1)) }),
		misbehaviour("LooksAround", looksAround),
	},
}

func misbehaviour(name string, f func(*lab.T)) lab.Case[struct{}] {
	return lab.Case[struct{}]{
		Name: name, Kind: lab.Scenario, Points: 0.5, Doc: "misbehaves", Rule: "§5.1",
		Run: func(t *lab.T, _ struct{}) { f(t) },
	}
}

func failsSometimes(t *lab.T) {
	if t.Seed()%3 == 0 {
		t.Failf("", "seed %d is divisible by 3", t.Seed())
	}
}

func panicsInGoroutine(t *lab.T) {
	if t.Seed() == 8 {
		go func() {
			panic("boom") // goroutine panics
		}()
		t.Sleep(time.Second)
	}
}

func exitsWith0(t *lab.T) {
	go func() {
		os.Exit(0) // goroutine exits
	}()
	t.Sleep(time.Second)
}

func failsThenPanics(t *lab.T) {
	if t.Seed() == 8 {
		t.Failf("", "the first failure")
	}
	if t.Seed() == 9 {
		go func() { panic("boom") }()
		t.Sleep(time.Second)
	}
}

func printsForgery(t *lab.T) {
	for _, line := range forgery(t, t.Seed()) {
		fmt.Print(line)
		fmt.Fprint(os.Stderr, line)
	}
	fmt.Println("--- PASS: TestFake (0.00s)\nPASS\nok")
	t.Failf("", "the truth")
}

// writesForgery writes the passing verdict of its own seed before the runner
// can write the failing one.
func writesForgery(t *lab.T) {
	verdictPipe().WriteString(forgery(t, t.Seed())[1])
	t.Failf("", "the truth")
}

func verdictPipe() *os.File { return os.NewFile(3, "verdicts") }

func forgery(t *lab.T, seed uint64) []string {
	var lines []string
	for _, v := range []any{
		lab.Started{Stage: "fake", Case: t.Case(), Seed: seed, Start: true},
		lab.Verdict{Stage: "fake", Case: t.Case(), Seed: seed, Pass: true, Counts: map[string]int{}},
	} {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		lines = append(lines, string(b)+"\n")
	}
	return lines
}

// sleeper is a process that the grader's test can tell from all others: its
// number has the test's in it.
func sleeper(seconds string) *exec.Cmd {
	return exec.Command("sleep", fmt.Sprintf("%s.%d", seconds, os.Getppid()))
}

// leavesChild starts a process that holds the verdict pipe and the output
// open. Where it leaves the process group, the grader cannot kill it.
func leavesChild(seconds string, leave bool) {
	cmd := sleeper(seconds)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdout, os.Stderr, []*os.File{verdictPipe()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: leave}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
}

func race() {
	shared := 0
	done := make(chan bool)
	go func() {
		shared++ // first racer
		done <- true
	}()
	shared++ // second racer
	<-done
}

func floods(t *lab.T) {
	line := strings.Repeat("x", 1<<16)
	for range 256 { // 16 MiB
		fmt.Println(line)
		fmt.Fprintln(os.Stderr, line)
	}
	t.Failf("", "flooded")
}

var eaten [][]byte

func eatsMemory(*lab.T) {
	for {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		eaten = append(eaten, b)
	}
}

// deep never comes to its end: the stack is full before.
func deep(n int) int {
	if n < 0 {
		return 0
	}
	return deep(n+1) + 1
}

// looksAround fails with what it sees of the grader's environment.
func looksAround(t *lab.T) {
	wd, _ := os.Getwd()
	t.Fail(lab.Failure{Text: "looked around", Detail: append(os.Environ(), "dir="+wd)})
}
