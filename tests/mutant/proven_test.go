package mutant

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"raftlabs/tests/grade"
)

const remedy = "go run ./tests/cmd/mutate runs what is missing and writes the tables anew"

// What is in the repository was found out about the catalogue as it is: every
// edit has run, each mutant is caught and no variant accused.
func TestTheTablesAreOfThisCatalogue(t *testing.T) {
	catalogue, err := Catalogue()
	require.NoError(t, err)
	results, err := readResults(filepath.Join(tree, filepath.FromSlash(resultsFile)))
	require.NoError(t, err)
	stages := grade.Stages()
	for _, e := range catalogue {
		switch m, v := results.Mutants[e.Name], results.Variants[e.Name]; e.Kind {
		case Mutant:
			if assert.NotNil(t, m, "%s has not run: %s", e.Name, remedy) {
				assert.Equal(t, e.Digest, m.Edit, "%s has changed since it ran: %s", e.Name, remedy)
				assert.GreaterOrEqual(t, m.Repetitions, defaultRepetitions, "%s: %s", e.Name, remedy)
			}
			delete(results.Mutants, e.Name)
		case Variant:
			if assert.NotNil(t, v, "%s has not run: %s", e.Name, remedy) {
				least, _ := v.seedRange(e, stages)
				assert.Positive(t, least, "%s has not run over all stages: %s", e.Name, remedy)
				for _, s := range v.Stages {
					assert.Equal(t, e.Digest, s.Edit, "%s has changed since it ran: %s", e.Name, remedy)
				}
			}
			delete(results.Variants, e.Name)
		}
	}
	assert.Empty(t, results.Mutants, "they are no longer in the catalogue: %s", remedy)
	assert.Empty(t, results.Variants, "they are no longer in the catalogue: %s", remedy)

	results, err = readResults(results.path)
	require.NoError(t, err)
	assert.Empty(t, results.wrong(catalogue))
	tables, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(tablesFile)))
	require.NoError(t, err)
	assert.Equal(t, results.tables(catalogue, stages), string(tables), remedy)
}
