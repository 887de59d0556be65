package grade

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	start7 = `{"stage":"election","case":"ReElection","seed":7,"start":true}`
	start8 = `{"stage":"election","case":"ReElection","seed":8,"start":true}`
	pass7  = `{"stage":"election","case":"ReElection","seed":7,"pass":true,"virtual_ns":1,"real_ns":1,"cpu_ns":1,"trace_hash":"x","events":1,"counts":{}}`
	pass8  = `{"stage":"election","case":"ReElection","seed":8,"pass":true,"virtual_ns":1,"real_ns":1,"cpu_ns":1,"trace_hash":"x","events":1,"counts":{}}`
	spin7  = `{"stage":"election","case":"ReElection","seed":7,"pass":false,"failure":{"rule":"","text":"loops","detail":[],"at_ns":0,"kind":"spin"}}`
)

func feed(lines ...string) (*verdicts, stopReason) {
	v := &verdicts{stage: "election", name: "ReElection", first: 7, seeds: 2}
	s := lineSplitter{sink: v.line}
	reason := ranOut
	text := strings.Join(lines, "\n") + "\n"
	for i := 0; i < len(text) && reason == ranOut; i += 5 {
		reason = s.add([]byte(text[i:min(i+5, len(text))]))
	}
	return v, reason
}

func TestVerdictsInOrderAreTaken(t *testing.T) {
	v, reason := feed(start7, pass7, start8, pass8)
	assert.NoError(t, v.broken)
	assert.Equal(t, ranOut, reason)
	assert.True(t, v.complete())
	assert.Equal(t, 2, v.passed())
}

func TestAnythingElseOnTheVerdictPipeBreaksTheCase(t *testing.T) {
	for _, c := range []struct {
		want  string
		lines []string
	}{
		{"not a line of the runner's", []string{"--- PASS"}},
		{"not a line of the runner's", []string{""}},
		{"unknown field", []string{strings.Replace(start7, "start", "begin", 1)}},
		{"more than one value", []string{start7 + pass7}},
		{"the verdict of seed 7 came out of turn", []string{pass7}},
		{"the start of seed 7 came out of turn", []string{start7, start7}},
		{"the verdict of seed 7 came where seed 8 was due", []string{start7, pass7, pass7}},
		{"the start of seed 8 came where seed 7 was due", []string{start8}},
		{"came after the last seed", []string{start7, pass7, start8, pass8, pass8}},
		{"in the process of election/ReElection", []string{strings.Replace(start7, "ReElection", "Other", 1)}},
		{"contradicts itself", []string{start7, strings.Replace(spin7, "false", "true", 1)}},
		{"contradicts itself", []string{start7, strings.Replace(pass7, "true", "false", 1)}},
		{"not a line of the runner's", []string{strings.Repeat("{", maxLine+10)}},
	} {
		v, reason := feed(c.lines...)
		assert.ErrorContains(t, v.broken, c.want)
		assert.Equal(t, stopBroken, reason)
	}
}

func TestARunThatIsStillComputingStopsTheCase(t *testing.T) {
	v, reason := feed(start7, spin7)
	assert.NoError(t, v.broken)
	assert.Equal(t, stopEnough, reason)
	assert.Equal(t, 1, v.failed)
}

func TestAClipKeepsBothEnds(t *testing.T) {
	var c clip
	c.add([]byte("begin"))
	for range 40 {
		c.add([]byte(strings.Repeat("x", 50_000)))
	}
	c.add([]byte("end"))
	s := c.String()
	assert.True(t, strings.HasPrefix(s, "begin"))
	assert.True(t, strings.HasSuffix(s, "end"))
	assert.Less(t, len(s), 2*clipKeep+100)
	assert.Contains(t, s, "bytes left out]")
	var short clip
	short.add([]byte("whole"))
	assert.Equal(t, "whole", short.String())
}
