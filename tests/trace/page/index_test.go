package page

import (
	"bytes"
	"html"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sampleIndex() IndexMeta {
	return IndexMeta{Stage: "election", Handout: "handouts/01-election.md", Package: "raftlabs/raft", Go: "go1.26.8", Again: "go test -race ./raft -run TestElection"}
}

func sampleRows() []Row {
	return []Row{
		{Case: "InitialElection", Kind: "scenario", Doc: "one leader is elected", Rule: "§5.2", Points: 1.5, Max: 1.5, Seeds: 3, Passed: 3,
			Link: "election-InitialElection-seed1.html", Runs: []Run{{1, true, "election-InitialElection-seed1.html"}}},
		{Case: "OneVotePerTerm", Kind: "rule", Doc: "a server votes once a term", Rule: "§5.2", Max: 0.5, Seeds: 1,
			Sentence: "S2 voted twice in term 4: first for S0, then for S1", Link: "election-OneVotePerTerm-seed1.html"},
		{Case: "FaultSwarm", Kind: "swarm", Doc: "leaders under faults", Max: 2, Seeds: 10, Passed: 6, NotRun: 3,
			Sentence: "S1 and S3 are both leaders of term 7", Link: "f.html", Runs: []Run{{1, true, "f1.html"}, {7, false, "f7.html"}}},
		{Case: "SplitVote", Kind: "scenario", Doc: "votes split and a leader comes", Max: 0.3, Seeds: 3, NotRun: 3},
	}
}

func TestTheIndexListsTheCases(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteIndex(&out, sampleIndex(), sampleRows()))
	text := html.UnescapeString(out.String())
	for _, want := range []string{
		"1 of 4 cases passed, 2 failed, 1 did not run; 1.5 of 4.3 points",
		`class="passed" tabindex="-1" title="InitialElection: passed">✓<`, `class="failed" title="OneVotePerTerm: failed">✕<`, `title="SplitVote: not run">–<`,
		"3 not run", "one leader is elected", "3 of 3", "1.5 of 1.5", "6 of 10", "S2 voted twice in term 4: first for S0, then for S1",
		`href="election-OneVotePerTerm-seed1.html"`, `href="f7.html"`, "seed 7 failed", "handouts/01-election.md", "go test -race ./raft -run TestElection",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "a server votes once a term", "what happened stands in its place")
}

func TestTheIndexEscapesAndLinksNowhereElse(t *testing.T) {
	const hostile = "</td><script>alert(1)</script>"
	var out bytes.Buffer
	row := Row{Case: hostile, Kind: hostile, Doc: hostile, Rule: hostile, Sentence: hostile, Link: "javascript:alert(1)", Runs: []Run{{1, false, "https://example.org"}}}
	require.NoError(t, WriteIndex(&out, IndexMeta{Stage: hostile, Handout: hostile, Package: hostile, Go: hostile, Again: hostile}, []Row{row}))
	assert.NotContains(t, out.String(), "<script")
	assert.Equal(t, []string{`href="#case0"`}, regexp.MustCompile(`href="[^"]*"`).FindAllString(out.String(), -1))
	assert.Equal(t, "javascript:alert(1)", row.Link, "the caller's rows stay as they were")
}
