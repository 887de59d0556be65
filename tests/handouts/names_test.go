package handouts

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

// known is what the real code has.
var known = sync.OnceValues(func() (naming, error) {
	tree, err := Open("../..", "")
	if err != nil {
		return naming{}, err
	}
	x, err := tree.indexOf(true, grade.Stages())
	words := &List{Path: "words.txt", lines: map[string]int{"CockroachDB": 1, "*tester.Persister": 2}, used: map[string]bool{}}
	return naming{x, words}, err
})

// named is what is wrong with the names of a text.
func named(t *testing.T, text string) []Complaint {
	t.Helper()
	n, err := known()
	require.NoError(t, err)
	return n.text(readText("handouts/planted.md", []byte("# A\n\n"+text)))
}

func TestNamesThatThereAre(t *testing.T) {
	assert.Empty(t, named(t, `
A candidate sends RequestVote, MajorityElects fails, votedFor is set; AppendEntries too, InstallSnapshots are rare, says CockroachDB.
`+"`votedFor`, `rf.votedFor`, `rf.mu.Lock()`, `MajorityElects`, `Election/MajorityElects`, `TestKV/Basic`, `raftapi.Logf`, "+
		"`labsync.Mutex`, `sync.Mutex`, `time.Sleep(300 * time.Millisecond)`, `math/rand`, `rand.Int63`, `raft/raft.go`, `raft.go`, "+
		"`tests/lab/`, `go.mod`, `./raft`, `./...`, `raft/*.go`, `handouts/NAME.md`, `STAGE-CASE-seedN.html`, `*tester.Persister`, "+
		"`-lab.seed=7`, `-lab.seeds=100`, `-race`, `-run TestElection/ReElection`, `-count 3`, `-timeout 1h`, `--stage`, `--seeds 200`, "+
		"`go run ./tests/cmd/hunt ./raft -run Election/ReElection -seeds 10`, `-until 3.4s`, `-times 5`, "+
		"`go run ./tests/cmd/replay ./raft -run Election/ReElection -seed 7 -until 3.4s -v -topics vote`, "+
		"`GOMAXPROCS`, `$PWD/traces`, `go test -race ./raft -run 'TestElection|TestReplication'`, `./grade.sh --stage election,kv`, "+
		"`./grade.sh --case ReElection`, `S0 -> S1`, `(7,3)`, `x := <-applyCh`, `for !rf.killed() { ... }`, `func (rf *Raft) Kill()`, "+
		"`expected:`, `is still the skeleton`, `if err != nil`, `git push --force`, `go doc -all ./labrpc`.\n\n"+
		"<details><summary>What does <code>votedFor</code> hold?</summary>\n\nA `CandidateId`.\n\n</details>\n\n"+
		"```go\nfor i := range peers {\n\tgo send(i, labrpc.ClientEnd{})\n}\n```\n\n```sh\ngo test ./raft -run TestKV -failfast\n```\n"))
}

func TestNamesArePlanted(t *testing.T) {
	for text, says := range map[string]string{
		"The case MajorityElect fails.":                           `handouts/planted.md:3: "MajorityElect" is no name of the code; the nearest that there is: MajorityElects`,
		"The VoteGrantedd.":                                       "the nearest that there is: VoteGranted",
		"`votedFour`":                                             "the code has no votedFour; the nearest that there is: votedFor",
		"`rf.votedFour == rf.me`":                                 "the code has no votedFour",
		"`raftapi.Log`":                                           "package raftapi has no Log; the nearest that there is: Logf",
		"`time.Slep(1)`":                                          "package time has no Slep; the nearest that there is: Sleep",
		"`Election/MajorityElect`":                                "the nearest that there is: Election/MajorityElects",
		"`go run ./tests/cmd/hunt ./raft -until 3s`":              "there is no flag -until",
		"`go run ./tests/cmd/replay ./raft -run KV/Bassic`":       "-run KV/Bassic matches no case; the nearest that there is: KV/Basic",
		"`go test ./raft -seed 7`":                                "there is no flag -seed",
		"`-lab.sede=7`":                                           "there is no flag -lab.sede; the nearest that there is: -lab.seed",
		"`--stages`":                                              "there is no flag --stages; the nearest that there is: --stage",
		"`go test ./raft -run TestElection/ReElektion`":           "-run TestElection/ReElektion matches no case; the nearest that there is: TestElection/ReElection",
		"`-run 'TestElection|TestElektion'`":                      "-run TestElektion matches no case",
		"`./grade.sh --case ReElektion`":                          "--case ReElektion chooses nothing; the nearest that there is: ReElection",
		"`raft/raft1.go`":                                         "there is no such file; the nearest that there is: raft/raft.go",
		"`solutions/raft/raft.go`":                                "there is no such file",
		"`results.json`":                                          "there is no such file",
		"`doc.go`":                                                "which one? ",
		"`RAFTLABS_NO_SUCH`":                                      "nothing reads a variable RAFTLABS_NO_SUCH",
		"<details><summary>What is `votedFor`?</summary>":         "Markdown is not rendered here",
		"```go\nfor {\n```":                                       "it is no Go that the parser takes",
		"```go\nlabsync.Mutexx{}\n```":                            "package labsync has no Mutexx; the nearest that there is: Mutex",
		"```bash\ntrue\n```":                                      "no block is ```bash",
		"```sh\ngo test ./raft -run TestElection -lab.sed=7\n```": "there is no flag -lab.sed; the nearest that there is: -lab.seed",
		"Text:\n\n    go test ./raft":                             "this block is only indented",
	} {
		all := named(t, text)
		if assert.Len(t, all, 1, text) {
			assert.Contains(t, all[0].String(), says, text)
		}
	}
}
