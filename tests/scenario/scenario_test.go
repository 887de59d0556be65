package scenario

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const file = `case Replication/CutSwarm
seed 812
chance 3
// S1 applied 7 at index 3, and S0 had applied 5 there

stalls
late 812ms S0 -> S1 AppendEntries #3 // at 0.871 s
drop S1 -> S2 AppendEntries #7       // at 1.204 s
drop reply S1/2 -> C0 RequestVote #1 // at 1.205 s
twice 1.5s C3 -> S1 Get #12          // at 1.3 s
isolate S0 #1                        // from 1.4 s to 2.9 s
submit 17 S0                         // at 1.5 s
cut S0 -> S1 #2                      // from 1.6 s on
partition [0 1] [2 3 4] #1           // from 1.7 s to 2 s
pause S2 #1                          // from 1.8 s to 1.9 s
hold S2 #1                           // from 1.9 s on
crash S2 #4                          // from 2 s to 2.1 s
restart S0 #1                        // at 2.2 s
trap S1 #1                           // at 2.3 s
power-cut #1                         // from 2.4 s to 2.5 s
operation C0 #3                      // at 2.6 s
`

// What was written is read, and written again as it was.
func TestAFileIsReadAsItWasWritten(t *testing.T) {
	s, err := Parse(file)
	require.NoError(t, err)
	assert.Equal(t, "Replication/CutSwarm", s.Case)
	assert.Equal(t, uint64(812), s.Seed)
	assert.Equal(t, uint64(3), s.Chance)
	assert.True(t, s.Stalls)
	require.Len(t, s.Faults, 15)
	assert.Equal(t, Fault{Kind: Late, Message: Message{From: "S0", To: "S1", Num: 3}, Method: "AppendEntries",
		By: 812 * time.Millisecond, At: 871 * time.Millisecond}, s.Faults[0])
	assert.Equal(t, Message{From: "S1/2", To: "C0", Num: 1, Reply: true}, s.Faults[2].Message)
	assert.Equal(t, Fault{Kind: Isolate, Whom: "S0", N: 1, At: 1400 * time.Millisecond, Until: 2900 * time.Millisecond}, s.Faults[4])
	assert.Equal(t, file, s.String())

	seen := map[Kind]bool{}
	for _, f := range s.Faults {
		seen[f.Kind] = true
	}
	for _, k := range Kinds {
		assert.True(t, seen[k], "no line of %s is tried", k)
	}
}

func TestFaultsInWords(t *testing.T) {
	s, err := Parse(file)
	require.NoError(t, err)
	assert.Equal(t, "goroutines stall at locks; "+
		"S0 -> S1 AppendEntries #3 takes 812ms (0.871 s); "+
		"drop S1 -> S2 AppendEntries #7 (1.204 s); "+
		"drop the reply to S1/2 -> C0 RequestVote #1 (1.205 s); "+
		"C3 -> S1 Get #12 arrives again after 1.5s (1.3 s); "+
		"isolate S0 from 1.4 s to 2.9 s; "+
		"Start(17) of S0 at 1.5 s; "+
		"cut S0 -> S1 from 1.6 s on; "+
		"partition [0 1] [2 3 4] from 1.7 s to 2 s; "+
		"pause S2 from 1.8 s to 1.9 s; "+
		"the service of S2 reads nothing from 1.9 s on; "+
		"S2 is down from 2 s to 2.1 s; "+
		"restart S0 at 2.2 s; "+
		"S1 crashes at one of its saves after 2.3 s; "+
		"all servers are down from 2.4 s to 2.5 s; "+
		"operation 3 of C0 at 2.6 s", s.InWords())
	assert.Equal(t, "no fault at all", (&Scenario{}).InWords())
}

// Times, methods and comments are for the reader.
func TestWhatAFaultIsKnownBy(t *testing.T) {
	s, err := Parse("drop S1 -> S2 #7\n\n// it is lost\ncut S0 -> S1 #2 // by hand")
	require.NoError(t, err)
	whole, err := Parse(file)
	require.NoError(t, err)
	assert.Equal(t, whole.Faults[1].Key(), s.Faults[0].Key())
	assert.Equal(t, whole.Faults[6].Key(), s.Faults[1].Key())
	assert.Equal(t, []string{"it is lost"}, s.Words)
	assert.Empty(t, s.Case)

	late, err := Parse("late 1s S1 -> S2 #7\ntwice 1s S1 -> S2 #7\ndrop reply S1 -> S2 #7\ndrop S1/2 -> S2 #7")
	require.NoError(t, err, "one message may have several")
	for _, f := range late.Faults {
		assert.NotEqual(t, whole.Faults[1].Key(), f.Key())
	}
}

func TestWhatIsNoScenario(t *testing.T) {
	for text, want := range map[string]string{
		"case replication":           `line 1, "case replication": name the case as failures do: "case Replication/CutSwarm"`,
		"seed 0":                     `a seed is a whole number from 1 on`,
		"chance last":                `it is a whole number: "chance 3"`,
		"\n\nloose S1 -> S2 #7":      `line 3, "loose S1 -> S2 #7": there is no "loose": a line begins with case, seed, chance, stalls or one of [drop late`,
		"drop S1 S2 #7":              `"S1 S2 #7" is no message, which is as in "S1 -> S2 AppendEntries #7"`,
		"drop S1 -> S2 #0":           `is no message`,
		"late S1 -> S2 #7":           `a time is missing, as in "late 812ms S1 -> S2 AppendEntries #7"`,
		"late -1s S1 -> S2 #7":       `a time is missing`,
		"twice 1s reply S1 -> S2 #7": `only a request can arrive twice`,
		"cut S0 S1 #1":               `it is to be as in "cut S0 -> S1 #2"`,
		"crash 1":                    `it is to be as in "crash S0 #1"`,
		"stalls now":                 `there is no "stalls"`,
		"drop S1 -> S2 #7\ndrop S1 -> S2 Install #7": `line 2, "drop S1 -> S2 Install #7": it is listed before`,
		"drop S1 -> S2 #99999999999999999999999999":  `value out of range`,
	} {
		_, err := Parse(text)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(file)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		require.NoError(t, err)
		assert.Equal(t, s.String(), again.String())
	})
}
