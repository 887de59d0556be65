package take

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTwoFoldersAreFoundWhereverTheyStand(t *testing.T) {
	repository := append(slices.Clone(both), []member{
		{"go.mod", "module evil\n"}, {"grade.sh", "exit 0\n"}, {"README.md", "hello\n"},
		{"raft/raft_test.go", raftText}, {"raft/raftapi/api.go", "package raftapi\n"},
		{"solutions/raft/raft.go", "package raft // the reference\n"}, {"tests/lab/lab.go", "package lab\n"},
		{"tests/grade/testdata/raft/bad.go", raftText},
	}...)
	macOS := append(under("alice", both), member{"__MACOSX/alice/raft/._raft.go", "\x00\x05\x16\x07"}, member{"__MACOSX/raft/raft.go", raftText},
		member{"alice/raft/._raft.go", "\x00\x05\x16\x07"}, member{".DS_Store", "\x00"}, member{"alice/.DS_Store", "\x00"})
	for name, members := range map[string][]member{
		"at the top":                  both,
		"./ before":                   under(".", both),
		"in one folder":               under("raftlabs-main", both),
		"in a folder named raft":      under("raft", both),
		"in a folder named solutions": under("solutions", both),
		"in one of several folders":   append(under("lab/mine", both), member{"notes/log.go", "package notes\n"}),
		"a repository":                repository,
		"a repository in a folder":    under("raftlabs-main", repository),
		"beside the reference":        append(under("solutions", both), both...),
		"with what macOS adds":        macOS,
		"with vendored copies": append(slices.Clone(both), member{"vendor/go.etcd.io/raft/raft.go", raftText},
			member{"node_modules/x/raft/raft.go", raftText}, member{".git/raft/raft.go", raftText}),
	} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, members, func(t *testing.T, s *Submission, err error) {
				require.NoError(t, err)
				assert.Equal(t, "alice", s.Name)
				assert.Equal(t, map[string][]byte{
					"raft/raft.go": []byte(raftText), "kvraft/server.go": []byte(kvraftText)}, s.Files)
			})
		})
	}
}

func TestOneFolderIsEnough(t *testing.T) {
	everywhere(t, both[1:], func(t *testing.T, s *Submission, err error) {
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{"kvraft/server.go": []byte(kvraftText)}, s.Files)
	})
}

func TestBareFilesGoWhereTheirPackageClauseSays(t *testing.T) {
	members := []member{{"raft.go", "\ufeff// My Raft.\n" + raftText}, {"log.go", raftText}, {"server.go", kvraftText},
		{"client.go", kvraftText}, {"main.go", "package main\n"}, {"raft_test.go", raftText}, {"old/raft.go", raftText}}
	for name, members := range map[string][]member{"at the top": members, "in one folder": under("hand-in", members)} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, members, func(t *testing.T, s *Submission, err error) {
				require.NoError(t, err)
				assert.Equal(t, []string{"kvraft/client.go", "kvraft/server.go", "raft/log.go", "raft/raft.go"},
					slices.Sorted(maps.Keys(s.Files)))
				whys := map[string]int{}
				for _, n := range s.Ignored {
					whys[n.Why]++
				}
				assert.Equal(t, map[string]int{whyTest: 1, whyPackage: 1, whyElsewhere: 1}, whys)
			})
		})
	}
}

func TestTheFolderRaftItselfIsEnough(t *testing.T) {
	dir := laid(t, append(slices.Clone(both), member{"raft/raftapi/api.go", "package raftapi\n"}))
	s, err := Read(filepath.Join(dir, "raft"))
	require.NoError(t, err)
	assert.Equal(t, "raft", s.Name)
	assert.Equal(t, map[string][]byte{"raft/raft.go": []byte(raftText)}, s.Files)
}

func TestPlacesInDoubtAreRefusedAndBothNamed(t *testing.T) {
	for name, c := range map[string]struct {
		members     []member
		what, where string
	}{
		"two folders around": {[]member{{"b/raft/log.go", raftText}, {"b/raft/raft.go", raftText}, {"a/raft/raft.go", raftText}},
			"Go files for raft/ in two places", "a/raft/raft.go and b/raft/raft.go"},
		"a backup": {append(under("old", both[1:]), both...),
			"Go files for kvraft/ in two places", "kvraft/server.go and old/kvraft/server.go"},
		"no file in common": {[]member{{"a/raft/x.go", raftText}, {"b/raft/y.go", raftText}},
			"Go files for raft/ in two places", "a/raft/x.go and b/raft/y.go"},
		"raft in raft": {[]member{{"raft/raft.go", raftText}, {"raft/raft/raft.go", raftText}},
			"Go files for raft/ in two places", "raft/raft.go and raft/raft/raft.go"},
		"solutions that are not the framework's": {append(under("solutions", both), under("mine", both)...),
			"Go files for kvraft/ in two places", "mine/kvraft/server.go and solutions/kvraft/server.go"},
		"apart": {[]member{{"a/raft/raft.go", raftText}, {"b/kvraft/server.go", kvraftText}},
			"raft/ and kvraft/ apart from each other", "a/raft/raft.go and b/kvraft/server.go"},
		"bare and in a folder": {append(slices.Clone(both), member{"raft.go", raftText}),
			"Go files both in a folder and outside of it", "raft.go and kvraft/server.go"},
		"bare above the folders": {append(under("a", both[:1]), member{"raft.go", raftText}),
			"Go files both in a folder and outside of it", "raft.go and a/raft/raft.go"},
	} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, c.members, func(t *testing.T, s *Submission, err error) {
				r := refused(t, s, err)
				assert.Equal(t, c.what, r.What)
				assert.Equal(t, c.where, r.Where)
				assert.Equal(t, "Which of them counts, the grader does not guess.", r.Why)
				assert.Equal(t, "Hand in one raft/ and one kvraft/, side by side, and no copies.", r.Remedy)
			})
		})
	}
}

