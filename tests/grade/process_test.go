//go:build unix

package grade

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsInAPipeIsReadAlthoughAStrangerHoldsItOpen(t *testing.T) {
	p, err := newPipe()
	require.NoError(t, err)
	defer p.close()
	stranger, err := syscall.Dup(int(p.w.Fd()))
	require.NoError(t, err)
	defer func() { _ = syscall.Close(stranger) }()
	want := strings.Repeat("x", 50_000)
	_, err = p.w.WriteString(want)
	require.NoError(t, err)
	// The reader is late: it begins when it is asked to finish.
	require.NoError(t, p.r.SetReadDeadline(time.Now().Add(-time.Second)))

	var got strings.Builder
	p.read(func(b []byte) { got.Write(b) })
	p.finish()
	assert.Equal(t, len(want), got.Len())
}

func TestAStrangerWhoKeepsWritingIsCutOff(t *testing.T) {
	p, err := newPipe()
	require.NoError(t, err)
	defer p.close()
	fd, err := syscall.Dup(int(p.w.Fd()))
	require.NoError(t, err)
	stranger := os.NewFile(uintptr(fd), "stranger")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			if _, err := stranger.WriteString("more\n"); err != nil {
				return
			}
		}
	}()
	n := 0
	p.read(func(b []byte) { n += len(b) })
	p.finish() // returns
	assert.Positive(t, n)
	p.close()
	<-ended
}
