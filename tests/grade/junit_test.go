package grade

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/lab"
)

func junitOf(t *testing.T, r *Report) (text []byte, all junitAll) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, writeJUnit(&b, r))
	require.NoError(t, xml.Unmarshal(b.Bytes(), &all))
	return b.Bytes(), all
}

func TestTheJUnitReportIsTheGoldenOne(t *testing.T) {
	text, all := junitOf(t, example())
	golden(t, "testdata/junit.xml", text)
	assert.Equal(t, "14.000", all.Time, "building, and then the cases side by side")
	fails := all.Suites[1].Cases[1]
	assert.Equal(t, "election", fails.Class)
	assert.Equal(t, "100.250", fails.Time)
	assert.Equal(t, "assert", fails.Failure.Type)
	assert.Contains(t, fails.Failure.Message, "S1 and S2 both lead term 3")
	assert.Contains(t, fails.Failure.Text, "again: go test -race ./raft")
	assert.Contains(t, all.Suites[1].Properties, junitProperty{"max", "16.5"})
}

func TestJUnitCountsAddUp(t *testing.T) {
	r := example()
	r.Stages[0].Cases[2].Failure.Kind = string(lab.Harness)
	_, all := junitOf(t, r)
	tests, failures, errors := 0, 0, 0
	for _, s := range all.Suites {
		inSuite := 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				inSuite++
				failures++
			}
			if c.Error != nil {
				errors++
			}
		}
		assert.Equal(t, s.Failures, inSuite, s.Name)
		assert.Equal(t, s.Tests, len(s.Cases), s.Name)
		tests += s.Tests
	}
	assert.Equal(t, [3]int{all.Tests, all.Failures, all.Errors}, [3]int{tests, failures, errors})
	assert.Equal(t, 1, errors, "the framework's own mistake is no failure of the code under test")
}

func TestJUnitIsXMLWhateverTheCodeUnderTestSays(t *testing.T) {
	_, all := junitOf(t, hostileReport())
	fails := all.Suites[1].Cases[1].Failure
	assert.Contains(t, fails.Message, `</script></pre>]]><b onclick='x'>"&`)
	assert.Contains(t, fails.Text, `</script></pre>]]><b onclick='x'>"&`)
}
