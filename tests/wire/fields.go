package wire

import (
	"reflect"
	"strconv"
	"unicode/utf8"
)

// The most that Fields tells of a message: together less than 1 kB, where its
// numbers are no longer than usual.
const (
	maxEntries = 12 // listed one by one
	maxCommand = 32 // bytes of a command's text
)

// Fields are a message's fields by the names of Figure 2 and Figure 13, a line
// each:
//
//	Term: 4
//	LeaderId: 1
//	PrevLogIndex: 7
//	PrevLogTerm: 3
//	Entries: 2
//	index 8: term 4, command 17
//	index 9: term 4, command "x"
//	LeaderCommit: 6
//
// It is called for every message of every run, so that it is written by hand.
// Commands are read but not kept: they belong to a server.
func Fields(m Message) string {
	var space [1 << 10]byte
	b := space[:0]
	switch m := m.(type) {
	case RequestVoteArgs:
		b = number(b, "Term: ", m.Term)
		b = number(b, "\nCandidateId: ", m.CandidateId)
		b = number(b, "\nLastLogIndex: ", m.LastLogIndex)
		b = number(b, "\nLastLogTerm: ", m.LastLogTerm)
	case RequestVoteReply:
		b = number(b, "Term: ", m.Term)
		b = strconv.AppendBool(append(b, "\nVoteGranted: "...), m.VoteGranted)
	case AppendEntriesArgs:
		b = number(b, "Term: ", m.Term)
		b = number(b, "\nLeaderId: ", m.LeaderId)
		b = number(b, "\nPrevLogIndex: ", m.PrevLogIndex)
		b = number(b, "\nPrevLogTerm: ", m.PrevLogTerm)
		b = number(b, "\nEntries: ", len(m.Entries))
		b = entries(b, m.PrevLogIndex+1, m.Entries)
		b = number(b, "\nLeaderCommit: ", m.LeaderCommit)
	case AppendEntriesReply:
		b = number(b, "Term: ", m.Term)
		b = strconv.AppendBool(append(b, "\nSuccess: "...), m.Success)
	case InstallSnapshotArgs:
		b = number(b, "Term: ", m.Term)
		b = number(b, "\nLeaderId: ", m.LeaderId)
		b = number(b, "\nLastIncludedIndex: ", m.LastIncludedIndex)
		b = number(b, "\nLastIncludedTerm: ", m.LastIncludedTerm)
		b = append(number(b, "\nData: ", len(m.Data)), " B"...)
	case InstallSnapshotReply:
		b = number(b, "Term: ", m.Term)
	}
	return string(b)
}

func number(b []byte, name string, n int) []byte {
	return strconv.AppendInt(append(b, name...), int64(n), 10)
}

// entries lists the first entries, a line each, and of the others the last
// one: where a leader is wrong, it is mostly at either end.
func entries(b []byte, first int, all []Entry) []byte {
	listed := len(all)
	if listed > maxEntries {
		listed = maxEntries - 2 // the place of two lines goes to the rest
	}
	for i, e := range all[:listed] {
		b = entry(b, first+i, e)
	}
	if left := len(all) - listed; left > 0 {
		b = append(number(b, "\n", left-1), " more"...)
		b = entry(b, first+len(all)-1, all[len(all)-1])
	}
	return b
}

func entry(b []byte, index int, e Entry) []byte {
	b = number(b, "\nindex ", index)
	b = number(b, ": term ", e.Term)
	return command(append(b, ", command "...), e.Command)
}

// command writes a command, or what it is where it is not a plain value.
func command(b []byte, c any) []byte {
	switch c := c.(type) {
	case nil:
		return append(b, "nil"...)
	case int:
		return strconv.AppendInt(b, int64(c), 10)
	case bool:
		return strconv.AppendBool(b, c)
	case string:
		return text(b, c)
	}
	name := reflect.TypeOf(c).String()
	return append(append(b, "of type "...), name[:min(len(name), maxCommand)]...)
}

// text writes a string, or its beginning and its size.
func text(b []byte, s string) []byte {
	if len(s) <= maxCommand {
		return strconv.AppendQuote(b, s)
	}
	end := maxCommand / 2
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	b = append(strconv.AppendQuote(b, s[:end]), "... of "...)
	return append(strconv.AppendInt(b, int64(len(s)), 10), " B"...)
}
