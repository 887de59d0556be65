package take

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linked lays members into a folder, and puts links in it.
func linked(t *testing.T, members []member, links map[string]string) string {
	t.Helper()
	dir := laid(t, members)
	for name, target := range links {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.Symlink(target, file))
	}
	return dir
}

func TestLinksOfTheStudentsFoldersAreRefused(t *testing.T) {
	elsewhere := laid(t, both)
	for name, c := range map[string]struct {
		members []member
		links   map[string]string
		where   string
	}{
		"a file":              {both, map[string]string{"raft/log.go": filepath.Join(elsewhere, "raft", "raft.go")}, "raft/log.go"},
		"a file of the same":  {both, map[string]string{"raft/log.go": "raft.go"}, "raft/log.go"},
		"no Go file":          {both, map[string]string{"raft/notes": "/etc"}, "raft/notes"},
		"into nothing":        {both, map[string]string{"kvraft/x.go": "none"}, "kvraft/x.go"},
		"the folder":          {both[:1], map[string]string{"kvraft": filepath.Join(elsewhere, "kvraft")}, "kvraft"},
		"the folder, deeper":  {nil, map[string]string{"a/raft": filepath.Join(elsewhere, "raft")}, "a/raft"},
		"the folder, as Raft": {both[1:], map[string]string{"Raft": filepath.Join(elsewhere, "raft")}, "Raft"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Read(linked(t, c.members, c.links))
			r := refused(t, s, err)
			assert.Equal(t, "a symbolic link", r.What)
			assert.Equal(t, c.where, r.Where)
			assert.Contains(t, r.Why, "may lead out of the submission")
			assert.Equal(t, "Put the file or folder itself in its place.", r.Remedy)
		})
	}
}

func TestOtherLinksAreNotFollowed(t *testing.T) {
	elsewhere := laid(t, []member{{"raft/raft.go", raftText + "// another's\n"}})
	s, err := Read(linked(t, both, map[string]string{"backup": elsewhere, "loop": "..", "main.go": "raft/raft.go"}))
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"raft/raft.go": []byte(raftText), "kvraft/server.go": []byte(kvraftText)}, s.Files)
	assert.Equal(t, []Note{{"backup", 1, whyLink}, {"loop", 1, whyLink}, {"main.go", 1, whyLink}}, s.Ignored)
}

func TestTheSubmissionItselfMustNotBeALink(t *testing.T) {
	link := filepath.Join(t.TempDir(), "bob")
	require.NoError(t, os.Symlink(laid(t, both), link))
	s, err := Read(link)
	r := refused(t, s, err)
	assert.Equal(t, "a symbolic link", r.What)
	assert.Equal(t, "bob", r.Where)
}

func TestPipesAndSocketsInTheStudentsFoldersAreRefused(t *testing.T) {
	dir := laid(t, both)
	t.Chdir(dir) // the name of a socket is short
	listen := func(name string) {
		socket, err := net.Listen("unix", name)
		require.NoError(t, err)
		t.Cleanup(func() { socket.Close() })
	}
	listen("other.go")
	s, err := Read(dir)
	require.NoError(t, err)
	assert.Equal(t, []Note{{"other.go", 1, whySpecial}}, s.Ignored)

	listen("raft/log.go")
	s, err = Read(dir)
	r := refused(t, s, err)
	assert.Equal(t, "neither a file nor a folder", r.What)
	assert.Equal(t, "raft/log.go", r.Where)

	s, err = Read(filepath.Join(dir, "other.go"))
	assert.Equal(t, "neither a file nor a folder", refused(t, s, err).What)
}

func TestWhatIsNeverLookedIntoDoesNotCount(t *testing.T) {
	dir := laid(t, append([]member{{".git/raft/a.go", raftText}, {".git/b", ""}, {"vendor/raft/a.go", raftText},
		{"web/node_modules/a/b/c.go", raftText}, {"__MACOSX/raft/raft.go", raftText}}, both...))
	h := newHaul("alice")
	require.NoError(t, h.readFolder(dir))
	assert.Equal(t, len(both), h.files)
	assert.EqualValues(t, len(raftText)+len(kvraftText), h.unpacked)
	s, err := h.submission()
	require.NoError(t, err)
	assert.Len(t, s.Files, 2)
	assert.Equal(t, []Note{{".git/", 0, whyUnvisited}, {"__MACOSX/", 0, whyMac}, {"vendor/", 0, whyUnvisited},
		{"web/node_modules/", 0, whyUnvisited}}, s.Ignored)
}

func TestWhatIsUnreadableIsRefusedOnlyWhereItIsTaken(t *testing.T) {
	h := newHaul("alice")
	require.NoError(t, h.add(entry{name: "raft/raft.go", text: []byte(raftText)}))
	require.NoError(t, h.add(entry{name: "private", kind: unreadable}))
	s, err := h.submission()
	require.NoError(t, err)
	assert.Equal(t, []Note{{"private", 1, whyUnread}}, s.Ignored)

	require.NoError(t, h.add(entry{name: "kvraft", kind: unreadable}))
	s, err = h.submission()
	r := refused(t, s, err)
	assert.Equal(t, "a file or folder that cannot be read", r.What)
	assert.Equal(t, "kvraft", r.Where)
	assert.Equal(t, "The grader has no right to open it.", r.Why)
	assert.Contains(t, r.Remedy, "chmod")
}

func TestWhatIsNotThereIsNoRefusal(t *testing.T) {
	_, err := Read(filepath.Join(t.TempDir(), "none"))
	var r *Refusal
	assert.False(t, errors.As(err, &r))
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestTheNameIsTheFoldersOwn(t *testing.T) {
	dir := laid(t, both)
	t.Chdir(filepath.Join(dir, "raft"))
	for path, name := range map[string]string{dir: "alice", dir + "/": "alice", "..": "alice", ".": "raft"} {
		s, err := Read(path)
		require.NoError(t, err)
		assert.Equal(t, name, s.Name)
	}
}
