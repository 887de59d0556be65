package take

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A Refusal says why a submission is not taken. It is written for the
// submission's author, who may know neither the grader nor the machine it runs on: it
// names no path outside of the submission.
type Refusal struct {
	What   string // a phrase: "a symbolic link to /etc/passwd"
	Where  string // a path in the submission, or the submission's own name
	Why    string // a sentence: what is wrong with that
	Remedy string // a sentence: what its author can do about it
}

// Error is all four, for a person to read.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s. %s %s", r.Where, r.What, r.Why, r.Remedy)
}

// The two kinds of links.
const (
	symbolic = "a symbolic link"
	hard     = "a hard link"
)

const remedyFolders = "Hand in the folders raft/ and kvraft/ and nothing else."

func refuseLink(what, where, target string) *Refusal {
	if target != "" {
		what += " to " + shown(target)
	}
	return &Refusal{
		What:   what,
		Where:  shown(where),
		Why:    "Links are not followed, because they may lead out of the submission.",
		Remedy: "Put the file or folder itself in its place.",
	}
}

func refuseSpecial(where string) *Refusal {
	return &Refusal{
		What:   "neither a file nor a folder",
		Where:  shown(where),
		Why:    "Devices, pipes and the like are not read.",
		Remedy: remedyFolders,
	}
}

// longName is how much of a name is shown, in bytes.
const longName = 200

// shown is a name as a person may see it. A name in an archive may be of any length and may hold
// what a terminal takes for a command.
func shown(name string) string {
	cut := ""
	if len(name) > longName {
		name, cut = strings.ToValidUTF8(name[:longName], ""), "..."
	}
	for _, r := range name {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return strconv.Quote(name) + cut
		}
	}
	return name + cut
}
