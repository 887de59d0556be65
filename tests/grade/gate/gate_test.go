package gate

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what Check finds into testdata, instead of comparing")

// Each file of testdata is what a student hands in. Above the sources stand a
// sentence and, below it, everything that Check finds, in order.
func TestFindingsAreTheExpectedOnes(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			doc, want, _ := strings.Cut(string(archive.Comment), "\n\n")
			files := map[string][]byte{}
			for _, f := range archive.Files {
				files[f.Name] = f.Data
			}
			got := show(Check(files))
			if *update {
				archive.Comment = []byte(doc + "\n\n" + got + "\n")
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
				return
			}
			assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(got))
		})
	}
}

// show is a line for each finding.
func show(findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		if f.Note {
			b.WriteString("note: ")
		}
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}
