package lab

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/trace"
)

func TestWhatIsLeftForAfterwardsRunsOutsideOfTheBubble(t *testing.T) {
	var bubble uint64
	r := Try(t, 1, func(t *T) {
		t.Sleep(time.Second)
		t.Afterwards(func() *Failure { bubble = currentGoroutine().Bubble; return nil })
		t.Afterwards(func() *Failure { return &Failure{Rule: "§8", Text: "S1 is wrong"} })
		t.Afterwards(func() *Failure { panic("there is a failure already") })
	})
	require.NotNil(t, r.Failure)
	assert.Zero(t, bubble)
	assert.Equal(t, "S1 is wrong", r.Failure.Text)
	assert.Equal(t, Assert, r.Failure.Kind)
	assert.GreaterOrEqual(t, r.Failure.at, time.Second)

	called := false
	assert.NotNil(t, Try(t, 1, func(t *T) {
		t.Afterwards(func() *Failure { called = true; return nil })
		t.Failf("", "it failed before")
	}).Failure)
	assert.False(t, called)
}

func TestAClientsPanicNamesTheClient(t *testing.T) {
	f := Try(t, 1, func(t *T) {
		t.EnterClient(2, "Get", func() { panic("no") })
	}).Failed()
	require.NotNil(t, f)
	assert.Regexp(t, `^Get of C2 panicked .*: no$`, f.Text)
}

func TestAFailureMayLieInThePast(t *testing.T) {
	r := Try(t, 1, func(t *T) {
		for i := range 3 {
			t.Recorder().Add(trace.Event{At: t.Now(), Kind: "crash", From: i, To: trace.None})
			t.Sleep(time.Second)
		}
		t.Afterwards(func() *Failure { return &Failure{Text: "all are wrong", At: time.Second + time.Millisecond} })
	})
	require.NotNil(t, r.Failure)
	assert.Equal(t, 1001*time.Millisecond, r.Failure.at)
	assert.Equal(t, 2, r.Failure.events)
	text := strings.Join(r.Failure.below(), "\n")
	assert.Contains(t, text, "S1 crashed")
	assert.NotContains(t, text, "S2")
}

func TestAFailuresOwnPageIsWrittenBesideTheRuns(t *testing.T) {
	defer func(before string) { *flagTrace = before }(*flagTrace)
	*flagTrace = t.TempDir()
	r := Try(t, 1, func(t *T) {
		t.Report(Failure{Text: "x", Page: func(w io.Writer) error { _, err := fmt.Fprint(w, "a history"); return err }})
	})
	name := try(t, 1, nil).write(t, r)
	assert.Equal(t, filepath.Join(*flagTrace, "try-Try-seed1.html"), name)
	run, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Contains(t, string(run), `<a href="try-Try-seed1-history.html">`)
	text, err := os.ReadFile(filepath.Join(*flagTrace, "try-Try-seed1-history.html"))
	require.NoError(t, err)
	assert.Equal(t, "a history", string(text))
}