func TestABareFileOfAnotherPackageIsNoDoubt(t *testing.T) {
	everywhere(t, append(slices.Clone(both), member{"main.go", "package main\n"}, member{"broken.go", "<?php"}),
		func(t *testing.T, s *Submission, err error) {
			require.NoError(t, err)
			assert.Len(t, s.Files, 2)
		})
}

func TestABareFileWithoutAPackageClauseIsRefused(t *testing.T) {
	everywhere(t, []member{{"raft.go", "func main() {}\n"}}, func(t *testing.T, s *Submission, err error) {
		r := refused(t, s, err)
		assert.Equal(t, "a Go file without a package clause", r.What)
		assert.Equal(t, "raft.go", r.Where)
		assert.Contains(t, r.Why, "of which of the two packages it is")
		assert.Contains(t, r.Remedy, "Hand in the folders raft/ and kvraft/")
	})
}

func TestNamesEqualButForCaseAreRefused(t *testing.T) {
	for where, members := range map[string][]member{
		"raft/Raft.go and raft/raft.go":       append(slices.Clone(both), member{"raft/Raft.go", raftText}),
		"a/KVRaft and a/kvraft":               {{"a/KVRaft/a.go", kvraftText}, {"a/kvraft/b.go", kvraftText}},
		"raft/key.go and raft/\u212aey.go":    {{"raft/key.go", raftText}, {"raft/\u212aey.go", raftText}}, // the Kelvin sign
		"hand-in/RAFT.go and hand-in/raft.go": {{"hand-in/RAFT.go", raftText}, {"hand-in/raft.go", raftText}},
	} {
		t.Run(where, func(t *testing.T) {
			inArchives(t, members, func(t *testing.T, s *Submission, err error) {
				r := refused(t, s, err)
				assert.Equal(t, "names equal but for case", r.What)
				assert.Equal(t, where, r.Where)
				assert.Equal(t, "On many systems they are one and the same.", r.Why)
				assert.Equal(t, "Delete one of them, or give it another name.", r.Remedy)
			})
		})
	}
}

func TestAFolderInTheWrongCaseIsRefused(t *testing.T) {
	everywhere(t, []member{both[1], {"Raft/raft.go", raftText}}, func(t *testing.T, s *Submission, err error) {
		r := refused(t, s, err)
		assert.Equal(t, "a folder that is to be named raft", r.What)
		assert.Equal(t, "Raft/", r.Where)
		assert.Contains(t, r.Why, "upper and lower case")
		assert.Equal(t, "Rename it to raft.", r.Remedy)
	})
}

func TestAnEmptySubmissionIsToldWhatWasFound(t *testing.T) {
	for name, c := range map[string]struct {
		members []member
		why     string
		remedy  string
	}{
		"tests only": {[]member{{"raft/raft_test.go", raftText}, {"kvraft/notes.txt", "x"}, {"src/a.c", "x"}, {"src/b.c", "x"}},
			"Looked for folders of these names everywhere, and at the top for bare Go files of the two packages; " +
				"found were: kvraft/notes.txt, raft/raft_test.go, src/ (2 files).",
			"Hand in the folders raft/ and kvraft/ with your files in them."},
		"an archive in it": {under("hand-in", []member{{"lab.zip", "PK"}, {"report.pdf", "%PDF"}}),
			"Looked for folders of these names everywhere, and in hand-in/ for bare Go files of the two packages; " +
				"found were: hand-in/lab.zip, hand-in/report.pdf.",
			"Unpack hand-in/lab.zip first: an archive in an archive is not opened."},
		"only the framework": {[]member{{"go.mod", "module raftlabs\n"}, {"solutions/raft/raft.go", raftText}},
			"Looked for folders of these names everywhere, and at the top for bare Go files of the two packages; " +
				"found were: go.mod, solutions/ (1 file).",
			"Hand in the folders raft/ and kvraft/ with your files in them."},
		"nothing": {nil, "There are no files in it at all.", "Hand in the folders raft/ and kvraft/ with your files in them."},
	} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, c.members, func(t *testing.T, s *Submission, err error) {
				r := refused(t, s, err)
				assert.Equal(t, "no Go file in raft/ or kvraft/", r.What)
				assert.Contains(t, r.Where, "alice")
				assert.Equal(t, c.why, r.Why)
				assert.Equal(t, c.remedy, r.Remedy)
			})
		})
	}
}
