package handouts

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABlockIsCutIntoCommands(t *testing.T) {
	f := readText("a.md", []byte("```console\n$ for i in 1 2; do\n>   echo $i # twice\n> done\n1\n2\n\n$ true\n```\n\n```sh\n# all\ngo test \\\n    ./raft\n\nfalse\n```\n")).Fences
	assert.Equal(t, []command{
		{"for i in 1 2; do\n  echo $i # twice\ndone", 2, []string{"1", "2", ""}}, {"true", 8, nil},
	}, commandsOf(f[0]))
	assert.Equal(t, []command{{"go test \\\n    ./raft", 13, nil}, {"false", 16, nil}}, commandsOf(f[1]))
	assert.Equal(t, [][]string{{"go", "test", "-run", "A|B"}, {"grep", "-c", "x y"}, {"wc"}}, simple(`$ go test -run 'A|B' | grep -c "x y"; wc # lines; too`))
}

// ran is what is wrong with a text whose commands run in an empty folder.
func ran(t *testing.T, text string) []Complaint {
	t.Helper()
	home := t.TempDir()
	p := &place{name: inStarter, root: filepath.Join(home, "raftlabs"), env: os.Environ()}
	require.NoError(t, os.Mkdir(p.root, 0o755))
	tree := planted(t, map[string]string{"handouts/a.md": text})
	byPlace, _, all := tree.scripts()
	for _, s := range byPlace[inStarter] {
		results, err := p.run(t.Context(), s)
		require.NoError(t, err)
		for i, c := range s.commands {
			if c := judge(s, c, results[i], p.name); c != nil {
				all = append(all, *c)
			}
		}
	}
	return all
}

func TestCommandsArePlanted(t *testing.T) {
	for _, good := range []string{
		"```sh\ntrue\nmkdir a\ncd a # and stay\ntouch b\n```\n\n```sh\nls a/b\n```\n",
		"```console\n$ printf 'one\\ntwo\\n'\none\ntwo\n```\n",
		"```console\n$ printf 'one\\ntwo\\nthree\\n'\n...\ntwo\n...\n$ echo 'ok  raft 0.412s'\nok  raft 0.007s\n```\n",
		"<!-- not run: it would push -->\n```sh\nfalse\n```\n",
		"```console\n$ echo 'Make in raft.go is still the skeleton' && false go test\nMake in raft.go is still the skeleton\n```\n",
		"```sh\nsh -c 'echo Make in raft.go is still the skeleton; exit 1' ./tests/cmd/hunt\n```\n",
	} {
		assert.Empty(t, ran(t, good), good)
	}
	refuses(t, ran(t, "```sh\nsh -c 'echo hunt: no; exit 2' ./tests/cmd/hunt\n```\n"), 2, "it ends with status 2")
	refuses(t, ran(t, "```sh\ntrue\nfalse\n```\n"), 3, "handouts/a.md:3: $ false (in a starter)", "it ends with status 1")
	refuses(t, ran(t, "```sh\nno-such-program --help\n```\n"), 2, "it ends with status 127")
	refuses(t, ran(t, "```sh\nexit 0\n```\n"), 2, "it was not run")
	refuses(t, ran(t, "```sh\necho panic: no; true go test\n```\n"), 2, "otherwise than politely")
	refuses(t, ran(t, "```sh\nsh -c 'echo FAIL; exit 1' go test\n```\n"), 2, "it ends with status 1")
	refuses(t, ran(t, "```console\n$ echo one\ntwo\n```\n"), 2, "text: two", "run:  one")
	refuses(t, ran(t, "```console\n$ printf 'one\\ntwo\\n'\none\n```\n"), 2, "it prints more than the text: two")
	refuses(t, ran(t, "```console\necho one\n```\n"), 2, "there is no command in it")
	refuses(t, ran(t, "<!-- in: space -->\n```sh\ntrue\n```\n"), 3, `there is no place "space"`)
	refuses(t, ran(t, "<!-- not run: -->\n```sh\ntrue\n```\n"), 3, "it says no reason")
	refuses(t, ran(t, "```sh\nfalse\n```\n\n```sh\nfalse\n```\n"), 2, "(handouts/a.md:6 has it too)")
}

func TestPromisesArePlanted(t *testing.T) {
	promises := func(readme string) []Complaint {
		tree := planted(t, map[string]string{"README.md": readme})
		write(t, tree.Root, ".ci/run", "readonly a='./grade.sh solutions'\n")
		all, err := tree.promises()
		require.NoError(t, err)
		return all
	}
	assert.Empty(t, promises("# A\n\n    ./grade.sh solutions    # all\n"))
	refuses(t, promises("# A\n\n    ./grade.sh solution\n"), 3, ".ci/run does not run ./grade.sh solution")
	refuses(t, promises("# A\n"), 1, "no commands")
}

func TestTheShimTakesTheTestsOfStudentsPackages(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	t.Setenv(shimRoot, root)
	t.Chdir(root)
	folders, flags, ok := ours([]string{"test", "-race", "-run", "TestKV/Basic", "./kvraft", "-lab.v", "-count=1", "./raft/"})
	assert.True(t, ok)
	assert.Equal(t, []string{"kvraft", "raft"}, folders)
	assert.Equal(t, []string{"run=TestKV/Basic", "lab.v=true", "count=1"}, flags)
	for _, args := range [][]string{
		{"vet", "./raft"}, {"test", "./labrpc"}, {"test", "raftlabs/raft"}, {"test", "-cover", "./raft"}, {"test", "./..."}, {"test"}, {"test", "./raft", "-run"},
	} {
		_, _, ok := ours(args)
		assert.False(t, ok, args)
	}
}
