package rehearsal

import "strings"

// guises are the reference in the ways in which people hand things in. Those whose
// texts are the same are graded once.
func guises(r reference) []Submission {
	return []Submission{
		{Name: "guise-folder", Kind: Guise, Doc: "The two folders and nothing else.", pack: folder(r.files)},
		{Name: "guise-zip", Kind: Guise, Doc: "The same, zipped.", pack: zipped("", r.files)},
		{Name: "guise-code-host", Kind: Guise, Doc: "The same as code hosts pack them, in a folder.", pack: tarred("raftlabs-main/", r.files)},
		{Name: "guise-repository", Kind: Guise, Doc: "A whole repository with folders of all sorts beside raft/ and kvraft/, among them " +
			"changed tests, a changed go.mod and a changed framework: all of that is left out.",
			Says: "the framework's own is used", pack: zipped("course/", repository(r.files))},
		{Name: "guise-own-tests", Kind: Guise, Doc: "With tests of its own, one of them with a TestMain that ends well: tests are not taken.",
			Says: "the framework's own tests are used",
			pack: folder(r.files.with("raft/own_test.go", "package raft\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(*testing.M) { os.Exit(0) }\n"))},
		{Name: "guise-subfolder", Kind: Guise, Doc: "With a folder below raft/ that it does not need.",
			Says: "none of their subfolders", pack: tarred("", r.files.with("raft/notes/notes.go", "package notes\n"))},
		{Name: "guise-crlf", Kind: Guise, Doc: "With the line ends and the byte order mark of another system.", pack: zipped("", r.files.each(foreign))},
	}
}

// foreign is a text as some editors save it.
func foreign(text string) string { return "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n") }

// repository is what a student's repository has besides the sources, all of it
// changed so that it would be seen if it counted.
func repository(f files) files {
	all := f.each(func(text string) string { return text })
	for name, text := range map[string]string{
		"go.mod":                   "module raftlabs\n\ngo 1.1\n",
		"go.sum":                   "nonsense\n",
		"grade.sh":                 "exit 0\n",
		"README.md":                "My Raft.\n",
		".github/workflows/ci.yml": "on: push\n",
		".git/HEAD":                "ref: refs/heads/main\n",
		"handouts/01-election.md":  "Read.\n",
		"labrpc/network.go":        "package labrpc\n\nfunc nonsense(\n",
		"labgob/encode.go":         "package labgob\n\nfunc nonsense(\n",
		"raft/raftapi/raftapi.go":  "package raftapi\n\nfunc nonsense(\n",
		"raft/raft_test.go":        "package raft\n\nimport \"testing\"\n\nfunc TestElection(*testing.T) {}\n",
		"kvraft/kvraft_test.go":    "package kvraft\n\nimport \"testing\"\n\nfunc TestKV(*testing.T) {}\n",
		"tests/lab/run.go":         "package lab\n\nfunc nonsense(\n",
		"tests/raft/raft.go":       "package raft\n",
		"solutions/raft/raft.go":   "package raft\n\nfunc nonsense(\n",
		"cmd/play/main.go":         "package main\n\nfunc main() {}\n",
		"docs/design.md":           "Thoughts.\n",
		"raft/.raft.go.swp":        "b0VIM 8.2",
		"raft/_old.go":             "package old\n",
		"raft/TODO.txt":            "Snapshots.\n",
	} {
		all[name] = text
	}
	return all
}
