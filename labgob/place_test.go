package labgob

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheFrameworksOwnFramesArePassedOver(t *testing.T) {
	for function, is := range map[string]bool{
		"raftlabs/labgob.(*Encoder).Encode":    true,
		"raftlabs/labrpc.(*ClientEnd).Call":    true,
		"encoding/gob.(*Encoder).Encode":       true,
		"reflect.Value.call":                   true,
		"runtime.goexit":                       true,
		"raftlabs/labgob_test.TestSomething":   false,
		"raftlabs/raft.(*Raft).persist":        false,
		"raftlabs/solutions/raft.(*Raft).save": false,
		"main.main":                            false,
	} {
		assert.Equal(t, is, own(function), function)
	}
}

func TestWithoutACallerThereIsNoPlace(t *testing.T) {
	at := make(chan string)
	go func(report func() string) { at <- report() }(place)
	assert.Empty(t, <-at, "all frames are of this package")
}
