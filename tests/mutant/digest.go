package mutant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"raftlabs/tests/grade"
)

// digester knows what results are of: it digests all the files of this module
// that are compiled into the tests of a package.
type digester struct {
	tree string
	mu   sync.Mutex // guards known
	of   map[string]string
}

func newDigester(tree string) *digester { return &digester{tree: tree, of: map[string]string{}} }

// key is what a result of an edit over the tests in a folder is of.
func (d *digester) key(ctx context.Context, e Edit, folder string) (Key, error) {
	patterns := append([]string{"./" + folder}, e.imports()...)
	d.mu.Lock()
	defer d.mu.Unlock()
	name := strings.Join(patterns, " ")
	if d.of[name] == "" {
		code, err := d.code(ctx, patterns)
		if err != nil {
			return Key{}, err
		}
		d.of[name] = code
	}
	return Key{Edit: e.Digest, Code: d.of[name]}, nil
}

var ownImport = regexp.MustCompile(`"raftlabs/([a-z/]+)"`)

// imports is the packages of this module that the edit's new text imports: they may be
// others than those of the reference.
func (e *Edit) imports() (patterns []string) {
	for _, c := range e.Changes {
		for _, m := range ownImport.FindAllStringSubmatch(c.New, -1) {
			patterns = append(patterns, "./"+m[1])
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

func (d *digester) code(ctx context.Context, patterns []string) (string, error) {
	files, err := grade.CompiledIn(ctx, d.tree, patterns...)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version())
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintln(sum, name, len(files[name]))
		sum.Write(files[name])
	}
	return short(sum.Sum(nil)), nil
}

// digest is what tells one text from another.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return short(sum[:])
}

// short keeps 48 bits, enough to tell what people have written apart.
func short(sum []byte) string { return hex.EncodeToString(sum[:6]) }
