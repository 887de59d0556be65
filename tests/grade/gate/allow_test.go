package gate

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/labgob"
	"raftlabs/labrpc"
	"raftlabs/labsync"
)

// list asks the go command about packages.
func list(t *testing.T, format string, packages ...string) string {
	cmd := exec.Command("go", append([]string{"list", "-f", format}, packages...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	return string(out)
}

// known says why a package of the allow-list may import one that reaches beyond
// computing.
var known = map[string]string{
	"encoding/asn1 runtime": "which processor this is",
	"encoding/gob os":       "prints on the standard error, where it is wrong itself",
	"encoding/xml runtime":  "which processor this is",
	"fmt os":                "prints and scans; nothing of it returns a file",
	"iter runtime":          "Goexit, where the sequence has ended its goroutine",
	"log os":                "the standard error, which Writer and Default would hand out; Fatal's status is 1",
	"log runtime":           "where a line was logged",
	"log/slog runtime":      "where a line was logged",
	"sync runtime":          "how many processors there are",
	"text/scanner os":       "the standard error, for errors that nobody handles",
	"time runtime":          "where Go is, which has time zones",
	"time syscall":          "reads time zones, of names without .. that begin with no slash",
}

// A package of the standard library is on the list because of what it can reach.
// Another version of Go that gives it more must be looked at again.
func TestStandardPackagesReachNoMoreThanIsKnown(t *testing.T) {
	reaches := map[string]bool{"embed": true, "flag": true, "net": true, "os": true, "os/exec": true, "path/filepath": true,
		"plugin": true, "runtime": true, "runtime/debug": true, "syscall": true, "testing": true}
	var std []string
	for where := range allowed {
		if !strings.Contains(where, "raftlabs/") && !strings.Contains(where, ".") {
			std = append(std, where)
		}
	}
	got := map[string]bool{}
	for line := range strings.Lines(list(t, `{{if .Standard}}{{.ImportPath}} {{join .Imports " "}}{{end}}`, std...)) {
		fields := strings.Fields(line)
		for _, imported := range fields[1:] {
			if reaches[imported] {
				got[fields[0]+" "+imported] = true
			}
		}
	}
	assert.Equal(t, slices.Sorted(maps.Keys(known)), slices.Sorted(maps.Keys(got)))
}

// An allowance that names what is not there is out of date.
func TestAllowedNamesExist(t *testing.T) {
	for where, a := range allowed {
		if len(a.only)+len(a.never) == 0 {
			continue
		}
		names := exported(t, strings.TrimSpace(list(t, "{{.Dir}}", where)))
		for _, name := range slices.Concat(a.only, a.never) {
			name, _, _ = strings.Cut(name, ".")
			assert.Contains(t, names, name, where)
		}
	}
}

// exported are the names that the files of a folder declare for other packages.
func exported(t *testing.T, dir string) []string {
	fset := token.NewFileSet()
	//lint:ignore SA1019 all files of the folder, whatever they are built for
	packages, err := parser.ParseDir(fset, dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	require.NoError(t, err)
	var names []string
	for _, p := range packages {
		for _, file := range p.Files {
			for _, d := range file.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil {
						names = append(names, d.Name.Name)
					}
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						switch spec := spec.(type) {
						case *ast.TypeSpec:
							names = append(names, spec.Name.Name)
						case *ast.ValueSpec:
							for _, name := range spec.Names {
								names = append(names, name.Name)
							}
						}
					}
				}
			}
		}
	}
	return names
}

// A file knows a package by its name, which the gate must know too.
func TestPackageNamesAreKnown(t *testing.T) {
	for line := range strings.Lines(list(t, "{{.ImportPath}} {{.Name}}", slices.Sorted(maps.Keys(allowed))...)) {
		where, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		assert.Equal(t, name, packageName(where), where)
	}
}

// Methods are out of the gate's sight, so what a student can get hold of has none
// beyond the contract.
func TestValuesOfTheContractOfferNoMore(t *testing.T) {
	for value, want := range map[any]string{
		&labrpc.ClientEnd{}: "Call",
		&labgob.Encoder{}:   "Encode",
		&labgob.Decoder{}:   "Decode",
		&labsync.Mutex{}:    "Lock TryLock Unlock",
		&labsync.RWMutex{}:  "Lock RLock RLocker RUnlock TryLock TryRLock Unlock",
	} {
		of := reflect.TypeOf(value)
		var methods []string
		for m := range of.Methods() {
			methods = append(methods, m.Name)
		}
		assert.Equal(t, want, strings.Join(methods, " "), of)
		for field := range of.Elem().Fields() {
			assert.False(t, field.IsExported(), "%v.%s", of, field.Name)
		}
	}
}

// Everything of the standard library that is not on the list is refused, with a
// remedy that is a sentence.
func TestTheRestOfTheStandardLibraryIsRefused(t *testing.T) {
	refused := 0
	for where := range strings.FieldsSeq(list(t, "{{.ImportPath}}", "std")) {
		findings := one("package raft\nimport _ \"" + where + "\"\n")
		if _, ok := allowed[where]; ok {
			assert.Empty(t, findings, where)
			continue
		}
		refused++
		require.Len(t, findings, 1, where)
		assert.Equal(t, "imports "+where, findings[0].What)
		assert.NotEmpty(t, findings[0].Remedy)
	}
	assert.Greater(t, refused, 100)
}
