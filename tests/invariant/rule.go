package invariant

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rule is one of the safety rules.
type Rule uint8

// The rules, those of the paper's Figure 3 and those that they rest on.
const (
	ElectionSafety Rule = iota
	OneVote
	Terms
	LogMatching
	LeaderAppendOnly
	LeaderCompleteness
	CommitRule
	Durability
	StateMachineSafety
	ApplyOrder
	Snapshots
	StartPromise
	Provenance
	rules
)

// Rules returns all rules.
func Rules() []Rule {
	all := make([]Rule, rules)
	for r := range rules {
		all[r] = r
	}
	return all
}

// about is what is to be said of a rule in general.
type about struct {
	name    string
	section string   // its place in the paper
	needs   []string // fields of messages, as package wire names them
	absence bool     // it rests on something not having been seen
}

// Fields of messages on which rules depend.
var (
	voteFields  = []string{"RequestVoteArgs.Term", "RequestVoteArgs.CandidateId", "RequestVoteReply.VoteGranted"}
	lastFields  = []string{"RequestVoteArgs.LastLogIndex", "RequestVoteArgs.LastLogTerm"}
	entryFields = []string{
		"AppendEntriesArgs.Term", "AppendEntriesArgs.PrevLogIndex", "AppendEntriesArgs.PrevLogTerm",
		"AppendEntriesArgs.Entries", "Entry.Term", "Entry.Command",
	}
	ackFields    = []string{"AppendEntriesReply.Success"}
	commitFields = []string{"AppendEntriesArgs.LeaderCommit"}
	snapFields   = []string{"InstallSnapshotArgs.Term", "InstallSnapshotArgs.LastIncludedIndex", "InstallSnapshotArgs.LastIncludedTerm"}
	termFields   = []string{"RequestVoteReply.Term", "AppendEntriesReply.Term", "InstallSnapshotReply.Term"}
)

var abouts = [rules]about{
	ElectionSafety: {"Election Safety", "§5.2, Figure 3", slices.Concat(voteFields, entryFields[:1], snapFields[:1]), true},
	OneVote:        {"One Vote", "§5.2, Figure 2, RequestVote 2", voteFields, false},
	Terms: {"Terms", "§5.1, Figure 2, currentTerm",
		slices.Concat(voteFields[:1], entryFields[:1], snapFields[:1], termFields), false},
	LogMatching:        {"Log Matching", "§5.3, Figure 3", entryFields, false},
	LeaderAppendOnly:   {"Leader Append-Only", "§5.3, Figure 3", slices.Concat(entryFields, lastFields), false},
	LeaderCompleteness: {"Leader Completeness", "§5.4, Figure 3", slices.Concat(voteFields, lastFields, entryFields, ackFields), true},
	CommitRule:         {"Commit Rule", "§5.3, Figure 2, Leaders 4", slices.Concat(entryFields, ackFields, commitFields, snapFields), true},
	Durability: {"Durability", "§5.1, Figure 2, State",
		slices.Concat(voteFields, entryFields, ackFields, snapFields, termFields), true},
	StateMachineSafety: {"State Machine Safety", "§5.4.3, Figure 3", nil, false},
	ApplyOrder:         {"Apply Order", "§5.3, Figure 2, All Servers 1", nil, false},
	Snapshots:          {"Snapshots", "§7", nil, false},
	StartPromise:       {"Start's Promise", "§5.3, §8", nil, false},
	Provenance: {"Provenance", "§5.1: servers talk by RPC alone",
		slices.Concat(voteFields, lastFields, entryFields, ackFields, snapFields), true},
}

func (r Rule) String() string {
	if r < rules {
		return abouts[r].name
	}
	return fmt.Sprintf("Rule(%d)", uint8(r))
}

// Section is a rule's place in the paper.
func (r Rule) Section() string { return abouts[r].section }

// Violation is a rule that was broken.
type Violation struct {
	Rule    Rule
	Section string // the place in the paper, "§5.4.2, Figure 8"
	Text    string // one sentence: who did what, when
	// Expected and Seen are the difference, as short as it can be said.
	Expected, Seen string
	Servers        []int // those involved, the one at fault first
	At             time.Duration
}

func (v Violation) String() string {
	return fmt.Sprintf("%s at %s: %s (%s)", v.Rule, clock(v.At), v.Text, v.Section)
}

// clock prints an instant of the run: "3.412 s".
func clock(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// span prints the indexes from one to another: "index 3", "indexes 3 to 7".
func span(from, to int) string {
	if from >= to {
		return fmt.Sprintf("index %d", to)
	}
	return fmt.Sprintf("indexes %d to %d", from, to)
}

// names lists servers: "S0, S1 and S4".
func names(servers []int) string {
	parts := make([]string, len(servers))
	for i, s := range servers {
		parts[i] = fmt.Sprintf("S%d", s)
	}
	if len(parts) == 0 {
		return "no server"
	}
	if len(parts) == 1 {
		return parts[0]
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// plural prints a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
