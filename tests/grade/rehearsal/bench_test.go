//go:build unix

package rehearsal_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

// The class, graded by one command: some cases with one seed, or all of them as the
// grader has them.
//
//	go test ./tests/grade/rehearsal -run '^$' -bench Class/some -benchtime 1x
//	go test ./tests/grade/rehearsal -run '^$' -bench Class/all -benchtime 1x -timeout 24h
func BenchmarkClass(b *testing.B) {
	b.Run("some", func(b *testing.B) { gradeClass(b, quick) })
	b.Run("all", func(b *testing.B) {
		gradeClass(b, func(tree, out string, paths []string) []string {
			return append([]string{"--tree", tree, "--out", out, "--seed", "1001"}, paths...)
		})
	})
}

// gradeClass grades the class, checks what everybody got, and reports what it took.
func gradeClass(b *testing.B, arguments func(tree, out string, paths []string) []string) {
	tree, class, paths := written(b)
	for b.Loop() {
		out := filepath.Join(b.TempDir(), "grades")
		start := time.Now()
		cmd := grader(arguments(tree, out, paths)...)
		require.NoError(b, cmd.Start())
		peak := make(chan int64)
		go func() { peak <- largest(cmd.Process.Pid) }()
		err := cmd.Wait()
		var exit *exec.ExitError
		require.True(b, errors.As(err, &exit), "%v", err)
		require.Equal(b, grade.ExitLess, exit.ExitCode())

		state := cmd.ProcessState
		usage, ok := state.SysUsage().(*syscall.Rusage)
		require.True(b, ok)
		b.ReportMetric(time.Since(start).Seconds(), "wall-s")
		b.ReportMetric((state.UserTime() + state.SystemTime()).Seconds(), "cpu-s")
		b.ReportMetric(float64(<-peak)/(1<<20), "grader-MiB")
		b.ReportMetric(float64(usage.Maxrss)/(1<<10), "largest-MiB") // of the grader and all that it has waited for
		b.ReportMetric(float64(len(class))/time.Since(start).Minutes(), "submissions/min")
		judge(b, out, class)
	}
}

// largest is the largest resident memory that a process had, in bytes, as seen while it
// ran. It is 0 where the system does not tell.
func largest(pid int) (bytes int64) {
	for {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			return bytes
		}
		var kib int64
		at := strings.Index(string(text), "VmHWM:")
		if at < 0 {
			return bytes // it has ended, and nobody has waited for it
		}
		if _, err := fmt.Sscanf(string(text)[at:], "VmHWM: %d kB", &kib); err != nil {
			return bytes
		}
		bytes = max(bytes, kib<<10)
		time.Sleep(50 * time.Millisecond)
	}
}
